"""Which guide question each turn answers: the most likely path through the guide, given all that was said.

A hidden path: each turn is in one question (or before or after the guide). What speaks for a question is that the
moderator's words put it, that the participants' words fit it better than usual and, where nobody puts the questions
aloud, that the talk has come about as far as the guide; what speaks against it is leaving the guide's order, unless
the moderator says so ("I'll skip one", "let's go back").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.segment import OFF_GUIDE, TurnQuestion
from pipeline.domain.study import Question
from pipeline.domain.transcript import Turn
from pipeline.segment.guide_match import NO_SENTENCES, Matrix, Sentences, answering_fit, reading_match
from pipeline.segment.hidden_path import best_path, posterior
from pipeline.segment.steering import Steering, steering


@dataclass(frozen=True, slots=True)
class Costs:
    """What it costs to leave a question, in the unit of the evidence (natural log)."""

    begin: float
    """Answering a question from the first turn on."""
    welcome: float
    """Opening with talk off the guide."""
    advance: float
    """Going on to the next question."""
    skip: float
    """Each question passed over."""
    back: float
    """Going back to an earlier question."""
    close: float
    """Leaving the guide for good."""


@dataclass(frozen=True, slots=True)
class PathRules:
    """What the path weighs. The two costs are blended by how plainly the guide was put aloud."""

    put_aloud: Costs = Costs(begin=3, welcome=0, advance=3, skip=1, back=5, close=6)
    not_put: Costs = Costs(begin=0, welcome=4, advance=3, skip=4, back=12, close=10)
    reading: float = 20.0
    """The evidence of a turn that puts a question word for word, before the background is taken off."""
    again: float = 0.7
    """The share of that evidence that holds for a turn inside the question; the rest is for entering it there."""
    unread: float = 3.0
    """The evidence against entering a question at a moderator's turn that sounds nothing like it."""
    unasked: float = 6.0
    """The evidence against entering a question at a participant's turn."""
    background: float = 0.2
    background_most: float = 0.4
    """A reading match between these is chance: that of the median turn that may put questions."""
    aloud_from: float = 0.5
    aloud_at: float = 0.75
    """A question whose best reading match lies between these was put aloud to that degree."""
    moderated: float = 0.75
    """The least degree where someone is known to moderate: moderators put questions, if in words of their own."""
    fit: float = 0.65
    """The evidence of a long turn that fits a question one standard deviation better than usual."""
    half_words: int = 60
    """Words at which a turn counts half as much as an endless one."""
    turning: float = 2.0
    """The evidence for entering some question where the moderator says that one is to follow."""
    probing: float = 1.0
    """The evidence against it where the moderator asks for more."""
    steered: float = 5.0
    """The further evidence for skipping or going back where the moderator says so."""
    carried: float = 0.5
    """The share of the turning that holds at the moderator's next turn: someone put in a word before the question."""
    closing: float = 8.0
    """The evidence for leaving the guide where the moderator ends the talk."""
    place: float = 0.05
    """The cost of being one question's share of the talk away from where an evenly paced guide would be."""


RULES: Final = PathRules()


def question_spans(
    turns: Sequence[Turn],
    said: Sequence[str],
    is_moderator: Sequence[bool],
    turn_vectors: NDArray[np.float32],
    questions: Sequence[Question],
    question_vectors: NDArray[np.float32],
    sentences: Sentences = NO_SENTENCES,
    rules: PathRules = RULES,
) -> tuple[TurnQuestion, ...]:
    """The guide question of every turn, in order, or OFF_GUIDE, with the path's posterior as confidence.

    `turn_vectors` (t, d) and `question_vectors` (q, d) are of unit length; a zero row is a turn without words.
    `sentences` are those of the moderators' turns. Where nobody is known to moderate, anyone may put a question.
    """
    if not turns:
        return ()
    if not questions:
        return tuple(TurnQuestion(turn.index, OFF_GUIDE, 1.0) for turn in turns)
    cosines = np.asarray(turn_vectors @ question_vectors.T, dtype=np.float64)
    puts = np.asarray(is_moderator, dtype=bool) if any(is_moderator) else np.ones(len(turns), dtype=bool)
    reading = reading_match(said, questions, cosines, sentences, question_vectors, calls_by_number=any(is_moderator))
    reading *= puts[:, None]
    steered = [
        steering(words) if moderates else Steering() for words, moderates in zip(said, is_moderator, strict=True)
    ]
    reading[[turn.forgoes for turn in steered]] = 0.0  # what it names is not put
    aloud = max(_put_aloud(reading, rules), rules.moderated if any(is_moderator) else 0.0)
    put = _put(reading, puts, 1.0 if any(is_moderator) else aloud, rules)
    again = rules.again * np.maximum(0.0, put)
    entries = put - again
    steps = _fit(said, is_moderator, turn_vectors, cosines, aloud, rules) + again
    start, order, finish = _order(len(questions), aloud, rules)
    steps[-1] += finish
    moves = order + _steered(steered, is_moderator, order, rules) + entries[:, None, :] * (1.0 - np.eye(len(order)))
    path = best_path(start + entries[0], moves, steps)
    weight = posterior(start + entries[0], moves, steps)
    names = [question.id for question in questions] + [OFF_GUIDE, OFF_GUIDE]
    weight[:, -2:] = weight[:, -2:].sum(axis=1, keepdims=True)
    return tuple(
        TurnQuestion(turn.index, names[state], min(1.0, float(weight[step, state])))
        for step, (turn, state) in enumerate(zip(turns, path, strict=True))
    )


