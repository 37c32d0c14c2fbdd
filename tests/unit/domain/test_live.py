"""The fold kept up decision by decision is the fold of the whole log, in every book."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.domain import live
from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained
from pipeline.domain.folding import fold
from pipeline.domain.live import LiveFold, TooFarBack

CODES, SEGMENTS, CANDIDATES = ("c-1", "c-2", "c-3"), ("a:0-9", "a:9-20", "b:0-30"), ("s-1", "s-2")
BOOKS = ("", "r-1/ana", "r-1/ben")


def content(book: Codebook) -> dict[str, object]:
    """A codebook as plain values, so that a window and a copy compare."""
    as_sets = {"removed": set, "memos": list, "void": list}
    return {item.name: as_sets.get(item.name, lambda it: it)(getattr(book, item.name)) for item in fields(book)}


acts = some.one_of(
    some.tuples(
        some.just(Kind.ACCEPT),
        some.sampled_from(CANDIDATES),
        some.fixed_dictionaries(
            {"code": some.sampled_from(CODES), "name": some.just("a"), "segments": some.just(list(SEGMENTS[:2]))}
        ),
    ),
    some.tuples(
        some.sampled_from([Kind.APPLY, Kind.REMOVE]),
        some.sampled_from(SEGMENTS),
        some.fixed_dictionaries({"code": some.sampled_from(CODES)}),
    ),
    some.tuples(
        some.just(Kind.COMMIT),
        some.sampled_from(SEGMENTS),
        some.fixed_dictionaries({"codes": some.lists(some.sampled_from(CODES), max_size=3)}),
    ),
    some.tuples(
        some.just(Kind.MERGE),
        some.sampled_from(CODES),
        some.fixed_dictionaries({"codes": some.lists(some.sampled_from(CODES), min_size=1, max_size=2)}),
    ),
    some.tuples(
        some.just(Kind.PLACE),
        some.sampled_from(CODES),
        some.fixed_dictionaries({"parent": some.sampled_from(("", *CODES))}),
    ),
    some.tuples(
        some.just(Kind.THEME),
        some.sampled_from(["t-1", "t-2"]),
        some.fixed_dictionaries({"name": some.just("t"), "codes": some.lists(some.sampled_from(CODES), max_size=2)}),
    ),
    some.tuples(some.just(Kind.REJECT), some.sampled_from(CANDIDATES), some.just({})),
    some.tuples(some.just(Kind.MEMO), some.sampled_from(CODES), some.just({"text": "note"})),
    some.tuples(some.just(Kind.UNDO), some.integers(0, 60), some.just({})),
)


def logged(drawn: list[tuple[str, tuple]]) -> list[Decision]:
    """The acts as a log; an undo takes back some earlier decision of the same book, or nothing that is there."""
    log: list[Decision] = []
    for book, (kind, subject, payload) in drawn:
        named = subject
        if kind is Kind.UNDO:
            mine = [item.draft.key for item in log if item.draft.book == book]
            if not mine:
                continue
            named = mine[subject % len(mine)]
        draft = Draft(f"k{len(log)}", "study", "ana", "2026-03-01", kind, named, payload, "because", book=book)
        log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
    return log


@given(some.lists(some.tuples(some.sampled_from(BOOKS), acts), max_size=40))
@settings(max_examples=300, deadline=None)
def test_after_each_decision_it_is_the_fold_of_the_log(drawn):
    """Undo, undo of undo, decisions that cannot act, and decisions of other books in between."""
    log = logged(drawn)
    for book in BOOKS:
        kept = LiveFold(book)
        for place, decision in enumerate(log):
            before = content(kept.book())
            if decision.draft.book in {"", book}:
                kept.problem(decision)
            assert content(kept.book()) == before
            kept.take(decision)
            assert content(kept.book()) == content(fold(log[: place + 1], book))


@given(some.lists(some.tuples(some.just(""), acts), max_size=40), some.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_it_says_of_a_decision_what_the_fold_would_say(drawn, place):
    log = logged(drawn)
    before, after = log[:place], log[place : place + 1]
    for decision in after:
        if decision.kind is Kind.UNDO:
            continue
        expected = next((item.why for item in fold([*before, decision]).void if item.seq == decision.seq), "")
        assert LiveFold("", before).problem(decision) == expected


def test_begun_on_a_log_or_fed_with_it_is_the_same():
    log = logged([("", (Kind.ACCEPT, "s-1", {"code": "c-1", "name": "a", "segments": ["a:0-9"]}))] * 3)
    fed = LiveFold()
    for decision in log:
        fed.take(decision)
    assert content(LiveFold("", log).book()) == content(fed.book()) == content(fold(log))


def test_what_is_no_longer_remembered_asks_for_a_fold_anew(monkeypatch):
    monkeypatch.setattr(live, "REMEMBERED", 3)
    acts_now = [("", (Kind.MEMO, "c-1", {"text": f"note {place}"})) for place in range(20)]
    log = logged([*acts_now, ("", (Kind.UNDO, 0, {}))])
    kept = LiveFold("", log[:2])
    for decision in log[2:-1]:
        kept.take(decision)
    with pytest.raises(TooFarBack):
        kept.take(log[-1])
    assert content(LiveFold("", log).book()) == content(fold(log))
