"""Saturation is not claimed where there are too few groups to show it."""

from pipeline.domain.folding import fold
from pipeline.mapping.saturation import saturation
from tests.unit.mapping.conversation import coded, heard


def talk_of(*groups: str):
    return heard("\n".join(f"== g{number}\nQ1 | Ann: {words}" for number, words in enumerate(groups)))


def test_four_groups_cannot_show_saturation():
    """Even when the last group adds nothing, the answer with four groups is that nobody can tell."""
    talk = talk_of("{a}One.{/} {b}Two.{/}", "{a}Three.{/}", "{b}Four.{/}", "{a}Five.{/}")
    found = saturation(talk.study, fold(coded(talk)[0]), talk.said)

    assert not found.assessable
    assert found.sentence.startswith("Saturation is not assessable with 4 groups")
    assert [len(gain.new) for gain in found.gains] == [2, 0, 0, 0]


def test_six_groups_give_the_share_of_new_codes():
    """Base: four codes in the first four groups; run: one new code in the last two; one over four."""
    talk = talk_of("{a}1.{/}", "{b}2.{/}", "{c}3.{/}", "{d}4.{/}", "{a}5.{/}", "{e}6.{/}")
    found = saturation(talk.study, fold(coded(talk)[0]), talk.said)

    assert found.share == 0.25
    assert "above the threshold of 5%" in found.sentence


def test_a_group_without_a_code_does_not_count_as_evidence_of_saturation():
    """A study of five coded groups and a silent one stays unassessable."""
    talk = talk_of("{a}1.{/}", "{a}2.{/}", "{a}3.{/}", "{a}4.{/}", "{a}5.{/}", "We said nothing of it.")
    assert not saturation(talk.study, fold(coded(talk)[0]), talk.said).assessable
