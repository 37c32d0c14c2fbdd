"""What the page Agreement says of suggestions, and that the lot keeps some of them back."""

from dataclasses import replace

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.influence import is_control
from pipeline.settings import ReviewSettings, Settings

from .conftest import Place
from .test_segments import AT, BASE, codable, codes, path, propose

__all__ = ["codes"]

PAGE = "/studies/made/agreement"
HEADING = "What suggestions change"
HALF = ReviewSettings(control=0.5)


def set_to(place: Place, review: ReviewSettings) -> None:
    place.study.work = replace(place.study.work, settings=Settings(review=review))


@pytest.fixture
def proposed(place: Place, codes: dict[str, str]) -> tuple[str, ...]:
    """Half of the segments are controls; a code is proposed for all of these, and none is coded whole."""
    set_to(place, HALF)
    segments = codable(place)[-60:]
    propose(place, *(ProposedCoding(item, codes["courts"], 0.8) for item in segments))
    return segments


def done(place: Place, segments: tuple[str, ...], code: str) -> None:
    """Ana codes segments whole, those where she sees the proposal as it says."""
    for item in segments:
        given = [] if is_control("made", item, HALF.control) else [code]
        place.study.decide(Draft(f"k-done-{item}", "made", "ana", AT, Kind.COMMIT, item, {"codes": given}))


def test_the_page_says_how_much_seeing_a_proposal_adds(place: Place, codes, proposed):
    ana = place.browser("ana")
    assert "Not assessable: it takes 10 segments" in ana.get(PAGE).text
    done(place, proposed, codes["courts"])
    assert "A proposed code is given 100 percentage points more often where coders see it" in ana.get(PAGE).text


@pytest.mark.parametrize("review", [ReviewSettings(withhold=True, control=0.5), ReviewSettings(control=0.0)])
def test_nothing_is_said_where_all_or_none_are_kept_back(place: Place, codes, proposed, review: ReviewSettings):
    done(place, proposed, codes["courts"])
    set_to(place, review)
    assert HEADING not in place.browser("ana").get(PAGE).text


def test_nothing_is_said_where_nothing_was_proposed(place: Place, codes):
    assert HEADING not in place.browser("ana").get(PAGE).text


def test_nothing_is_said_while_a_round_goes_on(place: Place, codes, proposed):
    done(place, proposed, codes["courts"])
    jo = place.browser("jo")
    with place.study.looking() as view:
        form = {"coder": ["ana", "ben"], "at": view.book.version}
    assert HEADING in jo.get(PAGE).text
    assert jo.post("/studies/made/rounds/candidates", form).status_code == 303
    for who in ("jo", "ana", "rea"):
        assert HEADING not in place.browser(who).get(PAGE).text


def test_a_proposal_of_a_control_segment_is_seen_by_who_has_coded_it(place: Place, codes, proposed):
    hidden = next(item for item in proposed if is_control("made", item, HALF.control))
    shown = next(item for item in proposed if not is_control("made", item, HALF.control))
    ana, ben = place.browser("ana"), place.browser("ben")
    listed = ana.get(f"{BASE}/proposed").text
    assert (f'value="{shown}"' in listed, f'value="{hidden}"' in listed) == (True, False)
    assert "are shown once you have coded it" in ana.get(path(hidden)).text
    done(place, (hidden,), codes["courts"])
    assert "are shown once you have coded it" not in ana.get(path(hidden)).text
    assert "are shown once you have coded it" in ben.get(path(hidden)).text
