"""The coders' workbook: written from the worklist, taken back row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.codebook import RoundKind
from pipeline.domain.decision import in_book, versions_in
from pipeline.domain.errors import DecisionRefused, FileRefused, NotReady, PolyvocalError, Problem
from pipeline.review.deciding import check
from pipeline.review.rounds import book_of
from pipeline.review.seen import Seen
from pipeline.review.sheet import Stamp, export_sheet
from pipeline.review.sheet_drafts import Outcome, RowOutcome, drafts_of, import_report
from pipeline.review.sheet_reading import read_sheet
from pipeline.review.worklist import in_none, unconfirmed
from pipeline.work import suggesting
from pipeline.work.deciding import codebook
from pipeline.work.talk import talk
from pipeline.work.workplace import Workplace, now


@dataclass(frozen=True, slots=True)
class Exported:
    """What waits in a workbook: how many candidates to decide on, how many proposed codings to confirm. `kept_back`
    others wait until their segment is coded whole."""

    candidates: int
    proposed: int
    kept_back: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of every filled-in row, and what could not be read at all."""

    rows: tuple[RowOutcome, ...]
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> int:
        """How many rows were not taken."""
        return sum(row.outcome is Outcome.REFUSED for row in self.rows) + len(self.problems)


def export(work: Workplace, path: Path, coder: str) -> Exported:
    """Write the workbook of what waits.

    Raises:
        PolyvocalError: the file is there already (it may be filled in), or there is no folder for it.
        NotReady: nothing was suggested yet.
    """
    if path.exists():
        raise PolyvocalError(f"{path} is there already and may be filled in: choose another name, or move it away.")
    if not path.parent.is_dir():
        raise PolyvocalError(f"There is no folder {path.parent} to write the workbook in. Make it, or name another.")
    going_on = codebook(work).open_round
    if going_on and going_on.kind is RoundKind.SAMPLE and coder in ("", *going_on.coders):
        raise NotReady(
            "Coders code a sample blind to each other, and a workbook shows how the team coded. Close it first."
        )
    found, proposed = suggesting.current(work)
    latest = work.store.stages.latest(work.study.id, suggesting.STAGE)
    if latest is None:
        raise NotReady(suggesting.NO_CANDIDATES)
    by_id, book = talk(work).by_id(), codebook(work, coder)
    shown = suggesting.open_to(work, proposed, book, coder)
    clustered = [said.segment.id for said in talk(work, latest.summary["all_transcripts"]).codable]
    beside = path.with_name(f".{path.name}.part")  # an interrupted export leaves no half workbook in its place
    export_sheet(
        beside,
        work.study,
        Stamp(now(), coder),
        suggestions=found,
        unplaced=in_none(clustered, found, shown, book),
        book=book.held_to(by_id),  # talk left out since carries codings that nobody can see
        proposed=shown,
        versions=versions_in(work.store.decisions.log(work.study.id), book_of(codebook(work), coder)),
        excerpt_of=by_id.__getitem__,
    )
    beside.replace(path)
    candidates = sum(not book.decided(item.id) for item in found.suggestions)
    confirm = len(unconfirmed(shown, book)[0])
    return Exported(candidates, confirm, len(unconfirmed(proposed, book)[0]) - confirm)


def take_back(work: Workplace, path: Path) -> Imported:
    """Take a filled-in workbook row by row: a stale or unknown row is refused with its reason and hinders no other.

    The same workbook again doubles nothing.

    Raises:
        DecisionRefused: the file is no workbook of this study.
        FileRefused: it is not there, or is no workbook.
    """
    if not path.is_file():
        raise FileRefused(f"{path} is not there, or is no file. Name the workbook that you filled in.")
    sheet, problems = read_sheet(path)
    if sheet.study != work.study.id:
        raise DecisionRefused(f"{path.name} was exported from a study `{sheet.study}`, not from `{work.study.id}`.")
    log = work.store.decisions.log(work.study.id)
    segments = {segment.id for segment in work.store.segments.of_study(work.study.id)}
    book = book_of(codebook(work), sheet.coder.strip())
    seen = Seen(suggesting.current(work)[0], codebook(work, sheet.coder.strip()), segments)
    drafted, others = drafts_of(sheet, seen, in_book(log, book), now(), book)
    results = work.store.decisions.append_many([item.draft for item in drafted], check=check)
    return Imported(import_report(drafted, results, others), problems)
