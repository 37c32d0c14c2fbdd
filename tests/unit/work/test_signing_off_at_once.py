"""A sign-off looks through the log before its turn to write comes; what others decide in between still counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.work.deciding import approve, decide, waiting
from pipeline.work.workplace import CODES, Workplace, now
from tests.unit.work.test_second_thoughts import opened, work

__all__ = ["work"]


def round_of_two(work: Workplace) -> None:
    payload = {"kind": "candidates", "coders": ["ana", "ben"], "codebook": 1}
    decide(work, Draft("opened", work.study.id, "jo", now(), Kind.ROUND, "r-blind", payload))


def between(monkeypatch: pytest.MonkeyPatch, work: Workplace, act: Callable[[], object]) -> None:
    """Let somebody act, once, when `work` has read the log and its transaction has not begun."""
    read = work.store.decisions.log

    def log(study: str) -> object:
        found = read(study)
        monkeypatch.setattr(work.store.decisions, "log", read)
        act()
        return found

    monkeypatch.setattr(work.store.decisions, "log", log)


def test_of_two_who_sign_off_at_once_the_second_finds_what_the_first_did(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(tmp_path)
    between(monkeypatch, work, lambda: approve(other, CODES, "ben"))
    assert approve(work, CODES, "ana").draft.coder == "ben"
    signed_off = [item for item in work.store.decisions.log(work.study.id) if item.subject == CODES]
    assert [item.draft.coder for item in signed_off] == ["ben"]
    other.store.close()


def test_a_blind_round_opened_in_between_refuses_the_sign_off(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(tmp_path)
    between(monkeypatch, work, lambda: round_of_two(other))
    with pytest.raises(DecisionRefused, match="blind"):
        approve(work, CODES, "ana")
    assert CODES in waiting(work)
    other.store.close()


def test_what_is_decided_in_between_outdates_what_was_approved_before(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs off then signs off that too: the old approval is no answer."""
    approve(work, CODES, "ana")
    other = opened(tmp_path)
    create = Draft("made", work.study.id, "ben", now(), Kind.CREATE, "c-0000000000aa", {"name": "rides"})
    between(monkeypatch, work, lambda: decide(other, create))
    assert approve(work, CODES, "jo").draft.coder == "jo"
    other.store.close()


def test_a_blind_round_closed_in_between_hinders_no_sign_off(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_of_two(work)
    other = opened(tmp_path)
    close = Draft("closed", work.study.id, "jo", now(), Kind.CLOSE, "r-blind", {})
    between(monkeypatch, work, lambda: decide(other, close))
    assert approve(work, CODES, "ana").draft.coder == "ana"
    other.store.close()


def test_an_approval_undone_in_between_is_no_answer(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = approve(work, CODES, "ana")
    other = opened(tmp_path)
    undo = Draft("undone", work.study.id, "ben", now(), Kind.UNDO, first.draft.key, {})
    between(monkeypatch, work, lambda: decide(other, undo))
    assert approve(work, CODES, "jo").draft.coder == "jo"
    other.store.close()


def test_what_somebody_else_decides_in_between_keeps_nobody_from_signing_off(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(tmp_path)
    create = Draft("made", work.study.id, "ben", now(), Kind.CREATE, "c-0000000000aa", {"name": "rides"})
    between(monkeypatch, work, lambda: decide(other, create))
    assert approve(work, CODES, "ana").draft.coder == "ana"
    assert CODES not in waiting(work)
    other.store.close()
