"""What each witness of the learnt codes is worth: one at a time is kept from them, on talk that people have coded.

Part of `python -m benchmarks.ablation`. A witness is silenced by what the learner is given, so that the learner
measured is the learner in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from benchmarks.coded_talk import CodedTalk
from pipeline.evaluate.new_group import Learner, NewGroupScores, score_new_group
from pipeline.evaluate.plain_logistic import plain_logistic
from pipeline.suggest.features import turn_of
from pipeline.suggest.few_shot import AROUND
from pipeline.suggest.material import Material
from pipeline.work.evaluating import few_shot

HEAD: Final = """\
# What each witness of the learnt codes is worth

By the same command: what people coded in some groups is learnt, and asked about the others (`new_group` of
`polyvocal evaluate`), each time without one of the things that is looked at. Means over folds and {seeds} seeds; in
brackets 95 % intervals over groups drawn with replacement.
"""


def _without_words(talk: Material) -> Material:
    return replace(talk, excerpts=("",) * len(talk))


def _under_one_question(talk: Material) -> Material:
    """As a study is whose guide has one question."""
    return replace(talk, questions=("",) * len(talk))


def _without_around(talk: Material) -> Material:
    """Every segment in a turn of its own, too far from any other to speak for it; `talk` is in order of talk."""
    said: Counter[str] = Counter()
    turns = []
    for transcript, _ in map(turn_of, talk.turns):
        said[transcript] += 1
        turns.append(f"{transcript}:{said[transcript] * (AROUND + 1)}")
    return replace(talk, turns=tuple(turns))


def _without_manner(talk: Material) -> Material:
    return replace(talk, manner=None)


WITHOUT: Final[Mapping[str, Callable[[Material], Material]]] = {
    "everything": lambda talk: talk,
    "without manner": _without_manner,
    "without words (and length)": _without_words,
    "as if there were one question": _under_one_question,
    "without the talk around": _without_around,
}


def learning_table(coded: CodedTalk, seeds: int) -> Iterator[str]:
    """The lines of a table for one study, a row at a time."""
    yield f"## {coded.name}, codes learnt\n"
    yield "| | recall_at_1 | recall_at_5 | macro_f1 | ece |"
    yield "|---|---|---|---|---|"
    for name, taking in WITHOUT.items():
        yield _row(name, _score(coded, few_shot(taking(coded.material), coded.names), seeds))
    yield _row("without the codes' names", _score(coded, few_shot(coded.material, {}), seeds))
    talk = coded.material
    yield _row(
        "logistic regression on the plain vectors",
        _score(coded, plain_logistic(talk.ids, talk.groups, talk.vectors), seeds),
    )


def _score(coded: CodedTalk, learner: Learner, seeds: int) -> NewGroupScores:
    return score_new_group(coded.spans, coded.places, learner, seeds=seeds, draws=0)


def _row(name: str, found: NewGroupScores) -> str:
    first, five = (
        f"{value:.3f} ({found.intervals[measure][0]:.3f} to {found.intervals[measure][1]:.3f})"
        for measure, value in (("recall_at_1", found.recall_at_1), ("recall_at_5", found.recall_at_5))
    )
    return f"| {name} | {first} | {five} | {found.macro_f1:.3f} | {found.ece:.3f} |"
