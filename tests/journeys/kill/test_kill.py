"""kill -9 at every stage: after a restart the study is what it would have been, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from .acts import SHEET
from .filling import fill
from .points import Death
from .postgres import Server, server
from .reference import JOURNEY, Leg, copied, finished, run_reference
from .small_study import LATE
from .state import state_of
from .trials import Kill, Trial, fresh, plan, run_trial
from .workers import Place, Workers, workers

STAGES: Final = ("prepare", "embed", "suggest", "decide", "export", "import", "reprocess", "report")
KILLS: Final = 34
"""Per stage, each of which struck before the stage had ended."""
POSTGRES: Final = os.environ.get("POLYVOCAL_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


@dataclass(frozen=True, slots=True)
class Journey:
    """The workers, the uninterrupted run, and room for trials."""

    workers: Workers
    legs: dict[str, Leg]
    root: Path

    def trial(self, stage: str, name: str, kills: tuple[Kill, ...]) -> Trial:
        """One trial on a copy of the home; the copy of a trial that failed stays for who looks into it."""
        place = fresh(self.legs[stage], self.root / "study", self.root / f"{stage}-{name}")
        return run_trial(self.workers, place, self.legs[stage], kills)

    def planned(self, stage: str, seed: int) -> Trial:
        return self.trial(stage, str(seed), plan(stage, seed, self.legs[stage].told))


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    root = tmp_path_factory.mktemp("kill")
    with workers() as running:
        yield Journey(running, run_reference(running, root, {"import": fill}), root)


def test_the_uninterrupted_run_is_worth_killing(journey: Journey) -> None:
    """Every stage left something, every kind of work is in the study, and every point is passed somewhere."""
    after = journey.legs["report"].after
    assert len(after["transcript"]) == 4
    assert len(after["stage_version"]) == 6
    assert len(after["decision"]) > 40
    assert {"outbox/report.html", "outbox/report.xlsx", "outbox/sheet.xlsx"} <= set(after["files"])
    assert "transcripts/capital.txt" in after["files"]
    assert sum(leg.told.counts.get("commit", 0) for leg in journey.legs.values()) > 100


@pytest.mark.parametrize(
    ("stage", "death"),
    [
        ("prepare", Death("transcript", 2, after=True)),
        ("prepare", Death("freeze", 1, after=False)),
        ("embed", Death("vectors", 3, after=True)),
        ("suggest", Death("candidates", 1, after=False)),
        ("decide", Death("ledger", 9, after=True)),
        ("decide", Death("commit", 20, after=True)),
        ("decide", Death("rename", 38, after=False)),
        ("export", Death("rename", 1, after=False)),
        ("import", Death("commit", 1, after=False)),
        ("import", Death("anchor", 1, after=False)),
        ("reprocess", Death("rename", 2, after=False)),
        ("reprocess", Death("freeze", 2, after=True)),
        ("report", Death("freeze", 2, after=False)),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.point}-{value.nth}",
)
def test_killed_where_it_hurts_a_stage_ends_as_if_nothing_had_happened(
    journey: Journey, stage: str, death: Death
) -> None:
    trial = journey.trial(stage, f"{death.point}-{death.nth}-{death.after}", (Kill(death=death),))
    assert trial.struck == 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_seeded_moments_a_stage_ends_as_if_nothing_had_happened(journey: Journey, stage: str) -> None:
    begun = time.monotonic()
    trials: list[Trial] = []
    while sum(trial.struck for trial in trials) < KILLS:
        trials.append(journey.planned(stage, len(trials)))
        assert len(trials) < 3 * KILLS, "kills come too late to strike"
    _figures(stage, trials, begun)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_killed_at_every_stage_in_turn_a_whole_study_ends_the_same(journey: Journey, seed: int) -> None:
    """What a trial restored is good enough for all that follows."""
    place = Place(journey.root / "study", journey.root / f"whole-{seed}")
    place.home.mkdir()
    for stage in JOURNEY:
        if stage == "import":  # the workbook of the undisturbed run: another's stamp would be another's decisions
            shutil.copy(journey.legs[stage].before / "outbox" / SHEET, place.home / "outbox")
        if stage == "reprocess":
            shutil.copy(journey.legs[stage].before / "inbox" / f"{LATE}.txt", place.home / "inbox")
        run_trial(journey.workers, place, journey.legs[stage], plan(stage, 1000 + seed, journey.legs[stage].told))


@pytest.fixture
def postgres() -> Iterator[Server]:
    psycopg = pytest.importorskip("psycopg")
    try:
        with server(POSTGRES) as running:
            yield running
    except psycopg.OperationalError:
        sentence = "No PostgreSQL answers; start one with a database `test`, or name it in POLYVOCAL_TEST_POSTGRES."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_on_postgresql_a_killed_coder_loses_no_decision_either(journey: Journey, postgres: Server) -> None:
    place = Place(journey.root / "study", journey.root / "postgres", postgres.database("template"))
    place.home.mkdir()
    for stage in ("prepare", "suggest"):
        finished(journey.workers.run(place, stage))
    after = copied(place.home, journey.root / "postgres-after")
    other = Place(place.folder, after, postgres.database("after", template="template"))
    told = finished(journey.workers.run(other, "decide"))
    leg = Leg("decide", place.home, state_of(other), told)
    begun = time.monotonic()
    trials: list[Trial] = []
    while sum(trial.struck for trial in trials) < KILLS:
        name = f"t{len(trials)}"
        home = copied(leg.before, journey.root / f"postgres-{name}")
        copy = Place(place.folder, home, postgres.database(name, template="template"))
        trials.append(run_trial(journey.workers, copy, leg, plan("decide", len(trials), told)))
        postgres.drop(name)
    _figures("decide on PostgreSQL", trials, begun)


def _figures(what: str, trials: list[Trial], begun: float) -> None:
    """One line about trials that all ended well; shown with -s or -rP."""
    struck, acknowledged = (sum(getattr(trial, name) for trial in trials) for name in ("struck", "acknowledged"))
    sys.stdout.write(
        f"{what}: {len(trials)} trials, {struck} kills that struck, {acknowledged} decisions acknowledged before one "
        f"and found once after it, {time.monotonic() - begun:.0f} s\n"
    )
