"""`polyvocal serve`: server, runner and dispatcher on one machine, started together and stopped cleanly."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from pipeline.bootstrap import open_workplace
from pipeline.domain.errors import ServiceUnavailable, SettingsInvalid
from pipeline.flows import server as prefect_server
from pipeline.flows.server import Server
from pipeline.flows.studies import DEPLOYMENT, NAME, announce
from pipeline.settings import ServerSettings
from pipeline.work.workplace import Workplace

SWEEP: Final = 2.0
"""Seconds between two looks into the outbox."""
ENDED: Final = "The Prefect server or its runner ended by itself; {state}/server.log and runner.log say why."


def serve(
    folders: Sequence[Path], settings: ServerSettings, say: Callable[[str], None], home: Path | None = None
) -> None:
    """Run until SIGINT or SIGTERM; then end every process that was started.

    `home` is where a single study keeps what Polyvocal makes; several studies each keep their own.

    Raises:
        SettingsInvalid: two studies have one id, or an id that Prefect cannot take.
        ServiceUnavailable: the port is taken, another `serve` works on a study, the server does not start, or one
            of the processes ended by itself.
    """
    with ExitStack() as stack:
        works = [stack.enter_context(open_workplace(folder, home=home)) for folder in folders]
        _check_ids(works)
        for work in works:
            stack.enter_context(_alone(work))
        stopped = stack.enter_context(_until_asked_to_stop())
        server = prefect_server.new_server(settings, _state(works[0]))
        for work in works:
            prefect_server.make_known(server, _state(work))
        announce({work.study.id: (work.folder, home.resolve() if home else None) for work in works})
        os.environ.update(server.environment(settings.database_url))
        _run(works, server, settings.database_url, stopped, say)
    say("Stopped. Nothing is running any more.")


def _state(work: Workplace) -> Path:
    return work.home / "prefect"


def _check_ids(works: Sequence[Workplace]) -> None:
    seen: set[str] = set()
    for work in works:
        name = work.study.id
        if name in seen:
            raise SettingsInvalid(f"Two of these studies have the id `{name}`; give one of them another.")
        if not re.match(NAME, name):
            raise SettingsInvalid(
                f"Prefect cannot take `{name}` as a study's id: give it one of letters, digits, `-`, `_` and `.`."
            )
        seen.add(name)


@contextmanager
def _alone(work: Workplace) -> Iterator[None]:
    """Hold the right to serve a study; the system gives it back even when this process is killed."""
    with (work.home / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceUnavailable(
                f"Another `polyvocal serve` works on the study `{work.study.id}` already; stop that one first."
            ) from None
        yield


@contextmanager
def _until_asked_to_stop() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    stopped = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    works: Sequence[Workplace], server: Server, database: str, stopped: threading.Event, say: Callable[[str], None]
) -> None:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(prefect_server.start(server, database, stopped))
        if not stopped.is_set():
            _start_runner(works, server, database, processes)
            _wait_for_deployments(stopped, server, processes)
        if not stopped.is_set():
            say(f"Serving {', '.join(work.study.id for work in works)}. Prefect's page: {server.page}")
            say(f"  sign in with what stands in {server.state / 'secret'}; stop with Ctrl-C")
        _sweep_until(stopped, works, server, processes)
    finally:
        for process in reversed(processes):
            prefect_server.stop(process)


def _start_runner(
    works: Sequence[Workplace], server: Server, database: str, processes: list[subprocess.Popen[bytes]]
) -> None:
    """Put right what an earlier run left behind, then start the runner."""
    from prefect.client.orchestration import get_client

    from pipeline.flows.recovery import crash_leftovers, ensure_zombie_watch, retire_scans

    with get_client(sync_client=True) as client:
        crash_leftovers(client)
        retire_scans(client, {work.study.id for work in works})
        ensure_zombie_watch(client)
    log = server.state / "runner.log"
    processes.append(prefect_server.spawn(server.environment(database), log, "pipeline.flows.runner"))


def _wait_for_deployments(
    stopped: threading.Event, server: Server, processes: Sequence[subprocess.Popen[bytes]]
) -> None:
    """Until the last deployment is registered: from then on stages can be triggered.

    Raises:
        ServiceUnavailable: a process ended, or nothing was registered in time.
    """
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    patience = time.monotonic() + prefect_server.STARTING
    with get_client(sync_client=True) as client:
        while time.monotonic() < patience and not stopped.wait(0.3):
            _still_alive(server, processes)
            with contextlib.suppress(ObjectNotFound):
                client.read_deployment_by_name(f"report/{DEPLOYMENT}")
                return
    if not stopped.is_set():
        raise ServiceUnavailable(f"The runner registered no deployment; {server.state / 'runner.log'} says why.")


def _sweep_until(
    stopped: threading.Event,
    works: Sequence[Workplace],
    server: Server,
    processes: Sequence[subprocess.Popen[bytes]],
) -> None:
    from httpx import HTTPError
    from prefect.client.orchestration import get_client

    from pipeline.flows.dispatch import dispatch, follow_up

    with get_client(sync_client=True) as client:
        while not stopped.wait(SWEEP):
            _still_alive(server, processes)
            for work in works:
                with contextlib.suppress(HTTPError, ServiceUnavailable):  # busy now: the next sweep tries again
                    dispatch(work)
                    follow_up(work, client)


def _still_alive(server: Server, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    if any(process.poll() is not None for process in processes):
        raise ServiceUnavailable(ENDED.format(state=server.state))
