"""A hostile study and its harmless twin, each served to somebody who is all in it; and what a sound page is."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from pipeline.domain.account import Role
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.routes import ENDPOINTS
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy
from tests.hostile_study import STUDY, Made, hostile_study

from .conftest import PASSWORD, Browser
from .markup import Markup

SHOWN_ONLY_IN = {"title", "value", "aria-label", "href", "action", "placeholder", "data-name", "data-question"}
"""Attributes in which templates put what people wrote."""


@dataclass
class World:
    """One of the twins, served, with somebody who is everything in it."""

    made: Made
    study: LiveStudy
    app: Any
    accounts: AccountDesk
    browser: Browser
    pages: dict[str, Markup] = field(default_factory=dict)
    kinds: set[tuple[str, str]] = field(default_factory=set)
    """Elements and attributes that any answer held so far."""

    def signed_in(self) -> Browser:
        """The same person, let in anew where an act ended the session, closed the account or took a role."""
        me = self.browser.person
        if self.accounts.whoami(self.browser.token) is None:
            self.accounts.set_active(me, active=True)
            self.accounts.set_password(me, PASSWORD)
            self.browser.token = self.accounts.sign_in(me, PASSWORD)
        for role in frozenset(Role) - self.accounts.roles(me, STUDY):
            self.accounts.grant(me, STUDY, role)
        return self.browser

    def values(self) -> dict[str, list[str]]:
        """What stands in addresses, by name."""
        made, found = self.made, self.made.work.store.suggestions.of_version(STUDY, 1)
        candidates = [item.id for item in found.suggestions]
        segments = [*found.unclear[:4], *found.suggestions[0].segments[:2], found.suggestions[2].segments[0]]
        return {
            "study": [STUDY],
            "candidate": candidates,
            "group": [group.id for group in made.work.study.groups][:3],
            "segment": segments,
            "code": [*made.codes, "c-00000000bbbb"],
            "round": ["r-00candidates", "r-000000sample"],
            "question": [question.id for question in made.work.study.questions][:2],
            "theme": [f"t-{number:012x}" for number in range(0, 6, 2)],
            "unit": [*candidates[3:7], found.unclear[1]],
            "file": ["report.html", "report.xlsx", "codebook.csv"],
        }

    def paths(self) -> list[str]:
        """Every address that can be asked for, filled with what there is."""
        found = [path for item in ENDPOINTS if item.method == "GET" for path in filled(item.path, self.values())]
        names = "".join(f"?name={quote(name, safe='')} " for name in self.made.coders).split()
        found += [f"/accounts/one{name}" for name in names]
        return found + [f"/studies/{STUDY}/log?before=made-{number}" for number in (40, 90, 130)]

    def visit(self) -> dict[str, Markup]:
        """Ask for every address and read what comes."""
        for path in self.paths():
            answer = self.signed_in().get(path)
            assert answer.status_code in {200, 303, 404, 409}, (path, answer.status_code, answer.text)
            if answer.headers.get("content-type", "").startswith("text/html") and "/files/" not in path:
                self.pages[path] = sound(answer, path)
                self.kinds |= set(self.pages[path].kinds)
        return self.pages


def served(stack: ExitStack, folders: pytest.TempPathFactory, *, hostile: bool) -> World:
    folder: Path = folders.mktemp("hostile" if hostile else "harmless")
    made = stack.enter_context(hostile_study(folder / "study", hostile=hostile))
    store = stack.enter_context(open_store(folder / "accounts.db", anchor=None))
    accounts = AccountDesk(store.accounts, WebSettings(), folder / "setup-token")
    for name in made.coders:
        accounts.create(name, PASSWORD, administrator=True)
        for role in Role:
            accounts.grant(name, STUDY, role)
    study = LiveStudy(made.work)
    app = application(Site({STUDY: study}, accounts, WebSettings(), b"secret"))
    me = made.coders[0]
    return World(made, study, app, accounts, Browser(app, me, accounts.sign_in(me, PASSWORD)))


def sound(answer: httpx.Response, where: object) -> Markup:
    """The page read; nothing in it runs, loads or leads anywhere but here."""
    assert answer.status_code < 500, (where, answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8", where
    assert answer.headers["x-content-type-options"] == "nosniff", where
    page = Markup(answer.text)
    assert page.odd in ([], ["doctype html"]), where
    assert page.kinds["script", ""] == page.kinds["script", "src"] == 2, where
    assert page.kinds["style", ""] == 0, where
    assert [kind for kind in page.kinds if kind[1].startswith(("on", "style", "srcdoc"))] == [], where
    assert {name for _, name in page.kinds if "hx-" in name} == {"hx-boost"}, where
    for tag, name, address in page.leads:
        assert re.match(r"/(?![/\\])|[#?]|$", address), (where, tag, name, address)
        assert not set(address) & set('\r\n\t\0<>"\\'), (where, tag, name, address)
    marked = {name for _, name, value in page.values if re.search(r"zq\d{3}z|alert\(1\)", value)}
    assert marked <= SHOWN_ONLY_IN, (where, marked)
    assert not re.search("[\0\x1b\x07\x85\u202a-\u202e\u2066-\u2069]", answer.text), where
    return page


def own_address(path: str) -> bool:
    """Whether it leads to a page of this site and nowhere else."""
    return bool(re.match(r"/(?![/\\])", path)) and not set(path) & set('\r\n\t\0\\<>"')


def filled(path: str, values: dict[str, list[str]]) -> list[str]:
    """The address of an endpoint with each of the values; with some where it takes two."""
    path = path.replace(":path", "")
    for name, found in values.items():
        if "{" + name + "}" in path:
            some = found[:4] if path.count("{") > 2 else found
            each = [path.replace("{" + name + "}", quote(value, safe="")) for value in some]
            return [item for one in each for item in filled(one, values)]
    assert "{" not in path, f"a value for {path} is missing in this test"
    return [path]
