"""A study coded as one does with Polyvocal: candidates first, then single segments, learning all the while.

Candidates are read best evidence first until several in a row were turned down. After that segments are labelled in
batches, those first whose label promises most, and what was decided is learnt anew after each batch. A tenth of what
was given a code is looked at twice; where that shows that too few codings stand, all of it is. Nothing in here
orders, chooses or stops by the reference; it is asked only through the coder's acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.simulated_coder import Coder, Codes

Scores = NDArray[np.float64]
Coding = tuple[str, str]
"""(segment, code)."""

PRECISION: Final = 0.8
"""The share of codings that is to be right."""
LEAST_CHANCE: Final = 0.3
"""From which the product proposes a coding at all; the chance from which codings are taken over is never lower."""
PATIENCE: Final = 3
"""Candidates in a row that were turned down before the coder goes on to single segments."""
MAJORITY: Final = 0.5
BIG: Final = 0.2
"""The share of a candidate from which a second code is worth a split."""
NONE: Final[tuple[str, tuple[str, ...]]] = ("", ())
"""No code, on no member."""
BATCH: Final = 25
GROWTH: Final = 0.2
"""A batch is at least this share of what is labelled: the later, the less one batch teaches."""
IN_VIEW: Final = 5
SECOND_LOOK: Final = 0.1
"""The share of segments given a code that the coder looks at again in any case, to learn how many codings stand."""
BELIEVED: Final = (9, 10)
"""Before any second look: so many codings stood, of so many."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was learnt: the chance (segments, codes) that people give each code to each segment."""

    codes: tuple[str, ...]
    segments: tuple[str, ...]
    chances: Scores


Learn = Callable[[Mapping[str, tuple[str, ...]]], Opinion]
"""From decided segments with the codes given to them (none, if people said so) to what is thought of all others."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What was spent so far, and every coding the study has: people's, and those taken over from the learner."""

    cost: float
    strict: float
    codings: frozenset[Coding]


@dataclass(slots=True)
class _Thought:
    """An opinion by segment."""

    codes: tuple[str, ...] = ()
    chances: dict[str, Scores] = field(default_factory=dict)

    def in_view(self, segment: str) -> list[str]:
        chances = self.chances.get(segment)
        if chances is None:
            return []
        return [self.codes[place] for place in np.argsort(-chances, kind="stable")[:IN_VIEW]]

    def proposed(self) -> list[tuple[float, Coding]]:
        """What is likely enough, likeliest first."""
        found = [
            (float(chances[place]), (segment, self.codes[place]))
            for segment, chances in self.chances.items()
            for place in np.flatnonzero(chances >= LEAST_CHANCE)
        ]
        return sorted(found, key=lambda item: -item[0])


