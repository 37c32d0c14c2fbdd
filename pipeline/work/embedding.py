"""Vectors for texts: stored once per (model, text), computed only where they are missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.segment import normalised, text_hash
from pipeline.work.workplace import Model, Progress, Workplace, silent


def vectors(
    work: Workplace, texts: Sequence[str], progress: Progress = silent, *, by: Model | None = None
) -> tuple[NDArray[np.float32], int]:
    """Unit vectors of `texts` in order, shape (n, d), and how many had to be computed; `by` another model than
    that of meaning."""
    model, hashes = by or work.meaning, [text_hash(text) for text in texts]
    computed = _compute(work, model, texts, hashes, progress)
    return work.store.vectors.get(model.key, hashes), computed


def embed(work: Workplace, texts: Sequence[str], progress: Progress = silent, *, by: Model | None = None) -> int:
    """Compute and store what vectors are missing; how many."""
    return _compute(work, by or work.meaning, texts, [text_hash(text) for text in texts], progress)


def _compute(work: Workplace, model: Model, texts: Sequence[str], hashes: Sequence[str], progress: Progress) -> int:
    """Batch by batch: what was computed before an interruption is not computed again."""
    missing = _missing(work, model, texts, hashes)
    total, step = len(missing), work.settings.embed.batch
    for start in range(0, total, step):
        batch = dict(list(missing.items())[start : start + step])
        work.store.vectors.put(model.key, list(batch), model.encoder().encode(list(batch.values())))
        progress("embedding", min(start + step, total), total)
    return total


def _missing(work: Workplace, model: Model, texts: Sequence[str], hashes: Sequence[str]) -> dict[str, str]:
    """Normalised texts that have no vector yet, by hash, in order of first appearance."""
    known = work.store.vectors.known(model.key, hashes)
    return {key: normalised(text) for key, text in zip(hashes, texts, strict=True) if key not in known}
