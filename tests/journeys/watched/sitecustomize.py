"""Loaded first by every Python process of a journey: notes where it connects to, and holds or breaks it on demand.

JOURNEY_LOG is the file to note in. While a file JOURNEY_LOG.hold exists, a process that loads the sentence splitter
waits. A process that opens a file called odd.txt fails with an error made of what stands in it.
"""

import os
import sys
import time
from typing import Any

LOG = os.environ["JOURNEY_LOG"]
ADDRESSES = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
_inside: list[bool] = []


def note(what: str, detail: object) -> None:
    command = [word for word in sys.orig_argv[1:] if word != "-P"][:3]
    line = f"{os.getpid()}\t{' '.join(command)}\t{what}\t{detail!r}\n"
    handle = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, line.encode())
    os.close(handle)


def watch(event: str, args: tuple[Any, ...]) -> None:
    if event in ADDRESSES:
        note(event, args[ADDRESSES[event]])
    elif event == "open" and not _inside and isinstance(args[0], (str, os.PathLike)):
        opened(os.fspath(args[0]))


def opened(path: Any) -> None:
    _inside.append(True)
    try:
        if str(path).endswith("odd.txt") and os.environ.get("JOURNEY_BREAKS"):
            with open(path, encoding="utf-8") as handle:  # noqa: PTH123 - nothing more than needed is imported here
                said = handle.read()
            raise ValueError(f"cannot parse {said}") from KeyError(said)
        if str(path).endswith("config.cfg") and os.path.exists(LOG + ".hold"):  # noqa: PTH110 - see above
            note("held", path)
            while os.path.exists(LOG + ".hold"):  # noqa: PTH110 - see above
                time.sleep(0.1)
    finally:
        _inside.pop()


note("started", 0)
sys.addaudithook(watch)
