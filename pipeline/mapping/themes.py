"""Proposed themes: codes that are said of the same questions, side by side and in like words. People make themes;
this only lays codes next to each other."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.codebook import Codebook
from pipeline.domain.mapped import Mapped, Matrix
from pipeline.mapping.wording import shared_words

FEWEST: Final = 4
"""Codes; with fewer there is nothing to lay side by side."""
WEIGHTS: Final = (0.5, 0.3, 0.2)
"""Of like words, shared questions and standing in the same turns, in the likeness of two codes."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProposedTheme:
    """Codes that may belong together, most widely shared first. `name` is made of their own words; `cohesion` is
    the mean likeness of its pairs in [0, 1]; `questions` are the ids it is said of, most segments first."""

    id: str
    name: str
    codes: tuple[str, ...]
    questions: tuple[str, ...]
    cohesion: float


def propose_themes(
    book: Codebook,
    mapped: Mapped,
    codes: Sequence[str],
    centroids: NDArray[np.float32],
    turns: Mapping[str, Collection[str]],
) -> tuple[ProposedTheme, ...]:
    """Groups of two or more of `codes`, most cohesive first; a code unlike all others is in none.

    `centroids` are the mean vectors of the codes' segments, shape (len(codes), d). `turns` gives each code's turn
    ids. The number of groups is the one with the best mean silhouette (Rousseeuw 1987) of average-linkage
    clustering. Where people have already made a theme of all its codes, nothing is proposed.
    """
    if len(codes) < FEWEST:
        return ()
    like = likeness(mapped.by_question, codes, centroids, turns)
    made = [set(theme.codes) for theme in book.themes.values()]
    proposals = []
    for members in _groups(like):
        ids = sorted((codes[place] for place in members), key=lambda code: mapped.totals[code].weight, reverse=True)
        if len(ids) > 1 and not any(set(ids) <= theme for theme in made):
            proposals.append(_proposal(book, mapped.by_question, ids, _cohesion(like, members)))
    return tuple(sorted(proposals, key=lambda item: (-item.cohesion, item.id)))


def likeness(
    by_question: Matrix, codes: Sequence[str], centroids: NDArray[np.float32], turns: Mapping[str, Collection[str]]
) -> Floats:
    """How alike each two codes are, in [0, 1]; shape (codes, codes), ones on the diagonal."""
    profiles = [[len(by_question.cell(code, column).segments) for column in by_question.columns] for code in codes]
    words, questions, together = WEIGHTS
    like = words * _cosines(centroids) + questions * _cosines(profiles) + together * _overlap(codes, turns)
    np.fill_diagonal(like, 1.0)
    clipped: Floats = np.clip(like, 0.0, 1.0)
    return clipped


def _cosines(rows: NDArray[np.float32] | list[list[int]]) -> Floats:
    vectors = np.asarray(rows, dtype=np.float64)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    product: Floats = unit @ unit.T
    return product


def _overlap(codes: Sequence[str], turns: Mapping[str, Collection[str]]) -> Floats:
    """The share of two codes' turns that carry both (Jaccard)."""
    stands = [frozenset(turns.get(code, ())) for code in codes]
    return np.array([[len(a & b) / max(1, len(a | b)) for b in stands] for a in stands])


def _groups(like: Floats) -> list[list[int]]:
    """Places of codes, group by group, in the cut of the tree whose groups stand apart best."""
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import silhouette_score

    apart = 1.0 - like
    best, labels = -1.0, np.arange(len(like))
    for count in range(2, len(like) // 2 + 1):
        tried = AgglomerativeClustering(count, metric="precomputed", linkage="average").fit_predict(apart)
        score = float(silhouette_score(apart, tried, metric="precomputed"))
        if score > best:
            best, labels = score, tried
    return [list(np.flatnonzero(labels == label)) for label in np.unique(labels)]


def _cohesion(like: Floats, members: Sequence[int]) -> float:
    pairs = like[np.ix_(members, members)][np.triu_indices(len(members), k=1)]
    return round(float(pairs.mean()), 3)


def _proposal(book: Codebook, by_question: Matrix, codes: Sequence[str], cohesion: float) -> ProposedTheme:
    counts: Counter[str] = Counter()
    for code in codes:
        counts.update({column: len(by_question.cell(code, column).segments) for column in by_question.columns})
    digest = hashlib.sha256("\n".join(sorted(codes)).encode()).hexdigest()[:12]
    return ProposedTheme(
        id=f"t-{digest}",
        name=shared_words([book.codes[code].name for code in codes]),
        codes=tuple(codes),
        questions=tuple(column for column, count in counts.most_common() if count),
        cohesion=cohesion,
    )
