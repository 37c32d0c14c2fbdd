"""Texts to vectors: the port, and the choice of the engine behind it.

Every engine gives the same vectors (cosine at least .9999), alone or in any company, so they share one key and
a study may move from one machine to another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed import bert, on_cuda, on_openvino, on_sentence_transformers
from pipeline.embed.manifest import Manifest, locate


class Encoder(Protocol):
    """Texts to unit vectors."""

    @property
    def key(self) -> str:
        """The short id that stored vectors are kept under."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors of `texts` in order, shape (len(texts), dimension); `progress` hears how many are done."""


Opener = Callable[[Manifest, Path, int | None], Encoder]

AUTO: Final = "auto"
CUDA: Final = "torch-cuda.v1"
OPENVINO: Final = "openvino-bf16.v1"
REFERENCE: Final = "sentence-transformers.v1"

ENGINES: Final[Mapping[str, Opener]] = {
    CUDA: on_cuda.open_engine,
    OPENVINO: on_openvino.open_engine,
    REFERENCE: on_sentence_transformers.open_engine,
}


def open_encoder(manifest: Manifest, *, engine: str = AUTO, cache_dir: Path, threads: int | None = None) -> Encoder:
    """The model's encoder on the named engine, its files verified; `threads`: None for every core.

    Raises:
        ModelUnavailable: the model is missing or altered, or the engine is unknown or cannot run here.
    """
    if engine not in {AUTO, *ENGINES}:
        raise ModelUnavailable(f"There is no engine {engine!r}. Engines: {', '.join([AUTO, *ENGINES])}.")
    folder = locate(manifest, cache_dir)
    bert.require_layers(manifest, folder)
    return ENGINES[_fastest(folder) if engine == AUTO else engine](manifest, folder, threads)


def _fastest(folder: Path) -> str:
    """A GPU where there is one; else OpenVINO, faster than the reference in float32 too; else the reference."""
    if on_cuda.available():
        return CUDA
    if bert.is_bert(folder) and on_openvino.available():
        return OPENVINO
    return REFERENCE
