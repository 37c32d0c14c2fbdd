"""Words that set a group of segments apart from the others, by class-based TF-IDF.

After Grootendorst (2022), "BERTopic": a word weighs by its share of the group's words times
log(1 + mean words per group / its count in all groups).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

KEPT: Final = 8
LONGEST_FORM: Final = 3
"""A word whose form differs from a kept one only by so many last letters adds nothing ("query", "queries")."""

_WORD: Final = r"(?u)\b[^\W\d_]{3,}\b"
_FILLERS: Final = frozenset(
    """
    yeah yes okay just like really know think thing things stuff lot kind sort actually basically maybe going gonna
    want wanna got get gets getting did does doing don didn doesn isn wasn won can couldn wouldn ll ve re mean means
    say said saying right well good way make makes making let lets look looking see seeing sure probably um uh hmm
    mhm something anything everything someone somebody people bit quite one two also even much many very because
    """.split()  # noqa: SIM905 - words read best as words
)


def keyword_weights(texts: Sequence[str], unwanted: frozenset[str]) -> list[dict[str, float]]:
    """Per group, given as all its words in one text, its words with their weights, heaviest first.

    Function words, fillers and `unwanted` words (folded to lower case) are left out.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    ignored = sorted(ENGLISH_STOP_WORDS | _FILLERS | unwanted)
    counter = CountVectorizer(token_pattern=_WORD, lowercase=True, stop_words=ignored)
    try:
        counts = counter.fit_transform(texts).toarray().astype(np.float64)
    except ValueError:  # scikit-learn's way to say that no word is left
        return [{} for _ in texts]
    words = counter.get_feature_names_out()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    weights = shares * np.log1p(counts.sum() / len(texts) / counts.sum(axis=0))
    return [
        {str(words[place]): float(row[place]) for place in np.argsort(-row, kind="stable") if row[place] > 0}
        for row in weights
    ]


def keywords(weights: dict[str, float], kept: int = KEPT) -> tuple[str, ...]:
    """The heaviest words, one form of each."""
    chosen: list[str] = []
    for word in weights:
        if not any(same_word(word, other) for other in chosen):
            chosen.append(word)
        if len(chosen) == kept:
            break
    return tuple(chosen)


def same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one, as far as their beginnings tell."""
    if one == other:
        return True
    short = min(len(one), len(other))
    common = next((at for at in range(short) if one[at] != other[at]), short)
    return common >= max(4, max(len(one), len(other)) - LONGEST_FORM)
