"""What each sheet's rows ask for, in the order in which it can be done: new codes first, merges of codes last."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding
from pipeline.review.seen import Seen
from pipeline.review.sheet_layout import (
    CONFIRM,
    DECISION,
    DEFINITION,
    DROP,
    MEMO,
    MERGE_INTO,
    MOVE_TO,
    NAME,
    REASON,
    STANCE,
    Tab,
)
from pipeline.review.sheet_reading import FilledRow
from pipeline.review.signing import Signature, new_id

KeyOf = Callable[[FilledRow, Kind, object], str]


@dataclass(frozen=True, slots=True)
class Act:
    """One decision that a row asks for. `content` is all that makes it this decision and no other."""

    kind: Kind
    content: object
    build: Callable[[Signature], Draft]
    reason: str = ""


class Desk:
    """The workbook's rows as they bear on each other: what was dropped from a candidate, which codes are new."""

    def __init__(self, rows: Sequence[FilledRow], key_of: KeyOf, present: Container[str]) -> None:
        self._key_of, self._present = key_of, present
        self._without: dict[str, list[str]] = {}
        for row in rows:
            if row.tab is Tab.SEGMENTS and (_yes(row, DROP) or MOVE_TO in row.filled):
                self._without.setdefault(row.belongs_to, []).append(row.id)
        self._decided = {row.id: row for row in rows if row.tab is Tab.CANDIDATES}

    def without(self, candidate: str) -> list[str]:
        """The passages that its coder dropped or moved away."""
        return sorted(self._without.get(candidate, ()))

    def accept_key(self, row: FilledRow) -> str:
        """The key of a row's acceptance, from which its code's id is made."""
        return self._key_of(row, Kind.ACCEPT, self.acceptance(row))

    def acceptance(self, row: FilledRow) -> list[object]:
        """All that an acceptance says."""
        return [row.filled.get(NAME, ""), row.filled.get(DEFINITION, ""), self.without(row.id)]

    def gathering(self, row: FilledRow) -> list[object]:
        """All that merging a candidate says."""
        return [row.filled.get(MERGE_INTO, ""), self.without(row.id)]

    def took_along(self, candidate: str) -> bool:
        """Whether the candidate was accepted or merged by its row here, so that what it dropped never was coded."""
        row = self._decided.get(candidate)
        if row is None:
            return False
        keys = (self.accept_key(row), self._key_of(row, Kind.MERGE, self.gathering(row)))
        return any(key in self._present for key in keys)


