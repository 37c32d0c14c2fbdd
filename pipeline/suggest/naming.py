"""A name for each group of segments in the participants' own words, and the words that set it apart.

A phrase is the better a name the nearer it is to its own group, the farther from every other, and the oftener it was
said; among equals, the one unlike the names already given (maximal marginal relevance).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.features import unit
from pipeline.suggest.keywords import keyword_weights, keywords, same_word
from pipeline.suggest.material import Encode, Material, Matrix
from pipeline.suggest.phrases import phrases
from pipeline.suggest.speaker_names import name_words

NEAREST: Final = 20
"""Excerpts of a group, nearest its centroid, that are parsed for phrases."""
SHORTLIST: Final = 24
"""Phrases of a group that are weighed by meaning; embedding all of them would take longer than clustering."""
OTHERS: Final = 0.5
FREQUENCY: Final = 0.06
PHRASE: Final = 0.12
UNLIKE: Final = 0.3
"""Weights of nearness to another group, of the log of the count, of being more than one word (which says more), and
of likeness to a name already given."""
SECOND: Final = 0.6
"""A second phrase joins the name if it scores this share of the first."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one or two phrases, and keywords, heaviest first."""

    text: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase, how well it names its group, and its unit vector."""

    text: str
    score: float
    vector: Matrix


def names(talk: Material, groups: Sequence[NDArray[np.intp]], encode: Encode) -> list[Name]:
    """A name per group of places in `talk`; no two names are the same, and none is a speaker's."""
    if not groups:
        return []
    unwanted = name_words(talk.speakers)
    texts = [" ".join(talk.excerpts[place] for place in members) for members in groups]
    weights = keyword_weights(texts, unwanted)
    background = talk.vectors.mean(axis=0)
    centroids = unit(np.stack([talk.vectors[members].mean(axis=0) - background for members in groups]))
    nearest = [_nearest(talk, members, centre) for members, centre in zip(groups, centroids, strict=True)]
    shortlists = _shortlists(nearest, weights, unwanted)
    weighed = _weighed(shortlists, centroids, encode)
    words = [keywords(found) for found in weights]
    return [Name(text, kept) for text, kept in zip(_chosen(weighed, words), words, strict=True)]


def _nearest(talk: Material, members: NDArray[np.intp], centre: Matrix) -> list[str]:
    order = np.argsort(-(talk.vectors[members] @ centre), kind="stable")[:NEAREST]
    return [talk.excerpts[place] for place in members[order]]


def _shortlists(
    nearest: Sequence[Sequence[str]], weights: Sequence[dict[str, float]], unwanted: frozenset[str]
) -> list[list[tuple[str, int]]]:
    """Per group, the phrases with the heaviest words, each with its count."""
    found = iter(phrases([excerpt for excerpts in nearest for excerpt in excerpts], unwanted))
    lists = []
    for excerpts, words in zip(nearest, weights, strict=True):
        counts = sum((next(found) for _ in excerpts), Counter[str]())
        order = sorted(counts, key=lambda phrase: (-_weight(phrase, words) * np.log1p(counts[phrase]), phrase))
        lists.append([(phrase, counts[phrase]) for phrase in order[:SHORTLIST]])
    return lists


def _weight(phrase: str, words: dict[str, float]) -> float:
    """The sum of its words' weights, per root of its length so that long phrases do not always win."""
    parts = phrase.split()
    return sum(words.get(part, 0.0) for part in parts) / math.sqrt(len(parts))


def _weighed(
    shortlists: Sequence[Sequence[tuple[str, int]]], centroids: Matrix, encode: Encode
) -> list[list[_Phrase]]:
    distinct = sorted({phrase for shortlist in shortlists for phrase, _ in shortlist})
    vectors = dict(zip(distinct, encode(distinct) if distinct else (), strict=True))
    weighed = []
    for number, shortlist in enumerate(shortlists):
        scored = []
        for phrase, count in shortlist:
            near = centroids @ vectors[phrase]
            others = np.delete(near, number).max(initial=0.0)
            score = float(near[number] - OTHERS * others + FREQUENCY * np.log(count) + PHRASE * (" " in phrase))
            scored.append(_Phrase(phrase, score, vectors[phrase]))
        weighed.append(sorted(scored, key=lambda item: (-item.score, item.text)))
    return weighed


def _chosen(weighed: Sequence[Sequence[_Phrase]], words: Sequence[tuple[str, ...]]) -> list[str]:
    """Names in order of the groups; each differs from those before it."""
    taken: dict[str, None] = {}
    used: list[_Phrase] = []
    for number, (ranked, kept) in enumerate(zip(weighed, words, strict=True), start=1):
        parts = _parts(ranked, used)
        used.extend(parts)
        text = "; ".join(part.text for part in parts) or ", ".join(kept[:3]) or f"unnamed {number}"
        others = iter([word for word in kept if word not in text])
        while text in taken:
            text = f"{text}, {next(others, number)}"
        taken[text] = None
    return list(taken)


def _parts(ranked: Sequence[_Phrase], used: Sequence[_Phrase]) -> list[_Phrase]:
    """The best phrase unlike the names given, and a second that adds to it where a good one is left."""
    parts: list[_Phrase] = []
    while len(parts) < 2:  # noqa: PLR2004 - a name has at most two phrases
        left = [item for item in ranked if not any(_overlaps(item.text, part.text) for part in parts)]
        if not left:
            break
        best = max(left, key=lambda item: item.score - UNLIKE * _likeness(item, [*used, *parts]))
        if parts and best.score < SECOND * parts[0].score:
            break
        parts.append(best)
    return parts


def _likeness(item: _Phrase, others: Sequence[_Phrase]) -> float:
    return max((float(item.vector @ other.vector) for other in others), default=0.0)


def _overlaps(one: str, other: str) -> bool:
    return any(same_word(word, there) for word in one.split() for there in other.split())
