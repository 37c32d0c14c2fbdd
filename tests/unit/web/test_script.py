"""Attacks through content: whatever people type or say is shown as they wrote it, and nothing of it acts.

After Taguette CVE-2025-62528 (names of tags and documents), Label Studio CVE-2026-22033 (keys) and CVE-2023-47115
(a file served as a page): a study whose every text is an attack is held against its harmless twin.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest
from openpyxl import load_workbook

from pipeline.domain.cells import inert
from pipeline.domain.correction import turn_id
from pipeline.domain.decision import Draft, Kind
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.endpoints import Endpoint
from pipeline.web.guard import Turnstile
from pipeline.web.routes import ENDPOINTS
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from tests.hostile_study import AT, ATTACKS, STUDY

from .conftest import Browser
from .markup import Form, Markup
from .twins import World, filled, own_address, served, sound

HOSTILE = (
    "\n".join(ATTACKS),
    "\x1b]0;x\x07\u202e\ufffe",
    "javascript:alert(1)",
    "//evil.example/\r\nSet-Cookie: x=y",
    '"><script>' * 1_000,
    "9" * 400,
    "words\0",
)
"""What is typed into every field."""
HARMLESS = ("harmless words",)
LAST = ("/sign-out", "/account/sign-out", "/account/password")
"""Acts that end the session."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The hostile study and its harmless twin."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("pipeline.web.pages.sign_in._DOOR", Turnstile(tries=10_000, seconds=1))
        patch.setattr("pipeline.web.pages.transcripts.prepare", lambda *_args, **_kwargs: None)
        yield (served(stack, tmp_path_factory, hostile=True), served(stack, tmp_path_factory, hostile=False))


def test_every_page_has_the_elements_of_its_harmless_twin_and_no_others(worlds: tuple[World, World]):
    """No element, attribute or htmx attribute that the templates did not write, on any page."""
    hostile, harmless = worlds
    seen, twins = hostile.visit(), harmless.visit()
    assert len(seen) >= 120
    twin_of = dict(zip(hostile.paths(), harmless.paths(), strict=True))
    odd = {path: set(page.kinds) ^ set(twins[twin_of[path]].kinds) for path, page in seen.items()}
    assert {path: kinds for path, kinds in odd.items() if kinds} == {}


def test_every_text_is_shown_as_it_was_written(worlds: tuple[World, World]):
    """The attacks do reach the pages, each of them whole; templates in them are not worked out."""
    hostile, _ = worlds
    pages = (hostile.pages or hostile.visit()).values()
    whole = "\n".join(page.shown for page in pages)
    missing = [text for text in hostile.made.words.given if " ".join(inert(text).split()) not in whole]
    assert missing == []
    assert len(hostile.made.words.given) > 450
    assert "49${" not in whole


def test_what_is_asked_in_an_address_acts_on_no_page(worlds: tuple[World, World]):
    """Every name that links, forms and the pages' own code give to a query, with an attack in each."""
    hostile, harmless = worlds
    names = _query_names(hostile)
    harmless.visit()
    known = set(harmless.kinds)
    for path in _one_of_each(harmless):
        for words in ("harmless words", "no code is called so"):
            known |= set(Markup(_asked(harmless, path, names, words).text).kinds)
    assert {"q", "at", "in", "from", "to", "coder", "group", "page", "turn", "name", "next", "before"} <= names
    tried = 0
    for path in _one_of_each(hostile):
        for value in (*HOSTILE[:3], "-1", "9" * 40, "nan"):
            answer = _asked(hostile, path, names, value)
            tried += 1
            if "content-disposition" in answer.headers or answer.status_code == 303:
                assert own_address(answer.headers.get("location", "/")), (path, value)
            else:
                assert set(sound(answer, (path, value)).kinds) <= known, (path, value)
    assert tried >= 150


def test_what_is_typed_into_any_field_acts_nowhere(worlds: tuple[World, World]):
    """Every field of every form that a page shows, by parsing them, each in turn; then every page
    again, with what was kept of it."""
    hostile, harmless = worlds
    fields = _typed_into(harmless, HARMLESS)
    harmless.visit()
    found = _typed_into(hostile, HOSTILE, harmless.kinds)
    acts = {item.path for item in ENDPOINTS if item.method == "POST"}
    # the first is below; the second has no field to type into, and is on a page once enough is coded to learn from
    assert acts - {endpoint for endpoint, _ in found} == {"/set-up", "/studies/{study}/codebook/{code}/gather"}
    assert {endpoint for endpoint, _ in fields} <= {endpoint for endpoint, _ in found}
    assert len(found) >= 140
    assert sum(found.values()) >= 320
    assert hostile.visit()
    assert {path: kinds for path, page in hostile.pages.items() if (kinds := set(page.kinds) - harmless.kinds)} == {}


