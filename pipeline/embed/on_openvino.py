"""The engine for processors: OpenVINO, in bfloat16 where the processor computes it natively."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed import bert
from pipeline.embed.manifest import Manifest

BATCH: Final = 32
"""Texts computed together: enough to keep one core busy, few enough for its cache."""

STEP: Final = 8
"""A text is padded to the next multiple of this many tokens: by its own length, whatever is asked beside it."""


def available() -> bool:
    """Whether OpenVINO is installed and loads on this machine."""
    try:
        _openvino()
    except (ImportError, OSError):
        return False
    return True


def open_engine(manifest: Manifest, folder: Path, threads: int | None = None) -> OpenVinoEncoder:
    """The encoder, ready: about half a second, without importing torch.

    Each core computes batches of its own. That is faster than all cores sharing one batch, and makes the vectors
    independent of how many cores there are.

    Raises:
        ModelUnavailable: OpenVINO does not load here, or the model is of a kind this engine does not build.
    """
    if not available():
        raise ModelUnavailable(
            "OpenVINO does not load on this machine. "
            'Choose engine = "auto" under [embed] in the settings, or install it: pip install openvino'
        )
    core = _openvino().Core()
    workers = threads or _cores()
    compiled = core.compile_model(
        bert.build(manifest, folder),
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": _precision(core),
            "NUM_STREAMS": str(workers),
            "INFERENCE_NUM_THREADS": workers,
        },
    )
    requests: SimpleQueue[Any] = SimpleQueue()
    for _ in range(workers):
        requests.put(compiled.create_infer_request())
    return OpenVinoEncoder(manifest.key, manifest.dimension, _tokenizer(manifest, folder), requests, workers)


@dataclass(frozen=True, slots=True)
class OpenVinoEncoder:
    """Texts to unit vectors. `requests` holds one idle inference request per worker."""

    key: str
    dimension: int
    tokenizer: Any
    requests: SimpleQueue[Any]
    workers: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors of `texts` in order, shape (len(texts), dimension); `progress` hears how many are done."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        if not texts:
            return vectors
        # One by one: the library's own threads would make every later fork of this process print a warning.
        tokens = [self.tokenizer.encode(text).ids for text in texts]
        batches = list(_batches([len(ids) for ids in tokens]))
        done = 0
        with ThreadPoolExecutor(self.workers) as pool:
            computed = pool.map(lambda batch: self._pooled([tokens[place] for place in batch]), batches)
            for batch, rows in zip(batches, computed, strict=True):
                vectors[batch] = rows
                done += len(batch)
                if progress:
                    progress(done)
        return vectors

    def _pooled(self, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The mean of each text's token vectors, at length one."""
        ids, kept = _padded(tokens)
        hidden = self._hidden(ids, np.where(kept, np.float32(0), np.float32(-np.inf)))
        total = np.einsum("btd,bt->bd", hidden, kept.astype(np.float32))
        unit: NDArray[np.float32] = total / np.linalg.norm(total, axis=1, keepdims=True)
        return unit

    def _hidden(self, ids: NDArray[np.int32], mask: NDArray[np.float32]) -> NDArray[np.float32]:
        request = self.requests.get()
        try:
            # A copy: the request's own memory is overwritten by the next batch.
            hidden: NDArray[np.float32] = request.infer({0: ids, 1: mask})[0].copy()
        finally:
            self.requests.put(request)
        return hidden


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts that are padded to the same length, at most BATCH together; longest first, so that no
    worker is left with a long batch at the end."""
    alike: dict[int, list[int]] = defaultdict(list)
    for place, length in enumerate(lengths):
        alike[-(-length // STEP)].append(place)
    for _, places in sorted(alike.items(), reverse=True):
        yield from (places[start : start + BATCH] for start in range(0, len(places), BATCH))


def _padded(tokens: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Token ids and whether each is a token, both (texts, the next multiple of STEP)."""
    width = -(-max(map(len, tokens)) // STEP) * STEP
    ids = np.zeros((len(tokens), width), np.int32)
    for row, found in zip(ids, tokens, strict=True):
        row[: len(found)] = found
    lengths = np.array([len(found) for found in tokens])
    return ids, np.arange(width) < lengths[:, None]


def _openvino() -> Any:
    """The openvino package, silent.

    `import openvino` pulls in its converter, which on import writes an id file into the home folder and reports
    to Google Analytics, asking nobody, unless CI is set. Nothing here needs the converter: with its place in
    `sys.modules` taken by None, openvino's own `except ImportError` goes on without it.
    """
    for name in ("openvino_telemetry", "openvino.tools.ovc"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    import openvino

    return openvino


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _precision(core: Any) -> str:
    """bf16 where it is native: OpenVINO's own default is bf16 exactly there. Elsewhere f32, never f16."""
    native = core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
    return "bf16" if native == "bf16" else "f32"


def _tokenizer(manifest: Manifest, folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(manifest.max_tokens)
    return tokenizer
