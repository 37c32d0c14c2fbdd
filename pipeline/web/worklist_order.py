"""The order of the worklist: what teaches something new first, what is known or was turned down already last."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final
from weakref import WeakKeyDictionary

from pipeline.domain.suggestion import Suggestion
from pipeline.suggest.features import unit
from pipeline.suggest.rejected import rejected_again
from pipeline.web.nearness import ENOUGH, mean_directions
from pipeline.work.live_study import LiveStudy, Material, View

MOSTLY: Final = 0.5
"""The share of a candidate's segments that carry a code, from which on it says little new."""


class Turn(IntEnum):
    """When a candidate's turn comes."""

    NEW = 0
    COVERED = 1
    REJECTED = 2


TOLD: Final = {Turn.NEW: "", Turn.COVERED: "mostly coded", Turn.REJECTED: "like one rejected"}
"""What stands beside a candidate whose turn comes late."""

_KEPT: Final[WeakKeyDictionary[Material, dict[str, tuple[int, dict[str, Turn]]]]] = WeakKeyDictionary()
"""The last order of each book, with the version that it was made from; gone with the talk."""


def in_turn(study: LiveStudy, view: View) -> dict[str, Turn]:
    """All candidates in the order in which to go through them, each with its turn; within a turn best evidence
    first. Those that were decided on stay among the new: what was done does not jump about."""
    kept = _KEPT.setdefault(view.material, {})
    last = kept.get(view.book_name)
    if last is None or last[0] != view.book.version:
        last = kept[view.book_name] = view.book.version, _turns(study, view)
    return last[1]


def _turns(study: LiveStudy, view: View) -> dict[str, Turn]:
    offered = view.material.found.suggestions
    again = _like_rejected(study, view, offered)
    carried = view.book.by_segment
    turns = dict[str, Turn]()
    for item in offered:
        if view.book.decided(item.id):
            turns[item.id] = Turn.NEW
        elif item.id in again:
            turns[item.id] = Turn.REJECTED
        else:
            known = sum(bool(carried.get(segment)) for segment in item.segments)
            turns[item.id] = Turn.COVERED if known >= MOSTLY * len(item.segments) else Turn.NEW
    return dict(sorted(turns.items(), key=lambda pair: pair[1]))


def _like_rejected(study: LiveStudy, view: View, offered: Sequence[Suggestion]) -> frozenset[str]:
    """Candidates that nobody decided on and that are nearly what was rejected, in answer to the same question."""
    refused = [place for place, item in enumerate(offered) if item.id in view.book.rejected]
    if not refused:
        return frozenset()
    ideas = mean_directions(study, view, [item.segments[:ENOUGH] for item in offered])
    common = unit(ideas.mean(axis=0, keepdims=True))[0]  # candidates hold most of the talk
    asked = [item.questions[0][0] if item.questions else "" for item in offered]
    again = rejected_again(ideas, asked, ideas[refused], [asked[place] for place in refused], common)
    return frozenset(item.id for item, hit in zip(offered, again, strict=True) if hit)
