"""A workbook's rows as they bear on each other, and what they came to in this import and in earlier ones."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Draft, Kind
from pipeline.review.called import plain
from pipeline.review.sheet_layout import DROP, MOVE_TO, Tab
from pipeline.review.sheet_reading import FilledRow
from pipeline.review.signing import Signature
from pipeline.review.worklist import in_use


@dataclass(frozen=True, slots=True)
class Act:
    """One decision that a row asks for. `content` is all that makes it this decision and no other."""

    kind: Kind
    content: object
    build: Callable[[Signature], Draft]
    reason: str = ""
    taken: str = ""
    """The key of the decision that stands for it: one the row came to before, or one that all rows share; "" for
    none."""
    alone: str = ""
    """The id of what nobody else may have decided on in the meantime, "" for none."""
    remark: str = ""
    """A sentence for the report of the row, on what was written there and not used."""


class Desk:
    """The workbook's rows: what was dropped from a candidate, what became of it, what each row came to.

    `whose` names the workbook and its coder; the key of each of its decisions begins with it. `stay` are the rows of
    the sheet of segments that leave their passage in its candidate.
    """

    def __init__(self, rows: Sequence[FilledRow], stay: Collection[int], whose: str) -> None:
        self._prefix = f"sheet:{whose}:"
        self._without: dict[str, list[str]] = defaultdict(list)
        self._beside: dict[str, list[FilledRow]] = defaultdict(list)
        for row in rows:
            if row.tab is not Tab.SEGMENTS:
                continue
            self._beside[row.id].append(row)
            if (says_yes(row, DROP) or MOVE_TO in row.filled) and row.row not in stay:
                self._without[row.belongs_to].append(row.id)
        self._became: dict[str, Decision] = {}
        self._kept: dict[str, frozenset[str]] = {}
        self._acts: dict[str, list[Decision]] = defaultdict(list)

    def wrote(self, decision: Decision) -> bool:
        """Whether the decision came from this workbook."""
        return decision.draft.key.startswith(self._prefix)

    def remember(self, decision: Decision) -> None:
        """Note what this workbook decided, now or in an earlier import."""
        self._acts[decision.draft.key.rpartition(":")[0]].append(decision)
        if decision.kind is Kind.ACCEPT:
            taken = [{"id": decision.subject, "segments": decision.payload["segments"]}]
        elif decision.kind is Kind.MERGE:
            taken = decision.payload["suggestions"]
        else:
            return
        for item in taken:
            self._became[item["id"]] = decision
            self._kept[item["id"]] = frozenset(item["segments"])

    def acts(self, row: FilledRow) -> tuple[Decision, ...]:
        """What the row came to so far, in order."""
        return tuple(self._acts[self._of(row)])

    def key(self, row: FilledRow, kind: Kind, content: object) -> str:
        """The key of a decision that the row asks for: that of the last of its kind where the row still says the
        same, and a new one where it says something else, or again what it said before that."""
        done = [item.draft.key for item in self.acts(row) if item.kind is kind]
        keys = [f"{self._of(row)}:{_digest(kind, content, place)}" for place in (len(done) - 1, len(done))]
        return keys[0] if done[-1:] == keys[:1] else keys[1]

    def key_of_new(self, name: str) -> str:
        """The key under which a new code is made for all rows that name it."""
        return f"{self._prefix}new:{_digest(plain(name))}"

    def created(self, name: str) -> str | None:
        """The code of that name that the workbook made, if it stands."""
        made = (item.subject for item in self._acts[f"{self._prefix}new"] if item.draft.key == self.key_of_new(name))
        return next(made, None)

    def without(self, candidate: str) -> list[str]:
        """The passages that its coder dropped or moved away."""
        return sorted(self._without[candidate])

    def accepted(self, candidate: str) -> Decision | None:
        """The acceptance of a candidate by this workbook, if there is one that stands."""
        decision = self._became.get(candidate)
        return decision if decision and decision.kind is Kind.ACCEPT else None

    def left_out(self, row: FilledRow) -> bool:
        """Whether the passage's candidate became a code without it, so that it never was coded."""
        return row.belongs_to in self._kept and row.id not in self._kept[row.belongs_to]

    def place(self, row: FilledRow, book: Codebook) -> str:
        """The code that the row brought its passage to and that it still carries; "" for none."""
        last = self.acts(row)[-1:]
        target = last[0].payload.get("to") or last[0].payload.get("code") if last else None
        code = in_use(book, target) if target and last[0].kind is not Kind.REMOVE else None
        return code if code and (row.id, code) in book.codings else ""

    def shared(self, row: FilledRow, book: Codebook, code: str) -> bool:
        """Whether another row brought the same passage to the same code."""
        return any(self.place(other, book) == code for other in self._beside[row.id] if other != row)

    def _of(self, row: FilledRow) -> str:
        return f"{self._prefix}{_digest(row.tab, row.id, row.belongs_to)}"


def as_before(decision: Decision) -> Act:
    """What a row asks for that says what it said when it came to this decision."""

    def build(_: Signature) -> Draft:
        return decision.draft

    return Act(decision.kind, None, build, taken=decision.draft.key)


def choice(row: FilledRow, title: str) -> str:
    """What a cell says, without capitals and stray white space."""
    return " ".join(row.filled.get(title, "").lower().split())


def says_yes(row: FilledRow, title: str) -> bool:
    """Whether a cell says yes, in the ways in which people do."""
    return choice(row, title) in {"yes", "y", "x", "drop"}


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
