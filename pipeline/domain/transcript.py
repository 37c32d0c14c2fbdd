"""A transcript is its bytes' sha256; its text never changes, and every character of its file is accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another speaks: `text[start:end]`, in code points.

    `speaker` is the label as it stands in the file, "" where the file names nobody. `where` is the place in
    the original file ("line 12", "cue 4", "row 7", "paragraph 3", "page 2"). `at` is seconds from the start.
    """

    index: int
    speaker: str
    start: int
    end: int
    where: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Characters of the file that are no talk, and why: a label, a timestamp, a header, a comment, a bad cue."""

    kind: str
    characters: int
    where: str


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every character of a file: `characters_in == kept + sum(dropped)`, code points.

    `warnings` are sentences for the person at checkpoint 1 (tracked changes found, cues out of order, …).
    """

    characters_in: int
    kept: int
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether no character was lost between the file and the transcript."""
        return self.characters_in == self.kept + sum(drop.characters for drop in self.dropped)

    def by_kind(self) -> dict[str, int]:
        """Characters dropped per kind, largest first."""
        totals: Counter[str] = Counter()
        for drop in self.dropped:
            totals[drop.kind] += drop.characters
        return dict(totals.most_common())


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript as imported. `id` is the sha256 hex of the file's bytes.

    For a .txt file `text` is the whole decoded file (LF, no BOM), so that offsets made by others still hold.
    Every other format composes `"{speaker}: {words}"` turns joined by a blank line.
    """

    id: str
    text: str
    turns: tuple[Turn, ...]
    account: Account
    format: str

    def said(self, turn: Turn) -> str:
        """The words of a turn, verbatim."""
        return self.text[turn.start : turn.end]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Speaker labels in order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))
