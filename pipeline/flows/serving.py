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

from pipeline.bootstrap import open_accounts, open_workplace
from pipeline.domain.errors import ServiceUnavailable, SettingsInvalid
from pipeline.flows import server as prefect_server
from pipeline.flows.server import Server
from pipeline.flows.studies import DEPLOYMENT, NAME, announce
from pipeline.settings import ServerSettings, WebSettings, require_local, require_private
from pipeline.work.workplace import Workplace

SWEEP: Final = 2.0
"""Seconds between two looks into the outbox."""
ENDED: Final = "A process of this server ended by itself; server.log, runner.log or site.log in {state} says why."
SITE: Final = "pipeline.web"
"""The module that is the review site, started as a process of its own."""


def serve(
    folders: Sequence[Path],
    settings: ServerSettings,
    web: WebSettings,
    say: Callable[[str], None],
    home: Path | None = None,
) -> None:
    """Run until SIGINT or SIGTERM; then end every process that was started.

    `home` is where a single study keeps what Polyvocal makes; several studies each keep their own.

    Raises:
        SettingsInvalid: two studies have one id, or an id that Prefect cannot take; or the review site or Prefect's
            page would be open to the network in the clear.
        ServiceUnavailable: a port is taken, another `serve` works on a study, the server does not start, or one
            of the processes ended by itself.
    """
    require_local(settings)
    require_private(web)
    with ExitStack() as stack:
        works = [stack.enter_context(open_workplace(folder, home=home)) for folder in folders]
        _check_ids(works)
        for work in works:
            stack.enter_context(_alone(work))
        stopped = stack.enter_context(_until_asked_to_stop())
        server = prefect_server.new_server(settings, _state(works[0]))
        prefect_server.require_free(web.host, web.port, "--web-port")
        for work in works:
            prefect_server.make_known(server, _state(work))
        announce({work.study.id: (work.folder, home.resolve() if home else None) for work in works})
        os.environ.update(server.environment(settings.database_url))
        _run(works, server, settings.database_url, web, stopped, say)
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
    works: Sequence[Workplace],
    server: Server,
    database: str,
    web: WebSettings,
    stopped: threading.Event,
    say: Callable[[str], None],
) -> None:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(prefect_server.start(server, database, stopped))
        if not stopped.is_set():
            _start_runner(works, server, database, processes)
            _wait_for_deployments(stopped, server, processes)
            _start_site(web, stopped, server, database, processes)
        if not stopped.is_set():
            say(f"Serving {', '.join(work.study.id for work in works)}. The review site: {site_address(web)}")
            _tell_first_sign_in(say)
            say(f"Prefect's page: {server.page} (sign in with what stands in {server.state / 'secret'})")
            say("Stop everything with Ctrl-C.")
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


def _start_site(
    web: WebSettings,
    stopped: threading.Event,
    server: Server,
    database: str,
    processes: list[subprocess.Popen[bytes]],
) -> None:
    """Start the review site and wait until it listens.

    Raises:
        ServiceUnavailable: it ended or did not answer in time; its log says why.
    """
    log = server.state / "site.log"
    processes.append(prefect_server.spawn(server.environment(database), log, SITE, "--port", str(web.port)))
    patience = time.monotonic() + prefect_server.STARTING
    while not stopped.wait(0.2):
        _still_alive(server, processes)
        if prefect_server.is_taken(web.host, web.port):
            return
        if time.monotonic() > patience:
            raise ServiceUnavailable(f"The review site does not answer; {log} says why.")


def site_address(web: WebSettings) -> str:
    """What people type to come to the review site."""
    scheme = "https" if web.tls_certificate else "http"
    return web.public_url or f"{scheme}://{web.host}:{web.port}"


def _tell_first_sign_in(say: Callable[[str], None]) -> None:
    with open_accounts() as accounts:
        if accounts.setup_token():
            say("  Nobody can sign in yet: the page asks for the token that stands in")
            say(f"  {accounts.setup_file} (or: polyvocal account add NAME --administrator)")


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
