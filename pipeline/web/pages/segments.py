"""Coding the talk itself: down a transcript, through the sample of a blind round, or what fits nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pipeline.domain.errors import NotReady
from pipeline.domain.said import Said
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, NotFound, Page, page
from pipeline.web.pages import proposed, segment
from pipeline.web.pages.segment import address
from pipeline.web.paging import Leaf, leaf
from pipeline.web.places import anchor, quoted
from pipeline.web.proposals import proposals_counted
from pipeline.web.resting import resting
from pipeline.web.segment_lists import next_to_code, unclear, walk_called
from pipeline.web.told import told_last
from pipeline.web.withholding import coded_by_self, sample_of, still_said, veiled
from pipeline.work.learning import taught
from pipeline.work.live_study import Recording, View

PAGE: Final = 100
"""Segments of one page."""


@dataclass(frozen=True, slots=True)
class Coded:
    """How much of a group's talk carries a code, in one person's view."""

    group: str
    coded: int
    codable: int


@dataclass(frozen=True, slots=True)
class Row:
    """A segment of a transcript with the codes it carries: (code, name) each. `veiled`: they are kept back.

    `speaker` and `question` stand where they change, "" where they are those of the row above. `seen` is the
    segment's version.
    """

    said: Said
    speaker: str
    question: str
    path: str
    anchor: str
    codes: tuple[tuple[str, str], ...]
    codable: bool
    veiled: bool
    done: bool
    seen: int


def choose(ask: Ask) -> Answer:
    """How to go about it; with `?group=` down that transcript."""
    if ask.query.get("group"):
        return down_transcript(ask)
    with ask.study.looking(ask.person) as view:
        in_sample = sample_of(view) is not None
        left = () if in_sample else unclear(ask.study, view)
        learnt = taught(ask.study, view)
        said, carried = view.material.said, view.book.by_segment
        teaching = [item for item in learnt.asks if item in said and item not in carried] if learnt else []
        context = {
            "title": "Segments",
            **_frame(view),
            "groups": _coded_of(view),
            "sample": _sample_progress(view),
            "proposals": None if in_sample else proposals_counted(ask.study, view),
            "unclear": len(left),
            "first_unclear": address(ask.study.id, left[0], "unclear") if left else "",
            "teaching": len(teaching),
            "first_teaching": address(ask.study.id, teaching[0], "teaching") if teaching else "",
        }
    return Page("segments.html.j2", context)


def down_transcript(ask: Ask) -> Answer:
    """A transcript's segments with their codes, a hundred at a time."""
    group = ask.query.get("group", "")
    with ask.study.looking(ask.person) as view:
        recording, here = _page_of(ask, view, group)
        segments = [said.segment.id for said in recording.said[here.first : here.last]]
    versions = ask.study.versions_of(ask.person, *segments)
    with ask.study.looking(ask.person) as view:
        recording, here = _page_of(ask, view, group)
        following = "" if sample_of(view) else _first_open(view, recording)
        context = {
            "title": group,
            **_frame(view),
            "group": group,
            "rows": _rows(ask, view, recording, here, versions),
            "leaf": here,
            "names": sorted({code.name for code in view.book.active_codes}, key=str.casefold),
            "at": view.book.version,
            "walk": f"transcript:{group}",
            "here_whole": f"{ask.base}/segments?group={quote(group, safe='')}",
            "following": address(ask.study.id, following, f"transcript:{group}") if following else "",
        }
    return Page("segments_transcript.html.j2", context)


def show_unclear(ask: Ask) -> Answer:
    """What fits nowhere and carries no code, as quotes."""
    with ask.study.looking(ask.person) as view:
        if sample_of(view):
            raise NotReady("What fits nowhere waits until the blind round on the sample is closed.")
        left = unclear(ask.study, view)
        here = leaf(len(left), PAGE, ask.query.get("page", ""))
        shown = [
            (item, address(ask.study.id, name, "unclear"))
            for name in left[here.first : here.last]
            if (item := quoted(ask.study.id, view.material, name))
        ]
        context = {"title": "What fits nowhere", **_frame(view), "shown": shown, "leaf": here}
    return Page("segments_unclear.html.j2", context)


