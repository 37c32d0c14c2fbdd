"""A filled-in workbook to decisions, row by row: what cannot be taken is told and hinders no other row."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.domain.decision import GENESIS, TEAM, Decision, Draft, Kind, chained, effective, versions_in
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.folding import fold
from pipeline.review.rounds import whose
from pipeline.review.seen import Seen
from pipeline.review.sheet_desk import Act, Desk
from pipeline.review.sheet_layout import MOVE_TO, Tab
from pipeline.review.sheet_reading import FilledRow, FilledSheet
from pipeline.review.sheet_rows import PHASES, Phase
from pipeline.review.signing import Signature


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    ALREADY = "taken before"
    LATER = "left for later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One line of the import report; `decision` is what the row came to in this import."""

    tab: Tab
    row: int
    outcome: Outcome
    sentence: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A decision that a row asks for, ready to be appended; `remark` says what of the row was not used."""

    tab: Tab
    row: int
    draft: Draft
    remark: str = ""


def drafts_of(
    sheet: FilledSheet, seen: Seen, log: Sequence[Decision], at: str, book: str = TEAM
) -> tuple[tuple[Drafted, ...], tuple[RowOutcome, ...]]:
    """The drafts that a workbook asks for, in the order to append them, and the rows that ask for none.

    A draft's key is made of the export, the coder, the row and what it says: importing a workbook again drafts only
    what was written since. A row is stale when anybody else decided on its subject after the export.

    A passage moved away is left out of what its candidate becomes only where its row is taken: where that is refused,
    everything is drafted again with the passage staying in.

    Raises:
        DecisionRefused: it was exported from another book than the one its coder decides in now.
    """
    if sheet.book != book:
        raise DecisionRefused(
            f"This workbook decides in {whose(seen.book, sheet.book)}, but {sheet.coder} decides in "
            f"{whose(seen.book, book)} now: export a new one with `--as {shlex.quote(sheet.coder)}` and fill that in."
        )
    stay: set[int] = set()
    while True:
        asked = _Import(sheet, seen, log, at, stay, book)
        asked.run()
        if asked.to_stay <= stay:
            return tuple(asked.drafted), tuple(asked.outcomes)
        stay |= asked.to_stay


def import_report(
    drafted: Sequence[Drafted], results: Sequence[Decision | DecisionRefused], others: Iterable[RowOutcome]
) -> tuple[RowOutcome, ...]:
    """Every filled-in row with its outcome, in the order of the workbook; `results` as the log took the drafts."""
    lines = list(others)
    for item, result in zip(drafted, results, strict=True):
        if isinstance(result, Decision):
            line = RowOutcome(item.tab, item.row, Outcome.TAKEN, f"{item.draft.kind}. {item.remark}".rstrip(), result)
        else:
            line = RowOutcome(item.tab, item.row, Outcome.REFUSED, str(result))
        lines.append(line)
    order = {tab: place for place, tab in enumerate(Tab)}
    return tuple(sorted(lines, key=lambda line: (order[line.tab], line.row)))


class _Import:
    """The drafts so far, and the codebook as it will be when they are in the log."""

    def __init__(
        self, sheet: FilledSheet, seen: Seen, log: Sequence[Decision], at: str, stay: Collection[int], book: str
    ) -> None:
        self._sheet, self._seen, self._at, self._book = sheet, seen, at, book
        self._log = list(log)
        whose = hashlib.sha256(f"{sheet.study}\n{sheet.exported}\n{sheet.coder}".encode()).hexdigest()[:16]
        self._desk = Desk(sheet.rows, stay, whose)
        self._present = {item.draft.key for item in log}
        self._standing = {item.draft.key for item in effective(log)}
        self._others = versions_in((item for item in log if not self._desk.wrote(item)), book)
        self._now = versions_in(log, book)
        self._touched: set[str] = set()
        self._given_up: set[int] = set()
        for decision in effective(log):
            if self._desk.wrote(decision):
                self._desk.remember(decision)
        self.drafted: list[Drafted] = []
        self.outcomes: list[RowOutcome] = []
        self.to_stay: set[int] = set()
        """Rows of the sheet of segments that were refused: nothing may follow from them."""

    def run(self) -> None:
        for phase in PHASES:
            seen = replace(self._seen, book=fold(self._log, self._book))
            for row in self._sheet.rows:
                if row.tab is not Tab.SEGMENTS or row.row not in self._given_up:
                    self._take(phase, seen, row)
        self._account_for_silence()

    def _take(self, phase: Phase, seen: Seen, row: FilledRow) -> None:
        try:
            for act in phase(self._desk, seen, row):
                self._draft(row, act)
        except DecisionRefused as problem:
            self.outcomes.append(RowOutcome(row.tab, row.row, Outcome.REFUSED, str(problem)))
            if row.tab is Tab.SEGMENTS:
                self._given_up.add(row.row)
                if MOVE_TO in row.filled and not self._desk.place(row, seen.book):
                    self.to_stay.add(row.row)

    def _draft(self, row: FilledRow, act: Act) -> None:
        key = act.taken or self._desk.key(row, act.kind, act.content)
        if key in self._present:
            fate = "taken before." if key in self._standing else "taken before, and undone since: it does not stand."
            sentence = f"{act.kind}: {fate} {act.remark}".rstrip()
            self.outcomes.append(RowOutcome(row.tab, row.row, Outcome.ALREADY, sentence))
            return
        self._require_fresh(row)
        if self._others[act.alone]:
            raise DecisionRefused(
                f"{act.alone} was decided on by others since. Export the workbook anew to change it."
            )
        sign = Signature(self._sheet.study, self._sheet.coder, self._at, key, act.reason, book=self._book)
        draft = act.build(sign)
        if draft.kind is not Kind.MEMO and draft.subject not in self._touched:
            draft = replace(draft, expected_version=self._now[draft.subject])
        decision = chained(draft, len(self._log) + 1, GENESIS)
        self._touched.update(versions_in([decision], self._book))
        self._log.append(decision)
        self._present.add(key)
        self._standing.add(key)
        self._desk.remember(decision)
        self.drafted.append(Drafted(row.tab, row.row, draft, act.remark))

    def _require_fresh(self, row: FilledRow) -> None:
        if self._others[row.id] == row.version:
            return
        raise DecisionRefused(
            f"{row.id} was decided on since this workbook was exported (version {row.version} then, "
            f"{self._others[row.id]} now). Export it anew to see what was decided, and decide again."
        )

    def _account_for_silence(self) -> None:
        """No filled-in row ends without a line in the report."""
        told = {(item.tab, item.row) for item in self.drafted} | {(line.tab, line.row) for line in self.outcomes}
        for row in self._sheet.rows:
            if (row.tab, row.row) in told:
                continue
            if row.tab is Tab.SEGMENTS:
                line = RowOutcome(row.tab, row.row, Outcome.TAKEN, "Left out of the code its candidate became.")
            else:
                line = RowOutcome(row.tab, row.row, Outcome.LATER, "Nothing was decided in this row.")
            self.outcomes.append(line)
