"""Embedding speed against sentence-transformers' default call, on the same segments, by turns in one run.

    python -m benchmarks.embedding [--segments 512] [--rounds 5] [--engine auto]

Both go through the same machine weather, so the ratio of each round is what counts; the table gives medians.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.encoding import ENGINES, Encoder, open_encoder
from pipeline.embed.manifest import Manifest, load_manifest, locate

ROOT: Final = Path(__file__).resolve().parents[1]
REAL: Final = ROOT.parent / "shared" / "corpora" / "world_after_covid" / "transcripts"
SAMPLE: Final = ROOT / "data" / "sample"
WORDS: Final = range(20, 61)
ALONE: Final = 64
"""Segments that are also encoded one by one."""

Result = TypeVar("Result")
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def main() -> None:
    """Measure and print."""
    wanted = _arguments()
    manifest = load_manifest(ROOT / "models" / "all-minilm-l6-v2.toml")
    folder = REAL if REAL.is_dir() else SAMPLE
    texts = _spread(list(_segments(folder)), wanted.segments)
    with tempfile.TemporaryDirectory() as cache:
        ours, opened = _timed(lambda: open_encoder(manifest, engine=wanted.engine, cache_dir=Path(cache)))
    theirs, loaded = _timed(lambda: _sentence_transformers(manifest))
    pairs = _rounds(theirs, ours.encode, texts, wanted.rounds)
    names = ("sentence-transformers", f"Polyvocal, {type(ours).__name__}")
    _print(f"{len(texts)} segments of 20 to 60 words from {folder.relative_to(ROOT.parent)}, {wanted.rounds} rounds")
    _print(f"{'':34}{'ready after':>12}{'seconds':>10}{'segments/s':>12}")
    for name, ready, seconds in zip(names, (loaded, opened), zip(*pairs, strict=True), strict=True):
        middle = statistics.median(seconds)
        _print(f"{name:34}{ready:>10.1f} s{middle:>10.2f}{len(texts) / middle:>12.0f}")
    ratios = [their / our for their, our in pairs]
    _print(f"times as fast: median {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    _print(f"least cosine to sentence-transformers: {_least_cosine(ours.encode(texts), theirs(texts)):.6f}")
    _print(f"least cosine alone to in company:      {_least_cosine(*_alone_and_together(ours, texts)):.6f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", default="auto", choices=["auto", *ENGINES])
    return parser.parse_args()


def _segments(folder: Path) -> Iterator[str]:
    """Sentences of a usual segment's length, in the order of the files."""
    for path in sorted(folder.rglob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = re.split(r": | \| ", line)[-1]
            for sentence in re.split(r"(?<=[.?!])\s+", said):
                if len(sentence.split()) in WORDS:
                    yield sentence


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """`count` texts at even distances, so that every speaker is heard."""
    count = min(count, len(texts))
    return [texts[place * len(texts) // count] for place in range(count)]


def _sentence_transformers(manifest: Manifest) -> Encode:
    """The call their documentation opens with."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(locate(manifest)))
    return lambda texts: model.encode(list(texts))


def _rounds(theirs: Encode, ours: Encode, texts: Sequence[str], rounds: int) -> list[tuple[float, float]]:
    """Seconds (theirs, ours) per round, after both have run once to warm up."""
    for encode in (theirs, ours):
        encode(texts[: len(texts) // 4])
    return [(_timed(lambda: theirs(texts))[1], _timed(lambda: ours(texts))[1]) for _ in range(rounds)]


def _alone_and_together(encoder: Encoder, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    few = _spread(texts, ALONE)
    together = encoder.encode(texts)[[texts.index(text) for text in few]]
    return np.concatenate([encoder.encode([text]) for text in few]), together


def _least_cosine(some: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    return float(np.einsum("nd,nd->n", some.astype(np.float64), others.astype(np.float64)).min())


def _timed(act: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = act()
    return result, time.perf_counter() - started


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
