"""How many candidates somebody asks for: it counts for the whole study, and only until people decide."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.suggestion import SuggestionSet
from pipeline.settings import SuggestionSettings
from pipeline.suggest.candidates import SuggestSettings
from pipeline.suggest.material import Material
from pipeline.work import suggesting
from pipeline.work.deciding import approve, decide, signature
from pipeline.work.desk import Desk
from pipeline.work.prepare import prepare
from pipeline.work.workplace import TRANSCRIPTS, Workplace
from tests.unit.work.test_second_thoughts import LATE, STUDY, opened, work

__all__ = ["work"]


def asking(work: Workplace, about: int) -> Workplace:
    return replace(work, settings=replace(work.settings, suggest=SuggestionSettings(about=about)))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """What clustering was asked for, run by run."""
    found: list[int | None] = []

    def propose(material: Material, *, settings: SuggestSettings, **_: object) -> SuggestionSet:
        found.append(settings.about)
        return SuggestionSet((), material.ids)

    monkeypatch.setattr(suggesting, "propose", propose)
    return found


def test_another_number_divides_anew_while_nobody_has_decided(work: Workplace, asked: list[int | None]) -> None:
    suggesting.suggest(asking(work, 0))
    assert not suggesting.suggest(asking(work, 0)).changed
    assert suggesting.suggest(asking(work, 3)).changed
    assert not suggesting.suggest(asking(work, 3)).changed
    assert asked == [None, 3]


def test_what_the_study_names_counts_where_the_settings_name_nothing(
    work: Workplace, asked: list[int | None]
) -> None:
    wished = replace(work, study=replace(work.study, candidates=7))
    assert suggesting.suggest(wished).changed
    assert not suggesting.suggest(asking(work, 7)).changed
    assert suggesting.suggest(asking(wished, 3)).changed
    assert asked == [7, 3]


def test_what_a_late_group_leaves_over_goes_by_its_own_volume(
    work: Workplace, tmp_path: Path, asked: list[int | None]
) -> None:
    (candidate,) = suggesting.current(work)[0].suggestions
    decide(work, Desk(work, signature(work, "ben", key="no", reason="too broad")).reject(candidate.id))
    (tmp_path / "study.toml").write_text(STUDY + LATE)
    (tmp_path / "south.txt").write_text("Moderator: What is missing?\nDan: Rides, and somebody who answers.\n")
    later = asking(opened(tmp_path), 80)
    prepare(later)
    approve(later, TRANSCRIPTS, "ana")
    assert suggesting.suggest(later).summary["mode"] == "added"
    assert asked == [None]
    later.store.close()
