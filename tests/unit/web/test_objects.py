"""Whose an object is: what belongs to another study is none here, and who lost an account or a role has lost it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.domain.account import Role
from pipeline.domain.decision import Draft, Kind
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.routes import ENDPOINTS
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

from .conftest import PASSWORD, Browser, Place
from .markup import Form, Markup

AT = "2026-03-01T10:00:00+00:00"
BASE = "/studies/made"
OBJECTS = ("group", "candidate", "segment", "code", "round", "theme", "unit")


class Two:
    """Two studies on one site, and ana, who is everything in both."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        sizes = {"made": Size(turns=10), "other": Size(groups=5, turns=14, words=9)}
        self.studies = {}
        for name, size in sizes.items():
            work = stack.enter_context(made_study(folder / name, size, name=name))
            self.studies[name] = LiveStudy(work)
        store = stack.enter_context(open_store(folder / "accounts.db", anchor=None))
        accounts = AccountDesk(store.accounts, WebSettings(), folder / "setup-token")
        accounts.create("ana", PASSWORD)
        for name in sizes:
            for role in Role:
                accounts.grant("ana", name, role)
        app = application(Site(self.studies, accounts, WebSettings(), b"secret"))
        self.ana = Browser(app, "ana", accounts.sign_in("ana", PASSWORD))
        self.own, self.foreign = (self._objects(name, place) for place, name in enumerate(sizes))

    def state(self) -> object:
        """Everything that an act could have changed, in both studies."""
        found = []
        for name, study in self.studies.items():
            store = study.work.store
            stages = [store.stages.latest(name, stage) for stage in ("prepare", "suggest", "map")]
            found.append((store.decisions.head(name), store.outbox.latest(name, 99), stages))
        return found

    def _objects(self, name: str, place: int) -> dict[str, str]:
        """One of each kind, made where people make them. The numbers of both studies differ."""
        study, code, theme, past = self.studies[name], f"c-{place:012x}", f"t-{place:012x}", f"r-{place:012x}"
        with study.looking() as view:
            last, segments = view.material.found.suggestions[-1], view.material.codable
        for key, kind, subject, payload in (
            ("1", Kind.CREATE, code, {"name": f"code of {name}", "segments": list(last.segments[:2])}),
            ("2", Kind.THEME, theme, {"name": f"theme of {name}", "codes": [code]}),
            ("3", Kind.ROUND, past, _round(list(segments[:3]))),
            ("4", Kind.CLOSE, past, {}),
        ):
            study.decide(Draft(f"{name}-{key}", name, "ana", AT, kind, subject, payload))
        study.work.store.stages.freeze(name, "map", "made", {"themes": []}, AT)
        return {
            "group": "group001" if name == "made" else "group004",
            "candidate": study.work.store.suggestions.of_version(name, 1).suggestions[0].id,
            "segment": last.segments[0],
            "code": code,
            "round": past,
            "theme": theme,
            "unit": segments[0],
        }


def _round(segments: list[str]) -> dict[str, object]:
    return {"kind": "sample", "coders": ["ana", "ben"], "codebook": 1, "share": 0.1, "seed": 1, "segments": segments}


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    monkeypatch.setattr("pipeline.web.pages.transcripts.prepare", lambda *_args, **_kwargs: None)
    with ExitStack() as stack:
        yield Two(stack, tmp_path)


def _filled(path: str, values: dict[str, str]) -> str:
    for name, value in {**values, "study": "made", "question": "Q1", "file": "report.html"}.items():
        path = path.replace(f"{{{name}}}", quote(value, safe="")).replace(f"{{{name}:path}}", quote(value, safe=""))
    assert "{" not in path
    return path


def test_the_studies_have_nothing_in_common(two: Two):
    assert [name for name in OBJECTS if two.own[name] == two.foreign[name]] == []


def test_the_address_of_another_studys_object_leads_nowhere(two: Two):
    """Every endpoint about an object, with the id of the other study's: not found, or refused; nothing is changed."""
    before, asked = two.state(), 0
    forms = _forms(two)
    for endpoint in ENDPOINTS:
        for name in OBJECTS:
            if f"{{{name}}}" not in endpoint.path and f"{{{name}:path}}" not in endpoint.path:
                continue
            path = _filled(endpoint.path, two.own | {name: two.foreign[name]})
            if endpoint.method == "GET":
                answer = two.ana.get(path)
            else:
                own = _filled(endpoint.path, two.own)
                sent = next((form.sent for _, form in forms if form.action.partition("#")[0] == own), {})
                answer = two.ana.post(path, _complete(two.own, sent) | {"code": two.own["code"]})
            asked += 1
            assert answer.status_code in {404, 409, 422}, (endpoint.method, path, answer.status_code)
            assert "of other" not in answer.text, path
            assert two.state() == before, path
    assert asked >= 45


def test_another_studys_object_in_a_field_is_refused(two: Two):
    """Every field of every form that names an object of one's own, with the other study's object of that kind."""
    tried = 0
    for page, form in _forms(two):
        for field, values in form.sent.items():
            for kind in {kind for kind in OBJECTS if two.own[kind] in values}:
                before = two.state()
                answer = two.ana.post(form.action, _complete(two.own, form.sent) | {field: [two.foreign[kind]]})
                tried += 1
                assert answer.status_code in {404, 409, 422}, (page, form.action, field)
                assert two.state() == before, (page, form.action, field)
    assert tried >= 7


