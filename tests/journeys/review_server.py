"""The review site as a real process over a made-up study, and people who speak HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from pipeline.bootstrap import open_accounts
from pipeline.domain.account import Role
from pipeline.settings import Settings, StoreSettings

PASSWORD = "correct horse battery"
STARTING = 120.0


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The site of one study folder; it can be killed and started again on the same port."""

    study: str
    folder: Path
    data: Path
    port: int = field(default_factory=free_port)
    store_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Folders of its own, so that nothing of the machine's user is touched."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("POLYVOCAL_")}
        own = {
            "XDG_DATA_HOME": str(self.data),
            "POLYVOCAL_STUDIES": json.dumps({self.study: [str(self.folder), None]}),
            "OMP_NUM_THREADS": "1",
        }
        return kept | own | ({"POLYVOCAL_STORE_URL": self.store_url} if self.store_url else {})

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "pipeline.web", "--port", str(self.port)]
        with (self.data / "site.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + STARTING
        while not self.answers():
            assert self.process.poll() is None, (self.data / "site.log").read_text()
            assert time.monotonic() < deadline, "the site does not answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def enlist(self, people: dict[str, tuple[Role, ...]]) -> None:
        """Accounts with roles in the study."""
        os.environ["XDG_DATA_HOME"], before = str(self.data), os.environ.get("XDG_DATA_HOME")
        try:
            with open_accounts(Settings(store=StoreSettings(url=self.store_url))) as accounts:
                there = {account.name for account in accounts.accounts.all()}
                for number, (name, roles) in enumerate(people.items()):
                    if name not in there:  # a database that is kept holds them from the last time
                        accounts.create(name, PASSWORD, administrator=number == 0)
                    for role in roles:
                        accounts.grant(name, self.study, role)
        finally:
            if before is None:
                del os.environ["XDG_DATA_HOME"]
            else:
                os.environ["XDG_DATA_HOME"] = before


@dataclass
class Answer:
    """What came back: the status, where to go next, the page."""

    status: int
    location: str
    text: str


@dataclass
class Person:
    """Somebody with a browser: one connection kept open, one cookie."""

    name: str
    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection | None = None

    def sign_in(self) -> None:
        answer = self.post("/sign-in", {"name": self.name, "password": PASSWORD})
        assert answer.status == 303, answer.text

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, object]) -> Answer:
        return self._ask("POST", path, urlencode(form, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        """One request. A connection that was lost is made anew for the next; nothing is sent twice by itself.

        Raises:
            OSError, http.client.HTTPException: no answer came, so nobody knows whether it was taken.
        """
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        if set_cookie := response.getheader("set-cookie"):
            self.cookie = set_cookie.partition(";")[0]
        return Answer(response.status, response.getheader("location") or "", text)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