class Review:
    """The course of one coder's work; `moments` are taken after every candidate and every BATCH of segments."""

    def __init__(self, segments: Sequence[str], coder: Coder, learn: Learn, *, seed: int = 0) -> None:
        self.moments: list[Moment] = []
        self._segments = segments
        self._coder = coder
        self._learn = learn
        self._random = np.random.default_rng([seed, 2])
        self._said: dict[str, Codes] = {}
        self._twice: set[str] = set()
        self._fresh: list[str] = []
        self._queue: list[str] = []
        self._stood, self._looked = BELIEVED
        self._thought = _Thought()

    def run(self, candidates: Sequence[Sequence[str]]) -> list[Moment]:
        """Candidates as their members, best first; then every segment that is left."""
        self._take_stock()
        turned_down = 0
        for members in candidates:
            turned_down = 0 if self._candidate(members) else turned_down + 1
            self._take_stock()
            if turned_down == PATIENCE:
                break
        labelled = 0
        while len(self._said) < len(self._segments):
            self._learn_anew()
            size = max(BATCH, int(GROWTH * labelled))
            batch = self._most_promising()[:size]
            for start in range(0, len(batch), BATCH):
                for segment in batch[start : start + BATCH]:
                    self._label(segment)
                self._look_again()
                self._take_stock()
            labelled += len(batch)
        return self.moments

    def _candidate(self, members: Sequence[str]) -> bool:
        """Whether a code came of it. Gone wrong, a candidate is turned down, or all of it is taken under a code that
        fewer than half of its members carry."""
        coder = self._coder
        (first, its_own), (second, other) = (*coder.reads(members).items(), NONE, NONE)[:2]
        together = len({*its_own, *other})
        wrong = coder.errs()
        if len(its_own) >= MAJORITY * len(members):
            if not wrong:
                self._gather(first, members, its_own)
                return True
            if other and coder.either():
                self._gather(second, members, members)
                return True
        elif together >= MAJORITY * len(members) and len(other) >= BIG * len(members):
            if not wrong:
                coder.splits()
                self._gather(first, its_own, its_own)
                self._gather(second, other, other)
                return True
        elif its_own and wrong:
            self._gather(first, members, members)
            return True
        coder.rejects()
        return False

    def _gather(self, code: str, members: Sequence[str], right: Sequence[str]) -> None:
        """Members come under the code; those that the coder finds wrong are dropped, and labelled while in hand:
        that costs no more than labelling any other segment, and takes a wrong coding away besides."""
        self._coder.accepts(code)
        fits = set(right)
        for member in members:
            if member in self._said:
                if member in fits:
                    self._said[member] |= {code}
            elif member in fits:
                self._said[member] = frozenset([code])
        for member in members:
            if member not in self._said:
                self._label(member)

    def _label(self, segment: str) -> None:
        self._said[segment] = self._coder.labels(segment, self._thought.in_view(segment))
        if self._said[segment]:
            self._fresh.append(segment)

    def _look_again(self) -> None:
        """At a few segments that were given a code; at all of them, as long as too few codings surely stand."""
        for segment in self._fresh:
            if self._random.random() < SECOND_LOOK:
                self._second_look(segment)
            else:
                self._queue.append(segment)
        self._fresh = []
        while self._queue and self._surely_stands < PRECISION:
            self._second_look(self._queue.pop(0))

    def _second_look(self, segment: str) -> None:
        """What the coder says now counts; what they had said is in view."""
        before = self._said[segment]
        self._said[segment] = after = self._coder.labels(segment, (*sorted(before), *self._thought.in_view(segment)))
        self._stood += len(before & after)
        self._looked += len(before)
        self._twice.add(segment)

    @property
    def _stands(self) -> float:
        """The share of codings given once that stood on a second look."""
        return self._stood / self._looked

    @property
    def _surely_stands(self) -> float:
        """The same less its standard error: good luck in a few second looks must not settle that no more are due."""
        return self._stands - float(np.sqrt(self._stands * (1 - self._stands) / self._looked))

    def _learn_anew(self) -> None:
        if self._coder.codes:
            opinion = self._learn({segment: tuple(sorted(codes)) for segment, codes in self._said.items()})
            self._thought = _Thought(opinion.codes, dict(zip(opinion.segments, opinion.chances, strict=True)))
            self._take_stock()

    def _most_promising(self) -> list[str]:
        """Undecided segments, first those whose label would add most to what would be taken over without it.

        A right coding adds itself and what it allows to be wrong elsewhere; one taken over adds its chance, less what
        it costs the precision. Before anything is learnt the order is drawn.
        """
        left = [segment for segment in self._segments if segment not in self._said]
        if not all(segment in self._thought.chances for segment in left):
            return [left[place] for place in self._random.permutation(len(left))]
        chances = np.stack([self._thought.chances[segment] for segment in left])
        labelled = chances.sum(axis=1) * (2 - PRECISION)
        taken = np.maximum(2 * chances - PRECISION, 0).sum(axis=1)
        return [left[place] for place in np.argsort(taken - labelled, kind="stable")]

    def _take_stock(self) -> None:
        own = {(segment, code): segment in self._twice for segment, codes in self._said.items() for code in codes}
        bill = self._coder.bill
        self.moments.append(Moment(bill.plain, bill.strict, frozenset([*own, *self._taken_over(own)])))

    def _taken_over(self, own: Mapping[Coding, bool]) -> list[Coding]:
        """The longest list of proposals, likeliest first, with which PRECISION of all codings are expected to be
        right: of people's those that stand (`own` says whether they looked twice), of the learner's their chance."""
        doubt = 1 - self._stands
        twice = sum(own.values())
        right = twice * (1 - doubt**2) + (len(own) - twice) * (1 - doubt)
        proposed = [item for item in self._thought.proposed() if item[1][0] not in self._said]
        taken = 0
        for count, (chance, _) in enumerate(proposed, start=1):
            right += chance
            if right >= PRECISION * (len(own) + count):
                taken = count
        return [coding for _, coding in proposed[:taken]]
