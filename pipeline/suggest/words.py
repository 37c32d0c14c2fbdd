"""Segments by the words and pairs of words in them, weighted by how few segments use them (TF-IDF, Salton 1988)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Words:
    """The words that occur in at least two known segments, or none where no word does."""

    found: Any

    @classmethod
    def of(cls, excerpts: Sequence[str]) -> Words:
        """Learnt from the known talk; the order of the excerpts makes no difference."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        try:
            return cls(
                TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2), dtype=np.float32).fit(excerpts)
            )
        except ValueError:  # no word occurs twice
            return cls(None)

    def weights(self, excerpts: Sequence[str]) -> Any:
        """Sparse rows of unit length (or all zero), shape (n, words)."""
        from scipy.sparse import csr_matrix

        if self.found is None or not excerpts:
            return csr_matrix(
                (len(excerpts), 1 if self.found is None else len(self.found.vocabulary_)), dtype=np.float32
            )
        return self.found.transform(excerpts)
