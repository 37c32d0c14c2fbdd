"""Segments as codes are recognised in them: what is said and how, in which words, to which question, and when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.features import turn_of, unit
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.words import Words

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
Places = NDArray[np.intp]

RIGHT_AFTER: Final = 3
"""Turns that may lie between two segments of which one was said right after the other: a question, an agreement."""


@dataclass(frozen=True, slots=True)
class Points:
    """What the witnesses see of n segments in order of talk.

    `meaning` (n, d) is centred and of unit length, `before` and `after` the vectors of the neighbours in the same
    answer (zero where there is none), `words` a sparse unit-length TF-IDF matrix (n, v), `manner` (n, d') centred and
    of unit length, or zero where it is not known, `questions` numbers from 0 (-1 for a question that training does
    not know), `transcripts` the same number for all of one transcript, `turns` where in it each stands, and `times`
    that as a share of the last turn there.
    """

    meaning: Matrix
    before: Matrix
    after: Matrix
    words: Any
    manner: Matrix
    questions: Places
    transcripts: Places
    turns: Places
    times: Scores

    def at(self, places: Places) -> Points:
        """The segments at those places; neighbours stay what they were."""
        return Points(
            self.meaning[places],
            self.before[places],
            self.after[places],
            self.words[places],
            self.manner[places],
            self.questions[places],
            self.transcripts[places],
            self.turns[places],
            self.times[places],
        )


@dataclass(frozen=True, slots=True)
class Eye:
    """How segments are seen: all that is learnt from the known talk without looking at a code."""

    centre: Matrix
    words: Words
    manner: Matrix
    questions: tuple[str, ...]

    @classmethod
    def of(cls, known: Material) -> Eye:
        """Learnt from all known segments, coded or not."""
        return cls(
            _centre(known.vectors),
            Words.of(known.excerpts),
            np.zeros(0, dtype=np.float32) if known.manner is None else _centre(known.manner),
            tuple(sorted(set(known.questions))),
        )

    def see(self, material: Material) -> Points:
        """`material`, which is in order of talk, as points."""
        number = {question: place for place, question in enumerate(self.questions)}
        goes_on = _goes_on(material)
        before, after = np.zeros_like(material.vectors), np.zeros_like(material.vectors)
        before[1:][goes_on] = material.vectors[:-1][goes_on]
        after[:-1][goes_on] = material.vectors[1:][goes_on]
        return Points(
            unit(material.vectors - self.centre),
            before,
            after,
            self.words.weights(material.excerpts),
            self._manner(material),
            np.array([number.get(question, -1) for question in material.questions], dtype=np.intp),
            *_moments(material),
        )

    def _manner(self, material: Material) -> Matrix:
        if material.manner is None or not len(self.manner):
            return np.zeros((len(material), len(self.manner)), dtype=np.float32)
        return unit(material.manner - self.manner)


def _centre(vectors: Matrix) -> Matrix:
    found: Matrix = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return found


def _moments(material: Material) -> tuple[Places, Places, Scores]:
    """Number of the transcript, number of the turn in it, and that turn as a share of the last, each (n,)."""
    where = [turn_of(turn) for turn in material.turns]
    number = {name: place for place, name in enumerate(sorted({name for name, _ in where}))}
    transcripts = np.array([number[name] for name, _ in where], dtype=np.intp)
    turns = np.array([turn for _, turn in where], dtype=np.intp)
    last = np.ones(len(number), dtype=np.intp)
    np.maximum.at(last, transcripts, turns)
    return transcripts, turns, turns / last[transcripts]


def _goes_on(material: Material) -> Flags:
    """Whether the next segment is of the same group, answers the same question and was said right after, (n - 1,)."""
    sides = [
        (material.groups[place], material.questions[place], *turn_of(material.turns[place]))
        for place in range(len(material))
    ]
    return np.array(
        [here[:3] == there[:3] and there[3] - here[3] <= RIGHT_AFTER for here, there in pairwise(sides)],
        dtype=np.bool_,
    )