def test_the_first_administrators_form_is_no_way_in_either(tmp_path: Path):
    with open_store(tmp_path / "accounts.db", anchor=None) as store:
        accounts = AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token")
        browser = Browser(application(Site({}, accounts, WebSettings(), b"secret")))
        for value in HOSTILE:
            sound(browser.get(f"/set-up?{urlencode({'token': value})}"), value)
            typed = {"name": value, "password": value, "token": value}
            sound(browser.post("/set-up", typed), value)
        assert accounts.accounts.all() == ()


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "utf-16", "utf-7", "rot13", "hex", "no"])
def test_a_form_in_an_odd_encoding_is_a_form_all_the_same(worlds: tuple[World, World], charset: str):
    """Who sends it names the encoding; some make halves of characters, which nothing can store or show."""
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    body = '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800<b>\r\n--b--\r\n'
    headers = {"Origin": "http://127.0.0.1:8600", "Content-Type": kind}
    for path in ("/sign-in", f"/studies/{STUDY}/codebook"):
        assert worlds[0].signed_in()._ask("POST", path, body, headers).status_code < 500, path


def test_files_are_saved_and_never_shown(worlds: tuple[World, World]):
    """CVE-2023-47115: whatever a file holds, browsers are told to keep it, and what it is."""
    for name, kind in {
        "report.html": "text/html; charset=utf-8",
        "report.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "codebook.csv": "text/csv; charset=utf-8",
    }.items():
        answer = worlds[0].signed_in().get(f"/studies/{STUDY}/report/files/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    others = ("..%2F..%2Fstudy.toml", "%2Fetc%2Fpasswd", ".polyvocal%2Fstudy.db")
    for name in (*others, *map(quote, ATTACKS)):
        assert worlds[0].signed_in().get(f"/studies/{STUDY}/report/files/{name}").status_code == 404, name
    assert worlds[0].signed_in().get(f"/studies/{STUDY}/report/files/report.html%00").status_code == 400


def test_no_cell_of_a_table_begins_a_formula(worlds: tuple[World, World]):
    hostile, _ = worlds
    table = hostile.signed_in().get(f"/studies/{STUDY}/report/files/codebook.csv").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert sum(cell.startswith(("'=", "'+", "'-", "'@")) for cell in cells) >= 4
    book = load_workbook(hostile.made.work.outbox / "report.xlsx")
    words = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in words} == {"s"}
    acting = [cell for cell in words if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(acting) >= 20
    assert all(cell.quotePrefix for cell in acting)


def test_the_report_holds_no_element_that_it_does_not_hold_for_harmless_words(worlds: tuple[World, World]):
    pages = [Markup((world.made.work.outbox / "report.html").read_text()) for world in worlds]
    assert set(pages[0].kinds) == set(pages[1].kinds)
    assert [kind for kind in pages[0].kinds if kind[1].startswith(("on", "hx-", "src"))] == []
    assert pages[0].odd == pages[1].odd
    assert {address[:1] for _, _, address in pages[0].leads} <= {"#"}


def _one_of_each(world: World) -> list[str]:
    """An address of every endpoint that is looked at."""
    values = {name: found[:1] for name, found in world.values().items()}
    return [path for item in ENDPOINTS if item.method == "GET" for path in filled(item.path, values)]


def _asked(world: World, path: str, names: set[str], value: str) -> httpx.Response:
    return world.signed_in().get(f"{path}?{urlencode(dict.fromkeys(sorted(names), value))}")


def _query_names(world: World) -> set[str]:
    pages = (world.pages or world.visit()).values()
    names = {name for page in pages for form in page.forms if form.method == "get" for name in form.names}
    for page in pages:
        names |= {name for _, _, address in page.leads for name, _ in parse_qsl(urlsplit(address).query)}
    web = Path(__file__).parents[3] / "pipeline" / "web"
    code = "\n".join(place.read_text() for place in web.rglob("*.py"))
    return names | set(re.findall(r'query(?:\.get\(|\[)"(\w+)"', code)) | {"before", "after", "ticked", "anything"}


def _endpoint_of(action: str) -> Endpoint | None:
    path = urlsplit(action).path
    for item in ENDPOINTS:
        shape = re.sub(r"\\{\w+(:path)?\\}", "[^/]+", re.escape(item.path))
        if item.method == "POST" and re.fullmatch(shape, path):
            return item
    return None


def _forms(world: World) -> dict[tuple[str, frozenset[str]], tuple[str, Form]]:
    """Each kind of form once, with the page it stands on."""
    found: dict[tuple[str, frozenset[str]], tuple[str, Form]] = {}
    for path, page in world.visit().items():
        for form in page.forms:
            endpoint = _endpoint_of(form.action) if form.method == "post" else None
            if endpoint:
                found.setdefault((endpoint.path, frozenset(map(_kind, form.names))), (path, form))
    return found


def _kind(name: str) -> str:
    """What fields of a series have in common: "key:" of "key:accept"."""
    head, colon, _ = name.partition(":")
    return head + colon


def _typed_into(
    world: World, attacks: tuple[str, ...], known: set[tuple[str, str]] | None = None
) -> Counter[tuple[str, str]]:
    """How often each field was tried, by (endpoint, field): each with the first attack and another. What the pages
    answer is noted, or held against what is known."""
    tried: Counter[tuple[str, str]] = Counter()
    forms = _all_forms(world)
    for (endpoint, names), (page, shown) in sorted(forms.items(), key=lambda item: (item[0][0] in LAST, item[0][0])):
        form = shown
        for number, name in enumerate(sorted(names) or [""]):
            for value in dict.fromkeys((attacks[0], attacks[(1 + number) % len(attacks)])):
                sent = {**form.sent, **{item: [value] for item in form.names if _kind(item) == name}}
                answer = world.signed_in().post(form.action, sent)
                tried[endpoint, name] += 1
                where = (form.action, name, value[:40])
                if answer.status_code == 303:
                    assert own_address(answer.headers["location"]), where
                else:
                    read = sound(answer, where)
                    if known is None:
                        world.kinds |= set(read.kinds)
                    else:
                        assert set(read.kinds) <= known, (where, set(read.kinds) - known)
                if answer.status_code in {303, 409}:
                    form = _fresh(world, page, form)
    return tried


def _all_forms(world: World) -> dict[tuple[str, frozenset[str]], tuple[str, Form]]:
    """Those of every page as it is, while a blind round goes on, where nobody is signed in, and where there is
    something to undo, to make or to sign off."""
    forms = _while_blind(world)
    world.made.work.store.stages.freeze(STUDY, "map", "another", {"themes": []}, AT)
    first = world.made.work.store.transcripts.of_study(STUDY)[0].transcript.id
    question = world.made.work.study.questions[1].id
    _decide(world, Kind.QUESTION, turn_id(first, 1), {"question": question, "through": 2})
    segment = quote(world.values()["segment"][0], safe="")
    paths = ["", "/transcripts", "/map", f"/segments/{segment}?typed=no+code+is+called+so"]
    for path in [f"/studies/{STUDY}{path}" for path in paths]:
        world.pages[path] = sound(world.signed_in().get(path), path)
        world.kinds |= set(world.pages[path].kinds)
        for form in world.pages[path].forms:
            if endpoint := _endpoint_of(form.action):
                forms[endpoint.path, frozenset(map(_kind, form.names))] = path, form
    page = Markup(Browser(world.app).get("/sign-in").text)
    forms["/sign-in", frozenset(page.forms[0].names)] = ("/sign-in", page.forms[0])
    return forms


def _while_blind(world: World) -> dict[tuple[str, frozenset[str]], tuple[str, Form]]:
    """The forms of every page as it is, and of those that are otherwise while a blind round goes on."""
    name, segments = "r-000000000009", world.values()["segment"][:2]
    payload = {"kind": "sample", "coders": [*world.made.coders], "codebook": 9, "segments": segments}
    forms = _forms(world)
    _decide(world, Kind.ROUND, name, payload)
    forms = _forms(world) | forms
    _decide(world, Kind.CLOSE, name)
    return forms


def _decide(world: World, kind: Kind, subject: str, payload: Any = None) -> None:
    key = f"in the test {world.made.work.store.decisions.head(STUDY)[0]}"
    world.study.decide(Draft(key, STUDY, world.browser.person, AT, kind, subject, payload or {}))


def _fresh(world: World, page: str, form: Form) -> Form:
    """The form as its page shows it now, so that what it says was seen is what there is."""
    answer = world.signed_in().get(page)
    there = [item for item in Markup(answer.text).forms if (item.action, item.names) == (form.action, form.names)]
    return there[0] if there else form
