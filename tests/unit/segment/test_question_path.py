"""The path finds which guide question each turn answers, whether the guide is read out, reworded or never put."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.segment import OFF_GUIDE, TurnQuestion
from pipeline.domain.study import Question
from pipeline.domain.transcript import Turn
from pipeline.segment.forward_fill import forward_fill
from pipeline.segment.guide_match import Sentences
from pipeline.segment.hidden_path import best_path, posterior
from pipeline.segment.question_number import called_number, question_numbers
from pipeline.segment.question_path import question_spans, unreached

GUIDE = (
    Question("Q1", "What services can survivors find in your county today?"),
    Question("Q2", "Which barriers keep survivors from reporting to the police?"),
    Question("Q3", "How should officers and advocates be trained together?"),
)
TOPICS = (
    "service shelter bed food clinic",
    "barrier fear report police deport",
    "train class officer advocate course",
)
"""The words each question is about: these tests need vectors, not a language model."""


def vector(words: str) -> NDArray[np.float32]:
    """How many words belong to each question's topic, and one more dimension for talk about none; unit length."""
    spoken = [word.strip(".,?!").lower() for word in words.split()]
    hits = [sum(any(word.startswith(stem) for stem in topic.split()) for word in spoken) for topic in TOPICS]
    found = np.array([*hits, 1.0], dtype=np.float32)
    return np.asarray(found / np.linalg.norm(found), dtype=np.float32)


def spans(*conversation: str, guide: tuple[Question, ...] = GUIDE, moderator: str = "M") -> tuple[TurnQuestion, ...]:
    speakers, said = zip(*(line.split(": ", 1) for line in conversation), strict=True)
    turns = [Turn(index, speaker, 0, 1, "") for index, speaker in enumerate(speakers)]
    vectors = np.array([vector(words) for words in said])
    asked = np.array([vector(question.text) for question in guide])
    moderates = [speaker == moderator for speaker in speakers]
    alone = [(turn, one) for turn, words in enumerate(said) if moderates[turn] for one in words.split(". ")]
    sentences = Sentences(
        [turn for turn, _ in alone],
        [one for _, one in alone],
        np.array([vector(one) for _, one in alone]).reshape(-1, 4),
    )
    return question_spans(turns, said, moderates, vectors, guide, asked, sentences)


def answers(*conversation: str, moderator: str = "M") -> list[str]:
    return [span.question for span in spans(*conversation, moderator=moderator)]


def test_the_guide_read_out_with_probes_between() -> None:
    """A welcome is off the guide; a probe stays in the question; a skipped question is named."""
    found = spans(
        "M: Welcome everyone, I am Dana, please turn off your phones.",
        "Ana: Hi, I am Ana and I work downtown.",
        "M: What services can survivors find in your county today?",
        "Ana: There is one shelter with nine beds, and a clinic that gives out food.",
        "M: Anyone else?",
        "Ben: The clinic, mostly, and then the shelter if there is a bed.",
        "M: Great. How should officers and advocates be trained together?",
        "Ana: One class for both, the course we had was good for every officer and advocate.",
    )
    assert [span.question for span in found] == [OFF_GUIDE] * 2 + ["Q1"] * 4 + ["Q3"] * 2
    assert unreached(found, GUIDE) == ("Q2",)
    assert all(0.5 < span.confidence <= 1.0 for span in found)


def test_a_question_named_and_not_asked_is_not_reached() -> None:
    """However plainly its words are said."""
    conversation = [
        "M: What services can survivors find in your county today?",
        "Ana: There is one shelter with nine beds, and a clinic that gives out food.",
        "M: Which barriers keep survivors from reporting to the police?",
        "Ben: Fear, every barrier is fear of the police.",
        "M: I had one more, on how officers and advocates should be trained together, but we won't get to it.",
        "Ana: Then I shall run for my bus.",
    ]
    assert unreached(spans(*conversation), GUIDE) == ("Q3",)
    conversation[4] = conversation[4].partition(", but")[0]
    assert unreached(spans(*conversation), GUIDE) == ()


@pytest.mark.parametrize(
    "put",
    [
        "We won't get to all of it. How should officers and advocates be trained together?",
        "How should officers and advocates be trained together? There is more, but we won't get to that.",
        "We're not going to get to the others, so how should officers and advocates be trained together?",
    ],
)
def test_a_question_that_is_asked_beside_one_that_is_not_is_reached(put: str) -> None:
    found = answers(
        "M: Which barriers keep survivors from reporting to the police?",
        "Ben: Fear, every barrier is fear of the police.",
        f"M: {put}",
        "Ana: One class for both, the course we had was good for every officer and advocate.",
    )
    assert found == ["Q2"] * 2 + ["Q3"] * 2


def test_a_moderator_may_go_back() -> None:
    found = answers(
        "M: What services can survivors find in your county today?",
        "Ana: A shelter and a clinic.",
        "M: Which barriers keep survivors from reporting to the police?",
        "Ben: Fear that a report ends with someone deported.",
        "M: Let me go back once more: what services can survivors find in your county today?",
        "Ana: Oh, food, at the clinic and the shelter.",
    )
    assert found == ["Q1", "Q1", "Q2", "Q2", "Q1", "Q1"]


