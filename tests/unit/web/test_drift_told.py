"""A code's page says on how much talk it stands that the code may have come to mean something else."""

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.work.learning import Drifted, Taught

from .conftest import Place

CODE = "c-00000000000a"


@pytest.mark.parametrize(
    ("late", "said"),
    [((7, 1), "7 new segments of 1 group against 40 of 3."), ((9, 2), "9 new segments of 2 groups against 40 of 3.")],
)
def test_the_groups_and_segments_compared_are_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, late: tuple[int, int], said: str
):
    with place.study.looking() as view:
        segments = view.material.codable[:3]
    payload = {"name": "Rent", "segments": list(segments)}
    place.study.decide(Draft("make", "made", "ana", "2026-03-01T10:00:00+00:00", Kind.CREATE, CODE, payload))
    drifts = {CODE: Drifted(segments[:2], *late, early_segments=40, early_groups=3)}
    monkeypatch.setattr("pipeline.web.pages.code.taught", lambda _study, _view: Taught(1, {}, {}, (), drifts))
    page = place.browser("ana").get(f"/studies/made/codebook/{CODE}").text
    assert "It may have come to mean something else" in page
    assert said in page
