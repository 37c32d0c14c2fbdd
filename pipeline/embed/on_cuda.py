"""The engine for an NVIDIA GPU: the reference engine moved there, in float32."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from typing import Final

from pipeline.domain.errors import ModelUnavailable
from pipeline.embed import on_sentence_transformers
from pipeline.embed.manifest import Manifest
from pipeline.embed.on_sentence_transformers import SentenceTransformersEncoder

BATCH: Final = 256


def available() -> bool:
    """Whether torch can compute on a GPU. Torch takes seconds to import, so the driver is asked first."""
    if not _driver_sees_gpu():
        return False
    import torch

    return torch.cuda.is_available()


def open_engine(manifest: Manifest, folder: Path, threads: int | None = None) -> SentenceTransformersEncoder:
    """The encoder, ready.

    Raises:
        ModelUnavailable: torch sees no GPU.
    """
    if not available():
        raise ModelUnavailable(
            "There is no NVIDIA GPU that torch can use here. "
            'Choose engine = "auto" under [embed] in the settings, or install a build of torch for CUDA.'
        )
    return on_sentence_transformers.open_engine(manifest, folder, threads, device="cuda", batch=BATCH)


def _driver_sees_gpu() -> bool:
    """CUDA driver API: cuInit, cuDeviceGetCount; both return 0 for success."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
