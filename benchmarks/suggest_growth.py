"""How the suggest stage grows with the talk: a fresh process for each size, on made-up talk of sixty topics.

    python -m benchmarks.suggest_growth [--sizes 5000 20000 50000 100000 200000 1000000] [--place FOLDER]

The stage reads segments and vectors from the study database, clusters, names and freezes, as `polyvocal run` does.
Vectors are there already: embedding is linear and has a benchmark of its own. Beyond a sample's size the sample is
clustered and the rest assigned to it. The exponent is the slope of log time over log segments.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.fresh_process import Cost, run_fresh
from pipeline.bootstrap import open_workplace
from pipeline.work.suggesting import STAGE, suggest
from tests.made_study import Size, made_study

SIZES: Final = (5_000, 20_000, 50_000, 100_000, 200_000, 1_000_000)
TURNS: Final = 500
SPEAKERS: Final = 5
"""One of them is the moderator, whose talk is not clustered."""


def main() -> None:
    """Make the studies, measure each, print; or, for one that is made, do the stage."""
    wanted = _arguments()
    if wanted.stage:
        _say(_stage(wanted.stage))
        return
    keeps = nullcontext(wanted.place) if wanted.place else tempfile.TemporaryDirectory(prefix="polyvocal-growth-")
    with keeps as place:
        _say(f"{'segments':>12}{'candidates':>12}{'seconds':>10}{'of processor':>14}{'peak MB':>10}")
        costs = [_measured(Path(place), segments) for segments in wanted.sizes]
    if len(costs) > 1:
        clock = _exponent(wanted.sizes, [cost.clock for cost in costs])
        processor = _exponent(wanted.sizes, [cost.processor for cost in costs])
        _say(f"time grows with segments to the power of {clock:.2f} (processor time {processor:.2f})")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="SEGMENTS")
    parser.add_argument("--place", type=Path, help="a folder to keep the studies in, or one that was kept")
    parser.add_argument("--stage", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(place: Path, segments: int) -> Cost:
    study = place / f"{segments}"
    turns = segments * SPEAKERS // (SPEAKERS - 1) // 2
    size = Size(max(1, turns // TURNS), TURNS, segments=2, speakers=SPEAKERS, words=28, dimension=384, topics=60)
    with made_study(study, size, f"made-{segments}"):
        pass
    cost = run_fresh("benchmarks.suggest_growth", "--stage", str(study))
    counts = "".join(f"{count:>12,}" for count in map(int, cost.said.split()))
    _say(f"{counts}{cost.clock:>10.1f}{cost.processor:>14.1f}{cost.peak_mb:>10,.0f}")
    return cost


def _stage(study: Path) -> str:
    """The stage done; answers how many segments went in and how many candidates came out."""
    with open_workplace(study) as work:
        unused = len(work.store.stages.history(work.study.id, STAGE))  # with a seed of before nothing would be done
        seeded = replace(work.settings, suggest=replace(work.settings.suggest, seed=unused))
        summary = suggest(replace(work, settings=seeded)).summary
    return f"{summary['segments']} {summary['candidates']}"


def _exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
