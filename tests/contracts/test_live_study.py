"""A study at work, on both databases: who wrote sees it at once, and nobody decides between a look and what rests on
it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.settings import InboxSettings, Settings, StoreSettings
from pipeline.store import StageVersion, database
from pipeline.store.stages import Stages
from pipeline.suggest.material import Material
from pipeline.work import suggesting
from pipeline.work.deciding import approve, decide, signature
from pipeline.work.desk import Desk
from pipeline.work.live_study import LiveStudy
from pipeline.work.prepare import prepare
from pipeline.work.talk import talk
from pipeline.work.workplace import CODES, TRANSCRIPTS, Workplace
from tests.unit.work.test_second_thoughts import LATE, NORTH, STUDY, without_models

from .conftest import Place


@pytest.fixture
def work(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """A study at checkpoint 2, with one candidate over all that was said."""
    monkeypatch.setattr(suggesting, "propose", lambda material, **_: whole(material))
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY)
    (folder / "north.txt").write_text(NORTH)
    with opened(place, folder) as work:
        prepare(work)
        approve(work, TRANSCRIPTS, "ana")
        suggesting.suggest(work)
        yield work


@contextmanager
def opened(place: Place, folder: Path) -> Iterator[Workplace]:
    """As another program opens it, with no model."""
    store = StoreSettings("" if place.sqlite else place.url)
    with open_workplace(folder, settings=Settings(store=store, inbox=InboxSettings(settle=0.0))) as work:
        yield without_models(work)


def whole(material: Material) -> SuggestionSet:
    ids = tuple(material.ids)
    return SuggestionSet((Suggestion(suggestion_id(ids), "all", ("all",), ids, ids[:1], ids[-1:], 0.5),), ())


def test_whoever_wrote_sees_it_in_the_next_look(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went past `LiveStudy.decide` too, however lately the database was asked for news."""
    monkeypatch.setattr(database, "FRESH", 600.0)
    study = LiveStudy(work)
    with study.looking() as view:
        assert CODES not in view.book.approvals
    approve(work, CODES, "ana")
    with study.looking() as view:
        assert view.book.approvals[CODES].coder == "ana"

    decide(work, Desk(work, signature(work, "ana", key="k")).omit(talk(work).said[-1].turn, left_out=True))
    prepare(work)
    with study.looking() as view:
        made = view.stages["prepare"]
        assert made
        assert made.version == 2


def test_no_candidate_is_decided_on_while_others_take_its_place(
    place: Place, work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look whether anybody decided and the new candidates nobody does."""
    (candidate,) = suggesting.current(work)[0].suggestions
    (work.folder / "study.toml").write_text(STUDY + LATE)
    (work.folder / "south.txt").write_text("Moderator: What is missing?\nDan: Rides, and somebody who answers.\n")
    with opened(place, work.folder) as later:
        prepare(later)
        approve(later, TRANSCRIPTS, "ana")
        drafted = Desk(later, signature(later, "ben", key="just now", reason="too broad")).reject(candidate.id)
        someone = threading.Thread(target=lambda: decide(work, drafted))
        freeze, before = Stages.freeze, list[bool]()

        def slow(
            self: Stages, study: str, stage: str, inputs: str, summary: Mapping[str, Any], at: str
        ) -> StageVersion:
            someone.start()
            someone.join(0.5)
            before.append(not someone.is_alive())
            return freeze(self, study, stage, inputs, summary, at)

        monkeypatch.setattr(Stages, "freeze", slow)
        assert suggesting.suggest(later).summary["mode"] == "full"
        someone.join()
        assert before == [False]
