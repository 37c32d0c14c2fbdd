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
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.domain.errors import ServiceUnavailable
from pipeline.settings import ServerSettings

STARTING: Final = 90.0
"""Seconds the server may take to answer."""
STOPPING: Final = 20.0
"""Seconds a process may take to end before it is killed."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Prefect server is and how to speak to it. `secret` is "user:password"."""

    url: str
    secret: str

    def environment(self, state: Path, database: str = "") -> dict[str, str]:
        """What every process that speaks to this server needs: silent, authenticated, at home in `state`."""
        address = self.url.removesuffix("/api").removeprefix("http://")
        found = {
            "PREFECT_HOME": str(state),
            "PREFECT_API_URL": self.url,
            "PREFECT_API_AUTH_STRING": self.secret,
            "PREFECT_SERVER_API_AUTH_STRING": self.secret,
            "PREFECT_SERVER_API_HOST": address.rpartition(":")[0],
            "PREFECT_SERVER_API_PORT": address.rpartition(":")[2],
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
            "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
            "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
            "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_RUNNER_POLL_FREQUENCY": "3",
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
    with contextlib.closing(socket.socket()) as probe:
        if probe.connect_ex((settings.host, settings.port)) == 0:
            raise ServiceUnavailable(
                f"Port {settings.port} is taken by another program (an earlier `polyvocal serve`?). Stop it, or give "
                "another with --port."
            )
    secret = _secret(state / "secret")
    server = Server(f"http://{settings.host}:{settings.port}/api", secret)
    _write_private(state / "server.json", json.dumps({"url": server.url}))
    return server


def running_server(state: Path) -> Server:
    """The server that was started in `state`.

    Raises:
        ServiceUnavailable: none was, or it no longer answers.
    """
    try:
        url = json.loads((state / "server.json").read_text())["url"]
        server = Server(url, (state / "secret").read_text().strip())
    except (OSError, ValueError, KeyError):
        raise ServiceUnavailable(
            "No server was started for this study: `polyvocal serve STUDY` starts one."
        ) from None
    if not healthy(server):
        raise ServiceUnavailable(f"The server at {url} does not answer: `polyvocal serve STUDY` starts it again.")
    return server


def healthy(server: Server) -> bool:
    """Whether the server answers to its secret."""
    request = urllib.request.Request(f"{server.url}/admin/version")  # noqa: S310 - our own loopback address
    request.add_header("Authorization", "Basic " + b64encode(server.secret.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (OSError, urllib.error.URLError):
        return False


def start(server: Server, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start the Prefect server and wait until it answers.

    Raises:
        ServiceUnavailable: it ended or did not answer in time; its log says why.
    """
    process = spawn([sys.executable, "-m", "prefect", "server", "start"], environment, log)
    patience = time.monotonic() + STARTING
    while time.monotonic() < patience:
        if healthy(server):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.2)
    stop(process)
    raise ServiceUnavailable(f"The Prefect server did not start; {log} says why.")


def spawn(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """One of our own processes, in its own process group, its output in `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
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


def _secret(path: Path) -> str:
    if not path.exists():
        _write_private(path, "polyvocal:" + secrets.token_urlsafe(24))
    return path.read_text().strip()


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
