"""Where little of the talk became a candidate, the page says why and where to go on; elsewhere it does not."""

from pathlib import Path

import pytest

from tests.made_study import Size, made_study

from .conftest import Place, served

BASE = "/studies/made/candidates"
WHY = "an idea becomes one only where it recurs"


@pytest.mark.parametrize(("candidates", "said"), [(0, "54 of 54 segments"), (1, "48 of 54 segments")])
def test_few_or_none_are_explained_with_a_way_on(tmp_path: Path, candidates: int, said: str):
    with made_study(tmp_path / "study", Size(candidates=candidates)) as work, served(tmp_path, work) as place:
        ana = place.browser("ana")
        answer = ana.get(BASE)
        page = ana.get(answer.headers["location"]).text if candidates else answer.text
    assert f"{said} of talk fit no candidate" in page
    assert WHY in page
    assert 'href="/studies/made/segments"' in page
    assert 'href="/studies/made/segments/unclear"' in page
    assert ("No candidates in this talk" in page) is not candidates


def test_where_there_are_enough_nothing_is_explained(place: Place):
    ana = place.browser("ana")
    assert WHY not in ana.get(ana.get(BASE).headers["location"]).text
