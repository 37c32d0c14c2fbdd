"""What segments are compared by: their words, a little of their neighbours', and the question."""

from dataclasses import replace

import numpy as np

from pipeline.domain.segment import OFF_GUIDE
from pipeline.suggest.features import features, with_context
from pipeline.suggest.material import Material
from pipeline.suggest.volume import candidates_for, distinct_volume
from tests.unit.suggest.conversation import SHELTER, encode, material


def talk(turns, speakers, excerpts, questions=("Q1", "Q1")):
    return Material(
        ids=("t:0-10", "t:20-30"),
        excerpts=excerpts,
        vectors=np.eye(2, dtype=np.float32),
        questions=questions,
        groups=("g", "g"),
        speakers=speakers,
        roles=("", ""),
        turns=turns,
    )


def test_a_short_segment_borrows_from_the_same_speakers_talk_around_it():
    mixed = with_context(talk(("t:4", "t:5"), ("Ann", "Ann"), ("Yes.", "x" * 200)))
    assert mixed[0, 1] > 0.4
    assert mixed[1, 0] == 0  # a long one speaks for itself


def test_nothing_is_borrowed_across_speakers_turns_or_questions():
    short = ("Yes.", "No.")
    for apart in (
        talk(("t:4", "t:5"), ("Ann", "Bo"), short),
        talk(("t:4", "t:6"), ("Ann", "Ann"), short),
        talk(("t:4", "t:5"), ("Ann", "Ann"), short, ("Q1", "Q2")),
    ):
        assert np.array_equal(with_context(apart), np.eye(2))


def test_points_are_the_same_however_many_are_worked_on_at_a_time(monkeypatch):
    """A million segments are worked on in parts; that must change no digit."""
    talked = replace(
        material(SHELTER * 5, questions=["Q1"] * 20 + ["Q2"] * 10), turns=("t:1",) * 30, speakers=("Jo",) * 30
    )
    at_once = features(talked), with_context(talked)
    monkeypatch.setattr("pipeline.suggest.features.ROWS", 7)
    in_parts = features(talked), with_context(talked)
    assert not np.array_equal(at_once[1], talked.vectors)
    for once, parts in zip(at_once, in_parts, strict=True):
        assert np.array_equal(once, parts)


def test_answers_to_one_question_are_nearer_than_answers_to_two():
    same = features(material(SHELTER))
    apart = features(material(SHELTER, questions=["Q1", "Q2"] * 3))
    assert np.linalg.norm(apart[0] - apart[1]) > np.linalg.norm(same[0] - same[1])


def test_saying_it_again_adds_nothing_to_the_volume_of_what_differs():
    once = [f"{text} {'and so on ' * 20}{number * 7}" for number, text in enumerate(SHELTER)]
    vectors = np.random.default_rng(0).normal(size=(6, 384)).astype(np.float32)
    again = distinct_volume(once * 3, np.tile(vectors, (3, 1)))
    assert abs(again - distinct_volume(once, vectors)) < 0.01


def test_more_talk_supports_more_candidates_but_ever_more_slowly():
    found = [candidates_for(volume) for volume in (0, 100, 400, 900)]
    assert found == [1, 13, 26, 39]


def test_little_talk_on_many_questions_is_divided_more_finely_than_by_question():
    answers = ["Q1", "Q2", "Q3", "Q4"] * 20
    assert candidates_for(4, answers) == 8
    assert candidates_for(4, answers[:24]) == 3  # one for every eight answers at most
    assert candidates_for(4, [OFF_GUIDE] * 80) == candidates_for(4)
    assert candidates_for(400, answers) == candidates_for(400)


def test_material_can_be_put_in_order_of_talk():
    given = material(SHELTER)
    shuffled = given.at([5, 0, 3, 1, 4, 2])
    assert shuffled.in_order().ids == given.ids
    assert np.array_equal(shuffled.in_order().vectors, encode(SHELTER))
    assert given.in_order() is given  # a million vectors are not copied for nothing
