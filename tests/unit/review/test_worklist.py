"""The worklist holds what waits, and nothing that people have decided."""

from pipeline.domain.decision import versions
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.review import deciding
from pipeline.review.deciding import Part
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature
from pipeline.review.worklist import in_none, unconfirmed, worklist
from tests.unit.mapping.conversation import heard, logged

TALK = heard("""
== plains
Q1 | Ruth: There is nothing to rent.
Q1 | Sam: The list is two years long.
Q2 | Ruth: The phone is always on.
Q2 | Sam: Nobody watches the phone.
""")
S = tuple(item.segment.id for item in TALK.said)
HOUSING = Suggestion("s-1", "rent, list", ("rent",), S[:2], S[:2], (S[1],), 0.6)
PHONES = Suggestion("s-2", "phone", ("phone",), S[2:], S[2:], (S[3],), 0.5)
OFFERED = SuggestionSet((HOUSING, PHONES), ())


def sign(key: str) -> Signature:
    return Signature("study", "Ana", "2026-03-01T10:00:00Z", key)


def test_decided_candidates_leave_and_the_rest_keep_their_order_and_evidence():
    log = logged([deciding.accept(Seen(OFFERED), sign("1"), "s-1")])
    todo = worklist(OFFERED, (), fold(log), versions(log), TALK.by_id().__getitem__)

    assert (todo.decided, todo.offered) == (1, 2)
    assert [item.suggestion.id for item in todo.candidates] == ["s-2"]
    assert [said.excerpt for said in todo.candidates[0].typical] == [
        "The phone is always on.",
        "Nobody watches the phone.",
    ]


def test_a_proposal_is_gone_once_confirmed_or_turned_down():
    first = deciding.accept(Seen(OFFERED), sign("1"), "s-1")
    code = first.payload["code"]
    seen = Seen(OFFERED, fold(logged([first])))
    yes, no = deciding.apply(seen, sign("2"), S[2], code), deciding.remove(seen, sign("3"), S[3], code)
    offered = [ProposedCoding(segment, code, 0.7) for segment in S[2:]]

    assert len(unconfirmed(offered, seen.book)[0]) == 2
    assert unconfirmed(offered, fold(logged([first, yes, no])))[0] == ()


def test_a_proposal_follows_a_merge_and_lapses_at_a_split():
    """Which part of a split code is meant, only people can say."""
    one = deciding.accept(Seen(OFFERED), sign("1"), "s-1")
    two = deciding.create(Seen(OFFERED), sign("2"), "Shelter")
    seen = Seen(OFFERED, fold(logged([one, two])))
    merged = deciding.merge(seen, sign("3"), two.subject, codes=[one.payload["code"]])
    parts = [Part("Rent", (S[0],)), Part("Lists", (S[1],))]
    split = deciding.split(seen, sign("4"), one.payload["code"], parts)
    offered = [ProposedCoding(S[2], one.payload["code"], 0.7)]

    assert unconfirmed(offered, fold(logged([one, two, merged])))[0][0].code == two.subject
    assert unconfirmed(offered, fold(logged([one, two, split]))) == ((), tuple(offered))


def test_talk_that_was_dropped_or_refused_a_code_is_in_none_until_it_carries_one():
    """So is what a rejected candidate held; what an open candidate holds, or waits to be confirmed, is not."""
    one = deciding.accept(Seen(OFFERED), sign("1"), "s-1")
    code = one.payload["code"]
    seen = Seen(OFFERED, fold(logged([one])))
    drop, no = deciding.remove(seen, sign("2"), S[0], code), deciding.remove(seen, sign("3"), S[2], code)
    late = SuggestionSet((HOUSING,), ())
    offered = [ProposedCoding(segment, code, 0.7) for segment in S[2:]]

    assert in_none(S, OFFERED, (), seen.book) == ()
    assert in_none(S, late, offered, seen.book) == ()
    assert in_none(S, late, offered, fold(logged([one, drop, no]))) == (S[0], S[2])
    again = deciding.apply(Seen(late, fold(logged([one, drop, no]))), sign("4"), S[0], code)
    assert in_none(S, late, offered, fold(logged([one, drop, no, again]))) == (S[2],)
    reject = deciding.reject(seen, Signature("study", "Ana", "2026-03-01T10:00:00Z", "5", "Thin."), "s-2")
    assert in_none(S, OFFERED, (), fold(logged([one, reject]))) == S[2:]
