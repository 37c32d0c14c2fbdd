"""A name is right when it is nearest to the name of the code that its candidate meets."""

import numpy as np
import pytest

from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.evaluate.names import by_letters_and_vectors, score_names
from pipeline.evaluate.reference import HumanSpan, ReferenceCode

CODES = (
    ReferenceCode("x", "shelter beds", "", None),
    ReferenceCode("y", "police training", "", None),
    ReferenceCode("z", "court delays", "", None),
)
PLACES = {letter: ("g", 10 * place, 10 * place + 10) for place, letter in enumerate("abcdef")}
SPANS = tuple(HumanSpan("g", 10 * place, 10 * place + 10, (code,)) for place, code in enumerate("xxxyyy"))


def shared_words(some, others):
    return np.array([[len(set(one.split()) & set(other.split())) for other in others] for one in some], dtype=float)


def named(*names):
    made = [
        Suggestion(f"s-{segments}", name, tuple(keywords), tuple(segments), (), (), 1.0)
        for segments, name, keywords in names
    ]
    return SuggestionSet(tuple(made), ())


def test_the_name_counts_first_and_five_keywords_after():
    """x is named by its own words. y's name leads to z, and its fifth keyword to y."""
    found = named(("abc", "no beds", ["night"]), ("def", "delays", ["a", "b", "c", "d", "police"]))
    scores = score_names(CODES, SPANS, PLACES, found, shared_words)
    assert (scores.recall_at_1, scores.recall_at_5, scores.codes) == (0.5, 1.0, 2)


def test_a_sixth_keyword_is_not_asked():
    found = named(("def", "delays", ["a", "b", "c", "d", "e", "police"]))
    assert score_names(CODES, SPANS, PLACES, found, shared_words).recall_at_5 == 0.0


def test_no_code_met_scores_zero():
    assert score_names(CODES, SPANS, PLACES, named(), shared_words).codes == 0


def test_letters_and_vectors_find_the_same_words():
    names = [code.name for code in CODES]
    alike = by_letters_and_vectors(["training of the police"], names)
    assert alike.shape == (1, 3)
    assert int(alike.argmax()) == 1
    assert by_letters_and_vectors(names, names).diagonal() == pytest.approx(1.0)
