"""A rejected idea does not come back under another name when a new group talks about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import SuggestionSet
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
    common = _direction(talk, range(len(talk)))
    mine = [[place[item] for item in candidate.segments if item in place] for candidate in found.suggestions]
    ideas = np.stack([_direction(talk, own) if own else common for own in mine])
    asked = [_most_answered(talk, own) if own else "" for own in mine]
    again = rejected_again(
        ideas,
        asked,
        np.stack([_direction(talk, known) for known in refused]),
        [_most_answered(talk, known) for known in refused],
        common,
    )
    back = [item for item, hit in zip(found.suggestions, again, strict=True) if hit]
    kept = tuple(item for item, hit in zip(found.suggestions, again, strict=True) if not hit)
    order = {segment: row for row, segment in enumerate(talk.in_order().ids)}
    loose = {*found.unclear, *(segment for item in back for segment in item.segments)}
    unclear = tuple(sorted(loose, key=lambda segment: order.get(segment, -1)))
    return replace(found, suggestions=kept, unclear=unclear), len(back)


def rejected_again(
    ideas: Matrix, asked: Sequence[str], refused: Matrix, refused_asked: Sequence[str], common: Matrix
) -> NDArray[np.bool_]:
    """Which of n ideas are one of m refused ones again, shape (n,): they say nearly the same about the same question.

    `ideas`, (n, d), and `refused`, (m, d), are mean directions and `common`, (d,), that of all talk, each of unit
    length; `asked` and `refused_asked` name the question that each mostly answers.
    """
    near: NDArray[np.bool_] = unit(ideas - common) @ unit(refused - common).T >= SAME_IDEA
    same_question = np.array(asked, dtype=str)[:, None] == np.array(refused_asked, dtype=str)[None, :]
    again: NDArray[np.bool_] = (near & same_question).any(axis=1)
    return again


def _direction(talk: Material, places: Sequence[int]) -> Matrix:
    """The mean direction, (d,), of unit length."""
    found: Matrix = unit(talk.vectors[places].mean(axis=0, keepdims=True))[0]
    return found


def _most_answered(talk: Material, places: Sequence[int]) -> str:
    counts = Counter(talk.questions[place] for place in places)
    return min(counts, key=lambda question: (-counts[question], question))
