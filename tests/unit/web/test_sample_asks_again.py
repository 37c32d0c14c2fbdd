"""What a coder coded before a blind round is asked of them again in it, and counts for nobody until then."""

from html import unescape

from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.waiting import waiting_for

from .conftest import Place

AT = "2026-03-01T10:00:00+00:00"


def take(place: Place, kind: Kind, subject: str, payload: dict, by: str, book: str = "") -> None:
    key = f"k-{len(place.study.work.store.decisions.log('made'))}"
    place.study.decide(Draft(key, "made", by, AT, kind, subject, payload, book=book))


def opened(place: Place) -> tuple[str, ...]:
    """A round of ana and ben on six segments, two of which ana had coded before."""
    take(place, Kind.CREATE, "c-aaaaaaaaaaaa", {"name": "waiting"}, "ana")
    with place.study.looking("ana") as view:
        chosen = view.material.codable[:6]
    for segment in chosen[:2]:
        take(place, Kind.COMMIT, segment, {"codes": []}, "ana")
    with place.study.looking("mara") as view:
        sign = Signature("made", "mara", AT, "open")
        place.study.decide(rounds.open_sample(sign, view.book, ["ana", "ben"], chosen, share=0.1, seed=1))
    return chosen


def test_all_of_the_sample_is_asked_of_whoever_coded_some_before(place: Place):
    opened(place)
    for person in ("ana", "ben"):
        page = unescape(place.browser(person).get("/studies/made/segments").text)
        assert "0 of 6 coded" in page
        (task, *_) = waiting_for(place.study, person, {next(iter(place.accounts.roles(person, "made")))})
        assert task.sentence.startswith("6 segments of the sample to code")


def test_what_is_coded_in_the_round_counts(place: Place):
    chosen = opened(place)
    with place.study.looking("ana") as view:
        name = view.book_name
    take(place, Kind.COMMIT, chosen[0], {"codes": []}, "ana", name)
    assert "1 of 6 coded" in unescape(place.browser("ana").get("/studies/made/segments").text)
    assert "0 of 6 coded" in unescape(place.browser("ben").get("/studies/made/segments").text)