def sample(ask: Ask) -> Answer:
    """On to the next segment of the sample, or word that all are coded."""
    with ask.study.looking(ask.person) as view:
        if sample_of(view) is None:
            raise NotReady("No blind round on a sample is open for you. Code down a transcript instead.")
        walk = walk_called(ask.study, view, "sample", "")
        following = next_to_code(view, walk, "")
        if following:
            return Go(address(ask.study.id, following, "sample"))
        said = [(view.material.said[name], address(ask.study.id, name, "sample")) for name in walk.segments[:PAGE]]
        context = {"title": "The sample", **_frame(view), "coded": len(walk.segments), "said": said}
    return Page("segments_sample_done.html.j2", context)


def _frame(view: View) -> dict[str, Any]:
    return {
        "rests": resting(view),
        "blind": bool(view.blind),
        "last": view.last,
        "last_told": told_last(view),
    }


def _coded_of(view: View) -> list[Coded]:
    """Per group, how much carries a code. Talk that was coded and left out since may be among it."""
    found = []
    for recording in view.material.recordings:
        codable = len(view.material.codable_of[recording.group])
        coded = view.book.coded.get(recording.stored.transcript.id[:12], 0)
        found.append(Coded(recording.group, min(coded, codable), codable))
    return found


def _sample_progress(view: View) -> tuple[int, int] | None:
    """Segments of the sample that this person has coded, of how many; None where there is no such round."""
    round_ = sample_of(view)
    if round_ is None:
        return None
    there = still_said(view, round_)
    return sum(coded_by_self(view, item) for item in there), len(there)


def _page_of(ask: Ask, view: View, group: str) -> tuple[Recording, Leaf]:
    """The transcript of a group, and the page of it that is asked for."""
    recording = view.material.recording_of(group)
    if recording is None:
        raise NotFound("There is no transcript of that group here. Choose one from the list.")
    return recording, leaf(len(recording.said), PAGE, ask.query.get("page", ""))


def _rows(ask: Ask, view: View, recording: Recording, here: Leaf, versions: Mapping[str, int]) -> list[Row]:
    hidden, codes = veiled(view), view.book.codes
    asked = {item.id: f"{item.id} {item.text}" for item in ask.study.work.study.questions}
    rows, above = list[Row](), None
    for said in recording.said[here.first : here.last]:
        segment, seen = said.segment.id, said.segment.id not in hidden
        new_turn = above is None or above.segment.turn != said.segment.turn
        new_question = above is None or above.question != said.question
        rows.append(
            Row(
                said=said,
                speaker=said.speaker if new_turn else "",
                question=asked.get(said.question, "Beside the guide") if new_question else "",
                path=address(ask.study.id, segment, f"transcript:{recording.group}"),
                anchor=anchor(said.segment),
                codes=tuple((code, codes[code].name) for code in view.book.codes_of(segment)) if seen else (),
                codable=not said.segment.noise and not said.segment.moderator,
                veiled=not seen,
                done=coded_by_self(view, segment),
                seen=versions.get(segment, 0),
            )
        )
        above = said
    return rows


def _first_open(view: View, recording: Recording) -> str:
    """The first segment that carries no code and that this person has not said to be done with."""
    by_segment = view.book.by_segment
    return next(
        (
            item
            for item in view.material.codable_of[recording.group]
            if not by_segment.get(item) and not coded_by_self(view, item)
        ),
        "",
    )


_PATH: Final = "/studies/{study}/segments"
ENDPOINTS: Final = (
    page(_PATH, DECIDERS, choose),
    page(_PATH + "/sample", DECIDERS, sample),
    page(_PATH + "/unclear", DECIDERS, show_unclear),
    *proposed.ENDPOINTS,
    *segment.ENDPOINTS,
)
