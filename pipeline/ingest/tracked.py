"""Tracked changes of a document: insertions read as accepted, deletions left out, and a person told exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.counted import counted
from pipeline.ingest.composing import Composer

_PLACES_SHOWN: Final = 5


@dataclass(slots=True)
class TrackedChanges:
    """Counts changes and their characters per place, so that the warning can name them."""

    _number: Counter[str] = field(default_factory=Counter)
    _characters: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def mark(self, change: str) -> None:
        """One more change: "insertion" or "deletion"."""
        self._number[change] += 1

    def count(self, change: str, characters: int, where: str) -> None:
        """Characters of a change at a place."""
        self._characters[change][where] += characters

    def report(self, composer: Composer) -> None:
        """Says what was found, if anything was."""
        if self._number:
            composer.warn(
                f"Tracked changes: {self._told('insertion')} read as accepted; {self._told('deletion')} left out. If "
                "that is not what was said, accept or reject the changes in the document and import it again."
            )

    def _told(self, change: str) -> str:
        places = list(self._characters[change])
        more = len(places) - _PLACES_SHOWN
        shown = ", ".join(places[:_PLACES_SHOWN]) + (f" and {more} more places" if more > 0 else "")
        number, characters = self._number[change], self._characters[change].total()
        marked = counted(number, change)
        return f"{marked} ({characters} characters: {shown})" if places else marked
