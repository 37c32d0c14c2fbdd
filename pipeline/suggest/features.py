"""Segments as points: what is said, a little of what was said around it, and which question it answers."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.suggest.material import Material, Matrix

CONTEXT: Final = 0.5
"""How much of each neighbour the shortest segment borrows; "Yes, that was confusing" means little alone."""
SELF_SUFFICIENT: Final = 200
"""Code points at which a segment speaks for itself and borrows nothing."""
QUESTION: Final = 0.5
"""The length of the question's column beside a content vector of length 1."""
DIRECTIONS: Final = 32
"""Principal directions kept: beyond them a few hundred to thousands of segments hold mostly noise."""
ROWS: Final = 65_536
"""Segments worked on at a time: what is made on the way for a million at once would not fit in memory."""


def features(material: Material) -> Matrix:
    """Points for clustering, shape (n, at most DIRECTIONS + number of questions); `material` in order of talk."""
    content = with_context(material)
    _scale(content)
    content -= content.mean(axis=0)
    _scale(content)
    return np.hstack([principal(content), question_columns(material.questions)]).astype(np.float32)


def with_context(material: Material) -> Matrix:
    """Vectors plus a share of their neighbours', the larger the shorter the segment, shape (n, d)."""
    vectors = material.vectors
    lengths = np.array([len(excerpt) for excerpt in material.excerpts])
    share = (CONTEXT * np.clip(1 - lengths / SELF_SUFFICIENT, 0, 1))[:, None]
    goes_on = np.array([_goes_on(material, place) for place in range(len(material) - 1)], dtype=bool)[:, None]
    mixed: Matrix = vectors.astype(np.float32)
    for start in range(0, len(goes_on), ROWS):
        here = slice(start, min(start + ROWS, len(goes_on)))
        there = slice(here.start + 1, here.stop + 1)
        mixed[there] += share[there] * goes_on[here] * vectors[here]
        mixed[here] += share[here] * goes_on[here] * vectors[there]
    return mixed


def question_columns(questions: tuple[str, ...], known: tuple[str, ...] | None = None) -> Matrix:
    """One column per question (of `known`, else of those that occur), QUESTION where a segment answers it."""
    names = sorted(set(questions)) if known is None else list(known)
    columns: Matrix = np.zeros((len(questions), len(names)), dtype=np.float32)
    for row, question in enumerate(questions):
        if question in names:
            columns[row, names.index(question)] = QUESTION
    return columns


def unit(vectors: Matrix) -> Matrix:
    """Rows scaled to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Matrix = (vectors / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
    return scaled


def _scale(vectors: Matrix) -> None:
    """`unit` in place."""
    for start in range(0, len(vectors), ROWS):
        rows = slice(start, start + ROWS)
        vectors[rows] = unit(vectors[rows])


def _goes_on(material: Material, place: int) -> bool:
    """Whether the next segment carries on the same speaker's answer: in the same turn, or in the very next one
    where a file gives every paragraph a label of its own."""
    here, there = turn_of(material.turns[place]), turn_of(material.turns[place + 1])
    return (
        here[0] == there[0]
        and there[1] - here[1] <= 1
        and material.speakers[place] == material.speakers[place + 1]
        and material.questions[place] == material.questions[place + 1]
    )


def turn_of(name: str) -> tuple[str, int]:
    """The transcript and the number of a turn, from "transcript:turn"."""
    transcript, _, number = name.rpartition(":")
    return transcript, int(number) if number.isdecimal() else 0


def principal(content: Matrix) -> Matrix:
    """The content along the directions in which it varies most, shape (n, at most DIRECTIONS)."""
    from sklearn.decomposition import PCA

    kept = min(DIRECTIONS, *content.shape)
    found: Matrix = PCA(kept, svd_solver="covariance_eigh").fit_transform(content)
    return found
