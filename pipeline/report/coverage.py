"""How much of the talk carries a code, and what became of the rest: the parts add up to the whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.domain.counted import counted
from pipeline.report.source import BESIDE, Source


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of so many `segments` of participants' talk that could carry a code, `coded` do. The rest is `unclear` (in no
    candidate that waits), was `left` without a code by people who said that none fits, or is `waiting`: in a
    candidate that nobody decided on, with a proposed code that nobody confirmed, or not yet looked through."""

    segments: int
    coded: int
    unclear: int
    left: int

    @property
    def uncoded(self) -> int:
        """What carries no code."""
        return self.segments - self.coded

    @property
    def waiting(self) -> int:
        """What people have still to decide on."""
        return self.uncoded - self.unclear - self.left

    @property
    def share(self) -> str:
        """The share that carries no code, in whole percent."""
        return f"{100 * self.uncoded / self.segments if self.segments else 0:.0f}%"

    def told(self, one: str) -> str:
        """All of it in a sentence; `one` is what a reader calls a segment."""
        whole = f"{counted(self.segments, one)} of talk, {self.coded:,} coded"
        if not self.uncoded:
            return f"{whole}."
        return f"{whole}, {self.uncoded:,} ({self.share}) with no code: {self._parts()}."

    def _parts(self) -> str:
        parts = (
            (self.unclear, "in no candidate"),
            (self.left, "read and left without a code"),
            (self.waiting, "waiting to be decided on"),
        )
        return ", ".join(f"{number:,} {what}" for number, what in parts if number)


def coverage(source: Source, talk: Collection[str]) -> Coverage:
    """How far this talk is coded; of it, only what can carry a code counts."""
    able = source.able.intersection(talk)
    coded = {item for item in able if source.book.codes_of(item)}
    unclear = able.intersection(source.unclear) - coded
    left = able.intersection(source.book.none_fits) - coded - unclear
    return Coverage(len(able), len(coded), len(unclear), len(left))


def uncoded_by_question(source: Source) -> str:
    """How much of the talk on each question carries no code, in a sentence; "" where all of it does."""
    asked = {question.id: question.id for question in source.study.questions}
    talk: dict[str, list[str]] = {BESIDE: [], **{name: [] for name in asked}}
    for item in source.said:
        talk[asked.get(item.question, BESIDE)].append(item.segment.id)
    found = [(name.lower() if name == BESIDE else name, coverage(source, talk[name])) for name in (*asked, BESIDE)]
    if not any(item.uncoded for _, item in found):
        return ""
    shares = [
        f"{name} {item.uncoded:,} of {counted(item.segments, 'passage')} ({item.share})"
        for name, item in found
        if item.segments
    ]
    return f"Talk that carries no code, and on which no finding rests: {'; '.join(shares)}."
