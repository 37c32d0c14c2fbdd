"""Where a worker may be told to die: before or after the n-th call of something that matters."""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy

from pipeline.store import anchor, decisions, ledger, segments, stages, suggestions, transcripts, vectors
from pipeline.store import questions as questions_of_turns

POINTS: Final[dict[str, tuple[type, str]]] = {
    "commit": (sqlalchemy.Connection, "commit"),
    "rename": (Path, "replace"),
    "transcript": (transcripts.Transcripts, "add"),
    "segments": (segments.Segments, "put"),
    "questions": (questions_of_turns.Questions, "put"),
    "vectors": (vectors.Vectors, "put"),
    "freeze": (stages.Stages, "freeze"),
    "candidates": (suggestions.Suggestions, "freeze"),
    "decisions": (decisions.Decisions, "append_many"),
    "ledger": (ledger.Ledger, "write"),
    "anchor": (anchor.Anchor, "advance"),
}
"""Every commit and every renaming of a file, and the calls around them, by the names trials use."""


@dataclass(frozen=True, slots=True)
class Death:
    """Die at the `nth` call (from 1) of a point: before it, or once it has returned."""

    point: str
    nth: int
    after: bool


def watch(death: Death | None) -> Counter[str]:
    """Count the calls of every point from now on, and die where told; the product's own code stays as it is."""
    counts: Counter[str] = Counter()
    for point, (owner, name) in POINTS.items():
        setattr(owner, name, _watched(getattr(owner, name), point, counts, death))
    return counts


def _watched(call: Callable[..., Any], point: str, counts: Counter[str], death: Death | None) -> Callable[..., Any]:
    @functools.wraps(call)
    def watched(*args: Any, **named: Any) -> Any:
        counts[point] += 1
        now = death is not None and death.point == point and death.nth == counts[point]
        if now and death and not death.after:
            die()
        result = call(*args, **named)
        if now:
            die()
        return result

    return watched


def die() -> None:
    """kill -9 of this worker's whole process group."""
    os.killpg(0, signal.SIGKILL)
