"""`polyvocal run` itself, from its first import on, killed with -9 and typed again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .small_study import write_study
from .state import difference, state_of
from .workers import ONE_THREAD, Place

KILLS = 6
WHOLE_RUN = 300.0


def _start(place: Place) -> subprocess.Popen[bytes]:
    words = ["run", str(place.folder), "--home", str(place.home), "--accept-as-read", "--as", "ana"]
    return subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli.main import main; main()", *words],
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_typed_again_after_a_kill_the_command_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """One home, killed again and again, each time at a later moment; then one that is let be."""
    write_study(tmp_path / "study")
    undisturbed, killed = (Place(tmp_path / "study", tmp_path / name) for name in ("undisturbed", "killed"))
    begun = time.monotonic()
    assert _start(undisturbed).wait(WHOLE_RUN) == 0
    seconds, chance = time.monotonic() - begun, random.Random(9)
    for kill in range(KILLS):
        process = _start(killed)
        time.sleep(seconds * (kill + chance.random()) / KILLS)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert _start(killed).wait(WHOLE_RUN) == 0
    assert difference(state_of(undisturbed), state_of(killed)) == ""
