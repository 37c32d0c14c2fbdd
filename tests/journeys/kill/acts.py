"""What a worker does at each named stage, in the study's own order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.work import inbox
from pipeline.work import prepare as preparing
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS, Workplace

from .script import decide

Say = Callable[..., None]
SHEET: Final = "sheet.xlsx"
CODER: Final = "ana"


def _prepare(work: Workplace, _say: Say) -> None:
    preparing.prepare(work)


def _suggest(work: Workplace, _say: Say) -> None:
    from pipeline.work import deciding, suggesting

    deciding.approve(work, TRANSCRIPTS, CODER)
    suggesting.suggest(work)


def _export(work: Workplace, _say: Say) -> None:
    from pipeline.work import sheets

    if not (work.outbox / SHEET).exists():
        sheets.export(work, work.outbox / SHEET, "ben")


def _import(work: Workplace, say: Say) -> None:
    from pipeline.work import sheets

    imported = sheets.take_back(work, work.outbox / SHEET)
    assert not imported.refused, [row.sentence for row in imported.rows]
    for item in work.store.decisions.log(work.study.id):
        say("ack", item.draft.key, item.seq)


def _reprocess(work: Workplace, say: Say) -> None:
    """A new focus group lies in the inbox; it goes the way that the first three went."""
    from pipeline.work import deciding

    if CODES not in deciding.codebook(work).approvals:  # a second try must not sign what came since
        deciding.approve(work, CODES, CODER)
    inbox.scan(work)
    for message in work.store.outbox.pending(work.study.id):
        if message.deployment == "prepare":
            preparing.prepare(work, only=message.parameters["groups"])
    _suggest(work, say)


def _report(work: Workplace, _say: Say) -> None:
    from pipeline.work import deciding, mapping, reporting

    deciding.approve(work, CODES, CODER)
    mapping.map_codes(work)
    deciding.approve(work, MAP, CODER)
    reporting.report(work)


STAGES: Final[dict[str, Callable[[Workplace, Say], None]]] = {
    "prepare": _prepare,
    "embed": _prepare,
    "suggest": _suggest,
    "decide": decide,
    "export": _export,
    "import": _import,
    "reprocess": _reprocess,
    "report": _report,
}
"""`embed` is prepare on a store that has every segment and no vector."""
