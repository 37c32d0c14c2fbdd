"""How far any grouping of the talk could match people's codes, were those codes known.

    python -m benchmarks.reach [--seeds 2] [--corpora DIR …]

The segments of each transcript are sorted by codes learnt from what people coded in the others, as those of a late
group are, and the piles are scored as if they were suggestions. What is new in a held-out group is told by somebody
who was also taught the hidden codes. No suggestion made before anybody decided anything knows as much.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.coded_talk import CORPORA, CodedTalk, coded_studies, coded_talk
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.evaluate.new_group import Learner, Lesson, Predicted, score_new_group
from pipeline.evaluate.suggestions import SuggestionScores, score_suggestions
from pipeline.work.evaluating import few_shot

MOST: Final = 1.2
"""Piles for each code that people used often enough; the largest are kept."""
ALONE: Final = 2
"""One segment is no pile."""


def main() -> None:
    """Measure and print."""
    wanted = _arguments()
    for study in wanted.corpora or coded_studies():
        for line in _reach(coded_talk(study), wanted.seeds):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument(
        "--corpora", type=Path, nargs="+", default=None, metavar="DIR", help=f"else those in {CORPORA}"
    )
    return parser.parse_args()


def _reach(coded: CodedTalk, seeds: int) -> Iterator[str]:
    informed = _Informed(few_shot(coded.material, coded.names))
    late = score_new_group(coded.spans, coded.places, informed, seeds=seeds)
    piles = _best(coded, informed.piles())
    yield (
        f"{coded.name}: sorted by known codes: n / codes {piles.n} / {piles.codes}, "
        f"coverage_f30 {piles.coverage_f30:.2f}, coverage_f50 {piles.coverage_f50:.2f}, "
        f"approvable_share {piles.approvable_share:.2f}, ami {piles.ami:.2f}"
    )
    yield (
        f"{coded.name}: novelty told by who knows the hidden codes: auroc {late.novelty_auroc:.2f}, "
        f"recall at a tenth of false alarms {late.novelty_recall_at_10fa:.2f}"
    )


def _best(coded: CodedTalk, piles: dict[str, list[str]]) -> SuggestionScores:
    """The scores of the largest piles, as many as suggestions are allowed beside that many codes."""
    targets = score_suggestions(coded.spans, coded.places, SuggestionSet((), coded.material.ids)).codes
    largest = sorted((tuple(pile) for pile in piles.values() if len(pile) >= ALONE), key=len, reverse=True)
    kept = largest[: int(MOST * targets)]
    inside = {segment for pile in kept for segment in pile}
    offered = tuple(Suggestion(suggestion_id(pile), "", (), pile, (), (), 0.0) for pile in kept)
    unclear = tuple(segment for segment in coded.material.ids if segment not in inside)
    return score_suggestions(coded.spans, coded.places, SuggestionSet(offered, unclear))


@dataclass
class _Informed:
    """A learner that is always taught every code of the other groups, also those that a lesson hides from it.

    Lessons in which nothing is hidden come first: they are what it keeps to.
    """

    learn: Learner
    taught: dict[tuple[frozenset[str], int], Predicted] = field(default_factory=dict)

    def __call__(self, lesson: Lesson) -> Predicted:
        asked = (lesson.held_out, lesson.seed)
        if asked not in self.taught:
            self.taught[asked] = self.learn(lesson)
        known = self.taught[asked]
        shown = {code for codes in lesson.codes_of.values() for code in codes}
        hidden = np.array([code not in shown for code in known.codes], dtype=np.bool_)
        chances = np.clip(known.chances, 1e-9, 1 - 1e-9)
        odds = np.log(chances) - np.log1p(-chances)
        speaks_for = np.logaddexp.reduce(odds[:, hidden], axis=1)
        return replace(known, novelty=speaks_for - np.logaddexp.reduce(odds[:, ~hidden], axis=1))

    def piles(self) -> dict[str, list[str]]:
        """Every segment under its likeliest code, from the first way to hold groups out."""
        found: dict[str, list[str]] = defaultdict(list)
        for (_, seed), known in self.taught.items():
            if seed == 0:
                for segment, likeliest in zip(known.segments, known.chances.argmax(axis=1), strict=True):
                    found[known.codes[likeliest]].append(segment)
        return found


if __name__ == "__main__":
    main()
