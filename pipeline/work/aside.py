"""A process of its own, of low rank, for work that would hold up whoever is waiting for a page.

`python -m pipeline.work.aside` reads tasks from standard input and ends when that is closed: with its starter,
however that ends. What goes to and fro is pickled; only these two processes hold the ends of the pipes.
"""

from __future__ import annotations

import os
import pickle  # between a process and its own child
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Any, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

RANK: Final = 10
"""How far it steps back for other processes (`nice`)."""
_LENGTH: Final = struct.Struct("<Q")


class AsideFailed(Exception):
    """The work failed there. The message names the kind of error alone: its text may hold talk."""


class Aside:
    """Runs functions in the process beside, one at a time; it is started with the first, and anew where it ended."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function of a module answers.

        Raises:
            AsideFailed: it raised an error, or its process ended.
        """
        # part by part: in one go it would hold up every other thread here
        task = [pickle.dumps(part, pickle.HIGHEST_PROTOCOL) for part in (function, kwargs, *args)]
        with self._turn:
            process = self._started()
            assert process.stdin
            assert process.stdout
            try:
                _write(process.stdin, _LENGTH.pack(len(task)))
                for part in task:
                    _write(process.stdin, part)
                answer = _read(process.stdout)
            except OSError:
                answer = None
            if answer is None:
                self._end()
                raise AsideFailed("its process ended")
        done, value = pickle.loads(answer)  # noqa: S301 - of our own child
        if not done:
            raise AsideFailed(value)
        return cast("T", value)

    def close(self) -> None:
        """End the process; a later call starts another."""
        with self._turn:
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-P", "-m", __name__],  # -P: nothing is loaded from the folder one stands in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            try:
                assert pipe
                pipe.close()
            except OSError:  # what was not written yet has no reader any more
                pass
        process.kill()
        process.wait()


def _write(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """One message; None where the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = pipe.read(length)
    return body if len(body) == length else None


def main() -> None:
    """Answer tasks until nobody can send another."""
    os.nice(RANK)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints something must not print it among the answers
    while (task := _parts(tasks)) is not None:
        try:
            _write(answers, pickle.dumps((True, _done(task)), pickle.HIGHEST_PROTOCOL))
        except BrokenPipeError:
            return
        except Exception as problem:  # noqa: BLE001 - the starter is told its kind
            _write(answers, pickle.dumps((False, type(problem).__name__)))


def _parts(tasks: IO[bytes]) -> list[bytes] | None:
    """The parts of one task; None where no other comes."""
    head = _read(tasks)
    parts = [_read(tasks) for _ in range(_LENGTH.unpack(head)[0])] if head else []
    found = [part for part in parts if part is not None]
    return found if head and len(found) == len(parts) else None


def _done(task: list[bytes]) -> Any:
    function, kwargs, *args = (pickle.loads(part) for part in task)  # noqa: S301 - of our own starter
    return function(*args, **kwargs)


if __name__ == "__main__":
    main()
