"""Proposed themes are proposals: codes side by side, in their own words."""

import numpy as np

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.folding import fold
from pipeline.mapping.by_question import map_codes
from pipeline.mapping.themes import propose_themes
from pipeline.mapping.wording import shared_words
from tests.unit.mapping.conversation import coded, heard, logged

TALK = heard("""
== plains
Q1 | Ruth: {lack of housing}Nothing to rent.{/}
Q1 | Ruth: {housing waits}A list of two years.{/}
Q2 | Sam: {staff burnout}We lose one a month.{/}
Q2 | Sam: {staff turnover}Then we train again.{/}
""")
VECTORS = np.array([[1, 0.1], [1, 0], [0, 1], [0.1, 1]], dtype=np.float32)


def proposed(log, ids):
    book = fold(log)
    return propose_themes(book, map_codes(TALK.study, book, TALK.said), list(ids.values()), VECTORS, {})


def test_codes_of_one_question_and_like_words_are_laid_together():
    log, ids = coded(TALK)
    themes = proposed(log, ids)

    assert {frozenset(theme.codes) for theme in themes} == {
        frozenset([ids["lack of housing"], ids["housing waits"]]),
        frozenset([ids["staff burnout"], ids["staff turnover"]]),
    }
    assert {"Housing", "Staff"} == {theme.name for theme in themes}
    assert not fold(log).themes  # proposing asserts nothing


def test_a_theme_that_people_made_is_not_proposed_again():
    log, ids = coded(TALK)
    made = [ids["lack of housing"], ids["housing waits"]]
    theme = Draft("t", "study", "Ana", "2026-03-02", Kind.THEME, "t-1", {"name": "The roof", "codes": made})
    themes = proposed(logged([*(item.draft for item in log), theme]), ids)

    assert [set(theme.codes) for theme in themes] == [{ids["staff burnout"], ids["staff turnover"]}]


def test_two_codes_are_too_few_to_lay_side_by_side():
    log, ids = coded(TALK)
    book = fold(log)
    assert propose_themes(book, map_codes(TALK.study, book, TALK.said), list(ids.values())[:2], VECTORS[:2], {}) == ()


def test_a_name_uses_no_word_that_the_codes_do_not():
    assert shared_words(["No rooms", "Long waits", "High rent", "Cold landlords"]) == (
        "No rooms · Long waits · High rent · and 1 more"
    )
