"""What a code may gather stands on its page, is answered there, and shows typed-in names as text."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.work.accounts import AccountDesk
from pipeline.work.learning import caught_up
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

from .conftest import PASSWORD, PEOPLE, Place, Site

AT = "2026-03-01T10:00:00+00:00"
HOSTILE = "<img src=x onerror=alert(1)>"
CODES = {"c-aaaaaaaaaaaa": HOSTILE, "c-bbbbbbbbbbbb": "courts", "c-cccccccccccc": "beds"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A site over talk of three topics; every third segment is coded by its topic."""
    import numpy as np

    size = Size(groups=4, turns=40, topics=3, dimension=384)
    with made_study(tmp_path / "study", size) as work, open_store(tmp_path / "accounts.db", anchor=None) as store:
        accounts = AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token")
        for name, roles in PEOPLE.items():
            accounts.create(name, PASSWORD, administrator=name == "mara")
            for role in roles:
                accounts.grant(name, work.study.id, role)
        study = LiveStudy(work)
        topics = np.random.default_rng(3).standard_normal((3, 384))
        with study.looking() as view:
            rows, places = study.vectors(view, view.material.codable)
            names = [view.material.codable[item] for item in places]
        truth = dict(zip(names, (rows @ topics.T).argmax(axis=1).tolist(), strict=True))
        for number, (code, name) in enumerate(CODES.items()):
            payload = {"name": name, "segments": [item for item in names[::3] if truth[item] == number]}
            study.decide(Draft(f"k-{number}", "made", "ana", AT, Kind.CREATE, code, payload))
        site = Site({study.id: study}, accounts, WebSettings(), b"a secret of this test")
        yield Place(site, application(site), study, accounts)


def first_form(page: str, code: str) -> dict[str, str]:
    """The fields of the first form that gathers."""
    part = page.split(f"/codebook/{code}/gather", 1)[1].split("</form>", 1)[0]
    found = {}
    for piece in part.split("<input ")[1:]:
        name, value = (piece.split(f'{key}="', 1)[1].split('"', 1)[0] for key in ("name", "value"))
        found[name] = unescape(value)
    return found


def test_a_yes_puts_the_code_on_and_a_no_keeps_it_off(place: Place):
    assert caught_up(place.study) is not None
    ana = place.browser("ana")
    path = "/studies/made/codebook/c-bbbbbbbbbbbb"
    yes = first_form(ana.get(path).text, "c-bbbbbbbbbbbb")
    assert ana.post(f"{path}/gather", yes).status_code == 303
    no = first_form(ana.get(path).text, "c-bbbbbbbbbbbb")
    assert no["segment"] != yes["segment"]
    assert ana.post(f"{path}/remove", no).status_code == 303
    with place.study.looking() as view:
        assert (yes["segment"], "c-bbbbbbbbbbbb") in view.book.codings
        assert (no["segment"], "c-bbbbbbbbbbbb") in view.book.removed
    assert first_form(ana.get(path).text, "c-bbbbbbbbbbbb")["segment"] not in {yes["segment"], no["segment"]}


def test_a_hostile_name_is_text_wherever_it_is_suggested(place: Place):
    learnt = caught_up(place.study)
    ana = place.browser("ana")
    segment = next(item for item, fits in learnt.fits.items() if fits[0][0] == "c-aaaaaaaaaaaa")
    for path in (
        "/studies/made/codebook/c-aaaaaaaaaaaa",
        f"/studies/made/segments/{segment}",
        "/studies/made/segments",
    ):
        page = ana.get(path)
        assert page.status_code == 200
        assert "<img" not in page.text


def test_a_reader_is_offered_nothing_to_gather(place: Place):
    assert caught_up(place.study) is not None
    reader = next(name for name, roles in PEOPLE.items() if {str(role) for role in roles} == {"reader"})
    assert "It may gather these" not in place.browser(reader).get("/studies/made/codebook/c-bbbbbbbbbbbb").text
