"""Saturation is not claimed where there are too few groups to show it."""

from dataclasses import replace

import pytest

from pipeline.domain.folding import fold
from pipeline.mapping.saturation import expected_codes, saturated_orders, saturation
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


def test_groups_stand_in_order_of_dates_that_begin_with_the_year():
    """As texts "14 March 2026" comes before "2 May 2025"; then the order of the study is kept."""
    talk = talk_of("{a}1.{/}", "{b}2.{/}")

    def order(*dates: str) -> list[str]:
        groups = tuple(replace(group, date=date) for group, date in zip(talk.study.groups, dates, strict=True))
        study = replace(talk.study, groups=groups)
        return [gain.group for gain in saturation(study, fold(coded(talk)[0]), talk.said).gains]

    assert order("2026-03-14", "2025-05-02") == ["g1", "g0"]
    assert order("2 May 2025", "14 March 2026") == ["g0", "g1"]
    assert order("2026-03-14", "in May 2025") == ["g0", "g1"]


def test_what_a_moderator_says_is_no_gain():
    talk = heard("== g0\nQ1 | Moderator: {a}1.{/}\nQ1 | Ann: {b}2.{/}")
    (gain,) = saturation(talk.study, fold(coded(talk)[0]), talk.said).gains

    assert gain.codes == len(gain.new) == 1


def test_the_codes_to_expect_of_so_many_groups_by_hand():
    """Groups a b, a, c. One group: (2 + 1 + 1) / 3. Two: {a b}, {a b c}, {a c}: (2 + 3 + 2) / 3. Three: 3."""
    assert expected_codes([{"a", "b"}, {"a"}, {"c"}]) == (
        pytest.approx(4 / 3),
        pytest.approx(7 / 3),
        pytest.approx(3),
    )


def test_orders_in_which_the_last_run_adds_little_by_hand():
    """Six groups speak to a, one of them also to b. The run holds that one in 5 of the 15 choices of two, and then
    adds 1 code to a base of 1; in the others it adds none."""
    groups = [{"a", "b"}, *([{"a"}] * 5)]
    assert saturated_orders(groups) == pytest.approx(10 / 15)
    assert saturated_orders(list(reversed(groups))) == pytest.approx(10 / 15)
    assert saturated_orders(groups[:5]) is None
    assert saturated_orders([set()] * 6) is None


def test_orders_are_drawn_where_there_are_too_many_to_count():
    """One group of 30 alone speaks to b: the last two hold it in 2 of 30 orders."""
    assert saturated_orders([{"a", "b"}, *([{"a"}] * 29)]) == pytest.approx(28 / 30, abs=0.01)
