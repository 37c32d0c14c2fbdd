"""A coder who decides from what human coders did: what each act costs, and what goes wrong now and then.

Costs are in acts of reading one thing and deciding on it. The coder knows the truth of a segment only once they read
it, alone or as a member of a candidate; nobody else is shown the truth at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.evaluate.reference import HumanSpan
from pipeline.evaluate.suggestions import Place, contacts

READ: Final = 1.0
"""Reading a candidate, or by hand one segment."""
DECIDE: Final = 1.0
"""Accepting, rejecting, renaming or merging; by hand, giving one code or making one."""
SPLIT: Final = 2.0
LABEL: Final = 0.3
"""Saying which codes one segment carries, the likeliest codes in view."""

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """The codes of the human spans that each segment touches; `segments` in the order of talk, coded or not."""

    segments: tuple[str, ...]
    codes_of: Mapping[str, Codes]

    @classmethod
    def of(cls, spans: Sequence[HumanSpan], places: Mapping[str, Place]) -> Truth:
        """From distinct human spans; `places` says where each segment stands."""
        carried: dict[str, set[str]] = {segment: set() for segment in places}
        for meeting in contacts(spans, places):
            if meeting.touches:
                carried[meeting.segment].update(spans[meeting.span].codes)
        return cls(tuple(places), {segment: frozenset(codes) for segment, codes in carried.items()})

    @property
    def applications(self) -> int:
        """How many pairs of a segment and a code there are to be found."""
        return sum(map(len, self.codes_of.values()))

    @property
    def by_hand(self) -> float:
        """What coding everything costs without a tool: each segment read, each code given, each code made."""
        used = frozenset[str]().union(*self.codes_of.values())
        return READ * len(self.segments) + DECIDE * (self.applications + len(used))


@dataclass(slots=True)
class Bill:
    """What was spent. `strict` is as `plain`, but a code that was not in view when a segment was labelled is given
    as by hand, and made as by hand where it did not exist."""

    plain: float = 0.0
    strict: float = 0.0

    def pay(self, cost: float) -> None:
        """An act that costs the same either way."""
        self.plain += cost
        self.strict += cost


class Coder:
    """Reads and decides; a share `wrong` of the decisions goes wrong, drawn by `seed`. `codes` are those that exist
    so far, in the order in which they were made."""

    def __init__(self, truth: Truth, *, wrong: float = 0.0, seed: int = 0) -> None:
        self.bill = Bill()
        self.codes: list[str] = []
        self._truth = truth
        self._wrong = wrong
        self._random = np.random.default_rng([seed, 1])

    def reads(self, members: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """What a candidate holds: its codes, commonest first, each with the members that carry it."""
        self.bill.pay(READ)
        holding: dict[str, list[str]] = {}
        for member in members:
            for code in sorted(self._truth.codes_of[member]):
                holding.setdefault(code, []).append(member)
        return {code: tuple(found) for code, found in sorted(holding.items(), key=lambda item: -len(item[1]))}

    def errs(self) -> bool:
        """Whether this decision goes wrong."""
        return bool(self._random.random() < self._wrong)

    def either(self) -> bool:
        """One of two ways to go wrong."""
        return bool(self._random.random() < 0.5)  # noqa: PLR2004 - a coin

    def accepts(self, code: str) -> None:
        """A candidate as a code of that name, or merged into the code if it exists; the two cost the same."""
        self.bill.pay(DECIDE)
        self._make(code)

    def rejects(self) -> None:
        """A candidate."""
        self.bill.pay(DECIDE)

    def splits(self) -> None:
        """A candidate in two."""
        self.bill.pay(SPLIT)

    def labels(self, segment: str, in_view: Sequence[str] = ()) -> Codes:
        """The codes the coder gives a segment with some codes `in_view`, likeliest first.

        Gone wrong, one right code is missed or another code is given in its place; a segment without a code gets
        one. The other code is the likeliest in view, else any that exists.
        """
        said = set(self._truth.codes_of[segment])
        if self.errs():
            if not said or self.either():
                said = self._confused(said, in_view)
            else:
                said.remove(self._any(said))
        unseen = said.difference(in_view)
        made = said.difference(self.codes)
        self.bill.plain += LABEL
        self.bill.strict += LABEL + DECIDE * (len(unseen) + len(made))
        for code in sorted(made):
            self._make(code)
        return frozenset(said)

    def _confused(self, said: set[str], in_view: Sequence[str]) -> set[str]:
        others = set(self.codes) - said
        if not others:
            return said
        likely = next((code for code in in_view if code in others), None)
        kept = said - {self._any(said)} if said else said
        return kept | {likely or self._any(others)}

    def _any(self, codes: Iterable[str]) -> str:
        ordered = sorted(codes)
        return ordered[int(self._random.integers(len(ordered)))]

    def _make(self, code: str) -> None:
        if code not in self.codes:
            self.codes.append(code)
