"""How well the words of each turn match each question of the guide, by meaning and by wording."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.study import Question
from pipeline.segment.question_number import called_number, question_numbers

Matrix = NDArray[np.float64]

CALLED: Final = 0.9
"""The match of a turn that calls a question by its number: all but word for word."""
BESIDE: Final = 0.5
"""What is left of its match with every other question: "7.b Compare the plots" may sound like question 6."""
TELLING_WORDS: Final = 4
"""Distinct words from which shared wording tells that a question was read out: "Parser" turns up anywhere."""

STEADY: Final = 1e-9
"""A spread up to here is rounding: the question fits all turns alike."""
STRETCH: Final = 2
"""A question is looked for in stretches of so many times its own words: a long turn holds any word somewhere."""

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of the turns that may put questions: a question is often one sentence of a long turn."""

    turns: Sequence[int]
    """The index of each sentence's turn."""
    said: Sequence[str]
    vectors: NDArray[np.float32]
    """Of unit length, shape (sentences, d)."""


NO_SENTENCES: Final = Sentences((), (), np.zeros((0, 0), dtype=np.float32))


def reading_match(
    said: Sequence[str],
    questions: Sequence[Question],
    cosines: Matrix,
    sentences: Sentences,
    question_vectors: NDArray[np.float32],
    *,
    calls_by_number: bool,
) -> Matrix:
    """How much each turn sounds like a question put to the group, (t, q) in [0, 1]: 1 is word for word.

    The mean of the cosine and of the shared wording; rare words of the talk count more. A turn matches as well as the
    best of its `sentences`. With `calls_by_number` a turn that calls a question by its number matches it all but word
    for word.
    """
    guide = [_words(question.text) for question in questions]
    talk = [_words(words) for words in said]
    weight = _weights(talk, guide)
    match = (np.clip(cosines, 0.0, 1.0) + _shared_wording(talk, guide, weight)) / 2
    if len(sentences.turns):
        spoken = [_words(words) for words in sentences.said]
        near = np.asarray(sentences.vectors @ question_vectors.T, dtype=np.float64)
        alone = (np.clip(near, 0.0, 1.0) + _shared_wording(spoken, guide, weight)) / 2
        np.maximum.at(match, np.asarray(sentences.turns), alone)
    numbers = question_numbers(questions) if calls_by_number else {}
    for turn, words in enumerate(said):
        place = numbers.get(called_number(words) or 0)
        if place is not None:
            match[turn] *= BESIDE
            match[turn, place] = CALLED
    return np.asarray(match)


def answering_fit(cosines: Matrix, weights: Matrix) -> Matrix:
    """How much more than usual each turn speaks of each question: z-scores per question over the turns, (t, q).

    `weights` (t) says how much each turn counts in the mean and spread.
    """
    if weights.sum() <= 0:
        return np.zeros(cosines.shape)
    mean = np.average(cosines, axis=0, weights=weights)
    spread = np.sqrt(np.average((cosines - mean) ** 2, axis=0, weights=weights))
    return np.asarray(np.divide(cosines - mean, spread, out=np.zeros(cosines.shape), where=spread > STEADY))


def _weights(talk: Sequence[Sequence[str]], guide: Sequence[Sequence[str]]) -> dict[str, float]:
    """How telling each word is: the fewer turns hold it the more."""
    seen = Counter(word for words in talk for word in set(words))
    return {word: math.log(1 + (len(talk) + 1) / (1 + seen[word])) for words in (*talk, *guide) for word in words}


def _shared_wording(
    talk: Sequence[Sequence[str]], guide: Sequence[Sequence[str]], weight: Mapping[str, float]
) -> Matrix:
    """The share of each question's words, by weight, that one stretch of the talk's texts holds; (n, q) in [0, 1].

    Or, where more, the share of the stretch's words that the question holds: people read out a part.
    """
    shared = np.zeros((len(talk), len(guide)))
    for place, words in enumerate(guide):
        asked = dict.fromkeys(words)
        length = STRETCH * len(words)
        for text, spoken in enumerate(talk):
            if not asked.keys().isdisjoint(spoken):
                stretches = range(0, max(1, len(spoken) - length // 2), max(1, length // 2))
                shared[text, place] = max(_overlap(asked, spoken[at : at + length], weight) for at in stretches)
    return shared


def _overlap(asked: Mapping[str, None], spoken: Sequence[str], weight: Mapping[str, float]) -> float:
    heard = dict.fromkeys(spoken)
    common = sum(weight[word] for word in asked if word in heard)
    of_asked = common / sum(weight[word] for word in asked) * min(1.0, len(asked) / TELLING_WORDS)
    of_heard = common / sum(weight[word] for word in heard) * min(1.0, len(heard) / (2 * TELLING_WORDS))
    return max(of_asked, of_heard)


def _words(text: str) -> list[str]:
    """The words, lower case, without a plural's s."""
    words = (word.lower() for word in _WORD.findall(text))
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words]  # noqa: PLR2004 - "was" is no plural