def unreached(spans: Sequence[TurnQuestion], questions: Sequence[Question]) -> tuple[str, ...]:
    """The ids of the questions that no turn answers, in the guide's order."""
    reached = {span.question for span in spans}
    return tuple(question.id for question in questions if question.id not in reached)


def _put_aloud(reading: Matrix, rules: PathRules) -> float:
    """The mean degree to which questions were put aloud, in [0, 1]."""
    degree = (reading.max(axis=0) - rules.aloud_from) / (rules.aloud_at - rules.aloud_from)
    return float(np.clip(degree, 0.0, 1.0).mean())


def _put(reading: Matrix, puts: NDArray[np.bool_], trust: float, rules: PathRules) -> Matrix:
    """The evidence that a turn puts a question, shape (t, q + 2): its reading match above or below chance."""
    chance = np.clip(np.median(reading[puts], axis=0), rules.background, rules.background_most)
    above = np.maximum(-rules.unread, rules.reading * (reading - chance))
    return _with_off_guide(trust * np.where(puts[:, None], above, -rules.unasked))


def _fit(
    said: Sequence[str],
    is_moderator: Sequence[bool],
    turn_vectors: NDArray[np.float32],
    cosines: Matrix,
    aloud: float,
    rules: PathRules,
) -> Matrix:
    """The evidence that a turn answers a question, less what its place in the talk says against it: (t, q + 2)."""
    guide = cosines.shape[1]
    words = np.array([len(text.split()) for text in said], dtype=np.float64)
    counts = words / (words + rules.half_words) * turn_vectors.any(axis=1)
    answers = counts * ~np.asarray(is_moderator, dtype=bool)
    fit = rules.fit * answers[:, None] * answering_fit(cosines, answers)
    passed = (np.cumsum(words) - words / 2) / max(words.sum(), 1.0) * guide
    late = passed[:, None] - np.concatenate([np.arange(guide) + 0.5, [0.0, guide]])
    place = (1.0 - aloud) * rules.place * counts[:, None] * late**2
    return np.asarray(_with_off_guide(fit) - place)


def _steered(steered: Sequence[Steering], is_moderator: Sequence[bool], order: Matrix, rules: PathRules) -> Matrix:
    """The evidence for each move in what moderators say of the way, shape (t, q + 2, q + 2)."""
    guide = len(order) - 2
    place = np.arange(guide)
    steps = place[None, :] - place[:, None]
    found = np.zeros((len(steered), *order.shape))
    before = Steering()
    for turn, (now, moderates) in enumerate(zip(steered, is_moderator, strict=True)):
        if not moderates:
            continue
        onward = rules.turning * max(_steers(now), rules.carried * _steers(before)) - rules.probing * now.probes
        found[turn, :guide, :guide] = onward * (steps != 0)
        found[turn, :guide, :guide] += rules.steered * (now.skips or before.skips) * (steps > 1)
        found[turn, :guide, :guide] += rules.steered * (now.returns or before.returns) * (steps < 0)
        found[turn, guide, :guide] = onward
        found[turn, :guide, guide + 1] = rules.closing * now.closes
        before = now
    return found


def _steers(said: Steering) -> bool:
    return said.turns or said.skips or said.returns


def _with_off_guide(evidence: Matrix) -> Matrix:
    """Evidence for the guide's questions (t, q) widened by none for before and after the guide (t, q + 2)."""
    return np.hstack([evidence, np.zeros((len(evidence), 2))])


def _order(guide: int, aloud: float, rules: PathRules) -> tuple[Matrix, Matrix, Matrix]:
    """Scores for the first state (q + 2), for moving between states (q + 2, q + 2) and for the last state (q + 2)."""
    before, after = guide, guide + 1

    def cost(name: str) -> float:
        return float(aloud * getattr(rules.put_aloud, name) + (1.0 - aloud) * getattr(rules.not_put, name))

    place = np.arange(guide)
    steps = place[None, :] - place[:, None]
    within = np.where(steps > 0, -cost("advance") - cost("skip") * (steps - 1), -cost("back")) * (steps != 0)
    moves = np.full((guide + 2, guide + 2), -np.inf)
    moves[:guide, :guide] = within
    left = -cost("skip") * place[::-1]
    moves[:guide, after] = left - cost("close")
    moves[before, :guide] = -cost("advance") - cost("skip") * place
    moves[before, before] = moves[after, after] = 0.0
    start = np.full(guide + 2, -np.inf)
    start[:guide] = -cost("begin") - cost("skip") * place
    start[before] = -cost("welcome")
    return start, moves, np.concatenate([left, [left.min(), 0.0]])
