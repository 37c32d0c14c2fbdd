"""The test's end: ask for a worker, hear what it says, kill it when its time has come."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.sample_study import ROOT

from .points import Death

PATIENCE: Final = 120.0
ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Place:
    """A study folder, the home its store is in, and the store's URL ("" for the file in the home)."""

    folder: Path
    home: Path
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker said before it ended: whole lines as words, and the seconds from its beginning to its end."""

    lines: tuple[tuple[str, ...], ...]
    seconds: float

    def of(self, word: str) -> list[tuple[str, ...]]:
        return [line[1:] for line in self.lines if line[0] == word]

    @property
    def done(self) -> bool:
        return bool(self.of("done"))

    @property
    def failure(self) -> str:
        """The worker's traceback, "" where it ended well or was killed."""
        return "".join(json.loads(" ".join(words)) for words in self.of("failed"))

    @property
    def counts(self) -> dict[str, int]:
        """How often each point was passed; only a worker that ended well tells."""
        counts: dict[str, int] = json.loads(" ".join(self.of("done")[0]))
        return counts

    @property
    def acknowledged(self) -> set[tuple[str, int]]:
        return {(key, int(seq)) for key, seq in self.of("ack")}

    @property
    def encoded(self) -> list[str]:
        return [each for words in self.of("encoded") for each in words]


class Workers:
    """Forks workers through the server process."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests

    def run(self, place: Place, stage: str, *, after: float | None = None, death: Death | None = None) -> Told:
        """Let a worker do a stage; kill its process group `after` seconds from its beginning, where given."""
        reading, writing = os.pipe()
        request = {
            "stage": stage,
            "folder": str(place.folder),
            "home": str(place.home),
            "url": place.url,
            "death": asdict(death) if death else None,
        }
        socket.send_fds(self._requests, [json.dumps(request).encode()], [writing])
        os.close(writing)
        try:
            return _hear(reading, after)
        finally:
            os.close(reading)


@contextmanager
def workers(cache: Path | None = None) -> Iterator[Workers]:
    """The server process, ended afterwards."""
    here, there = socket.socketpair()
    command = [sys.executable, "-m", "tests.journeys.kill.worker", str(there.fileno())]
    environment = {**os.environ, **ONE_THREAD}
    if cache:
        environment["XDG_CACHE_HOME"] = str(cache)
    server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[there.fileno()])
    there.close()
    try:
        here.settimeout(PATIENCE)
        assert here.recv(16) == b"ready\n", "the server of workers did not start"
        yield Workers(here)
    finally:
        here.close()
        server.wait(PATIENCE)


def _hear(pipe: int, after: float | None) -> Told:
    """Read until every process that holds the pipe is gone."""
    heard, pid, begun, killed = b"", 0, 0.0, False
    deadline = time.monotonic() + PATIENCE
    while True:
        until = begun + after if after is not None and begun and not killed else deadline
        readable, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not readable:
            killed = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            assert time.monotonic() < deadline, "the worker neither ended nor died"
            continue
        some = os.read(pipe, 1 << 20)
        if not some:
            break
        heard += some
        if not begun and b"begin\n" in heard:
            begun = time.monotonic()
            pid = int(heard.split(b"\n", 1)[0].split()[1])
    lines = heard.decode().split("\n")[:-1]  # a torn last line was not said
    return Told(tuple(tuple(line.split(" ")) for line in lines), time.monotonic() - begun)
