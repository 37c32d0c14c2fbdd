"""What people turned down once is not offered again when a new group says it; anything else is."""

import numpy as np

from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.suggest.material import Material
from pipeline.suggest.rejected import without_rejected
from tests.unit.suggest.conversation import COURT, SHELTER, TRAINING, at_length, material


def candidate(name, ids):
    return Suggestion(f"s-{name}", name, (), tuple(ids), tuple(ids[:3]), (), 0.5)


def talk(questions=("Q1", "Q1", "Q1")):
    """Before: shelter beds were talked of and rejected. New: shelter beds again, and courts; training is old too."""
    again = [f"here too, {text}" for text in SHELTER[:3]]
    said = [*SHELTER[:3], *again, *TRAINING[:3], *COURT]
    asked = [questions[0]] * 3 + [questions[1]] * 3 + ["Q1"] * 3 + [questions[2]] * 6
    return material([at_length(text) for text in said], questions=asked)


def offered(known: Material):
    return SuggestionSet((candidate("beds", known.ids[3:6]), candidate("courts", known.ids[9:15])), (known.ids[8],))


def test_the_rejected_idea_is_kept_back_and_its_segments_are_unclear():
    known = talk()
    found, back = without_rejected(offered(known), known, [known.ids[:3]])
    assert [item.name for item in found.suggestions] == ["courts"]
    assert back == 1
    assert set(found.unclear) == {known.ids[8], *known.ids[3:6]}


def test_the_same_words_under_another_question_are_another_idea():
    """Barriers and helps share their words and differ by what was asked."""
    known = talk(("Q1", "Q2", "Q1"))
    found, back = without_rejected(offered(known), known, [known.ids[:3]])
    assert (len(found.suggestions), back) == (2, 0)


def test_nothing_rejected_leaves_all():
    known = talk()
    assert without_rejected(offered(known), known, []) == (offered(known), 0)


def test_a_rejected_candidate_whose_talk_is_gone_keeps_nothing_back():
    known = talk()
    assert without_rejected(offered(known), known, [("gone:1-2",)]) == (offered(known), 0)


def test_nothing_beside_something_is_that():
    """Of a group that says nothing codable, or a study whose first talk is gone, there are no vectors to stack."""
    known = talk()
    nothing = Material((), (), np.zeros((0, 0), dtype=np.float32), (), (), (), (), ())
    assert known.beside(nothing) is known
    assert nothing.beside(known) is known
    assert len(known.beside(known)) == 2 * len(known)
