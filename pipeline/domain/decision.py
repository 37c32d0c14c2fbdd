"""The append-only log: who decided what, when, about which subject. Decisions cite ids, never transcript text."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

TEAM: Final = ""
"""The book that all share."""
GENESIS: Final = "0" * 64
"""The `prev_hash` of a study's first decision."""


class Kind(StrEnum):
    """What a decision does. The payload each kind carries is written beside its handler in `folding`."""

    ACCEPT = "accept"
    CREATE = "create"
    REJECT = "reject"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    APPLY = "apply"
    REMOVE = "remove"
    MEMO = "memo"
    STANCE = "stance"
    DEFINE = "define"
    PLACE = "place"
    THEME = "theme"
    APPROVE = "approve"
    UNDO = "undo"
    COMMIT = "commit"
    ROUND = "round"
    FINISH = "finish"
    CLOSE = "close"
    SETTLE = "settle"
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    QUESTION = "question"
    OMIT = "omit"


CORRECTIONS: Final = frozenset({Kind.SPEAKER, Kind.MODERATOR, Kind.QUESTION, Kind.OMIT})
"""Kinds that correct a transcript at checkpoint 1; every other kind concerns the codebook."""
LASTING: Final = frozenset({Kind.ROUND, Kind.CLOSE})
"""Kinds that nothing takes back: what a round showed when it was closed has been seen."""
STAYS: Final = (
    "The opening and the closing of a blind round are not undone: an open round is closed, and a closed one stays "
    "closed, because everybody has seen what each coder did."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision about to be appended.

    `key` makes appending idempotent: the same key again returns the decision already there. `expected_version`
    is the version of the subject that the coder saw (see `versions`), None where nothing was looked at. `book` is
    whose book it is written in: "" for the team's, else that of one coder in one blind round (see `Round.book`).
    """

    key: str
    study: str
    coder: str
    at: str
    kind: Kind
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    expected_version: int | None = None
    book: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision in the log. `seq` counts from 1 within the study; `hash` covers it and everything before it."""

    seq: int
    draft: Draft
    prev_hash: str
    hash: str

    @property
    def kind(self) -> Kind:
        """What it does."""
        return self.draft.kind

    @property
    def subject(self) -> str:
        """The id of what it is about."""
        return self.draft.subject

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the kind needs besides the subject."""
        return self.draft.payload


def canonical(seq: int, draft: Draft) -> str:
    """The decision as the one JSON text that is hashed. The team's book goes unnamed in it, as it did before there
    were others, so that the hashes of older logs hold."""
    return json.dumps(
        [
            seq,
            draft.key,
            draft.study,
            draft.coder,
            draft.at,
            str(draft.kind),
            draft.subject,
            dict(draft.payload),
            draft.reason,
            draft.expected_version,
            *([draft.book] if draft.book else []),
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def chained(draft: Draft, seq: int, prev_hash: str) -> Decision:
    """The draft as decision number `seq` after `prev_hash`."""
    digest = hashlib.sha256(f"{prev_hash}\n{canonical(seq, draft)}".encode()).hexdigest()
    return Decision(seq, draft, prev_hash, digest)


def first_break(log: Sequence[Decision]) -> int | None:
    """The seq of the first decision that does not follow from the one before it, or None for a sound log."""
    prev_hash = GENESIS
    for seq, decision in enumerate(log, start=1):
        if decision != chained(decision.draft, seq, prev_hash):
            return seq
        prev_hash = decision.hash
    return None


def in_book(log: Iterable[Decision], book: str = TEAM) -> tuple[Decision, ...]:
    """What counts in a book: the team's decisions and, in a coder's own, that coder's."""
    return tuple(decision for decision in log if decision.draft.book in {TEAM, book})


def numbers(log: Iterable[Decision], book: str = TEAM) -> dict[str, int]:
    """The number of each decision of a book, by its key: its place among what counts there, from 1.

    Its seq would tell whoever decides blind how much others decided meanwhile.
    """
    return {decision.draft.key: number for number, decision in enumerate(in_book(log, book), start=1)}


def as_read(log: Iterable[Decision], book: str = TEAM) -> tuple[Decision, ...]:
    """What counts in a book as one log of its own, as its readers meet it: in one book, each seq its number there."""
    return tuple(
        replace(decision, seq=number, draft=replace(decision.draft, book=TEAM))
        for number, decision in enumerate(in_book(log, book), start=1)
    )


def standing(log: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions that nothing takes back, undos among them. Undoing an undo restores what it had undone."""
    undone: set[str] = set()
    kept: list[Decision] = []
    for decision in reversed(log):
        if decision.draft.key in undone:
            continue
        if decision.kind is Kind.UNDO:
            undone.add(decision.subject)
        kept.append(decision)
    return tuple(reversed(kept))


def effective(log: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions that count: neither undone nor an undo."""
    return tuple(decision for decision in standing(log) if decision.kind is not Kind.UNDO)


def scoped(book: str, subject: str) -> str:
    """What a subject's versions are counted under: in a coder's own book apart from everybody else's."""
    return f"{book}|{subject}" if book else subject


def versions(log: Iterable[Decision]) -> Counter[str]:
    """How often each subject was decided upon: the number a form carries to notice that it is stale.

    Subjects are named as `scoped` says.

    A merge also touches what was merged, a move both of its codes, an undo whatever it undoes. A memo touches only
    itself: a note changes nothing that anybody else is deciding on.
    """
    counts: Counter[str] = Counter()
    touched_by: dict[str, tuple[str, ...]] = {}
    for decision in log:
        touched = _touched(decision, touched_by)
        touched_by[decision.draft.key] = touched
        counts.update(touched)
    return counts


def versions_in(log: Iterable[Decision], book: str) -> Counter[str]:
    """The versions of subjects, by their own names, as they stand in one book."""
    counts = versions(item for item in log if item.draft.book == book)
    return Counter({subject.removeprefix(scoped(book, "")): count for subject, count in counts.items()})


def _touched(decision: Decision, earlier: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    book = decision.draft.book
    if decision.kind is Kind.MEMO:
        return (scoped(book, decision.draft.key),)
    if decision.kind is Kind.UNDO:
        return tuple(dict.fromkeys((scoped(book, decision.subject), *earlier.get(decision.subject, ()))))
    payload = decision.payload
    others: list[str] = []
    match decision.kind:
        case Kind.MERGE:
            others.extend(payload.get("codes", ()))
            others.extend(item["id"] for item in payload.get("suggestions", ()))
        case Kind.ACCEPT | Kind.APPLY | Kind.REMOVE:
            others.append(payload["code"])
        case Kind.MOVE:
            others.extend((payload["from"], payload["to"]))
        case Kind.SPLIT:
            others.extend(part["code"] for part in payload.get("parts", ()))
        case _:
            pass
    return tuple(dict.fromkeys(scoped(book, item) for item in (decision.subject, *others)))