def acceptances(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates accepted."""
    if row.tab is not Tab.CANDIDATES or _choice(row, DECISION) != "accept":
        return []

    def build(sign: Signature) -> Draft:
        name, definition = row.filled.get(NAME), row.filled.get(DEFINITION, "")
        return deciding.accept(seen, sign, row.id, name=name, definition=definition, without=desk.without(row.id))

    return [Act(Kind.ACCEPT, desk.acceptance(row), build, row.filled.get(REASON, ""))]


def other_candidates(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates rejected or merged; the stance and the memo of any."""
    if row.tab is not Tab.CANDIDATES:
        return []
    reason, acts = row.filled.get(REASON, ""), []
    match _choice(row, DECISION):
        case "accept":
            code = new_id("c-", desk.accept_key(row))
            if code in seen.book.codes:
                acts += _stance(seen, row, code)
        case "reject":
            acts.append(Act(Kind.REJECT, reason, lambda sign: deciding.reject(seen, sign, row.id), reason))
        case "merge into":
            acts.append(Act(Kind.MERGE, desk.gathering(row), lambda sign: _gather(desk, seen, sign, row), reason))
        case "" | "later":
            _require_no_stray(row)
        case other:
            raise DecisionRefused(f"`{other}` is no decision. Write accept, reject, merge into or later.")
    return acts + _memo(row, row.id)


def codes(_desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codes renamed, defined, given a stance or a memo."""
    if row.tab is not Tab.CODEBOOK:
        return []
    acts = []
    name, definition = row.filled.get(NAME), row.filled.get(DEFINITION)
    if name or definition:
        kept = name or seen.code(row.id).name
        content, reason = [name, definition], row.filled.get(REASON, "")
        acts.append(Act(Kind.RENAME, content, lambda s: deciding.rename(seen, s, row.id, kept, definition), reason))
    return acts + _stance(seen, row, row.id) + _memo(row, row.id)


def passages(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Passages dropped from a code or moved to another."""
    if row.tab is not Tab.SEGMENTS:
        return []
    target = row.filled.get(MOVE_TO, "")
    taken_along = desk.took_along(row.belongs_to)
    owner = seen.book.accepted.get(row.belongs_to, row.belongs_to)
    if target and (taken_along or owner not in seen.book.codes):
        return [Act(Kind.APPLY, target, lambda s: deciding.apply(seen, s, row.id, _target(seen.book, target)))]
    if target:
        return [
            Act(Kind.MOVE, target, lambda s: deciding.move(seen, s, row.id, owner, _code_named(seen.book, target)))
        ]
    if not _yes(row, DROP):
        raise DecisionRefused(f"`{row.filled[DROP]}` under Drop means nothing. Write yes, or leave it empty.")
    if taken_along:
        return []
    return [Act(Kind.REMOVE, [], lambda s: _drop(seen, s, row.id, owner))]


def confirmations(_desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codings that the machine proposed, confirmed or turned down."""
    if row.tab is not Tab.APPLIED:
        return []
    reason = row.filled.get(REASON, "")
    match _choice(row, CONFIRM):
        case "yes":
            return [Act(Kind.APPLY, [], lambda s: deciding.apply(seen, s, row.id, row.belongs_to), reason)]
        case "no":
            return [Act(Kind.REMOVE, [], lambda s: deciding.remove(seen, s, row.id, row.belongs_to), reason)]
        case other:
            raise DecisionRefused(f"`{other}` answers nothing. Write yes or no under `{CONFIRM}`.")


def merged_codes(_desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codes merged into others."""
    if row.tab is not Tab.CODEBOOK or MERGE_INTO not in row.filled:
        return []

    def build(sign: Signature) -> Draft:
        return deciding.merge(seen, sign, _code_named(seen.book, row.filled[MERGE_INTO]), codes=[row.id])

    return [Act(Kind.MERGE, row.filled[MERGE_INTO], build, row.filled.get(REASON, ""))]


Phase = Callable[[Desk, Seen, FilledRow], list[Act]]
PHASES: Final[tuple[Phase, ...]] = (acceptances, other_candidates, codes, passages, confirmations, merged_codes)
"""The codebook is folded anew before each, so that it knows what the ones before decided."""


def _gather(desk: Desk, seen: Seen, sign: Signature, row: FilledRow) -> Draft:
    if MERGE_INTO not in row.filled:
        raise DecisionRefused("Say which code to merge into: its name or its id, under Merge into.")
    into = _code_named(seen.book, row.filled[MERGE_INTO])
    return deciding.merge(seen, sign, into, suggestions=[row.id], without=desk.without(row.id))


def _stance(seen: Seen, row: FilledRow, code: str) -> list[Act]:
    if STANCE not in row.filled:
        return []
    value = row.filled[STANCE]
    return [Act(Kind.STANCE, value, lambda sign: deciding.stance(seen, sign, code, value))]


def _memo(row: FilledRow, subject: str) -> list[Act]:
    if MEMO not in row.filled:
        return []
    text = row.filled[MEMO]
    return [Act(Kind.MEMO, text, lambda sign: deciding.memo(sign, subject, text))]


def _drop(seen: Seen, sign: Signature, segment: str, owner: str) -> Draft:
    if owner not in seen.book.codes:
        raise DecisionRefused("Its candidate was not accepted, so there is nothing to drop the passage from.")
    if (segment, owner) not in seen.book.codings:
        raise DecisionRefused(f"Segment {segment} does not carry code {owner}; there is nothing to drop.")
    return deciding.remove(seen, sign, segment, owner)


def _code_named(book: Codebook, text: str) -> str:
    """The id of the code meant by an id, a candidate's id or a name."""
    if text in book.codes:
        return text
    if text in book.accepted:
        return book.accepted[text]
    named = [code.id for code in book.active_codes if code.name.casefold() == text.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise DecisionRefused(f"{len(named)} codes are called `{text}`. Write the id of the one you mean.")
    raise DecisionRefused(f"There is no code `{text}`. Write a name or id as it stands in the codebook.")


def _target(book: Codebook, text: str) -> str:
    """The code that a passage goes to which its candidate's code, if any, was made without."""
    try:
        return _code_named(book, text)
    except DecisionRefused as problem:
        raise DecisionRefused(
            f"{problem} Until then the passage carries no code: mend it and import again."
        ) from None


def _require_no_stray(row: FilledRow) -> None:
    stray = [title for title in (NAME, DEFINITION, MERGE_INTO, STANCE) if title in row.filled]
    if stray:
        raise DecisionRefused(f"{stray[0]} is filled in, but no decision. Choose one under {DECISION}.")


def _choice(row: FilledRow, title: str) -> str:
    return " ".join(row.filled.get(title, "").lower().split())


def _yes(row: FilledRow, title: str) -> bool:
    return _choice(row, title) in {"yes", "y", "x", "drop"}
