"""What is no talk: every character that the reader dropped, by kind and place, and the turns that people left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.domain.correction import Corrections
from pipeline.domain.transcript import Transcript
from pipeline.web.endpoints import READERS, Answer, Ask, Page, page
from pipeline.web.pages.transcript_acts import path_of_group, recording_of
from pipeline.web.pages.transcript_outline import name_of
from pipeline.web.paging import leaf
from pipeline.work.talk import warnings_of

PER_PAGE: Final = 500
"""Drops on one page: a caption file has thousands."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A turn that people left out of the analysis: it stays in the transcript."""

    turn: int
    name: str
    words: str


def show(ask: Ask) -> Answer:
    """The account of a file: in = kept + dropped, then each drop."""
    with ask.study.looking(ask.person) as view:
        recording, fixed = recording_of(ask, view), view.material.fixed
        transcript = recording.stored.transcript
        left_out = _left_out(transcript, fixed)
        warnings = warnings_of(ask.study.work.study, recording.stored, fixed)
    account, kind = transcript.account, ask.query.get("kind", "")
    drops = [drop for drop in account.dropped if kind in {"", drop.kind}]
    here = leaf(len(drops), PER_PAGE, ask.query.get("page", ""))
    return Page(
        "transcript_dropped.html.j2",
        {
            "title": f"{recording.group}: what was left out",
            "group": recording.group,
            "filename": recording.stored.filename,
            "path": path_of_group(ask, recording.group),
            "account": account,
            "kinds": tuple(account.by_kind().items()),
            "kind": kind,
            "drops": tuple(drops[here.first : here.last]),
            "found": len(drops),
            "page": here.number,
            "pages": here.pages,
            "left_out": left_out,
            "warnings": warnings,
        },
    )


def _left_out(transcript: Transcript, fixed: Corrections) -> tuple[LeftOut, ...]:
    short = f"{transcript.id[:12]}:t"
    turns = sorted(int(name.removeprefix(short)) for name in fixed.omitted if name.startswith(short))
    return tuple(
        LeftOut(turn.index, name_of(transcript, turn.speaker, fixed), transcript.said(turn))
        for turn in (transcript.turns[index] for index in turns if index < len(transcript.turns))
    )


ENDPOINTS: Final = (page("/studies/{study}/transcripts/{group}/dropped", READERS, show),)