def test_a_question_skipped_is_come_back_to() -> None:
    """The moderator hardly uses the guide's words, but says what she does."""
    found = answers(
        "M: To start us off, what services are there, then?",
        "Ana: A shelter and a clinic.",
        "M: Say a bit more about the clinic.",
        "Ana: They have food, and a bed if you ask.",
        "M: I'll hop over one on my sheet and come back to it. So who ought to be in a class with whom?",
        "Ben: An officer in each course that an advocate takes.",
        "M: I said I'd come back to one. What are people up against, what is the barrier?",
        "Ben: Fear that a report ends with someone deported.",
        "M: That's a good place to stop, thank you all.",
        "Ana: Bye!",
    )
    assert found == ["Q1"] * 4 + ["Q3"] * 2 + ["Q2"] * 2 + [OFF_GUIDE] * 2


def test_a_question_is_heard_in_one_sentence_of_a_long_turn() -> None:
    found = answers(
        "M: What services can survivors find in your county today?",
        "Ana: A shelter and a clinic.",
        "M: The shelter and the clinic and the food, thank you, I did not know that about the clinic. The bed too. "
        "So what keeps people from the police?",
        "Ben: It depends.",
    )
    assert found == ["Q1", "Q1", "Q2", "Q2"]


def test_questions_called_by_number() -> None:
    found = answers(
        "M: Okay, question one.", "Ana: Well, I would have to think.", "M: Task 2.a please", "Ana: Sure.",
        "M: 3. Go on", "Ana: Fine.",
    )  # fmt: skip
    assert found == ["Q1", "Q1", "Q2", "Q2", "Q3", "Q3"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("4.a Read it", 4),
        ("Let's turn to question three.", 3),
        ("Task 12", 12),
        ("2 of you agreed", None),
        ("", None),
    ],
)
def test_called_number(words: str, number: int | None) -> None:
    assert number == called_number(words)


def test_a_guide_without_numbers_cannot_be_called_by_number() -> None:
    assert question_numbers((Question("opening", "Who are you?"), Question("Q2", "Why?"))) == {}


def test_a_meeting_where_nobody_puts_the_topics() -> None:
    """Content and order alone: one turn that recalls an earlier topic does not tear the span."""
    talk = ["the shelter has a bed and the clinic has food " * 4] * 6
    talk += ["fear of the police keeps the report away and deport " * 4] * 3 + ["the clinic was good " * 2]
    talk += ["fear of the police keeps the report away and deport " * 4] * 3 + [
        "officer and advocate course " * 6
    ] * 6
    found = answers(*(f"P{index % 3}: {words}" for index, words in enumerate(talk)), moderator="nobody")
    assert found == ["Q1"] * 6 + ["Q2"] * 7 + ["Q3"] * 6


def test_nothing_said_or_nothing_asked() -> None:
    none = np.zeros((0, 4), dtype=np.float32)
    assert question_spans([], [], [], none, GUIDE, np.array([vector(q.text) for q in GUIDE])) == ()
    one = question_spans([Turn(0, "Ana", 0, 5, "")], ["Hello"], [False], np.zeros((1, 4), dtype=np.float32), (), none)
    assert [(span.question, span.confidence) for span in one] == [(OFF_GUIDE, 1.0)]


def test_turns_without_vectors_are_placed_too() -> None:
    """A turn the analyst left out has a zero vector; every turn still gets an answer that is a number."""
    turns = [Turn(index, "Ana", 0, 1, "") for index in range(3)]
    found = question_spans(
        turns,
        ["", "", ""],
        [False] * 3,
        np.zeros((3, 4), np.float32),
        GUIDE,
        np.array([vector(q.text) for q in GUIDE], dtype=np.float32),
    )
    assert [span.turn for span in found] == [0, 1, 2]
    assert all(0.0 <= span.confidence <= 1.0 for span in found)


def test_forward_fill_carries_the_last_clear_match() -> None:
    said = ["Hello all.", "What services?", "A shelter.", "Hm."]
    turns = [Turn(index, "", 0, 1, "") for index in range(4)]
    vectors = np.array([vector(words) for words in said])
    asked = np.array([vector(question.text) for question in GUIDE])
    found = forward_fill(turns, [True, True, False, True], vectors, GUIDE, asked, threshold=0.9)
    assert [span.question for span in found] == [OFF_GUIDE, "Q1", "Q1", "Q1"]


def test_the_best_path_is_the_best_of_all_paths() -> None:
    """Checked against every path there is; the posterior against their summed weights."""
    rng = np.random.default_rng(0)
    start, moves, steps = (rng.normal(size=shape) for shape in ((3,), (4, 3, 3), (4, 3)))

    def score(path: tuple[int, ...]) -> float:
        total = start[path[0]] + steps[0, path[0]]
        for step in range(1, 4):
            before, here = path[step - 1], path[step]
            total += moves[step, before, here] + steps[step, here]
        return float(total)

    paths = list(np.ndindex(3, 3, 3, 3))
    assert max(paths, key=score) == tuple(int(state) for state in best_path(start, moves, steps))
    weights = np.exp([score(path) for path in paths])
    expected = [[weights[[p[step] == s for p in paths]].sum() for s in range(3)] for step in range(4)]
    np.testing.assert_allclose(expected / weights.sum(), posterior(start, moves, steps))
