"""A study whose every text is an attack, in a real browser: nothing of it runs, loads or leads elsewhere."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from pipeline.domain.account import Role
from pipeline.web.routes import ENDPOINTS
from tests.hostile_study import ATTACKS, PEOPLE, STUDY, hostile_study
from tests.journeys.review_server import PASSWORD, Server

CHROMIUM = os.environ.get("POLYVOCAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
BASE = f"/studies/{STUDY}"
EACH = 4
"""Pages of one kind that are visited: candidates, codes, segments, cells of the map."""
MOST = 250
"""Addresses that are visited at most, so that links with ever other queries come to an end."""
REPORTS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error("CSP", event.violatedDirective, event.blockedURI, event.sample));
"""


@dataclass
class Watch:
    """What went wrong in a browser, whoever noticed it."""

    origin: str
    problems: list[str] = field(default_factory=list)
    requests: int = 0

    def over(self, context: BrowserContext) -> Page:
        """A page of which everything is noted."""
        context.add_init_script(REPORTS)
        context.on("request", self._requested)
        page = context.new_page()
        page.on("dialog", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("popup", lambda other: self.problems.append(f"{page.url} opened {other.url}"))
        page.on("download", lambda file: self.problems.append(f"{page.url} saved {file.suggested_filename}"))
        return page

    def _asked(self, dialog) -> None:
        if dialog.type == "beforeunload":  # the browser's own question where what was typed was refused
            dialog.accept()
            return
        self.problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in {"error", "warning"} and not refused:
            self.problems.append(f"{message.location.get('url')}: {message.text}")

    def _requested(self, request: Request) -> None:
        self.requests += 1
        if not request.url.startswith(self.origin) or urlsplit(request.url).path in {"/x", "/evil.example"}:
            self.problems.append(f"asked for {request.url}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hostile") / "study"
    with hostile_study(place):
        pass
    return place


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A real browser. Where there is none the test is skipped by name, and in CI it fails."""
    if not Path(CHROMIUM).is_file():
        sentence = f"Chromium is not here: {CHROMIUM} is missing. `apt install chromium`, or set POLYVOCAL_CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context()
        context.set_default_timeout(60_000)
        yield context
        browser.close()


@pytest.fixture
def server(folder: Path, tmp_path: Path) -> Iterator[Server]:
    server = Server(STUDY, folder, tmp_path)
    server.enlist(dict.fromkeys(PEOPLE[True], tuple(Role)))
    server.start()
    yield server
    server.stop()


def _signed_in(server: Server, context: BrowserContext) -> tuple[Page, Watch]:
    watch = Watch(f"http://127.0.0.1:{server.port}/")
    page = watch.over(context)
    page.goto(f"{watch.origin}sign-in")
    page.fill("#name", PEOPLE[True][0])
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page, watch


def _kind(path: str) -> str:
    """Which endpoint it is, with the names of what follows `?`."""
    part, _, query = path.partition("?")
    names = "&".join(sorted({item.partition("=")[0] for item in query.split("&")}))
    for endpoint in sorted(ENDPOINTS, key=lambda item: item.path.count("{")):
        if re.fullmatch(re.sub(r"\{\w+(:path)?\}", "[^/]+", endpoint.path), part):
            return f"{endpoint.path}?{names}"
    return part


def _links(page: Page) -> list[str]:
    """Where the page leads: addresses as the browser understands them. A file that is saved is no page."""
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map((link) => link.href)")
    return [item.partition("#")[0] for item in found]


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_every_page_of_a_hostile_study_stays_quiet(server: Server, context: BrowserContext) -> None:
    """From link to link, as coder, adjudicator, analyst, reader and administrator at once: no dialog, no request
    anywhere else, no violation of the content policy, no error; and every kind of page is among those visited."""
    page, watch = _signed_in(server, context)
    waiting, known, visited = [watch.origin], {watch.origin}, Counter[str]()
    while waiting and sum(visited.values()) < MOST:
        address = waiting.pop(0)
        kind = _kind("/" + address.removeprefix(watch.origin))
        if visited[kind] >= EACH:
            continue
        visited[kind] += 1
        page.goto(address)
        for link in _links(page):
            assert link.startswith(watch.origin), (address, link)
            if link not in known:
                known.add(link)
                waiting.append(link)
        assert page.locator(":is(img, iframe, object, embed, meta[http-equiv], base)").count() == 0, address
        assert page.evaluate(_STRANGE) == [], address
    assert watch.problems == []
    seen = {kind.partition("?")[0] for kind in visited}
    looked_at = {item.path for item in ENDPOINTS if item.method == "GET"}
    assert looked_at - seen <= {"/sign-in", "/set-up", _FILES, f"{_STUDY}/segments/sample"}
    assert sum(visited.values()) >= 70


_STUDY = "/studies/{study}"
_FILES = f"{_STUDY}/report/files/{{file}}"
_STRANGE = """() => [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes]
  .filter((one) => /^on|^style$|^srcdoc$|^(data-)?hx-(?!boost$)/.test(one.name))
  .map((one) => node.tagName + one.name))"""
"""Attributes that act, as the browser itself reads the page."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_hostile_names_are_clicked_and_hostile_words_typed(server: Server, context: BrowserContext) -> None:
    """By htmx, as people work: codes in the codebook and the map, a search, a code's new name, a memo, the keys."""
    page, watch = _signed_in(server, context)
    for place, links in (("codebook", ".named a"), ("map", "th[scope=row] a"), ("map", "td a"), ("log", ".about a")):
        page.goto(f"{watch.origin}studies/{STUDY}/{place}")
        for number in range(min(6, page.locator(f"#main {links}").count())):
            _boosted(page, page.locator(f"#main {links}").nth(number).click)
            page.goto(f"{watch.origin}studies/{STUDY}/{place}")
    for number, attack in enumerate(ATTACKS):
        page.goto(f"{watch.origin}studies/{STUDY}/search")
        field = page.locator("form[role=search] input[name=q]")
        field.fill(attack)
        _boosted(page, lambda: field.press("Enter"))  # noqa: B023 - called before the next round
        page.goto(f"{watch.origin}studies/{STUDY}/codebook/c-{number:012x}")
        _typed(page, "/rename", "name", f"{attack} renamed")
        page.goto(f"{watch.origin}studies/{STUDY}/codebook/c-{number:012x}")
        _typed(page, "/memo", "text", attack)
    page.goto(f"{watch.origin}keys")
    page.eval_on_selector_all("input[name^='key:']", "all => all.forEach((one) => { one.maxLength = 99; })")
    page.locator("input[name^='key:']").first.fill(ATTACKS[1])
    page.locator("input[name^='key:']").first.press("Enter")
    page.wait_for_timeout(500)
    page.keyboard.press("?")
    assert watch.problems == []


