"""The uninterrupted run: what the store holds before and after each stage, how long it took, what it passed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .points import Death
from .small_study import write_study
from .state import State, state_of
from .workers import Place, Told, Workers

JOURNEY: Final = ("prepare", "suggest", "decide", "export", "import", "reprocess", "report")


@dataclass(frozen=True, slots=True)
class Leg:
    """One stage of the uninterrupted run: the home it began with (a copy of its own), what it left, its telling."""

    stage: str
    before: Path
    after: State
    told: Told


def run_reference(
    workers: Workers, root: Path, between: dict[str, Callable[[Path], None]], journey: tuple[str, ...] = JOURNEY
) -> dict[str, Leg]:
    """Every stage once, undisturbed. `between` is what people do to the home just before a stage."""
    folder, home = root / "study", root / "reference"
    late = write_study(folder)
    home.mkdir()
    legs: dict[str, Leg] = {}
    for stage in journey:
        if stage == "reprocess":
            shutil.copy(late, home / "inbox")
        if stage in between:
            between[stage](home)
        before = copied(home, root / "before" / stage)
        told = finished(workers.run(Place(folder, home), stage))
        legs[stage] = Leg(stage, before, state_of(Place(folder, home)), told)
    legs["embed"] = _embedding(workers, Place(folder, root / "before" / "embed"), legs["prepare"])
    return legs


def _embedding(workers: Workers, place: Place, prepare: Leg) -> Leg:
    """The leg of prepare that begins where every transcript is read and no vector is stored."""
    place.home.mkdir()
    workers.run(place, "prepare", death=Death("vectors", 1, after=False))
    run = Place(place.folder, copied(place.home, place.home.with_name("embed-run")))
    told = finished(workers.run(run, "embed"))
    return Leg("embed", place.home, prepare.after, told)


def finished(told: Told) -> Told:
    """What a worker told that had to end well."""
    assert told.done, told.failure or "the worker was killed and nobody had asked for it"
    return told


def copied(home: Path, target: Path) -> Path:
    """A home as it is, in another place."""
    return Path(shutil.copytree(home, target))
