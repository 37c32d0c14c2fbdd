"""What was said is found by its words or its meaning, by each person among what they may see."""

import re
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.pages.search import PER_PAGE
from pipeline.web.searching import search_of

from .conftest import Place

BASE = "/studies/made/search"
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-000000000001"


class Model:
    """An encoder whose every text means the same; it counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.tile(np.eye(16, dtype=np.float32)[0], (len(texts), 1))


def code(place: Place, segments: list[str], coder: str = "mara") -> None:
    payload = {"name": "No way to court", "segments": segments}
    place.study.decide(Draft("make", "made", coder, AT, Kind.CREATE, CODE, payload))


def total(page: str) -> int:
    found = re.search(r"<b>([\d,]+)</b> segment", page)
    assert found
    return int(found[1].replace(",", ""))


def holding(place: Place, word: str) -> list[str]:
    with place.study.looking() as view:
        said = view.material.said.values()
        return [item.segment.id for item in said if re.search(rf"\b{word}\b", item.excerpt, re.IGNORECASE)]


def test_words_are_found_and_marked_each_at_its_place(place: Place):
    page = place.browser("rea").get(f"{BASE}?q=court").text
    assert total(page) == len(holding(place, "court"))
    assert re.search(r"<mark>[Cc]ourt</mark>", page)
    assert re.search(r'href="/studies/made/transcripts/group\d+\?at=\d+-\d+#s\d+-\d+"', page)


def test_twenty_a_page_and_no_more(place: Place):
    rea = place.browser("rea")
    first = rea.get(f"{BASE}?q=the").text
    assert first.count('<p class="said">') == PER_PAGE
    assert f"{BASE}?q=the&amp;page=2" in first
    last = rea.get(f"{BASE}?q=the&page=999").text
    assert last.count('<p class="said">') == (total(first) - 1) % PER_PAGE + 1


def test_more_than_are_worth_weighing_stand_in_order_of_talk_and_the_page_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    rea, places = place.browser("rea"), r"/transcripts/(group\d+)\?at=(\d+)-"
    assert " segments, best first" in rea.get(f"{BASE}?q=court").text
    monkeypatch.setattr("pipeline.review.search.words.RANKED", 2)
    page = rea.get(f"{BASE}?q=court").text
    assert total(page) == len(holding(place, "court"))
    assert " segments, in order of talk" in page
    found = [(group, int(start)) for group, start in re.findall(places, page)]
    assert len(found) > 2
    assert found == sorted(found)


def test_where_nothing_is_found_it_says_how_to_look_otherwise(place: Place):
    page = place.browser("rea").get(f"{BASE}?q=zzyzx").text
    assert "rent*" in page
    assert "finds renting" in page


def test_a_query_is_shown_as_typed_and_acts_nowhere(place: Place):
    assert 'maxlength="500"' in place.browser("rea").get(BASE).text
    page = place.browser("rea").get(f"{BASE}?q=%3Cscript%3Ealert(1)%3C/script%3E" + "x" * 600).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_filters_narrow_by_group_role_question_code_and_coder(place: Place):
    rea = place.browser("rea")
    with place.study.looking() as view:
        said, able = view.material.said, view.material.codable
    code(place, list(able[:7]))
    assert total(rea.get(f"{BASE}?group=group001").text) == sum(item.group == "group001" for item in said.values())
    assert total(rea.get(f"{BASE}?role=advocate").text) == sum(item.role == "advocate" for item in said.values())
    assert total(rea.get(f"{BASE}?question=Q2").text) == sum(item.question == "Q2" for item in said.values())
    assert total(rea.get(f"{BASE}?code={CODE}").text) == 7
    assert total(rea.get(f"{BASE}?coder=mara").text) == 7
    assert total(rea.get(f"{BASE}?coder=ben").text) == 0


def test_by_meaning_only_the_query_is_encoded_and_only_once(place: Place):
    model = Model()
    object.__setattr__(place.study.work.meaning, "encoder", lambda: model)
    rea = place.browser("rea")
    page = rea.get(f"{BASE}?q=nowhere+to+live&how=meaning").text
    rea.get(f"{BASE}?q=nowhere+to+live&how=meaning&page=2")
    assert model.asked == ["nowhere to live"]
    assert page.count('<p class="said">') == PER_PAGE
    with place.study.looking() as view:
        assert total(page) == len(view.material.codable)


def test_the_search_follows_the_talk(place: Place):
    """A turn that is left out is found no more."""
    word, rea = "court", place.browser("rea")
    before = total(rea.get(f"{BASE}?q={word}").text)
    with place.study.looking() as view:
        material = view.material
    search = search_of(place.study, material, by_meaning=True)  # waits until what was begun beside is done
    assert search_of(place.study, material) is search
    gone = material.said[holding(place, word)[0]]
    kept = [item for item in material.said.values() if item is not gone]
    search.follow(kept)
    assert total(rea.get(f"{BASE}?q={word}").text) == before - 1


def test_what_others_coded_blind_filters_nothing_for_me(place: Place):
    with place.study.looking() as view:
        able = view.material.codable
        code(place, list(able[:2]))
    with place.study.looking() as view:
        draft = rounds.open_candidates(Signature("made", "jo", AT, "open"), view.book, ["ana", "ben"])
    book = f"{place.study.decide(draft).subject}/ben"
    place.study.decide(Draft("own", "made", "ben", AT, Kind.APPLY, able[5], {"code": CODE}, book=book))
    assert total(place.browser("ana").get(f"{BASE}?code={CODE}").text) == 2
    assert total(place.browser("rea").get(f"{BASE}?code={CODE}").text) == 2
    assert total(place.browser("ben").get(f"{BASE}?code={CODE}").text) == 3


def test_of_a_sample_the_teams_codes_show_once_a_coder_has_coded_the_segment(place: Place):
    with place.study.looking() as view:
        able = view.material.codable
    code(place, list(able[:4]))
    with place.study.looking() as view:
        sign = Signature("made", "jo", AT, "open")
        draft = rounds.open_sample(sign, view.book, ["ana", "ben"], able[:2], share=0.1, seed=1)
    book = f"{place.study.decide(draft).subject}/ana"
    ana = place.browser("ana")
    assert total(ana.get(f"{BASE}?code={CODE}").text) == 2
    place.study.decide(Draft("c", "made", "ana", AT, Kind.COMMIT, able[0], {"codes": [CODE]}, book=book))
    assert total(ana.get(f"{BASE}?code={CODE}").text) == 3
    assert total(place.browser("rea").get(f"{BASE}?code={CODE}").text) == 4