def _boosted(page: Page, act) -> None:
    """Do what brings another page in, and wait until it has come to rest."""
    page.evaluate("() => { window.rested = new Promise((done) => addEventListener('htmx:afterSettle', done)); }")
    act()
    page.evaluate("() => window.rested")


def _typed(page: Page, act: str, name: str, text: str) -> None:
    """Fill the form and send it, opening what it stands in."""
    page.eval_on_selector_all("details", "all => all.forEach((one) => { one.open = true; })")
    form = page.locator(f"form[action$='{act}']").first
    form.locator(f"[name={name}]").fill(text)
    _boosted(page, form.locator("button").first.click)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_hostile_addresses_stay_quiet(server: Server, context: BrowserContext) -> None:
    """Whatever a link from elsewhere could carry in its query, and addresses that nobody made."""
    page, watch = _signed_in(server, context)
    names = (
        "q",
        "at",
        "in",
        "from",
        "to",
        "coder",
        "group",
        "kind",
        "about",
        "typed",
        "ticked",
        "move",
        "next",
        "token",
    )
    places = ("", "/search", "/log", "/map", "/codebook", "/codebook/versions", "/segments", "/rounds/sample")
    for attack in ("\n".join(ATTACKS), *ATTACKS[:8]):
        query = urlencode(dict.fromkeys(names, attack))
        for place in places if attack not in ATTACKS else places[1:3]:
            page.goto(f"{watch.origin[:-1]}{BASE}{place}?{query}#{quote(attack)}")
        page.goto(f"{watch.origin}sign-in?{query}")
        page.goto(f"{watch.origin}{quote(attack, safe='')}")
    assert watch.problems == []


@pytest.mark.slow
def test_the_report_opened_from_a_folder_stays_quiet(folder: Path, context: BrowserContext) -> None:
    """As it is sent on and opened by a double click, where no server's content policy guards it."""
    place = (folder / "outbox" / "report.html").as_uri()
    watch = Watch(place)
    page = watch.over(context)
    page.goto(place)
    for link in page.locator("a[href^='#']").all()[:40]:
        link.dispatch_event("click")
    page.wait_for_timeout(500)
    assert watch.problems == []
    assert watch.requests == 1
    assert "<script>alert(1)</script>" in page.inner_text("body")
    assert page.locator(":is(img, iframe, svg[onload], meta[http-equiv=refresh], base)").count() == 0
