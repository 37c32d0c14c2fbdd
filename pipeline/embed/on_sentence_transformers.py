"""The reference engine: sentence-transformers in float32. Every other engine must give its vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.manifest import Manifest

SILENT: Final = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Read by the Hugging Face libraries when they are imported: no network, nothing on the screen."""


def open_engine(
    manifest: Manifest, folder: Path, threads: int | None = None, *, device: str = "cpu", batch: int = 32
) -> SentenceTransformersEncoder:
    """The encoder, ready: about five seconds. `threads` holds for all of torch in this process."""
    os.environ.update(SILENT)
    import torch
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    model = SentenceTransformer(str(folder), device=device, local_files_only=True)
    model.max_seq_length = manifest.max_tokens
    if manifest.layers:
        first: Any = model[0]
        first.auto_model.encoder.layer = first.auto_model.encoder.layer[: manifest.layers]
    return SentenceTransformersEncoder(manifest.key, manifest.dimension, model, batch)


@dataclass(frozen=True, slots=True)
class SentenceTransformersEncoder:
    """Texts to unit vectors."""

    key: str
    dimension: int
    model: Any
    batch: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors of `texts` in order, shape (len(texts), dimension); `progress` hears how many are done."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        step = 16 * self.batch  # the library sorts by length within a call, so a call takes several batches
        for start in range(0, len(texts), step):
            end = min(start + step, len(texts))
            vectors[start:end] = self.model.encode(
                list(texts[start:end]), batch_size=self.batch, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(end)
        return vectors
