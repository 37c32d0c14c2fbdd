"""The overview: who starts a run and where, and what became of those that were asked for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.store import OutboxMessage
from pipeline.web.app import application
from tests.made_study import Size, describe

from .conftest import Place, served

BASE = "/studies/made"


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Place]:
    """A study of which nothing has been read."""
    describe(tmp_path / "study", Size(), "made", "A study that has only begun")
    with open_workplace(tmp_path / "study") as work, served(tmp_path, work) as place:
        yield place


def ran(place: Place, key: str, outcome: str = "", deployment: str = "inbox_scan") -> None:
    """A run that was asked for, and how it ended."""
    outbox = place.study.work.store.outbox
    outbox.add(OutboxMessage(key, "made", deployment, {"study": "made"}))
    outbox.sent(key, "2026-03-01T10:00:00+00:00", "5a4c5c5e-5b1f-4b5e-9d0e-0123456789ab")
    if outcome:
        outbox.ended(key, outcome)


def states(page: str) -> list[str]:
    """How the runs on the page stand, the latest first."""
    return re.findall(r'<li class="row"[^>]*><span>[^<]+</span> <span class="soft">([^<]+)</span>', page)


def test_what_has_not_begun_leads_an_analyst_to_the_button_that_starts_a_run(begun: Place):
    mara = begun.browser("mara")
    page = mara.get(BASE).text
    assert f'<a href="{BASE}#stage" autofocus>Nothing has been read yet: start a run.</a>' in page
    assert 'id="stage"' in page
    assert f'href="{BASE}#stage"' in mara.get("/").text
    assert f'href="{BASE}#stage"' in mara.get(f"{BASE}/transcripts").text


def test_who_may_start_no_run_is_told_who_may(begun: Place):
    for person in ("ana", "jo", "rea"):
        browser = begun.browser(person)
        page = browser.get(BASE).text
        assert f'<a href="{BASE}#runs">Nothing has been read yet: an analyst starts a run.</a>' in page
        assert "Runs are started by <bdi>mara</bdi>." in page
        assert 'id="runs"' in page
        assert f'href="{BASE}#runs"' in browser.get(f"{BASE}/transcripts").text


def test_where_nobody_may_it_says_who_gives_the_role(begun: Place):
    begun.accounts.revoke("mara", "made", next(iter(begun.accounts.roles("mara", "made"))))
    assert "an administrator gives it under Accounts" in begun.browser("ana").get(BASE).text


@pytest.mark.parametrize("outcome", ["CANCELLED", "COMPLETED"])
def test_a_look_into_an_empty_inbox_says_that_nothing_new_was_there_and_where_it_is(place: Place, outcome: str):
    """One that met another at work is cancelled by Prefect, which is no fault of anybody's."""
    ran(place, "inbox_scan:made:asked:1:1", outcome)
    page = place.browser("mara").get(BASE).text
    assert states(page) == ["nothing new in the inbox"]
    assert "<bdi>study/inbox</bdi>; nothing lies in it now." in page
    assert states(place.browser("ana").get(BASE).text) == ["nothing new in the inbox"]


def test_a_look_that_found_a_file_is_not_said_to_have_found_none(place: Place):
    ran(place, "inbox_scan:made:asked:1:1", "COMPLETED")
    ran(place, "prepare:made:inbox-north:0123456789ab:1", deployment="prepare")
    assert states(place.browser("mara").get(BASE).text) == ["running", "completed"]


@pytest.mark.parametrize(("deployment", "outcome"), [("inbox_scan", "FAILED"), ("suggest", "CANCELLED")])
def test_what_went_wrong_is_still_said(place: Place, deployment: str, outcome: str):
    ran(place, f"{deployment}:made:asked:1:1", outcome, deployment)
    assert states(place.browser("mara").get(BASE).text) == [outcome.lower()]


def test_a_file_that_waits_in_the_inbox_is_told(place: Place):
    inbox = place.study.work.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "north.txt").write_text("Ann: Hello.", encoding="utf-8")
    assert "1 file in it is taken in once nothing has been written" in place.browser("mara").get(BASE).text


WHY = "Checkpoint `map` waits for approval of version 2."


def test_a_run_that_stopped_says_why_in_its_own_words(place: Place):
    ran(place, "report:made:asked:1:1", deployment="report")
    place.study.work.store.outbox.stopped_because("made", "5a4c5c5e-5b1f-4b5e-9d0e-0123456789ab", WHY)
    assert WHY not in place.browser("ana").get(BASE).text
    place.study.work.store.outbox.ended("report:made:asked:1:1", "FAILED")
    page = place.browser("ana").get(BASE).text
    assert states(page) == ["failed"]
    assert '<span class="why small"><bdi>Checkpoint “map” waits for approval of version 2.</bdi></span>' in page


def test_what_cannot_run_yet_is_not_offered_and_refused_with_the_reason(place: Place):
    mara = place.browser("mara")
    page = mara.get(BASE).text
    assert re.findall(r'<option value="(\w+)"[^>]* disabled>', page) == ["map_codes", "report"]
    assert "“Map the codes” cannot run yet: the codebook waits for approval." in page
    assert "“Write the report” cannot run yet: the codes are to be mapped first." in page
    answer = mara.post(f"{BASE}/runs", {"stage": "report", "asked": ""})
    assert answer.status_code == 422
    assert "cannot run yet: the codes are to be mapped first." in answer.text
    assert place.study.work.store.outbox.latest("made", 9) == ()


def test_while_a_run_is_awaited_or_goes_on_the_page_renews_itself_and_offers_another_look(place: Place):
    """Without JavaScript a sentence says that it stands still, with a link; when all is done neither is there."""
    again = f'<a href="{BASE}">Look again</a>'
    mara, outbox = place.browser("mara"), place.study.work.store.outbox
    assert "data-renews" not in mara.get(BASE).text
    outbox.add(OutboxMessage("suggest:made:asked:1:1", "made", "suggest", {"study": "made"}))
    for step in ("waits", "runs"):
        page = mara.get(BASE).text
        assert '<div class="overview" data-renews>' in page, step
        assert "This page shows how it was when it was opened." in page
        assert again in page
        outbox.sent("suggest:made:asked:1:1", "2026-03-01T10:00:00+00:00", "5a4c5c5e-5b1f-4b5e-9d0e-0123456789ab")
    outbox.ended("suggest:made:asked:1:1", "COMPLETED")
    page = mara.get(BASE).text
    assert "data-renews" not in page
    assert again not in page


def test_prefects_page_is_told_with_how_to_sign_in_and_only_to_who_starts_runs(place: Place):
    """A link into it would lead to a page that refuses everybody who did not sign in there."""
    ran(place, "suggest:made:asked:1:1", "FAILED", "suggest")
    app = application(replace(place.site, prefect="http://127.0.0.1:4200"))
    pages = {person: replace(place.browser(person), app=app).get(BASE).text for person in ("mara", "ana")}
    assert (
        '<a href="http://127.0.0.1:4200" hx-boost="false">Prefect\'s page</a>. It asks for a password'
        in pages["mara"]
    )
    assert "4200" not in pages["ana"]
