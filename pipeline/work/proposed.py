"""Codings that the machine proposed for late groups: how many wait, and how many are held back, in one sentence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.domain.counted import counted, noun
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.worklist import unconfirmed
from pipeline.work import suggesting
from pipeline.work.deciding import codebook
from pipeline.work.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Proposals:
    """`waits` codings can be confirmed now; `held` are told of once their segments were coded by hand; both together
    are on so many `codes`."""

    waits: int
    held: int
    codes: int

    @classmethod
    def of(cls, waits: Collection[ProposedCoding], held: Collection[ProposedCoding]) -> Proposals:
        """How many of each there are."""
        return cls(len(waits), len(held), len({item.code for item in (*waits, *held)}))

    @property
    def all(self) -> int:
        """Every coding that is proposed and not answered."""
        return self.waits + self.held

    def told(self, where: str = "") -> str:
        """How many there are and what each waits for, so that the numbers add up; `where` says where it is done."""
        place = f" ({where})" if where else ""
        codings, codes = counted(self.all, "coding"), counted(self.codes, "code")
        if not self.held:
            return f"{codings} proposed on {codes} {self._confirmable()}{place}"
        until = noun(self.held, "its segment is", "their segments are")
        held = f"held back until {until} coded by hand"
        told = f"{codings} {_are(self.all)} proposed on {codes}"
        if not self.waits:
            return f"{told} and {held}"
        return f"{told}: {self.waits:,} {self._confirmable()}{place}, {self.held:,} {_are(self.held)} {held}"

    def _confirmable(self) -> str:
        return f"{noun(self.waits, 'waits', 'wait')} to be confirmed"


def unconfirmed_codings(work: Workplace) -> Proposals:
    """The codings that nobody confirmed or refused; held back are those whose segment nobody coded whole yet, where
    the lot fell on it or the study withholds them all."""
    book, proposed = codebook(work), suggesting.current(work)[1]
    waits = unconfirmed(suggesting.open_to(work, proposed, book), book)[0]
    there = {(item.segment, item.code) for item in waits}
    held = [item for item in unconfirmed(proposed, book)[0] if (item.segment, item.code) not in there]
    return Proposals.of(waits, held)


def _are(count: int) -> str:
    return noun(count, "is", "are")
