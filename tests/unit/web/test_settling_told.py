"""Who settles is told what was written down, and the record says who took part as it was ticked."""

from .conftest import Place
from .markup import Markup
from .test_rounds import BASE, at, divided_on_two, open_round, settle

__all__ = ["open_round"]


def ticked(html: str, path: str) -> list[str]:
    return next(form for form in Markup(html).forms if form.action == path).sent.get("took_part", [])


def test_at_first_only_who_settles_is_ticked_as_taking_part(place: Place, open_round: str):
    """The coders of the round need not sit there; a report that says so would claim a talk that nobody held."""
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    assert ticked(jo.get(f"{path}/{first}").text, f"{path}/{first}") == ["jo"]
    assert ticked(jo.get(path).text, path) == ["jo"]


def test_whom_somebody_ticked_last_is_ticked_again_in_that_round(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    settle(place, jo, f"{path}/{first}", choice="take:ana", took_part=["jo", "ben"])
    assert ticked(jo.get(path).text, path) == ["ben", "jo"]
    with place.study.looking() as view:
        assert view.book.settled
    (written,) = [item for item in place.study.work.store.decisions.log("made") if "settles" in item.payload]
    assert written.payload["took_part"] == ["jo", "ben"]


def test_what_was_settled_is_told_on_the_page_that_comes_next(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    next_page = settle(place, jo, f"{path}/{first}", choice="take:ana").headers["location"]
    said = "Settled “idea number 1”: the code “Rent”, 6 segments."
    assert said in Markup(jo.get(next_page).text).shown
    assert f'<a href="{path}/{first}">Look at it, or undo it</a>' in jo.get(next_page).text
    assert said not in Markup(place.browser("ana").get(next_page).text).shown, "a message is for who did it"
    jo.post(f"{path}/{first}/undo", {"at": at(place)})
    assert said not in Markup(jo.get(next_page).text).shown, "it does not count any more"


def test_what_was_taken_over_is_told(place: Place, open_round: str):
    _, second = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    answer = jo.post(path, {"at": at(place), "agreed": 1, "took_part": ["jo"]})
    assert "Settled “idea number 2”: left out: small talk." in Markup(jo.get(answer.headers["location"]).text).shown
    assert second in jo.get(answer.headers["location"]).text


def test_what_is_still_to_settle_is_told_where_the_codebook_is_approved(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"

    def still_open() -> str:
        return Markup(jo.get(f"{BASE}/codebook").text).shown.partition("Still open:")[2].partition("What is open")[0]

    assert "1 disagreement to settle" in still_open()
    settle(place, jo, f"{path}/{first}", choice="take:ana", took_part=["jo"])
    assert "candidates" in still_open()
    assert "disagreement" not in still_open()
