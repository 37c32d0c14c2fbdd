"""A process that has everything imported, holds no thread, model or database, and forks one worker for each trial.

Importing what a stage needs takes longer than the stage; two hundred trials would be an hour of imports. Run as
`python -m tests.journeys.kill.worker FD`; each message on the socket is a request and the pipe for its answers.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import pipeline.bootstrap
from pipeline.domain.segment import text_hash
from pipeline.embed import on_openvino
from pipeline.embed.encoding import Encoder
from pipeline.segment.units import SentenceSplitter
from pipeline.settings import EmbedSettings, InboxSettings, Settings, StoreSettings
from pipeline.suggest import phrases
from pipeline.work.workplace import Model

from .acts import STAGES
from .points import Death, watch

HEAVY: Final = (
    "alembic.command",
    "openpyxl",
    "psycopg",
    "sklearn.cluster",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "pipeline.work.reporting",
    "pipeline.work.sheets",
)
SETTINGS: Final = Settings(embed=EmbedSettings(batch=12), inbox=InboxSettings(settle=0.0))
"""Many small batches, so that a kill falls between two of them."""


@dataclass(frozen=True, slots=True)
class Noting:
    """The encoder, telling which texts it was asked to compute."""

    encoder: Encoder
    say: Callable[..., None]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self.say("encoded", *(f"{self.key}/{text_hash(text)}" for text in texts))
        return self.encoder.encode(texts, progress)

    @property
    def key(self) -> str:
        return self.encoder.key

    @property
    def dimension(self) -> int:
        return self.encoder.dimension


def _noting(model: Model, say: Callable[..., None]) -> Model:
    return replace(model, encoder=lambda: Noting(model.encoder(), say))


def work_on(request: dict[str, Any], say: Callable[..., None]) -> None:
    """One stage, start to end, as a program of its own would do it."""
    death = request["death"]
    counts = watch(Death(**death) if death else None)
    settings = replace(SETTINGS, store=StoreSettings(url=request["url"]))
    say("begin")
    with pipeline.bootstrap.open_workplace(
        Path(request["folder"]), home=Path(request["home"]), settings=settings
    ) as work:
        assert work.manner
        noting = replace(work, meaning=_noting(work.meaning, say), manner=_noting(work.manner, say))
        STAGES[request["stage"]](noting, say)
    say("done", json.dumps(counts))


def serve(requests: socket.socket) -> None:
    """Fork a worker for every request until the socket closes."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # workers are not waited for: their pipe tells when they end
    requests.sendall(b"ready\n")
    while True:
        message, pipes, _, _ = socket.recv_fds(requests, 65536, 1)
        if not message:
            return
        if os.fork() == 0:
            requests.close()
            _worker(json.loads(message), pipes[0])
        os.close(pipes[0])


def _load() -> None:
    """Import what stages import, and read the two language models that no thread and no file belongs to."""
    for name in HEAVY:
        importlib.import_module(name)
    on_openvino.available()
    splitter, parser = SentenceSplitter(), phrases._model()
    splitter.sentences(["Load it now. Then fork."])
    vars(pipeline.bootstrap)["SentenceSplitter"] = lambda: splitter
    vars(phrases)["_model"] = lambda: parser
    threads = len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 1
    assert threads == 1, f"{threads} threads: a fork would copy their locks and not them"


def _worker(request: dict[str, Any], pipe: int) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.set_inheritable(pipe, False)  # noqa: FBT003 - only by position
        tell(pipe, "pid", os.getpid())
        work_on(request, lambda *words: tell(pipe, *words))
        code = 0
    except BaseException:  # noqa: BLE001 - a worker must never return into the server's loop
        tell(pipe, "failed", json.dumps(traceback.format_exc()))
    finally:
        os._exit(code)


def tell(pipe: int, *words: object) -> None:
    """One line, written at once: what the reader has, no kill takes back."""
    os.write(pipe, (" ".join(map(str, words)) + "\n").encode())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
