"""`polyvocal serve`: server, runner and dispatcher on one machine, started together and stopped cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Final

from pipeline.bootstrap import open_workplace
from pipeline.domain.errors import ServiceUnavailable
from pipeline.flows import server as prefect_server
from pipeline.flows.studies import announce
from pipeline.settings import ServerSettings

SWEEP: Final = 2.0
"""Seconds between two looks into the outbox."""


def serve(
    studies: Mapping[str, tuple[Path, Path | None]],
    settings: ServerSettings,
    state: Path,
    say: Callable[[str], None],
    stopped: threading.Event | None = None,
) -> None:
    """Run until SIGINT or SIGTERM (or `stopped`); then end every process that was started.

    Raises:
        ServiceUnavailable: the port is taken, the server does not start, or one of the processes ended by itself.
    """
    stopped = stopped or threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask_to_stop)
    server = prefect_server.new_server(settings, state)
    announce(studies)
    os.environ.update(server.environment(state, settings.database_url))
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(prefect_server.start(server, os.environ, state / "server.log"))
        from pipeline.flows.recovery import crash_leftovers, ensure_zombie_watch

        crash_leftovers()
        ensure_zombie_watch()
        processes.append(
            prefect_server.spawn([sys.executable, "-m", "pipeline.flows.runner"], os.environ, state / "runner.log")
        )
        say(f"Serving {', '.join(studies)}. Prefect's page: {server.url.removesuffix('/api')}")
        say(f"  sign in with the secret in {state / 'secret'}; stop with Ctrl-C")
        _sweep_until(stopped, studies, processes)
    finally:
        for process in reversed(processes):
            prefect_server.stop(process)
    say("Stopped. Nothing is running any more.")


def _sweep_until(
    stopped: threading.Event,
    studies: Mapping[str, tuple[Path, Path | None]],
    processes: list[subprocess.Popen[bytes]],
) -> None:
    from pipeline.flows.dispatch import dispatch, follow_up

    with ExitStack() as stack:
        works = [stack.enter_context(open_workplace(folder, home=home)) for folder, home in studies.values()]
        while not stopped.wait(SWEEP):
            if any(process.poll() is not None for process in processes):
                raise ServiceUnavailable(
                    "The Prefect server or its runner ended by itself; see server.log and runner.log."
                )
            for work in works:
                dispatch(work)
                follow_up(work)
