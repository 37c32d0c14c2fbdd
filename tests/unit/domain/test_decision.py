"""The log's own rules: undoing, versions, the hash chain."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained, effective, first_break, versions


def log_of(*drafts: Draft) -> tuple[Decision, ...]:
    log: list[Decision] = []
    for draft in drafts:
        log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
    return tuple(log)


def said(key: str, kind: Kind, subject: str, **payload: object) -> Draft:
    return Draft(key, "harbor", "ana", "2026-11-23T10:00:00+00:00", kind, subject, payload)


ACCEPT = said("a", Kind.ACCEPT, "s-1", code="c1", name="no beds", segments=["x:0-5"])
APPLY = said("b", Kind.APPLY, "x:6-9", code="c1")


def undo(key: str, undone: str) -> Draft:
    return said(key, Kind.UNDO, undone)


def keys(log: Sequence[Decision]) -> list[str]:
    return [decision.draft.key for decision in effective(log)]


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ([ACCEPT, APPLY], ["a", "b"]),
        ([ACCEPT, APPLY, undo("u", "b")], ["a"]),
        ([ACCEPT, APPLY, undo("u", "b"), undo("v", "u")], ["a", "b"]),
        ([ACCEPT, APPLY, undo("u", "b"), undo("v", "u"), undo("w", "v")], ["a"]),
        ([ACCEPT, undo("u", "a"), undo("v", "a")], []),
        ([ACCEPT, undo("u", "a"), undo("v", "a"), undo("w", "v")], []),
        ([undo("u", "b"), ACCEPT, APPLY], ["a", "b"]),
        ([ACCEPT, undo("u", "nothing")], ["a"]),
    ],
)
def test_an_undo_takes_back_what_came_before_it_even_another_undo(drafts: list[Draft], expected: list[str]) -> None:
    assert keys(log_of(*drafts)) == expected


def test_every_decision_moves_on_the_version_of_all_it_touches() -> None:
    merge = said("m", Kind.MERGE, "c1", codes=["c2"], suggestions=[{"id": "s-3", "segments": []}])
    move = said("n", Kind.MOVE, "x:0-5", **{"from": "c1", "to": "c4"})
    split = said("o", Kind.SPLIT, "c1", parts=[{"code": "c5", "name": "five", "segments": []}])
    log = log_of(ACCEPT, APPLY, merge, move, split)
    assert versions(log) == {"s-1": 1, "c1": 5, "x:6-9": 1, "c2": 1, "s-3": 1, "x:0-5": 1, "c4": 1, "c5": 1}


def test_an_undo_touches_again_what_it_undoes_through_any_number_of_undos() -> None:
    log = log_of(ACCEPT, undo("u", "a"), undo("v", "u"), undo("w", "v"))
    assert versions(log) == {"s-1": 4, "c1": 4, "a": 3, "u": 2, "v": 1}


def test_a_memo_touches_nothing_that_anybody_decides_on() -> None:
    memo = said("n", Kind.MEMO, "c1", text="Ask again.")
    assert versions(log_of(ACCEPT, memo)) == {"s-1": 1, "c1": 1, "n": 1}


def test_a_sound_log_has_no_break() -> None:
    assert first_break(()) is None
    assert first_break(log_of(ACCEPT, APPLY, undo("u", "b"))) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "z"}, {"study": "other"}, {"coder": "ben"}, {"at": "2027"}, {"kind": Kind.REMOVE},
        {"subject": "y:1-2"}, {"payload": {"code": "c2"}}, {"payload": {}}, {"reason": "because"},
        {"expected_version": 0},
    ],
)  # fmt: skip
def test_a_change_in_any_field_breaks_the_chain_at_its_place(changed: dict[str, Any]) -> None:
    log = log_of(ACCEPT, APPLY, undo("u", "b"))
    forged = replace(log[1], draft=replace(log[1].draft, **changed))
    assert first_break((log[0], forged, log[2])) == 2


def test_a_missing_swapped_repeated_or_reforged_decision_breaks_the_chain() -> None:
    one, two, three = log_of(ACCEPT, APPLY, undo("u", "b"))
    reforged = chained(replace(two.draft, coder="ben"), 2, one.hash)
    assert first_break((one, three)) == 2
    assert first_break((two, one, three)) == 1
    assert first_break((one, one, two, three)) == 2
    assert first_break((one, reforged, three)) == 3


def test_lists_and_tuples_in_a_payload_hash_alike() -> None:
    with_tuple = replace(ACCEPT, payload=dict(ACCEPT.payload) | {"segments": ("x:0-5",)})
    assert chained(with_tuple, 1, GENESIS).hash == chained(ACCEPT, 1, GENESIS).hash
