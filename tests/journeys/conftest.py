"""What journeys share: a home of their own, a free port, and Prefect's REST API spoken as its page does."""

import json
import os
import socket
import time
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Rest:
    """Prefect's API with the secret and a CSRF token, as its page sends them."""

    url: str
    secret: str
    csrf: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self._ask(path, None)

    def post(self, path: str, body: Any = None) -> Any:
        if not self.csrf:
            client = str(uuid.uuid4())
            self.csrf = {"Prefect-Csrf-Client": client}
            self.csrf["Prefect-Csrf-Token"] = self.get(f"csrf-token?client={client}")["token"]
        return self._ask(path, body or {})

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        return list(self.post("flow_runs/filter", {"sort": "START_TIME_ASC", **filters}))

    def _ask(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/{path}", headers={"Content-Type": "application/json", **self.csrf}
        )
        if self.secret:
            request.add_header("Authorization", "Basic " + b64encode(self.secret.encode()).decode())
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, data, timeout=20) as answer:
            return json.loads(answer.read() or b"null")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def own_home(tmp_path: Path) -> dict[str, str]:
    """An environment whose every folder for writing is under `tmp_path`, and in which nothing hushes telemetry."""
    folders = {
        "HOME": "home",
        "XDG_CACHE_HOME": "cache",
        "XDG_DATA_HOME": "data",
        "XDG_CONFIG_HOME": "config",
        "TMPDIR": "tmp",
    }
    for name in folders.values():
        (tmp_path / name).mkdir()
    hushing = ("CI", "DO_NOT_TRACK")
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in hushing and not key.startswith(("PREFECT_", "POLYVOCAL_", "PYTEST_", "XDG_"))
    }
    return kept | {key: str(tmp_path / name) for key, name in folders.items()} | {"OMP_NUM_THREADS": "2"}


@pytest.fixture
def rest() -> type[Rest]:
    return Rest


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait for something to be so; fails, naming it, when it is not in time."""

    def wait(what: str, look: Callable[[], Any], seconds: float = 180) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, f"in vain, {seconds} s long: {what}"
            time.sleep(0.3)
        return found

    return wait
