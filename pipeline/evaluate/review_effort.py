"""How much work it is to code a study with Polyvocal, as a share of coding it by hand, told by a simulated coder.

By hand each segment is read, each code given and each code made, at 1 each. With the tool a coder works as
`simulated_review` says. At every moment the study has people's codings and those taken over from the learner;
recall and precision are of all pairs of a segment and a code that people made. `cost_to_80` is the cost at the first
moment with at least 80% of both: the reference tells when that is, since it defines it, but steers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

from pipeline.evaluate.simulated_coder import Coder, Truth
from pipeline.evaluate.simulated_review import BATCH, PRECISION, Learn, Moment, Review

RECALL: Final = 0.8
WRONG: Final = {"": 0.0, "wrong_5": 0.05, "wrong_10": 0.10}
"""Shares of the coder's decisions that go wrong."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Means over seeds. `cost_to_80` and what hangs on it are None where some seed never got there.

    `ratio` is `cost_to_80` over `cost_by_hand`. `auc`: the area under recall against cost over cost by hand, from 0
    to 1, where moments below PRECISION count as no recall. `by_hand_in_tool`: the ratio of the same coder who labels
    one segment after the other in the order of talk, without candidates and learning. `strict_…`: the same where
    giving a code that was not in view costs 1, and making one 1 more, as it does by hand.
    """

    cost_to_80: float | None
    cost_by_hand: float
    ratio: float | None
    auc: float
    by_hand_in_tool: float | None
    strict_ratio: float | None
    strict_auc: float
    strict_by_hand_in_tool: float | None


def review_effort(
    truth: Truth, candidates: Sequence[Sequence[str]], learn: Learn, *, seeds: int = 1
) -> dict[str, Any]:
    """The effort as JSON, without wrong decisions and, under `wrong_5` and `wrong_10`, with them.

    `candidates` are their members, best evidence first. `learn` must not know the reference. Where people coded
    nothing there is nothing to find, and the result is empty.
    """
    if not truth.applications:
        return {}
    found = {name: asdict(_effort(truth, candidates, learn, wrong, seeds)) for name, wrong in WRONG.items()}
    return found.pop("") | found


def _effort(truth: Truth, candidates: Sequence[Sequence[str]], learn: Learn, wrong: float, seeds: int) -> Effort:
    runs, plain = [], []
    for seed in range(seeds):
        coder = Coder(truth, wrong=wrong, seed=seed)
        runs.append(_Curve.of(truth, Review(truth.segments, coder, learn, seed=seed).run(candidates)))
        plain.append(_Curve.of(truth, one_by_one(truth, Coder(truth, wrong=wrong, seed=seed))))
    reached = _mean([run.reached for run in runs])
    return Effort(
        cost_to_80=None if reached is None else reached * truth.by_hand,
        cost_by_hand=truth.by_hand,
        ratio=reached,
        auc=sum(run.area for run in runs) / seeds,
        by_hand_in_tool=_mean([run.reached for run in plain]),
        strict_ratio=_mean([run.strict_reached for run in runs]),
        strict_auc=sum(run.strict_area for run in runs) / seeds,
        strict_by_hand_in_tool=_mean([run.strict_reached for run in plain]),
    )


def one_by_one(truth: Truth, coder: Coder) -> list[Moment]:
    """Every segment labelled in the order of talk, with nothing in view and nothing taken over."""
    codings: set[tuple[str, str]] = set()
    moments = []
    for done, segment in enumerate(truth.segments, start=1):
        codings.update((segment, code) for code in coder.labels(segment))
        if done % BATCH == 0 or done == len(truth.segments):
            moments.append(Moment(coder.bill.plain, coder.bill.strict, frozenset(codings)))
    return moments


@dataclass(frozen=True, slots=True)
class _Curve:
    """One run, costs as shares of coding by hand."""

    reached: float | None
    area: float
    strict_reached: float | None
    strict_area: float

    @classmethod
    def of(cls, truth: Truth, moments: Sequence[Moment]) -> _Curve:
        precise, recalls = [], []
        for moment in moments:
            right = sum(code in truth.codes_of[segment] for segment, code in moment.codings)
            precise.append(right >= PRECISION * len(moment.codings))
            recalls.append(right / truth.applications if precise[-1] else 0.0)
        plain = [moment.cost / truth.by_hand for moment in moments]
        strict = [moment.strict / truth.by_hand for moment in moments]
        return cls(_first(plain, recalls), _area(plain, recalls), _first(strict, recalls), _area(strict, recalls))


def _first(costs: Sequence[float], recalls: Sequence[float]) -> float | None:
    return next((cost for cost, recall in zip(costs, recalls, strict=True) if recall >= RECALL), None)


def _area(costs: Sequence[float], recalls: Sequence[float]) -> float:
    """Each moment's recall holds until the next; what costs more than by hand counts no more."""
    steps = pairwise([*(min(cost, 1.0) for cost in costs), 1.0])
    return sum((then - now) * recall for (now, then), recall in zip(steps, recalls, strict=True))


def _mean(values: Sequence[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if len(found) == len(values) else None
