"""One trial: a stage killed once or twice, restarted to its end, and held against the run nobody disturbed."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .points import Death
from .reference import Leg, copied, finished
from .state import difference, state_of, stored_vectors
from .workers import Place, Told, Workers

AT_A_POINT: Final = 0.45
"""The share of kills that fall on a chosen call; the others fall on a moment."""
TWICE: Final = 0.2
"""The share of trials whose restart is killed too."""


@dataclass(frozen=True, slots=True)
class Kill:
    """How a worker is to die: at a call, or after some seconds."""

    death: Death | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a trial: kills that struck before the stage had ended, and what acknowledged work was found."""

    stage: str
    kills: tuple[Kill, ...]
    struck: int
    acknowledged: int


def plan(stage: str, seed: int, reference: Told) -> tuple[Kill, ...]:
    """The kills of a trial; the same seed, the same kills."""
    chance = random.Random(f"{stage}:{seed}")
    return tuple(_kill(chance, reference) for _ in range(2 if chance.random() < TWICE else 1))


def _kill(chance: random.Random, reference: Told) -> Kill:
    if chance.random() >= AT_A_POINT:
        return Kill(after=chance.uniform(0, 1.1 * reference.seconds))
    point = chance.choice(sorted(reference.counts))
    return Kill(death=Death(point, chance.randint(1, reference.counts[point]), chance.random() < 0.5))


def run_trial(workers: Workers, place: Place, leg: Leg, kills: tuple[Kill, ...]) -> Trial:
    """Kill, restart, compare. `place` is a copy of the home as it was before the stage.

    Raises:
        AssertionError: something was lost, doubled, changed or computed again.
    """
    told: list[Told] = []
    for kill in kills:
        found = workers.run(place, leg.stage, after=kill.after, death=kill.death)
        assert not found.failure, found.failure
        told.append(found)
        kept = _vectors_left(place)
        restarted = kill is kills[-1]
        if restarted:
            told.append(finished(workers.run(place, leg.stage)))
            again = kept & set(told[-1].encoded)
            assert not again, f"{len(again)} stored vectors were computed again"
    assert not (what := difference(leg.after, state_of(place))), what
    _check_acknowledged(told)
    return Trial(leg.stage, kills, sum(not one.done for one in told), sum(len(one.acknowledged) for one in told[:-1]))


def _check_acknowledged(told: list[Told]) -> None:
    """The last worker repeats every acknowledgement: the same key is the same decision, at the same place."""
    for one in told[:-1]:
        assert one.acknowledged <= told[-1].acknowledged, "an acknowledged decision was lost or moved"


def _vectors_left(place: Place) -> set[str]:
    """Read from a copy, so that the worker, not this process, finds the file as the kill left it."""
    if place.url or not (place.home / "study.db").exists():
        return set()
    copy = copied(place.home, place.home.with_name(place.home.name + "-look"))
    found = stored_vectors(copy)
    shutil.rmtree(copy)
    return found


def fresh(leg: Leg, folder: Path, target: Path) -> Place:
    """A copy of the home as it was before the leg."""
    return Place(folder, copied(leg.before, target))
