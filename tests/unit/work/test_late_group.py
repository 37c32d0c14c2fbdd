"""Approved codes are recognised in a late group by what is said and by how."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.segment import text_hash
from pipeline.work import suggesting
from pipeline.work.deciding import approve
from pipeline.work.prepare import prepare
from pipeline.work.talk import talk
from pipeline.work.workplace import TRANSCRIPTS, Workplace
from tests.unit.work.test_second_thoughts import LATE, STUDY, accepted, opened, work

__all__ = ["work"]


def test_what_is_learnt_from_and_what_is_asked_come_with_their_manner(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(work)
    (tmp_path / "study.toml").write_text(STUDY + LATE)
    (tmp_path / "south.txt").write_text("Moderator: What is missing?\nDan: Beds, and somebody who answers.\n")
    later = opened(tmp_path)
    prepare(later)
    approve(later, TRANSCRIPTS, "ana")
    given: list[Any] = []
    apply = suggesting.apply_codes

    def noting(known: Any, codings: Any, new: Any, **rest: Any) -> Any:
        given.extend([known, new])
        return apply(known, codings, new, **rest)

    monkeypatch.setattr(suggesting, "apply_codes", noting)
    assert suggesting.suggest(later).summary["mode"] == "added"
    known, new = given
    assert [len(known.manner), len(new.manner)] == [len(known), len(new)] == [3, 1]
    assert later.manner
    hashes = [text_hash(said.excerpt) for said in talk(later).codable]
    assert later.store.vectors.known(later.manner.key, hashes) == set(hashes)
    later.store.close()


def test_the_first_candidates_bring_what_a_late_group_will_need(work: Workplace) -> None:
    suggesting.suggest(work)
    assert work.manner
    hashes = [text_hash(said.excerpt) for said in talk(work).codable]
    assert work.store.vectors.known(work.manner.key, hashes) == set(hashes)
