"""The reference is read strictly: each mistake is named by entry and key; what nobody asked for is passed over."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import StudyInvalid
from pipeline.evaluate.reference import HumanSpan, Reference, load_reference

CODE = {"id": "fear", "name": "Fear", "definition": "", "parent": None}
CODING = {"group": "north", "start": 3, "end": 9, "codes": ["fear"], "coder": "ana"}
SPAN = {"group": "north", "start": 0, "end": 20, "question": "Q1"}


def load(folder: Path, **lists: Any) -> Reference:
    path = folder / "reference.json"
    path.write_text(json.dumps({"codes": [CODE], "codings": [CODING], "questions": [SPAN]} | lists), "utf-8")
    return load_reference(path, {"north": 20}, {"Q1"})


def test_equal_bounds_are_one_human_span_with_all_codes(tmp_path: Path) -> None:
    trust = CODE | {"id": "trust"}
    codings = [CODING | {"codes": ["trust"]}, CODING | {"coder": "ben"}, CODING | {"end": 12}]
    reference = load(tmp_path, codes=[CODE, trust], codings=codings)
    expected = (HumanSpan("north", 3, 9, ("fear", "trust")), HumanSpan("north", 3, 12, ("fear",)))
    assert expected == reference.human_spans()
    assert reference.questions == reference.questions_of("north")


@pytest.mark.parametrize(
    ("lists", "problem"),
    [
        ({"codings": [CODING, CODING | {"codes": ["hope"]}]}, "codings 2: 'codes' names 'hope'"),
        ({"codings": [CODING | {"end": 3}]}, "codings 1: 'end' is not after 'start'"),
        ({"codings": [CODING | {"end": 21}]}, "codings 1: 'end' is past the end"),
        ({"codings": [CODING | {"start": "3"}]}, "codings 1: 'start' is not number"),
        ({"codings": [CODING | {"start": True}]}, "codings 1: 'start' is not number"),
        ({"codings": [CODING | {"codes": []}]}, "codings 1: 'codes' is not list of texts"),
        ({"codings": [{k: v for k, v in CODING.items() if k != "coder"}]}, "codings 1: has no 'coder'"),
        ({"codes": [CODE, CODE]}, "codes 2: 'id' 'fear' is there twice"),
        ({"codes": [CODE | {"parent": "x"}]}, "codes 1: 'parent' 'x' is no code"),
        ({"questions": [SPAN | {"group": "south"}]}, "questions 1: 'group' 'south' is no group"),
        ({"questions": [SPAN | {"question": "Q9"}]}, "questions 1: 'question' 'Q9' is not in the guide"),
        ({"questions": None}, "has no list 'questions'"),
        ({"held_back": ["south"], "codings": [CODING | {"group": "east"}]}, "codings 1: 'group' 'east' is no group"),
        ({"held_back": "south"}, "'held_back' is not a list of texts"),
    ],
)
def test_a_mistake_is_named_by_entry_and_key(tmp_path: Path, lists: dict[str, Any], problem: str) -> None:
    with pytest.raises(StudyInvalid) as caught:
        load(tmp_path, **lists)
    assert problem in str(caught.value)


def test_what_nobody_asked_for_is_passed_over(tmp_path: Path) -> None:
    more = {"codes": [CODE | {"stance": "gap"}], "codings": [CODING | {"memo": "?"}], "note": "invented"}
    assert load(tmp_path) == load(tmp_path, **more)


def test_groups_held_back_are_left_out_until_they_are_in_the_study(tmp_path: Path) -> None:
    late = {"held_back": ["south"], "codings": [CODING, CODING | {"group": "south"}]}
    late |= {"questions": [SPAN, SPAN | {"group": "south", "end": 900}]}
    assert load(tmp_path) == load(tmp_path, **late)
    joined = load_reference(tmp_path / "reference.json", {"north": 20, "south": 900}, {"Q1"})
    assert (len(joined.codings), len(joined.questions)) == (2, 2)


def test_a_file_that_is_no_json_says_where(tmp_path: Path) -> None:
    (tmp_path / "reference.json").write_text('{"codes": [,]}', "utf-8")
    with pytest.raises(StudyInvalid, match="line 1: is not JSON"):
        load_reference(tmp_path / "reference.json")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Windows editors write one."""
    path = tmp_path / "reference.json"
    path.write_text(json.dumps({"codes": [CODE], "codings": [CODING], "questions": [SPAN]}), "utf-8-sig")
    assert len(load_reference(path).codings) == 1


def test_problems_come_in_the_order_of_the_keys(tmp_path: Path) -> None:
    """The same in every process, whatever order sets have there."""
    with pytest.raises(StudyInvalid) as caught:
        load(tmp_path, codings=[{"group": "north", "start": "x"}])
    assert [problem.what for problem in caught.value.problems] == [
        "'start' is not number.",
        "has no 'end'.",
        "has no 'codes'.",
        "has no 'coder'.",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"codes": [], "codings": [], "questions": [], "codes": []}', "holds 'codes' twice"),
        (f'{{"codes": [], "codings": [], "questions": [{"9" * 5000}]}}', "a number that is too large"),
    ],
)
def test_what_json_lets_pass_or_breaks_on_is_a_problem(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "reference.json").write_text(content, "utf-8")
    with pytest.raises(StudyInvalid, match=problem):
        load_reference(tmp_path / "reference.json")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("study", "codes", "codings"), [("world_after_covid", 57, 254), ("serdif_usability", 22, 1787)]
)
def test_real_references_load(shared_dir: Path, study: str, codes: int, codings: int) -> None:
    reference = load_reference(shared_dir / "corpora" / study / "reference.json")
    assert (codes, codings) == (len(reference.codes), len(reference.codings))
