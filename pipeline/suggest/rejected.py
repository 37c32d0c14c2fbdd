"""A rejected idea does not come back under another name when a new group talks about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.suggest.features import unit
from pipeline.suggest.material import Material, Matrix

SAME_IDEA: Final = 0.8
"""Cosine of two mean directions, once what all talk shares is taken off. Halves of one candidate stand at .74 and .91
in the median on two coded studies, a candidate and the nearest other at .56 and .52."""


def without_rejected(
    found: SuggestionSet, talk: Material, rejected: Iterable[Sequence[str]]
) -> tuple[SuggestionSet, int]:
    """The candidates that are no rejected idea again, and how many were; their segments become unclear.

    `rejected` are the segments of each rejected candidate; `talk` holds them and those of `found`. A candidate is
    taken for a rejected one if both answer mostly the same question and say nearly the same.
    """
    place = {segment: row for row, segment in enumerate(talk.ids)}
    refused = [known for members in rejected if (known := [place[item] for item in members if item in place])]
    if not refused or not found.suggestions:
        return found, 0
    content = unit(talk.vectors - talk.vectors.mean(axis=0))
    ideas = np.stack([_direction(content, known) for known in refused])
    asked = [_most_answered(talk, known) for known in refused]

    def again(candidate: Suggestion) -> bool:
        own = [place[item] for item in candidate.segments if item in place]
        if not own:
            return False
        near = ideas @ _direction(content, own) >= SAME_IDEA
        return any(
            close and question == _most_answered(talk, own) for close, question in zip(near, asked, strict=True)
        )

    back = [item for item in found.suggestions if again(item)]
    kept = tuple(item for item in found.suggestions if item not in back)
    order = {segment: row for row, segment in enumerate(talk.in_order().ids)}
    loose = {*found.unclear, *(segment for item in back for segment in item.segments)}
    unclear = tuple(sorted(loose, key=lambda segment: order.get(segment, -1)))
    return replace(found, suggestions=kept, unclear=unclear), len(back)


def _direction(content: Matrix, places: Sequence[int]) -> Matrix:
    """The mean direction, (d,)."""
    found: Matrix = unit(content[places].mean(axis=0, keepdims=True))[0]
    return found


def _most_answered(talk: Material, places: Sequence[int]) -> str:
    counts = Counter(talk.questions[place] for place in places)
    return min(counts, key=lambda question: (-counts[question], question))
