"""What people change after the machine has made something of it: nothing is lost, doubled or signed off unseen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from openpyxl import load_workbook

from pipeline.bootstrap import open_workplace
from pipeline.cli.main import main
from pipeline.domain.decision import Decision
from pipeline.domain.errors import DecisionRefused, NotReady
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.settings import InboxSettings, Settings
from pipeline.work import sheets, suggesting
from pipeline.work.deciding import approve, codebook, decide, signature, waiting
from pipeline.work.desk import Desk
from pipeline.work.mapping import map_codes
from pipeline.work.prepare import prepare
from pipeline.work.reporting import gathered
from pipeline.work.talk import talk
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS, Workplace, now

STUDY = """
[study]
id = "harbor"
title = "Harbor"

[[question]]
id = "q1"
text = "What is missing?"

[[group]]
id = "north"
transcript = "north.txt"
moderators = ["Moderator"]
"""
LATE = '\n[[group]]\nid = "south"\ntranscript = "south.txt"\nmoderators = ["Moderator"]\n'
NORTH = """\
Moderator: What is missing in this region?
Ana: Beds. There are no beds for a boy of sixteen.
Ben: And nobody answers after five.
Cleo: I wish you had not recorded this.
"""


class Letters:
    """An encoder that needs no model: how often each letter occurs."""

    key = "letters"
    dimension = 8

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        assert progress is None
        counts = np.array([[text.lower().count(letter) for letter in "aeinost "] for text in texts], np.float32)
        unit: NDArray[np.float32] = counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)
        return unit


class Whole:
    """A splitter to which every turn is one sentence."""

    def sentences(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [[(0, len(text))] for text in texts]


def without_models(work: Workplace) -> Workplace:
    """The same workplace, where talk is read by its letters."""
    assert work.manner
    meaning, manner = replace(work.meaning, encoder=Letters), replace(work.manner, encoder=Letters)
    return replace(work, meaning=meaning, manner=manner, splitter=Whole)


def opened(folder: Path) -> Workplace:
    with open_workplace(folder, settings=Settings(inbox=InboxSettings(settle=0.0))) as work:
        return without_models(work)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    """A study at checkpoint 2, with one candidate over all that three participants said."""
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "north.txt").write_text(NORTH)
    work = opened(tmp_path)
    prepare(work)
    approve(work, TRANSCRIPTS, "ana")
    ids = tuple(said.segment.id for said in talk(work).codable)
    candidate = Suggestion(suggestion_id(ids), "beds", ("beds",), ids, ids, ids[-1:], 0.5, speakers=(("x", 3),))
    summary = {"builds_on": None, "all_transcripts": [work.store.transcripts.of_study("harbor")[0].transcript.id]}
    work.store.stages.freeze("harbor", "suggest", "made here", summary, now())
    work.store.suggestions.freeze("harbor", 1, SuggestionSet((candidate,), ()))
    yield work
    work.store.close()


def desk(work: Workplace, key: str = "k") -> Desk:
    return Desk(work, signature(work, "ana", key=key, reason="because"))


def accepted(work: Workplace, key: str = "accept") -> Decision:
    (candidate,) = suggesting.current(work)[0].suggestions
    return decide(work, desk(work, key).accept(candidate.id, None, "", ()))


def last_turn(work: Workplace) -> str:
    return talk(work).said[-1].turn


def test_talk_left_out_is_in_no_candidate(work: Workplace, tmp_path: Path) -> None:
    """Neither shown, nor exported, nor coded by an acceptance."""
    decide(work, desk(work).omit(last_turn(work), left_out=True))
    prepare(work)

    (candidate,) = suggesting.current(work)[0].suggestions
    assert len(candidate.segments) == len(candidate.typical) == 2
    assert candidate.edge == ()
    assert candidate.speakers == (("north/Ana", 1), ("north/Ben", 1))
    assert sheets.export(work, tmp_path / "codes.xlsx", "ana").candidates == 1
    assert accepted(work).payload["segments"] == list(candidate.segments)


def test_talk_left_out_after_it_was_coded_is_told_and_not_counted(work: Workplace, tmp_path: Path) -> None:
    code = accepted(work).payload["code"]
    decide(work, desk(work).omit(last_turn(work), left_out=True))
    prepare(work)

    mapped = gathered(work).mapped
    assert (len(mapped.totals[code].segments), len(mapped.unplaced)) == (2, 1)
    sheets.export(work, tmp_path / "codes.xlsx", "ana")


def test_a_passage_dropped_from_its_code_is_shown_and_exported_until_it_is_coded(
    work: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither lost when its code lets it go, nor listed once another carries it."""
    first, *rest = suggesting.current(work)[0].suggestions[0].segments
    code = accepted(work).payload["code"]
    assert main(["show", str(tmp_path), "unclear"]) == 0
    assert "0 segments with no code" in capsys.readouterr().out

    decide(work, desk(work, "drop").remove(first, code))
    assert main(["show", str(tmp_path), "unclear"]) == 0
    shown = capsys.readouterr().out
    assert "1 segment with no code" in shown
    assert first in shown
    sheets.export(work, tmp_path / "codes.xlsx", "ana")
    rows = load_workbook(tmp_path / "codes.xlsx")["Segments"].iter_rows(min_row=2, values_only=True)
    assert [(row[0], row[3]) for row in rows] == [*((segment, "beds") for segment in rest), (first, "in none")]

    decide(work, desk(work, "own").create("Beds for boys", "", [first]))
    assert suggesting.in_none(work, codebook(work)) == ()


