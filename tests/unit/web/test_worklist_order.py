"""The worklist learns from what was decided: known and rejected ideas come last, and say why."""

from pathlib import Path

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.web.worklist_order import Turn, in_turn
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

AT = "2026-03-01T10:00:00+00:00"


@pytest.fixture
def study(tmp_path: Path):
    with made_study(tmp_path / "study", Size(candidates=8)) as work:
        yield LiveStudy(work)


def take(study: LiveStudy, kind: Kind, subject: str, payload: dict, reason: str = "") -> None:
    key = f"k-{len(study.work.store.decisions.log('made'))}"
    study.decide(Draft(key, "made", "ana", AT, kind, subject, payload, reason=reason))


def turns(study: LiveStudy) -> dict[str, Turn]:
    with study.looking("ana") as view:
        return dict(in_turn(study, view))


def offered(study: LiveStudy):
    with study.looking("ana") as view:
        return view.material.found.suggestions


def test_before_anything_is_decided_best_evidence_is_first(study: LiveStudy):
    assert list(turns(study)) == [item.id for item in offered(study)]
    assert set(turns(study).values()) == {Turn.NEW}


def test_a_candidate_whose_segments_are_coded_already_goes_last(study: LiveStudy):
    first, second, *_ = offered(study)
    take(study, Kind.CREATE, "c-aaaaaaaaaaaa", {"name": "waiting", "segments": list(first.segments[:3])})
    assert turns(study)[first.id] is Turn.COVERED
    assert list(turns(study))[-1] == first.id
    assert next(iter(turns(study))) == second.id


def test_what_was_decided_keeps_its_place(study: LiveStudy):
    first = offered(study)[0]
    payload = {"code": "c-aaaaaaaaaaaa", "name": "waiting", "segments": list(first.segments)}
    take(study, Kind.ACCEPT, first.id, payload)
    assert next(iter(turns(study))) == first.id


def test_nearly_the_same_as_a_rejected_one_goes_last_of_all(study: LiveStudy, monkeypatch: pytest.MonkeyPatch):
    """With the bar at the cosine of the two nearest, rejecting one of them sends the other to the end."""
    import numpy as np

    from pipeline.suggest import rejected
    from pipeline.web.nearness import mean_directions

    found = offered(study)
    with study.looking("ana") as view:
        means = mean_directions(study, view, [item.segments for item in found])
    content = means - means.mean(axis=0) / np.linalg.norm(means.mean(axis=0))
    content /= np.linalg.norm(content, axis=1, keepdims=True)
    cosines = content @ content.T
    np.fill_diagonal(cosines, -1)
    one, other = np.unravel_index(cosines.argmax(), cosines.shape)
    monkeypatch.setattr(rejected, "SAME_IDEA", float(cosines.max()) - 1e-4)
    take(study, Kind.REJECT, found[one].id, {}, "no idea of theirs")
    assert turns(study)[found[other].id] is Turn.REJECTED
    assert list(turns(study))[-1] == found[other].id
