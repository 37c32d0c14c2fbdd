"""The log a page at a time: the same as going through all of it, on both databases."""

import random

import pytest

from pipeline.domain.decision import Decision, Draft, Kind, scoped, versions
from pipeline.store import Store
from pipeline.store.decision_pages import Wanted

AT = "2026-11-23T10:00:00+00:00"
BOOKS = ("", "r-1/ana", "r-1/ben")
CODES = ("c1", "c2")


@pytest.fixture
def log(store: Store) -> tuple[Decision, ...]:
    """Two hundred decisions of two coders in three books, undos among them."""
    draw = random.Random(5)
    for number in range(200):
        kind = draw.choice([Kind.APPLY, Kind.REMOVE, Kind.MEMO, Kind.REJECT, Kind.UNDO])
        payload = {Kind.MEMO: {"text": "note"}, Kind.REJECT: {}, Kind.UNDO: {}}.get(
            kind, {"code": draw.choice(CODES)}
        )
        subject = f"k{draw.randrange(max(1, number))}" if kind is Kind.UNDO else f"a:{draw.randrange(9)}-0"
        coder, book = draw.choice(["ana", "ben"]), draw.choice(BOOKS)
        store.decisions.append(Draft(f"k{number}", "harbor", coder, AT, kind, subject, payload, "", None, book))
    return store.decisions.log("harbor")


def touches(log: tuple[Decision, ...]) -> dict[int, set[str]]:
    """What each decision touched, by counting up to it and to the one before."""
    found, before = {}, versions(())
    for place, item in enumerate(log, start=1):
        now = versions(log[:place])
        found[item.seq] = {subject for subject, count in now.items() if count > before[subject]}
        before = now
    return found


def fits(item: Decision, wanted: Wanted, touched: set[str]) -> bool:
    subjects = wanted.subjects or frozenset()
    about = {scoped(book, name) for book in wanted.about for name in subjects}
    left_on = item.kind is Kind.MEMO and item.subject in subjects
    return (
        (wanted.books is None or item.draft.book in wanted.books)
        and wanted.coder in {"", item.draft.coder}
        and wanted.kind in {None, item.kind}
        and (wanted.subjects is None or bool(about & touched) or left_on)
    )


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(books=frozenset({"", "r-1/ana"})),
        Wanted(coder="ben"),
        Wanted(kind=Kind.MEMO),
        Wanted(books=frozenset({""}), coder="ana", kind=Kind.APPLY),
        Wanted(subjects=frozenset({"c1"})),
        Wanted(subjects=frozenset({"a:3-0", "c2"}), about=frozenset(BOOKS)),
        Wanted(subjects=frozenset({"a:3-0"}), kind=Kind.MEMO),
        Wanted(books=frozenset({"", "r-1/ben"}), subjects=frozenset({"c1"}), about=frozenset({"", "r-1/ben"})),
        Wanted(subjects=frozenset()),
    ],
    ids=str,
)
def test_turning_all_pages_shows_what_is_wanted_once_and_in_order(store: Store, log, wanted: Wanted) -> None:
    touched = touches(log)
    expected = [item for item in reversed(log) if fits(item, wanted, touched[item.seq])]
    pages: list[Decision] = []
    before = None
    while page := store.decisions.page("harbor", wanted, before=before, count=7):
        pages += page
        before = page[-1].seq
    assert pages == expected
    if len(expected) > 20:
        following = store.decisions.page("harbor", wanted, after=expected[20].seq, count=7)
        assert list(following) == expected[13:20]


def test_numbers_count_within_some_books_alone(store: Store, log) -> None:
    books = {"", "r-1/ben"}
    seen = [item.seq for item in log if item.draft.book in books]
    asked = seen[3:60:7]
    assert store.decisions.places("harbor", asked, books) == {seq: 1 + seen.index(seq) for seq in asked}
    assert store.decisions.places("harbor", [], books) == {}


def test_what_touched_a_subject_is_found_whoever_did_it(store: Store, log) -> None:
    touched = touches(log)
    names = [scoped("r-1/ana", "c1"), "a:2-0", "k3"]
    expected = tuple(item for item in log if touched[item.seq] & set(names))
    assert store.decisions.touching("harbor", names) == expected


def test_decisions_are_found_by_their_numbers(store: Store, log) -> None:
    asked = [log[7].seq, log[3].seq, log[7].seq, len(log) + 10]
    assert store.decisions.numbered("harbor", asked) == (log[3], log[7])
    assert store.decisions.numbered("harbor", []) == ()
    assert store.decisions.numbered("another", asked) == ()
