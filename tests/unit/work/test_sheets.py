"""What a workbook tells of the machine's proposals: no more than its coder is to know yet."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.influence import is_control
from pipeline.settings import ReviewSettings, Settings
from pipeline.work import sheets
from pipeline.work.deciding import codebook
from pipeline.work.live_study import LiveStudy
from pipeline.work.proposed import unconfirmed_codings
from pipeline.work.suggesting import in_none
from pipeline.work.workplace import Workplace
from tests.made_study import Size, made_study

AT = "2026-03-01T10:00:00+00:00"
CODE = "c-aaaaaaaaaaaa"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    with made_study(tmp_path / "study", Size(groups=2, turns=40)) as work:
        yield replace(work, settings=Settings(review=ReviewSettings(control=0.5)))


@pytest.fixture
def proposed(work: Workplace) -> tuple[str, ...]:
    """Twenty segments, in no candidate, for which a code is proposed."""
    study = LiveStudy(work)
    take(work, Kind.CREATE, CODE, name="courts")
    with study.looking() as view:
        found, elsewhere = view.material.found, frozenset(view.material.candidates_of)
        segments = tuple(item for item in view.material.codable if item not in elsewhere)[:20]
    before, transcripts = work.store.stages.latest("made", "suggest"), work.store.transcripts.of_study("made")
    summary = {**before.summary, "all_transcripts": [item.transcript.id for item in transcripts]}
    frozen = work.store.stages.freeze("made", "suggest", "late", summary, AT)
    late = [ProposedCoding(item, CODE, 0.8) for item in segments]
    work.store.suggestions.freeze("made", frozen.version, found, late)
    return segments


def take(work: Workplace, kind: Kind, subject: str, by: str = "ana", **payload: object) -> None:
    key = f"k-{len(work.store.decisions.log('made'))}"
    work.store.decisions.append(Draft(key, "made", by, AT, kind, subject, payload))


def tabs(work: Workplace, path: Path, coder: str = "") -> tuple[sheets.Exported, set[str], set[str]]:
    """What the export counts, the segments on the sheet Applied, and those on the sheet Segments."""
    exported = sheets.export(work, path, coder)
    book = load_workbook(path, read_only=True)
    applied, listed = ({row[0] for row in book[tab].iter_rows(values_only=True)} for tab in ("Applied", "Segments"))
    return exported, applied, listed


def test_what_the_lot_keeps_back_waits_among_the_segments_and_is_not_proposed(
    work: Workplace, proposed: tuple[str, ...], tmp_path: Path
):
    hidden = {item for item in proposed if is_control("made", item, 0.5)}
    exported, applied, listed = tabs(work, tmp_path / "one.xlsx", "ana")
    assert applied.intersection(proposed) == set(proposed) - hidden
    assert hidden <= listed
    assert (exported.proposed, exported.kept_back) == (20 - len(hidden), len(hidden))
    codings = unconfirmed_codings(work)
    assert (codings.waits, codings.held, codings.all) == (20 - len(hidden), len(hidden), 20)
    assert codings.told("here") == (
        f"20 codings are proposed on 1 code: {20 - len(hidden)} wait to be confirmed (here), "
        f"{len(hidden)} are held back until their segments are coded by hand"
    )
    assert hidden <= {said.segment.id for said in in_none(work, codebook(work))}


def test_who_coded_a_segment_whole_is_told_and_another_is_not(
    work: Workplace, proposed: tuple[str, ...], tmp_path: Path
):
    hidden = next(item for item in proposed if is_control("made", item, 0.5))
    take(work, Kind.COMMIT, hidden, "ana", codes=[])
    told = {who: hidden in tabs(work, tmp_path / f"{who}.xlsx", who)[1] for who in ("ana", "ben")}
    assert told == {"ana": True, "ben": False}
    assert hidden in tabs(work, tmp_path / "anybody.xlsx")[1]


def test_a_study_that_withholds_suggestions_proposes_nothing_on_a_sheet(
    work: Workplace, proposed: tuple[str, ...], tmp_path: Path
):
    withheld = replace(work, settings=Settings(review=ReviewSettings(withhold=True)))
    exported, applied, _ = tabs(withheld, tmp_path / "one.xlsx", "ana")
    assert not applied.intersection(proposed)
    assert (exported.proposed, exported.kept_back) == (0, 20)
