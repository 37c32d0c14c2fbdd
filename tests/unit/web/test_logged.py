"""Nothing anybody said stands in the site's log, whatever goes wrong."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PROGRAM = """
import sys
from pipeline.web import __main__ as site, app

def breaks(*_):
    raise ValueError("she said: zyzzogeton lullaby")

app._answered = breaks
sys.exit(site.main())
"""


def test_an_unforeseen_error_is_logged_by_its_kind_and_place_alone(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "site.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--port", str(port)],
            env={"PATH": "/usr/bin:/bin", "XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while (status := _status(port)) != 500:
            assert time.monotonic() < deadline, status
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait()
    assert "lullaby" not in log.read_text()
    assert "Exception in ASGI application (ValueError at __main__:6)" in log.read_text()


def _status(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0
