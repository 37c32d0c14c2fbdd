"""Prefect on this machine only: its environment, its secret, its start and its end."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Final

from pipeline.domain.errors import ServiceUnavailable
from pipeline.domain.private_file import write_private
from pipeline.flows import leash
from pipeline.settings import ServerSettings

ADDRESS: Final = "server.json"
STARTING: Final = 120.0
"""Seconds the server may take to answer."""
LEAVING: Final = 2.0
"""Seconds a server killed just now may take to give up its port."""
STOPPING: Final = 20.0
"""Seconds a process may take to end before it is killed."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Prefect server is and how to speak to it. `secret` is "user:password"; `state` is its folder."""

    url: str
    secret: str
    state: Path

    @property
    def page(self) -> str:
        """The address of Prefect's page."""
        return self.url.removesuffix("/api")

    def environment(self, database: str = "") -> dict[str, str]:
        """What every process that speaks to this server needs: silent, authenticated, at home in `state`."""
        host, _, port = self.page.removeprefix("http://").rpartition(":")
        direct = ",".join(filter(None, (os.environ.get("NO_PROXY"), host, "localhost")))
        found = {
            "PREFECT_HOME": str(self.state),
            "PREFECT_API_URL": self.url,
            "PREFECT_API_AUTH_STRING": self.secret,
            "PREFECT_SERVER_API_AUTH_STRING": self.secret,
            "PREFECT_SERVER_API_HOST": host,
            "PREFECT_SERVER_API_PORT": port,
            "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the newer page loads an analytics library whatever is set
            "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
            "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
            "DO_NOT_TRACK": "1",
            "NO_PROXY": direct,
            "no_proxy": direct,
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_RUNNER_POLL_FREQUENCY": "3",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # a scan a minute would pile up for ever
            "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
        }
        if database:
            found["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
        return found


def new_server(settings: ServerSettings, state: Path) -> Server:
    """A server about to be started in `state`, with the secret kept there for its owner alone.

    Raises:
        ServiceUnavailable: another program listens at that port.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)
    require_free(settings.host, settings.port, "--port")
    return Server(f"http://{settings.host}:{settings.port}/api", _secret(state / "secret"), state)


def require_free(host: str, port: int, option: str) -> None:
    """Wait a moment for a port that a program killed just now still holds.

    Raises:
        ServiceUnavailable: another program listens there; `option` gives another port.
    """
    patience = time.monotonic() + LEAVING
    while is_taken(host, port):
        if time.monotonic() > patience:
            raise ServiceUnavailable(
                f"Port {port} is taken by another program (another `polyvocal serve`?). Stop it, or give another "
                f"with {option}."
            )
        time.sleep(0.2)


def is_taken(host: str, port: int) -> bool:
    """Whether a program listens at a port of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family)) as probe:
        return probe.connect_ex((host, port)) == 0


def make_known(server: Server, state: Path) -> None:
    """Note in `state` where the server is; studies served together share one, in the first one's folder."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(state / ADDRESS, json.dumps({"url": server.url, "state": str(server.state)}).encode())


def running_server(state: Path) -> Server:
    """The server that was started for the study whose state folder this is.

    Raises:
        ServiceUnavailable: none was, or it no longer answers.
    """
    try:
        noted = json.loads((state / ADDRESS).read_text())
        shared = Path(noted["state"])
        server = Server(noted["url"], (shared / "secret").read_text().strip(), shared)
    except (OSError, ValueError, KeyError, TypeError):
        raise ServiceUnavailable(
            "No server was started for this study: `polyvocal serve STUDY` starts one."
        ) from None
    if not healthy(server):
        raise ServiceUnavailable(
            f"The server at {server.page} does not answer: `polyvocal serve STUDY` starts it again."
        )
    return server


def healthy(server: Server) -> bool:
    """Whether the server answers to its secret."""
    request = urllib.request.Request(f"{server.url}/admin/version")  # noqa: S310 - our own address
    request.add_header("Authorization", "Basic " + b64encode(server.secret.encode()).decode())
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, HTTPException):
        return False


def start(server: Server, database: str, stopped: threading.Event) -> subprocess.Popen[bytes]:
    """Start the Prefect server and wait until it answers, or until `stopped`.

    Raises:
        ServiceUnavailable: it ended or did not answer in time; its log says why.
    """
    log = server.state / "server.log"
    process = spawn(server.environment(database), log, "prefect", "server", "start")
    patience = time.monotonic() + STARTING
    while time.monotonic() < patience and process.poll() is None:
        if stopped.wait(0.2) or healthy(server):
            return process
    stop(process)
    raise ServiceUnavailable(f"The Prefect server did not start; {log} says why.")


def spawn(environment: Mapping[str, str], log: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python module as a process that ends with this one, in a process group of its own, its output in `log`.

    It and the runs it starts load nothing from the folder they are started in: a `numbers.py` of the user's would be
    taken for a library's module.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            [sys.executable, "-m", leash.__name__, module, *arguments],
            env={**os.environ, **environment, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: asked first, killed if need be."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPPING)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _secret(path: Path) -> str:
    """The secret in the file, or a new one: where a crash left the file empty, Prefect would ask nobody for any."""
    if not path.exists() or not path.read_text().strip():
        write_private(path, f"polyvocal:{secrets.token_urlsafe(24)}".encode())
    return path.read_text().strip()
