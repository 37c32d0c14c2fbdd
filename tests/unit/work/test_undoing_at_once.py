"""The site takes back all of an act at once, or nothing of it, in about the time that one decision takes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain import live
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused, StaleDecision
from pipeline.domain.folding import act, fold
from pipeline.domain.live import LiveFold
from pipeline.review.undoing import whole_act
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

CODE, MANY = "c-aaaaaaaaaaaa", 40


@pytest.fixture
def study(tmp_path: Path) -> Iterator[LiveStudy]:
    """A code that is put on many segments in one act, and memos of others since."""
    with made_study(tmp_path / "study", Size(groups=1, turns=MANY)) as work:
        made = LiveStudy(work)
        with made.looking() as view:
            able = view.material.codable[:MANY]
        made.decide(draft("first", Kind.CREATE, CODE, {"name": "One"}))
        made.decide(
            draft("act", Kind.CREATE, "c-bbbbbbbbbbbb", {"name": "Two"}),
            *(draft(f"act:{n}", Kind.APPLY, able[n], {"code": CODE}) for n in range(1, MANY)),
        )
        for n in range(10):
            made.decide(draft(f"memo{n}", Kind.MEMO, able[n], {"text": "note"}, "ben"))
        yield made


def draft(key: str, kind: Kind, subject: str, payload: dict[str, object] | None = None, coder: str = "jo") -> Draft:
    return Draft(key, "made", coder, "2026-03-01T10:00:00+00:00", kind, subject, payload or {})


def undo(study: LiveStudy, key: str, subject: str) -> list[Draft]:
    return whole_act(study.work.store.decisions.log(study.id), draft(key, Kind.UNDO, subject))


def coded(study: LiveStudy) -> int:
    """On how many segments the code is, by the study kept in memory; by the log anew it is the same."""
    anew = fold(study.work.store.decisions.log(study.id))
    with study.looking() as view:
        assert (view.book.codings, view.book.codes) == (anew.codings, anew.codes)
        return len(view.book.codings)


def test_all_goes_and_comes_back_and_sent_again_is_the_same(study: LiveStudy) -> None:
    assert coded(study) == MANY - 1
    back = undo(study, "u", "act:7")
    last = study.decide(*back)
    assert coded(study) == 0
    assert last.draft.key == f"u:{MANY - 1}"
    assert study.decide(*back) == last
    assert study.work.store.decisions.head(study.id)[0] == last.seq

    study.decide(*undo(study, "v", "u"))
    assert coded(study) == MANY - 1
    study.work.store.decisions.verify(study.id)


@pytest.mark.parametrize("remembered", [live.REMEMBERED, 3])
def test_nothing_is_written_where_a_later_decision_builds_on_one_of_them(
    study: LiveStudy, remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the act is so long past that all is folded anew."""
    study.decide(draft("later", Kind.RENAME, "c-bbbbbbbbbbbb", {"name": "Anew"}, "ben"))
    monkeypatch.setattr(live, "REMEMBERED", remembered)
    kept, head = LiveStudy(study.work), study.work.store.decisions.head(study.id)
    for _ in range(2):
        with pytest.raises(DecisionRefused, match=r"There is no code c-bbbbbbbbbbbb"):
            kept.decide(*undo(kept, "u", "act"))
    assert study.work.store.decisions.head(study.id) == head
    assert coded(kept) == MANY - 1

    kept.decide(*undo(kept, "w", "later"))
    kept.decide(*undo(kept, "u", "act"))
    assert coded(kept) == coded(study) == 0


def test_an_undo_that_comes_late_writes_nothing(study: LiveStudy) -> None:
    """Somebody took one of them back meanwhile; or all; or the page showed another version of it."""
    late = undo(study, "u", "act")
    study.decide(draft("one", Kind.UNDO, "act:3"))
    with pytest.raises(DecisionRefused, match="undone already"):
        study.decide(*late)
    assert coded(study) == MANY - 2
    stale = draft("s", Kind.UNDO, "act")
    with pytest.raises(StaleDecision):
        study.decide(Draft(**{name: getattr(stale, name) for name in stale.__slots__} | {"expected_version": 7}))
    study.decide(*undo(study, "v", "act"))
    with pytest.raises(DecisionRefused, match="undone already"):
        study.decide(*late)
    assert coded(study) == 0


def test_what_came_since_acts_again_once_and_not_once_for_each(
    study: LiveStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted: list[int] = []
    monkeypatch.setattr(live, "act", lambda state, decision: (acted.append(decision.seq), act(state, decision)))
    study.decide(*undo(study, "u", "act"))
    assert coded(study) == 0
    assert len(acted) < 3 * (MANY + 10)  # tried, put back, taken in


def test_many_undos_in_a_row_act_when_somebody_asks(study: LiveStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that another process wrote one by one."""
    log = study.work.store.decisions.log(study.id)
    study.work.store.decisions.append_many(undo(study, "u", "act"))
    acted: list[int] = []
    monkeypatch.setattr(live, "act", lambda state, decision: (acted.append(decision.seq), act(state, decision)))
    assert coded(study) == 0
    assert len(acted) <= MANY + 10
    monkeypatch.undo()
    short = LiveFold(log=log[:5])
    for decision in study.work.store.decisions.log(study.id)[5:]:
        short.take(decision)
    assert short.book().codings == {}
