"""A site over a made-up study, and browsers without a browser: requests straight into the application."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from pipeline.domain.account import Role
from pipeline.settings import Settings, WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy
from pipeline.work.workplace import Workplace
from tests.made_study import Size, made_study

PASSWORD = "correct horse battery"
PEOPLE = {
    "ana": (Role.CODER,),
    "ben": (Role.CODER,),
    "mara": (Role.ANALYST,),
    "jo": (Role.ADJUDICATOR,),
    "rea": (Role.READER,),
    "stranger": (),
}


@dataclass
class Browser:
    """One person at the site, with a cookie or without."""

    app: Any
    person: str = ""
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: Any = None, **headers: str) -> httpx.Response:
        own = {"Origin": "http://127.0.0.1:8600", "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form or {}, doseq=True), own | headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
                cookies = {"Cookie": f"polyvocal={self.token}"} if self.token else {}
                return await client.request(method, path, content=body, headers=cookies | self.headers | headers)

        return asyncio.run(ask())


@dataclass
class Place:
    """The site with its parts at hand."""

    site: Site
    app: Any
    study: LiveStudy
    accounts: AccountDesk

    def browser(self, person: str = "") -> Browser:
        """Somebody signed in; nobody where no name is given."""
        token = self.accounts.sign_in(person, PASSWORD) if person else ""
        return Browser(self.app, person, token)


@pytest.fixture(scope="module", autouse=True)
def _quick(quick_passwords: None) -> None:
    """Every page is asked for by somebody who signed in."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A site with one study; `mara` is the analyst, `jo` the adjudicator, `stranger` has no role."""
    with made_study(tmp_path / "study", Size()) as work, served(tmp_path, work) as place:
        yield place


@contextmanager
def served(folder: Path, work: Workplace) -> Iterator[Place]:
    """The site over a study, with accounts for all people."""
    with open_store(folder / "accounts.db", anchor=None) as store:
        web = WebSettings()
        accounts = AccountDesk(store.accounts, web, folder / "setup-token")
        for name, roles in PEOPLE.items():
            accounts.create(name, PASSWORD, administrator=name == "mara")
            for role in roles:
                accounts.grant(name, work.study.id, role)
        study = LiveStudy(work)
        site = Site({study.id: study}, accounts, web, b"a secret of this test")
        yield Place(site, application(site), study, accounts)


__all__ = ["PASSWORD", "Browser", "Place", "Settings", "served"]
