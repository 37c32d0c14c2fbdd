"""A decision either can act or is refused with its mend; what is decided never depends on being sent once."""

import pytest

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Draft, Kind, chained
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.review import deciding
from pipeline.review.deciding import Part, check
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature, kind_named

SEGMENTS = tuple(f"aaaaaaaaaaaa:{start}-{start + 10}" for start in range(0, 80, 10))


def candidate(*segments: str, name: str = "nothing to rent") -> Suggestion:
    return Suggestion(suggestion_id(segments), name, (), segments, segments[:3], segments[-2:], 0.7)


HOUSING = candidate(*SEGMENTS[:4])
PHONES = candidate(*SEGMENTS[4:], name="phones at night")
OFFERED = SuggestionSet((HOUSING, PHONES), ())


class Desk:
    """A coder at work: every decision is drafted on what the log says now, checked, and appended."""

    def __init__(self) -> None:
        self.log, self.count = [], 0

    @property
    def seen(self) -> Seen:
        return Seen(OFFERED, fold(self.log), frozenset(SEGMENTS))

    def sign(self, reason: str = "") -> Signature:
        self.count += 1
        return Signature("study", "Ana", "2026-03-01T10:00:00Z", f"key-{self.count}", reason)

    def take(self, draft: Draft) -> Draft:
        decision = chained(draft, len(self.log) + 1, self.log[-1].hash if self.log else "0" * 64)
        assert check(lambda: self.log, decision) == ""
        self.log.append(decision)
        return draft

    def why_not(self, draft: Draft) -> str:
        return check(lambda: self.log, chained(draft, len(self.log) + 1, "0" * 64))

    def accept(self, item: Suggestion, **how) -> str:
        return self.take(deciding.accept(self.seen, self.sign(), item.id, **how)).payload["code"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_accepting_makes_a_code_of_all_that_was_not_dropped(desk):
    code = desk.accept(HOUSING, name="  No place   to live ", without=[SEGMENTS[1]])

    assert desk.seen.book.codes[code].name == "No place to live"
    assert desk.seen.book.segments_of(code) == (SEGMENTS[0], SEGMENTS[2], SEGMENTS[3])


def test_the_same_key_makes_the_same_code(desk):
    """A form sent twice cannot make two codes."""
    sign = desk.sign()
    assert deciding.accept(desk.seen, sign, HOUSING.id) == deciding.accept(desk.seen, sign, HOUSING.id)


def test_every_kind_of_codebook_decision_acts(desk):
    """Each builder's draft passes the check and changes the codebook as it says."""
    housing, phones = desk.accept(HOUSING), desk.accept(PHONES, name="Phones")
    own = desk.take(deciding.create(desk.seen, desk.sign(), "Dignity", segments=[SEGMENTS[0]])).subject
    desk.take(deciding.rename(desk.seen, desk.sign(), housing, "Housing", "Nothing to rent."))
    desk.take(deciding.stance(desk.seen, desk.sign(), housing, "Gap"))
    desk.take(deciding.move(desk.seen, desk.sign(), SEGMENTS[0], housing, phones))
    desk.take(deciding.remove(desk.seen, desk.sign(), SEGMENTS[5], phones))
    desk.take(deciding.apply(desk.seen, desk.sign(), SEGMENTS[5], housing))
    desk.take(deciding.memo(desk.sign(), housing, "Ask about the motel."))
    parts = desk.take(deciding.split(desk.seen, desk.sign(), housing, [Part("Waiting lists", (SEGMENTS[1],))]))
    theme = desk.take(deciding.theme(desk.seen, desk.sign(), [housing, phones], "Alone")).subject
    desk.take(deciding.dissolve(desk.seen, desk.sign(), theme))
    desk.take(deciding.merge(desk.seen, desk.sign(), phones, codes=[own]))
    desk.take(deciding.approve(desk.sign(), "codes", 1))
    book = desk.seen.book

    assert book.codes[housing].stance is Stance.GAP
    assert book.segments_of(housing) == (SEGMENTS[2], SEGMENTS[3], SEGMENTS[5])
    assert book.segments_of(parts.payload["parts"][0]["code"]) == (SEGMENTS[1],)
    assert SEGMENTS[0] in book.segments_of(phones)
    assert (book.codes[own].retired_into, book.themes, book.void) == (phones, {}, ())


def test_what_is_wrong_is_refused_with_the_mend(desk):
    """No builder makes a draft that could only come to nothing."""
    code = desk.accept(HOUSING)
    seen, sign = desk.seen, desk.sign
    wrong = {
        "A rejection needs a reason": lambda: deciding.reject(seen, sign(), PHONES.id),
        "There is no candidate s-0": lambda: deciding.accept(seen, sign(), "s-0"),
        "was accepted already": lambda: deciding.accept(seen, sign(), HOUSING.id),
        "needs a name": lambda: deciding.rename(seen, sign(), code, "  "),
        "There is no code c-0": lambda: deciding.rename(seen, sign(), "c-0", "X"),
        "cannot be merged into itself": lambda: deciding.merge(seen, sign(), code, codes=[code]),
        "Nothing was named to merge": lambda: deciding.merge(seen, sign(), code),
        "Every segment .* was dropped": lambda: deciding.accept(seen, sign(), PHONES.id, without=PHONES.segments),
        "does not carry code": lambda: deciding.split(seen, sign(), code, [Part("Part", (SEGMENTS[6],))]),
        "takes no segment": lambda: deciding.split(seen, sign(), code, [Part("Part", ())]),
        "There is no segment": lambda: deciding.apply(seen, sign(), "bbbbbbbbbbbb:0-1", code),
        "carries that code already": lambda: deciding.move(seen, sign(), SEGMENTS[0], code, code),
        "A stance is one of: strength, gap, neither": lambda: deciding.stance(seen, sign(), code, "good"),
        "A memo needs a text": lambda: deciding.memo(sign(), code, " "),
        "There is no theme": lambda: deciding.dissolve(seen, sign(), "t-0"),
        "There is no version 0": lambda: deciding.approve(sign(), "codes", 0),
        "There is no decision number 9": lambda: deciding.undo(desk.log, sign(), 9),
        "There is no decision `bless`": lambda: kind_named("bless"),
        "Give your name": lambda: deciding.memo(Signature("study", " ", "now", "k"), code, "Text"),
    }
    for sentence, act in wrong.items():
        with pytest.raises(DecisionRefused, match=sentence):
            act()


def test_no_act_gives_a_name_that_another_code_has(desk):
    housing = desk.accept(HOUSING)
    taken = "There is a code “nothing to rent” already"
    for draft in (
        lambda: deciding.create(desk.seen, desk.sign(), "Nothing  to rent"),
        lambda: deciding.accept(desk.seen, desk.sign(), PHONES.id, name="NOTHING TO RENT"),
        lambda: deciding.split(desk.seen, desk.sign(), housing, [Part("nothing to rent", SEGMENTS[:1])]),
    ):
        with pytest.raises(DecisionRefused, match=taken):
            draft()
    phones = desk.accept(PHONES)
    with pytest.raises(DecisionRefused, match=taken):
        deciding.rename(desk.seen, desk.sign(), phones, "nothing to rent")
    desk.take(deciding.rename(desk.seen, desk.sign(), housing, "Nothing to rent"))
    desk.take(deciding.merge(desk.seen, desk.sign(), phones, codes=[housing]))
    desk.take(deciding.create(desk.seen, desk.sign(), "nothing to rent"))


def test_of_two_that_give_one_name_at_once_the_second_is_refused_where_it_is_written(desk):
    first, second = (deciding.create(desk.seen, desk.sign(), name) for name in ("Rides", "rides"))
    desk.take(first)
    assert "There is a code “Rides” already" in desk.why_not(second)


def test_the_parts_of_a_split_have_names_of_their_own(desk):
    housing = desk.accept(HOUSING)
    two = [Part("beds", SEGMENTS[:1]), Part("Beds", SEGMENTS[1:2])]
    with pytest.raises(DecisionRefused, match="Two codes would be called “Beds”"):
        deciding.split(desk.seen, desk.sign(), housing, two)
    whole = [Part("nothing to rent", SEGMENTS[:2]), Part("beds", SEGMENTS[2:4])]
    desk.take(deciding.split(desk.seen, desk.sign(), housing, whole))
    assert {code.name for code in desk.seen.book.active_codes} == {"nothing to rent", "beds"}


def test_of_two_that_are_called_so_already_each_can_still_be_defined(desk):
    """An undo brings a name back that was given again meanwhile; so do logs from before names were held apart."""
    one = desk.take(deciding.create(desk.seen, desk.sign(), "Beds")).subject
    renamed = desk.take(deciding.rename(desk.seen, desk.sign(), one, "Rooms"))
    other = desk.take(deciding.create(desk.seen, desk.sign(), "beds")).subject
    place = next(item.seq for item in desk.log if item.draft.key == renamed.key)
    desk.take(deciding.undo(desk.log, desk.sign(), place))
    for code, name in ((one, "Beds"), (other, "beds")):
        desk.take(deciding.rename(desk.seen, desk.sign(), code, name, "where people sleep"))


def test_one_name_in_two_ways_to_write_its_accents_is_one(desk):
    desk.take(deciding.create(desk.seen, desk.sign(), "caf\N{LATIN SMALL LETTER E WITH ACUTE}"))
    with pytest.raises(DecisionRefused, match="There is a code"):
        deciding.create(desk.seen, desk.sign(), "cafe\N{COMBINING ACUTE ACCENT}")


def test_a_decision_that_others_overtook_is_refused_at_the_log(desk):
    """Two coders look at the same candidate; the second to accept it is told who it became."""
    late = deciding.accept(desk.seen, desk.sign(), HOUSING.id)
    code = desk.accept(HOUSING)

    assert code in desk.why_not(late)


def test_undo_is_refused_while_later_decisions_build_on_it(desk):
    """Taking an acceptance back would void the merge that followed: the merge has to be undone first."""
    first, second = desk.accept(HOUSING), desk.accept(PHONES)
    desk.take(deciding.merge(desk.seen, desk.sign(), first, codes=[second]))

    assert desk.why_not(deciding.undo(desk.log, desk.sign(), 2)).startswith("Decision 3 builds on decision 2")
    desk.take(deciding.undo(desk.log, desk.sign(), 3))
    desk.take(deciding.undo(desk.log, desk.sign(), 2))
    assert [item.id for item in desk.seen.book.active_codes] == [first]


def test_undoing_twice_is_refused_and_undoing_the_undo_restores(desk):
    code = desk.accept(HOUSING)
    desk.take(deciding.undo(desk.log, desk.sign(), 1))
    assert desk.why_not(deciding.undo(desk.log, desk.sign(), 1)) == "Decision 1 was undone already."

    desk.take(deciding.undo(desk.log, desk.sign(), 2))
    assert code in desk.seen.book.codes


def test_a_malformed_decision_is_refused_not_a_crash(desk):
    for payload in ({}, {"code": "c-1", "name": "X", "segments": 7}):
        broken = Draft("k", "study", "Ana", "2026-03-01", Kind.ACCEPT, HOUSING.id, payload)
        assert "accept" in desk.why_not(broken)
