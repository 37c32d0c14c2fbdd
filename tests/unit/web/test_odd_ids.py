"""Ids that researchers chose freely, with letters that mean something in an address: every page is there."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from starlette.routing import Match

from pipeline.domain.account import Role
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.segment import TurnQuestion
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.places import as_part, from_part, study_path
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy
from tests import made_study

from .conftest import PASSWORD, Place
from .markup import Markup

AT = "2026-03-01T10:00:00+00:00"
STUDY = "law/2026 #1"
GROUPS = ("north/south?", "..", "Gruppe 50 % – ä#1")
QUESTIONS = {"Q1": 'a/b "c" \\d', "Q2": ".", "Q3": "~2F & ?page=2"}
PLAIN = ("fg1", "Q2", "c-0123456789ab", "0123456789ab:0-12")


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A site over a study with such ids, with codes and a closed round in which coders differ; `ana` is all in it."""
    monkeypatch.setattr(made_study, "_group", lambda number: GROUPS[number])
    monkeypatch.setattr(
        made_study,
        "TurnQuestion",
        lambda turn, question, confidence: TurnQuestion(turn, QUESTIONS[question], confidence),
    )
    monkeypatch.setattr(made_study, "describe", described)
    with (
        made_study.made_study(tmp_path / "study", made_study.Size(), STUDY) as work,
        open_store(tmp_path / "accounts.db", anchor=None) as store,
    ):
        accounts = AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token")
        accounts.create("ana", PASSWORD, administrator=True)
        for role in Role:
            accounts.grant("ana", STUDY, role)
        study = LiveStudy(work)
        decided(study)
        site = Site({STUDY: study}, accounts, WebSettings(), b"a secret of this test")
        yield Place(site, application(site), study, accounts)


def described(place: Path, size: made_study.Size, name: str, title: str, write=made_study.describe) -> None:
    write(place, size, name, title)
    file = place / "study.toml"
    text = file.read_text(encoding="utf-8")
    for plain, wild in QUESTIONS.items():
        text = text.replace(f'id = "{plain}"', f"id = {json.dumps(wild)}")
    file.write_text(text, encoding="utf-8")


def decided(study: LiveStudy) -> None:
    codes = ("c-00000000000a", "c-00000000000b")

    def take(kind: Kind, subject: str, payload: dict, coder: str = "ana", book: str = "") -> None:
        study.decide(Draft(f"{coder} {kind} {subject}", STUDY, coder, AT, kind, subject, payload, book=book))

    with study.looking() as view:
        segments = view.material.codable
    for number, code in enumerate(codes):
        take(Kind.CREATE, code, {"name": f"code {number}", "segments": list(segments[number::2])})
    with study.looking() as view:
        sign = Signature(STUDY, "ana", AT, "opened")
        opened = rounds.open_sample(sign, view.book, ["ana", "ben"], segments[:6], share=0.1, seed=1)
    study.decide(opened)
    for coder, code in zip(("ana", "ben"), codes, strict=True):
        for segment in segments[:6]:
            take(Kind.COMMIT, segment, {"codes": [code]}, coder, f"{opened.subject}/{coder}")
    take(Kind.CLOSE, opened.subject, {})


WILD = (STUDY, *GROUPS, *QUESTIONS.values(), "...", "~", "~~2E", "%2F", "\u202ex\n")


@pytest.mark.parametrize("name", [*PLAIN, *WILD])
def test_an_id_comes_back_from_an_address_as_it_went_in_and_parts_it_nowhere(name: str):
    part = as_part(name)
    assert from_part(unquote(part)) == name
    assert not set(unquote(part)) & {"/"}
    assert unquote(part).strip(".")


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_id_stands_in_an_address_as_it_is(name: str):
    assert as_part(name) == name


def test_every_link_of_every_page_leads_to_a_page_and_every_form_to_an_act(odd: Place):
    ana, waiting, seen = odd.browser("ana"), ["/"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = ana.get(path)
        assert answer.status_code in {200, 303}, (path, answer.status_code)
        waiting += [answer.headers["location"].partition("#")[0]] if answer.status_code == 303 else []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = Markup(answer.text, path)
        waiting += [to.partition("#")[0] for tag, _, to in page.leads if tag == "a" and to.startswith("/")]
        for form in page.forms:
            assert acts(odd, form.method.upper(), form.action), (path, form.action)
    for group in GROUPS:
        assert f"{study_path(STUDY)}/transcripts/{as_part(group)}" in seen
        assert f"{study_path(STUDY)}/transcripts/{as_part(group)}/dropped" in seen
    for question in QUESTIONS.values():
        assert any(path.endswith(f"/{as_part(question)}") for path in seen), question
    assert any("/settle/" in path for path in seen)


def acts(odd: Place, method: str, address: str) -> bool:
    """Whether something of the study is asked for or done at an address."""
    path = unquote(urlsplit(address).path)
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    found = [child for match, child in (route.matches(scope) for route in odd.app.routes) if match is Match.FULL]
    params = {name: from_part(part) for name, part in found[0]["path_params"].items()} if found else {}
    known = {"study": {STUDY}, "group": set(GROUPS), "question": set(QUESTIONS.values()) | {"off-guide"}}
    return bool(found) and all(params[name] in ids for name, ids in known.items() if name in params)


def test_a_correction_comes_back_to_its_transcript_and_a_sign_in_to_the_page_asked_for(odd: Place):
    for group in GROUPS:
        path = f"{study_path(STUDY)}/transcripts/{as_part(group)}"
        page = Markup(odd.browser("ana").get(f"{path}?turn=3").text, path)
        form = next(item for item in page.forms if item.action.endswith("/omit"))
        answer = odd.browser("ana").post(form.action, form.sent)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(path)
        way = odd.browser().get(path).headers["location"]
        asked = {"next": unquote(way.partition("next=")[2]), "name": "ana", "password": PASSWORD}
        back = odd.browser().post("/sign-in", asked).headers["location"]
        assert back == path
        assert odd.browser("ana").get(back).status_code == 200
