"""Candidates from talk: complete, repeatable, and none where there is no pattern."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.suggest.candidates import SuggestSettings, _filled_up, propose
from tests.unit.suggest.conversation import (
    COURT,
    SHELTER,
    TRAINING,
    at_length,
    discussion,
    encode,
    material,
    unrelated,
)

ROOT = Path(__file__).resolve().parents[3]


def proposed(talk, **settings):
    return propose(talk, settings=SuggestSettings(**settings), encode=encode)


def test_a_candidate_is_a_whole_topic():
    """A topic of six segments may be too small to be sure of, but topics are never mixed or cut."""
    talk = discussion()
    said = dict(zip(talk.ids, talk.excerpts, strict=True))
    topics = [set(map(at_length, topic)) for topic in (SHELTER, TRAINING, COURT)]
    found = [{said[segment] for segment in item.segments} for item in proposed(talk, most=3).suggestions]
    assert len(found) >= 2
    assert all(topic in topics for topic in found)


@pytest.mark.parametrize("talk", [discussion(), unrelated(60), material(SHELTER)], ids=["topics", "noise", "few"])
def test_every_segment_is_in_one_candidate_or_unclear(talk):
    found = proposed(talk)
    placed = [segment for item in found.suggestions for segment in item.segments] + list(found.unclear)
    assert sorted(placed) == sorted(talk.ids)


@pytest.mark.parametrize("count", [0, 7, 30, 200])
def test_unrelated_segments_give_no_candidate(count):
    if count:
        assert proposed(unrelated(count)).suggestions == ()


def test_the_order_of_the_material_does_not_matter():
    talk = discussion()
    places = list(range(len(talk)))
    random.Random(7).shuffle(places)
    assert proposed(talk.at(places)) == proposed(talk)


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_finds_the_same(hash_seed):
    """Nothing depends on the hash seed, on threads, on the order of the material or on what ran before."""
    program = (
        "from tests.unit.suggest.test_candidates import *; talk = discussion(); "
        "print(proposed(talk.at(range(len(talk))[::-1])))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": hash_seed, "PATH": "", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert found == f"{proposed(discussion())}\n"
    assert "Suggestion(" in found


def test_more_or_fewer_can_be_aimed_at():
    """Told how many, it divides more finely or more broadly than it would by itself; the cap still holds."""
    talk = material([f"{text} {turn}" for turn in range(8) for text in (*SHELTER, *TRAINING, *COURT)])
    fine, itself, broad = (len(proposed(talk, about=about).suggestions) for about in (24, None, 2))
    assert fine > itself > broad == 2
    assert len(proposed(talk, about=24, most=3).suggestions) <= 3


@pytest.mark.parametrize("about", [1, 2, 100, 10_000])
def test_whatever_is_asked_for_something_is_offered(about: int):
    """More than the talk has segments for would leave one or two in each, and offer none of them."""
    talk = material([f"{text} {turn}" for turn in range(8) for text in (*SHELTER, *TRAINING, *COURT)])
    least = min(about, len(proposed(talk).suggestions))
    assert len(proposed(talk, about=about).suggestions) >= max(least, 2)


def test_what_lacks_support_is_made_up_for_by_a_finer_division():
    """Of twelve groups some lack support; asked for twelve, it divides again until twelve are offered, or nearly."""
    asked: list[int] = []

    def offered(count: int) -> np.ndarray:
        asked.append(count)
        return np.arange(count - 2) if count < 15 else np.arange(12)

    assert _filled_up(np.arange(9), 12, 40, offered).max() == 11
    assert asked == [15]
    assert _filled_up(np.arange(12), 12, 40, offered).max() == 11
    assert asked == [15], "nothing is missing"
    assert _filled_up(np.arange(9), 12, 12, offered).max() == 8, "the talk holds no more"


def test_a_cap_is_kept():
    assert len(proposed(discussion(), most=2).suggestions) <= 2


def test_a_sample_stands_for_the_rest():
    """Beyond the sample, segments are assigned; still none is lost and topics are not mixed."""
    talk = material([f"{text} again" * (1 + turn % 2) for turn in range(4) for text in (*SHELTER, *COURT)])
    found = proposed(talk, sample=24, most=2)
    said = dict(zip(talk.ids, talk.excerpts, strict=True))
    assert found.suggestions
    for item in found.suggestions:
        assert len({"shelter" in said[segment] for segment in item.segments}) == 1


def test_evidence_is_among_the_members_and_counts_them():
    for item in proposed(discussion(), most=3).suggestions:
        members = set(item.segments)
        assert 3 <= len(item.typical) <= 5
        assert set(item.typical) | set(item.edge) <= members
        assert not set(item.typical) & set(item.edge)
        for counts in (item.questions, item.groups, item.speakers):
            assert sum(count for _, count in counts) == len(members)
        assert {name for name, _ in item.roles} <= {"advocate"}
        assert all("/" in speaker for speaker, _ in item.speakers)


def test_names_are_phrases_of_the_talk_and_differ():
    talk = discussion()
    suggestions = proposed(talk, most=3).suggestions
    names = [item.name for item in suggestions]
    everything = " ".join(talk.excerpts)
    assert len(set(names)) == len(names)
    for name in names:
        assert all(phrase in everything for phrase in name.split("; "))
    assert any("shelter" in name for name in names)


def test_no_candidate_is_named_for_a_speaker():
    talk = material([f"maria {text} maria" for text in (*SHELTER, *COURT)])
    for item in proposed(talk).suggestions:
        assert "maria" not in item.name
        assert "maria" not in item.keywords


def test_progress_is_told():
    told = []
    propose(discussion(), settings=SuggestSettings(), encode=encode, progress=lambda *step: told.append(step))
    assert told[-1][0] == "clustering"
    assert told[-1][1] == told[-1][2]
