"""Decisions that one click, form or command took together are known by their keys, their hand and their moment."""

import pytest

from pipeline.domain.acts import act_at, leading, may_begin_before
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, as_read, chained, numbers, standing
from pipeline.domain.live import LiveFold


def logged(*said: str) -> list[Decision]:
    """A log of "key", "key by coder", "key in book" or "key at moment"; each makes a code of its own."""
    log: list[Decision] = []
    for line in said:
        key, *rest = line.split()
        how = dict(zip(rest[::2], rest[1::2], strict=True))
        kind, subject = (Kind.UNDO, how["undoes"]) if "undoes" in how else (Kind.CREATE, f"c-{key}")
        draft = Draft(
            *(key, "study", how.get("by", "ana"), how.get("at", "noon"), kind, subject, {"name": key}),
            book=how.get("in", ""),
        )
        log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
    return log


def together(log: list[Decision], place: int) -> list[str]:
    return [item.draft.key for item in act_at(log, place)]


@pytest.mark.parametrize("k", ["k", "web:ab12", "import:7", "sheet:a:b"])
def test_an_act_is_found_from_each_of_its_decisions(k: str):
    log = logged("before", k, f"{k}+1", f"{k}:1", f"{k}:1+1", "after")
    assert [act_at(log, place) for place in range(1, 5)] == [tuple(log[1:5])] * 4
    assert leading(act_at(log, 3)) == log[1]
    assert (together(log, 0), together(log, 5)) == (["before"], ["after"])
    assert together(logged("k:1", "k"), 0) == ["k:1", "k"]  # the leading decision may be written last


@pytest.mark.parametrize("other", ["k:1 by ben", "k:1 at one", "k:1 in r-1/ana", "j:1"])
def test_what_only_looks_like_a_part_is_an_act_of_its_own(other: str):
    """People may give keys of their own on the command line."""
    log = logged("k", other)
    assert [together(log, place) for place in (0, 1)] == [["k"], [other.split(maxsplit=1)[0]]]
    assert together(logged("import:1", "import:2"), 0) == ["import:1"]


def test_the_latest_of_a_person_is_what_the_rest_of_the_act_belongs_to():
    """It is what is shown beside “undo”; where it alone was undone, what is left of its act is shown."""
    for log, latest, others in (
        (logged("k", "k+1", "k+2"), "k", 2),
        (logged("k:1", "k"), "k", 1),
        (logged("k", "k+1", "u undoes k by jo"), "k+1", 0),
        (logged("k", "k+1", "k+2", "u undoes k+2 by jo"), "k", 1),
        (logged("j", "k", "k+1", "u undoes k+1", "u:1 undoes k"), "j", 0),
    ):
        last = LiveFold(log=log).last_of("ana")
        assert last
        assert (last.draft.key, last.others) == (latest, others)


def test_the_end_of_a_log_may_lack_the_beginning_of_an_act():
    log = logged("j", "k", "k:1", "k:2", "l")
    assert [may_begin_before(log[cut:], 3 - cut) for cut in range(4)] == [False, True, True, True]


def test_numbers_of_a_book_tell_nothing_of_other_books():
    mine = ["t", "a in r-1/ana", "s"]
    busy = logged("t", "x in r-1/ben", "a in r-1/ana", "y in r-1/ben", "s")
    for log in (logged(*mine), busy):
        assert numbers(log, "r-1/ana") == {"t": 1, "a": 2, "s": 3}
        assert numbers(log) == {"t": 1, "s": 2}
        assert [(item.seq, item.draft.key, item.draft.book) for item in as_read(log, "r-1/ana")] == [
            (1, "t", ""),
            (2, "a", ""),
            (3, "s", ""),
        ]


def test_an_undone_undo_does_not_stand():
    log = logged("k", "u undoes k", "v undoes u")
    assert [item.draft.key for item in standing(log)] == ["k", "v"]
