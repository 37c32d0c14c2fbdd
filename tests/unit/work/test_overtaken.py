"""Coders do not wait while the machine clusters: what they decide meanwhile stands, and so does what it stands on."""

from pathlib import Path

import pytest

from pipeline.domain.suggestion import SuggestionSet
from pipeline.suggest.material import Material
from pipeline.work import suggesting
from pipeline.work.deciding import approve, decide, signature
from pipeline.work.desk import Desk
from pipeline.work.prepare import prepare
from pipeline.work.workplace import TRANSCRIPTS, Workplace
from tests.unit.work.test_second_thoughts import LATE, STUDY, opened, work

__all__ = ["work"]


def test_a_decision_taken_while_all_talk_is_clustered_keeps_the_candidates(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (candidate,) = suggesting.current(work)[0].suggestions
    (tmp_path / "study.toml").write_text(STUDY + LATE)
    (tmp_path / "south.txt").write_text("Moderator: What is missing?\nDan: Rides, and somebody who answers.\n")
    later = opened(tmp_path)
    prepare(later)
    approve(later, TRANSCRIPTS, "ana")

    def slow(material: Material, **_: object) -> SuggestionSet:
        reject = Desk(later, signature(later, "ben", key="while it works", reason="too broad"))
        decide(later, reject.reject(candidate.id))
        monkeypatch.setattr(suggesting, "propose", lambda material, **_: SuggestionSet((), material.ids))
        return SuggestionSet((), material.ids)

    monkeypatch.setattr(suggesting, "propose", slow)
    made = suggesting.suggest(later)

    assert made.summary["mode"] == "added"
    assert [item.id for item in suggesting.current(later)[0].suggestions] == [candidate.id]
    later.store.close()