def test_what_turns_out_to_be_a_moderators_is_not_counted_as_an_answer(work: Workplace) -> None:
    code = accepted(work).payload["code"]
    decide(work, desk(work).moderator("north", "Cleo", moderates=True))
    prepare(work)

    mapped = gathered(work).mapped
    assert mapped.totals[code].speakers == ("north/Ana", "north/Ben")
    assert len(mapped.unplaced) == 1


def test_approving_signs_off_no_file_that_nobody_has_looked_at(work: Workplace, tmp_path: Path) -> None:
    """A group added since is read by the next run, and waits."""
    (tmp_path / "south.txt").write_text(NORTH.replace("Ana", "Dov"))
    (tmp_path / "study.toml").write_text(STUDY + LATE)
    later = opened(tmp_path)

    assert approve(later, TRANSCRIPTS, "ana").payload["version"] == 1
    prepare(later)
    assert waiting(later)[TRANSCRIPTS] == 2


def test_nothing_is_approved_before_it_was_prepared(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "north.txt").write_text(NORTH)
    with pytest.raises(NotReady):
        approve(opened(tmp_path), TRANSCRIPTS, "ana")


def test_an_answer_set_to_a_question_that_left_the_guide_is_not_lost(work: Workplace, tmp_path: Path) -> None:
    """The turn answers what was found for it, under a question that the report still asks."""
    decide(work, desk(work).question(last_turn(work), "q1", None))
    (tmp_path / "study.toml").write_text(STUDY.replace('"q1"', '"q7"'))
    later = opened(tmp_path)
    prepare(later)

    assert {said.question for said in talk(later).said} <= {"q7", "off-guide"}


def test_a_turn_is_set_off_the_guide_with_a_dash(work: Workplace) -> None:
    decide(work, desk(work).question(last_turn(work), "-", None))
    assert talk(work).said[-1].question == "off-guide"
    with pytest.raises(DecisionRefused, match="no turn"):
        desk(work).omit(last_turn(work)[:12] + ":t²", left_out=True)


def test_a_changed_guide_asks_for_another_look_at_the_map(work: Workplace, tmp_path: Path) -> None:
    accepted(work)
    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    (tmp_path / "study.toml").write_text(STUDY.replace("What is missing?", "What works?"))
    later = opened(tmp_path)
    prepare(later)
    approve(later, TRANSCRIPTS, "ana")

    assert map_codes(later).changed
    assert waiting(later) == {MAP: 2}


def test_a_theme_made_after_the_map_was_signed_off_asks_for_another_approval(work: Workplace) -> None:
    code = accepted(work).payload["code"]
    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    theme = decide(work, desk(work, "theme").theme("Nights", [code], "", ""))
    assert waiting(work) == {MAP: 1}

    decide(work, desk(work, "undo").undo(theme.seq))
    assert waiting(work) == {}


def test_a_decision_sent_again_is_answered_with_itself_and_another_is_refused(work: Workplace) -> None:
    """One key, one decision: nobody is told that something was decided which was not."""
    first = accepted(work, "once")
    again = decide(work, desk(work, "once").accept(first.subject, None, "", ()))
    assert again == first

    with pytest.raises(DecisionRefused, match="used for another decision"):
        decide(work, desk(work, "once").reject(first.subject))