@pytest.mark.parametrize(
    ("path", "field", "kind"),
    [
        ("/candidates/{candidate}/merge", "into", "code"),
        ("/codebook/{code}/place", "parent", "code"),
        ("/codebook/{code}/merge", "into", "code"),
        ("/codebook/{code}/move", "into", "code"),
        ("/codebook/place", "code", "code"),
        ("/segments/{segment}/apply", "code", "code"),
        ("/segments/{segment}/remove", "code", "code"),
        ("/segments/{segment}/commit", "code", "code"),
        ("/segments/{segment}/commit", "codes", "code"),
        ("/map/themes", "code", "code"),
        ("/map/themes", "codes", "code"),
        ("/map/{code}/{question}/move", "into", "code"),
        ("/undo", "last", ""),
        ("/transcripts/undo", "last", ""),
    ],
)
def test_what_a_form_could_be_made_to_say_of_another_studys_object_is_refused(
    two: Two, path: str, field: str, kind: str
):
    """Fields that a page leaves empty, filled with what is not of this study. Where codes are typed, it is a name
    that no code has: back to the page, which says so."""
    before = two.state()
    value = two.foreign[kind] if kind else "other-2"
    answer = two.ana.post(_filled(f"{BASE}{path}", two.own), _complete(two.own) | {field: value})
    if answer.status_code == 303:
        assert f"typed={value}" in answer.headers["location"]
        assert "No code in use is called" in two.ana.get(answer.headers["location"]).text
    else:
        assert answer.status_code in {404, 409, 422}
    assert two.state() == before


def _complete(own: dict[str, str], sent: dict[str, list[str]] | None = None) -> dict[str, object]:
    """What a page would send, with all that it leaves to be filled in, so that nothing but the object is wrong."""
    typed = {"name": "a name", "text": "a text", "reason": "a reason", "at": 5, "segment": own["segment"]}
    return typed | {"definition": "a definition"} | {name: some for name, some in (sent or {}).items() if any(some)}


def _forms(two: Two) -> list[tuple[str, Form]]:
    found = []
    for endpoint in ENDPOINTS:
        if endpoint.method == "GET" and endpoint.of_study:
            path = _filled(endpoint.path, two.own)
            found += [(path, form) for form in Markup(two.ana.get(path).text).forms if form.method == "post"]
    return [(path, form) for path, form in found if form.action.startswith(BASE)]


def test_a_closed_accounts_cookie_opens_nothing(place: Place):
    """From the next request on, and no more once the account is open again: its sessions are over."""
    ana = place.browser("ana")
    assert ana.get(f"{BASE}/codebook").status_code == 200
    place.accounts.set_active("ana", active=False)
    for endpoint in ENDPOINTS:
        if endpoint.of_study:
            path = endpoint.path.replace("{study}", "made").replace("{", "").replace("}", "")
            answer = ana.get(path) if endpoint.method == "GET" else ana.post(path, {"name": "x"})
            if endpoint.method == "GET":
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/sign-in"), path
            else:  # what was typed is shown again, to be sent after another sign-in
                assert answer.status_code == 401, path
    place.accounts.set_active("ana", active=True)
    assert ana.get(f"{BASE}/codebook").status_code == 303
    assert len(place.study.work.store.decisions.log("made")) == 1


def test_a_role_taken_away_is_gone_at_the_next_request(place: Place):
    """Also for a form that was open before; and given again, it is there again, without another sign-in."""
    ana = place.browser("ana")
    form = {"name": "a code", "at": 1}
    place.accounts.grant("ana", "made", Role.READER)
    assert ana.get(f"{BASE}/segments").status_code == 200
    place.accounts.revoke("ana", "made", Role.CODER)
    assert ana.get(f"{BASE}/segments").status_code == 403
    assert ana.post(f"{BASE}/codebook", form).status_code == 403
    assert ana.get(f"{BASE}/codebook").status_code == 200
    place.accounts.revoke("ana", "made", Role.READER)
    assert ana.get(f"{BASE}/codebook").status_code == 404
    assert len(place.study.work.store.decisions.log("made")) == 1
    place.accounts.grant("ana", "made", Role.CODER)
    assert ana.post(f"{BASE}/codebook", form).status_code == 303


def test_an_administrator_no_more_makes_no_account(place: Place):
    """Closing the account is how it is taken: its cookie makes nobody, nor the other administrator's role."""
    place.accounts.create("root", PASSWORD, administrator=True)
    root = place.browser("root")
    assert root.get("/accounts").status_code == 200
    place.accounts.set_active("root", active=False)
    assert root.post("/accounts", {"name": "eve", "password": PASSWORD}).status_code == 303
    assert "eve" not in {account.name for account in place.accounts.accounts.all()}


def test_an_administrator_without_a_role_finds_no_study(place: Place):
    """To look after accounts opens nobody's transcripts."""
    place.accounts.create("root", PASSWORD, administrator=True)
    assert place.browser("root").get(BASE).status_code == 404
    assert place.browser("root").get(f"{BASE}/codebook").status_code == 404
