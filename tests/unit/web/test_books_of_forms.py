"""A form means what its page showed: a blind round that began or ended in between makes it stale."""

from pipeline.domain.decision import Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature

from .conftest import Place

AT = "2026-03-01T10:00:00+00:00"
BASE = "/studies/made/candidates"


def in_round(place: Place) -> str:
    with place.study.looking("jo") as view:
        draft = rounds.open_candidates(Signature("made", "jo", AT, "open"), view.book, ["ana", "ben"])
    return place.study.decide(draft).subject


def close(place: Place, round_id: str) -> None:
    with place.study.looking("jo") as view:
        draft = rounds.close(Signature("made", "jo", AT, "close"), view.book, round_id)
    place.study.decide(draft)


def kinds(place: Place) -> list[tuple[str, Kind]]:
    return [(item.draft.book, item.kind) for item in place.study.work.store.decisions.log("made")]


def form_of(place: Place) -> tuple[str, dict[str, str]]:
    """The address of the first candidate, and what its page's form carries."""
    ana = place.browser("ana")
    path = ana.get(BASE).headers["location"]
    page = ana.get(path).text
    at = page.split('name="at" value="')[1].split('"')[0]
    return f"{path}/accept", {"name": "No way to court", "at": at, "seen": "0"}


def test_a_form_of_a_blind_round_does_nothing_to_the_teams_book_once_the_round_is_closed(place: Place):
    round_id = in_round(place)
    path, form = form_of(place)
    close(place, round_id)
    answer = place.browser("ana").post(path, form)
    assert answer.status_code == 409
    assert "No way to court" in answer.text
    assert Kind.ACCEPT not in [kind for _, kind in kinds(place)]


def test_a_form_that_was_acknowledged_in_the_round_counts_once_whenever_it_is_sent_again(place: Place):
    round_id = in_round(place)
    path, form = form_of(place)
    assert place.browser("ana").post(path, form).status_code == 303
    close(place, round_id)
    assert place.browser("ana").post(path, form).status_code == 303
    assert [book for book, kind in kinds(place) if kind is Kind.ACCEPT] == [f"{round_id}/ana"]


def test_a_page_shown_before_a_round_began_decides_nothing_in_it(place: Place):
    path, form = form_of(place)
    in_round(place)
    assert place.browser("ana").post(path, form).status_code == 409


def test_a_session_that_ended_gives_back_what_was_typed(place: Place):
    path, form = form_of(place)
    ana = place.browser("ana")
    ana.post("/sign-out")
    answer = ana.post(path, form)
    assert answer.status_code == 401
    assert "No way to court" in answer.text
