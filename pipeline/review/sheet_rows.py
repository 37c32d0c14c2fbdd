"""What each sheet's rows ask for, in the order in which it can be done: new codes first, merges of codes last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Draft, Kind
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
from pipeline.review.signing import Signature


@dataclass(frozen=True, slots=True)
class Act:
    """One decision that a row asks for. `content` is all that makes it this decision and no other."""

    kind: Kind
    content: object
    build: Callable[[Signature], Draft]
    reason: str = ""
    taken: str = ""
    """The key of the decision that the row came to in an earlier import, "" for none."""
    alone: str = ""
    """The id of what nobody else may have decided on in the meantime, "" for none."""


class Desk:
    """The workbook's rows as they bear on each other: what was dropped from a candidate, and what became of it.

    `stay` are the rows of the sheet of segments that leave their passage in its candidate.
    """

    def __init__(self, rows: Sequence[FilledRow], stay: Collection[int]) -> None:
        self._without: dict[str, list[str]] = {}
        for row in rows:
            leaves = row.tab is Tab.SEGMENTS and (_yes(row, DROP) or MOVE_TO in row.filled)
            if leaves and row.row not in stay:
                self._without.setdefault(row.belongs_to, []).append(row.id)
        self._became: dict[str, Decision] = {}
        self._kept: dict[str, frozenset[str]] = {}

    def without(self, candidate: str) -> list[str]:
        """The passages that its coder dropped or moved away."""
        return sorted(self._without.get(candidate, ()))

    def remember(self, decision: Decision) -> None:
        """Note which candidates this workbook made or merged into a code, now or in an earlier import."""
        if decision.kind is Kind.ACCEPT:
            taken = [{"id": decision.subject, "segments": decision.payload["segments"]}]
        elif decision.kind is Kind.MERGE:
            taken = decision.payload["suggestions"]
        else:
            return
        for item in taken:
            self._became[item["id"]] = decision
            self._kept[item["id"]] = frozenset(item["segments"])

    def accepted(self, candidate: str) -> Decision | None:
        """The acceptance of a candidate by this workbook, if there is one that stands."""
        decision = self._became.get(candidate)
        return decision if decision and decision.kind is Kind.ACCEPT else None

    def left_out(self, row: FilledRow) -> bool:
        """Whether the passage's candidate became a code without it, so that it never was coded."""
        return row.belongs_to in self._kept and row.id not in self._kept[row.belongs_to]


def acceptances(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates accepted."""
    if row.tab is not Tab.CANDIDATES or _choice(row, DECISION) != "accept":
        return []

    def build(sign: Signature) -> Draft:
        name, definition = row.filled.get(NAME), row.filled.get(DEFINITION, "")
        return deciding.accept(seen, sign, row.id, name=name, definition=definition, without=desk.without(row.id))

    content = [row.filled.get(NAME, ""), row.filled.get(DEFINITION, "")]
    before = desk.accepted(row.id)
    return [Act(Kind.ACCEPT, content, build, row.filled.get(REASON, ""), before.draft.key if before else "")]


def other_candidates(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates rejected or merged; the stance and the memo of any."""
    if row.tab is not Tab.CANDIDATES:
        return []
    reason, acts = row.filled.get(REASON, ""), []
    match _choice(row, DECISION):
        case "accept":
            if made := desk.accepted(row.id):
                acts += _corrected(seen, row, made) + _stance(seen, row, made.payload["code"])
        case "reject":
            acts.append(Act(Kind.REJECT, reason, lambda sign: deciding.reject(seen, sign, row.id), reason))
        case "merge into":
            into = row.filled.get(MERGE_INTO, "")
            acts.append(Act(Kind.MERGE, into, lambda sign: _gather(desk, seen, sign, row), reason))
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
    left_out = desk.left_out(row)
    owner = seen.book.accepted.get(row.belongs_to, row.belongs_to)
    if target and (left_out or owner not in seen.book.codes):
        return [Act(Kind.APPLY, target, lambda s: deciding.apply(seen, s, row.id, _target(seen.book, target)))]
    if target:
        return [Act(Kind.MOVE, target, lambda s: deciding.move(seen, s, row.id, owner, _target(seen.book, target)))]
    if not _yes(row, DROP):
        raise DecisionRefused(f"`{row.filled[DROP]}` under Drop means nothing. Write yes, or leave it empty.")
    if left_out:
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


def _corrected(seen: Seen, row: FilledRow, made: Decision) -> list[Act]:
    """The name or definition that was changed in the row since its acceptance was imported."""
    code, name, definition = made.payload["code"], row.filled.get(NAME), row.filled.get(DEFINITION)
    said = [" ".join((name or made.payload["name"]).split()), definition or made.payload["definition"]]
    if said == [made.payload["name"], made.payload["definition"]]:
        return []
    kept = name or seen.code(code).name
    return [
        Act(Kind.RENAME, [name, definition], lambda s: deciding.rename(seen, s, code, kept, definition), alone=code)
    ]


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
    if not owner:
        raise DecisionRefused("It is in no candidate and no code, so there is nothing to drop it from.")
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
    """The code that a passage goes to."""
    try:
        return _code_named(book, text)
    except DecisionRefused as problem:
        raise DecisionRefused(f"{problem} The passage stayed where it was: mend the cell, import again.") from None


def _require_no_stray(row: FilledRow) -> None:
    stray = [title for title in (NAME, DEFINITION, MERGE_INTO, STANCE) if title in row.filled]
    if stray:
        raise DecisionRefused(f"{stray[0]} is filled in, but no decision. Choose one under {DECISION}.")


def _choice(row: FilledRow, title: str) -> str:
    return " ".join(row.filled.get(title, "").lower().split())


def _yes(row: FilledRow, title: str) -> bool:
    return _choice(row, title) in {"yes", "y", "x", "drop"}
