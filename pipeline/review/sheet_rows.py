"""What each sheet's rows ask for, in the order in which it can be done: new codes first, merges of codes last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding
from pipeline.review.called import code_called
from pipeline.review.seen import Seen
from pipeline.review.sheet_desk import Act, Desk, as_before, choice
from pipeline.review.sheet_layout import CONFIRM, DECISION, DEFINITION, MEMO, MERGE_INTO, NAME, REASON, STANCE, Tab
from pipeline.review.sheet_passages import new_codes, passages
from pipeline.review.sheet_reading import FilledRow
from pipeline.review.signing import Signature


def acceptances(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates accepted."""
    if row.tab is not Tab.CANDIDATES or choice(row, DECISION) != "accept":
        return []

    def build(sign: Signature) -> Draft:
        name, definition = row.filled.get(NAME), row.filled.get(DEFINITION, "")
        return deciding.accept(seen, sign, row.id, name=name, definition=definition, without=desk.without(row.id))

    content = [row.filled.get(NAME, ""), row.filled.get(DEFINITION, "")]
    before = desk.accepted(row.id)
    taken, unused = before.draft.key if before else "", _unused(row, MERGE_INTO)
    return [Act(Kind.ACCEPT, content, build, row.filled.get(REASON, ""), taken, remark=unused)]


def other_candidates(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Candidates rejected or merged; the stance and the memo of any."""
    if row.tab is not Tab.CANDIDATES:
        return []
    reason, acts = row.filled.get(REASON, ""), []
    match choice(row, DECISION):
        case "accept":
            if made := desk.accepted(row.id):
                acts += _corrected(desk, seen, row, made) + _stance(seen, row, made.payload["code"])
        case "reject":
            unused = _unused(row, NAME, DEFINITION, MERGE_INTO, STANCE)
            build = partial(deciding.reject, seen, suggestion=row.id)
            acts.append(Act(Kind.REJECT, reason, build, reason, remark=unused))
        case "merge into":
            into = row.filled.get(MERGE_INTO, "")
            unused = _unused(row, NAME, DEFINITION, STANCE)
            acts.append(Act(Kind.MERGE, into, partial(_gather, desk, seen, row), reason, remark=unused))
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


def confirmations(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codings that the machine proposed, confirmed or turned down."""
    if row.tab is not Tab.APPLIED:
        return []
    reason, done = row.filled.get(REASON, ""), desk.acts(row)
    match choice(row, CONFIRM):
        case "yes":
            kind, decide = Kind.APPLY, deciding.apply
        case "no":
            kind, decide = Kind.REMOVE, deciding.remove
        case other:
            raise DecisionRefused(f"`{other}` answers nothing. Write yes or no under `{CONFIRM}`.")
    before = done[-1].draft.key if done and done[-1].kind is kind else ""
    return [Act(kind, len(done), lambda s: decide(seen, s, row.id, row.belongs_to), reason, before)]


def merged_codes(_desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codes merged into others."""
    if row.tab is not Tab.CODEBOOK or MERGE_INTO not in row.filled:
        return []

    def build(sign: Signature) -> Draft:
        return deciding.merge(seen, sign, _code_named(seen.book, row.filled[MERGE_INTO]), codes=[row.id])

    return [Act(Kind.MERGE, row.filled[MERGE_INTO], build, row.filled.get(REASON, ""))]


Phase = Callable[[Desk, Seen, FilledRow], list[Act]]
PHASES: Final[tuple[Phase, ...]] = (
    acceptances,
    other_candidates,
    codes,
    new_codes,
    passages,
    confirmations,
    merged_codes,
)
"""The codebook is folded anew before each, so that it knows what the ones before decided."""


def _unused(row: FilledRow, *titles: str) -> str:
    """A sentence on what a row's decision has no use for, "" where nothing of it is filled in."""
    stray = [title for title in titles if title in row.filled]
    if not stray:
        return ""
    return f"What stands under {' and '.join(stray)} was not used: the decision is {choice(row, DECISION)}."


def _gather(desk: Desk, seen: Seen, row: FilledRow, sign: Signature) -> Draft:
    if MERGE_INTO not in row.filled:
        raise DecisionRefused("Say which code to merge into: its name or its id, under Merge into.")
    into = _code_named(seen.book, row.filled[MERGE_INTO])
    return deciding.merge(seen, sign, into, suggestions=[row.id], without=desk.without(row.id))


def _corrected(desk: Desk, seen: Seen, row: FilledRow, made: Decision) -> list[Act]:
    """The name or definition that was changed in the row since its acceptance, or its last change, was imported."""
    code, name, definition = made.payload["code"], row.filled.get(NAME), row.filled.get(DEFINITION)
    before, changes = dict(made.payload), [item for item in desk.acts(row) if item.kind is Kind.RENAME]
    for change in changes:
        before.update(change.payload)
    now = {"name": " ".join((name or before["name"]).split()), "definition": definition or before["definition"]}
    if before == before | now:
        return [as_before(changes[-1])] if changes else []
    return [
        Act(
            *(Kind.RENAME, [name, definition]),
            lambda s: deciding.rename(seen, s, code, now["name"], definition),
            alone=code,
        )
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


def _code_named(book: Codebook, text: str) -> str:
    return code_called(book, text, "Write a name or id as it stands in the codebook.")


def _require_no_stray(row: FilledRow) -> None:
    stray = [title for title in (NAME, DEFINITION, MERGE_INTO, STANCE) if title in row.filled]
    if stray:
        raise DecisionRefused(f"{stray[0]} is filled in, but no decision. Choose one under {DECISION}.")
