"""What was decided in one act: one click, one form or one command may take several decisions that stand together.

One of them leads; the keys of the others are its key with a place behind: `key:1`, `key+1`, `key:1+1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.decision import Decision, Kind

PART: Final = "+"
"""Stands in the key of a decision that belongs to another: after that one's key, before its place."""
_BEHIND: Final = tuple(re.compile(place + r"\Z") for place in (r":\d+\+\d+", r":\d+", r"\+\d+"))
_A_PLACE: Final = re.compile(r"(:\d+)?(\+\d+)?")


@dataclass(frozen=True, slots=True)
class Latest(Decision):
    """What a person decided last, and how many other decisions of that act count: an undo takes all of them back.
    `split_off` is what those that split a code off made, as their payloads say it."""

    others: int = 0
    split_off: tuple[Mapping[str, Any], ...] = ()


def split_off(others: Iterable[Decision]) -> tuple[Mapping[str, Any], ...]:
    """The codes that decisions split off."""
    return tuple(part for item in others if item.kind is Kind.SPLIT for part in item.payload.get("parts", ()))


def act_at(log: Sequence[Decision], place: int) -> tuple[Decision, ...]:
    """All that was decided in one act with the decision at a place of the log, in order.

    They stand side by side, in the log as in each book of it, because an act is written whole or not at all.
    """
    beside = _beside(log, place)
    keys, leads = {item.draft.key for item in beside}, _leads(log[place].draft.key)
    lead = next(key for key in leads if key in keys)
    return tuple(item for item in beside if _belongs(item.draft.key, lead))


def may_begin_before(log: Sequence[Decision], place: int) -> bool:
    """Whether the act of the decision at a place may reach back beyond a log that is only the end of one."""
    return _beside(log, place)[0] is log[0]


def leading(act: Sequence[Decision]) -> Decision:
    """The decision that the others of an act belong to."""
    return min(act, key=lambda item: len(item.draft.key))


def _beside(log: Sequence[Decision], place: int) -> Sequence[Decision]:
    """The stretch of the log around a decision that may be its act: one book, one hand, one moment, keys alike."""
    root = _leads(log[place].draft.key)[0]

    def alike(other: Decision) -> bool:
        one, two = log[place].draft, other.draft
        return (one.book, one.coder, one.at) == (two.book, two.coder, two.at) and two.key.startswith(root)

    first, last = place, place + 1
    while first and alike(log[first - 1]):
        first -= 1
    while last < len(log) and alike(log[last]):
        last += 1
    return log[first:last]


def _belongs(key: str, lead: str) -> bool:
    """Whether a key is that of the leading decision, or has a place behind that."""
    return key.startswith(lead) and _A_PLACE.fullmatch(key, len(lead)) is not None


def _leads(key: str) -> list[str]:
    """The keys that the leading decision of its act may have, the shortest first; the key itself is the last."""
    found = (behind.search(key) for behind in _BEHIND)
    return [*(key[: match.start()] for match in found if match), key]
