"""The sample study is complete, repeatable and says what its README promises."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.sample_study import CONFIGS, OFF_GUIDE, ROOT, Group, build, codings, read_groups

GROUPS = read_groups()
ONE_GROUP_ONLY = {"hotel-staff": "lakeshore", "faith-groups": "delta"}


def _reference() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / CONFIGS / "reference.json").read_text(encoding="utf-8"))
    return loaded


def _spans_per_code(*, held_back: bool = False) -> Counter[str]:
    reference = _reference()
    return Counter(
        code
        for coding in reference["codings"]
        if (coding["group"] in reference["held_back"]) == held_back
        for code in coding["codes"]
    )


def test_rebuild_equals_the_committed_files(tmp_path: Path) -> None:
    for path in build(tmp_path):
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes(), path


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id)
def test_group_is_long_enough(group: Group) -> None:
    assert len(group.turns) >= 110
    assert sum(len(turn.text.split()) for turn in group.turns) >= 4500


def test_participants_and_roles() -> None:
    study = tomllib.loads((ROOT / CONFIGS / "study.toml").read_text(encoding="utf-8"))
    late = tomllib.loads((ROOT / CONFIGS / "held_back.toml").read_text(encoding="utf-8"))
    assert len(study["participant"]) == 26
    assert len({person["role"] for person in study["participant"]}) == 4
    assert len(study["group"]) == 4
    assert len(study["question"]) == 9
    described = study["participant"] + late["participant"]
    for entry, group in zip(study["group"] + late["group"], GROUPS, strict=True):
        known = {person["id"] for person in described if person["group"] == group.id}
        assert {turn.speaker for turn in group.turns} == known | set(entry["moderators"])


def test_every_question_is_known_and_every_group_leaves_the_guide() -> None:
    for group in GROUPS:
        asked = {turn.question for turn in group.turns}
        assert OFF_GUIDE in asked
        assert asked <= {OFF_GUIDE, *(f"Q{number}" for number in range(1, 10))}


def test_codebook_size_and_support() -> None:
    codes = {code["id"] for code in _reference()["codes"]}
    assert 25 <= len(codes) <= 40
    spans = _spans_per_code()
    assert set(spans) | set(_spans_per_code(held_back=True)) == codes
    assert all(spans[code] >= 6 for code in codes - set(ONE_GROUP_ONLY))
    assert spans["hotel-staff"] >= 3
    assert _spans_per_code(held_back=True)["faith-groups"] >= 3
    for code, group in ONE_GROUP_ONLY.items():
        assert {c["group"] for c in _reference()["codings"] if code in c["codes"]} == {group}


def test_every_finding_rests_on_a_well_supported_code() -> None:
    findings = [code for code in _reference()["codes"] if code["finding"]]
    assert len(findings) >= 20
    spans = _spans_per_code()
    for code in findings:
        assert spans[code["id"]] >= 6, code["finding"]
        groups = {c["group"] for c in _reference()["codings"] if code["id"] in c["codes"]}
        assert len(groups) >= 2, code["finding"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id)
def test_spans_slice_to_the_marked_text(group: Group) -> None:
    marked = [turn.text[span.start : span.end] for turn in group.turns for span in turn.spans]
    sliced = [group.canonical[coding["start"] : coding["end"]] for coding in codings(group)]
    assert sliced == marked
    assert all(text == text.strip() and 8 <= len(text.split()) <= 60 for text in marked)
    assert [c for c in _reference()["codings"] if c["group"] == group.id] == codings(group)
