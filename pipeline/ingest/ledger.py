"""The account of a file while it is being read: what was kept, what was dropped, what a person should know."""

from __future__ import annotations

from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.domain.transcript import Account, Dropped

FOLDED: Final = "folded white space"
BLANK: Final = "blank"
SPEAKER_LABEL: Final = "speaker label"
TIMESTAMP: Final = "timestamp"
CUE_NUMBER: Final = "cue number"
HEADER: Final = "header"

FURNITURE: Final = frozenset({FOLDED, BLANK, SPEAKER_LABEL, TIMESTAMP, CUE_NUMBER})
"""Kinds that come with every turn; each is one item over the whole file, every other drop is its own item."""


class Ledger:
    """Counts every character once: as kept, or as dropped under a kind and at a place."""

    def __init__(self) -> None:
        self._kept = 0
        self._furniture: dict[str, list[Dropped]] = {}
        self._dropped: list[Dropped] = []
        self._warnings: list[str] = []

    def keep(self, characters: int) -> None:
        """Characters of the file that became words of a turn."""
        self._kept += characters

    def drop(self, kind: str, characters: int, where: str) -> None:
        """Characters of the file that are no talk. Nothing is itemised for none."""
        if characters and kind in FURNITURE:
            self._furniture.setdefault(kind, []).append(Dropped(kind, characters, where))
        elif characters:
            self._dropped.append(Dropped(kind, characters, where))

    def warn(self, sentence: str) -> None:
        """A sentence for the person at checkpoint 1; the same sentence is said once."""
        if sentence not in self._warnings:
            self._warnings.append(sentence)

    def account(self, characters_in: int) -> Account:
        """The account, checked against the decoder's own count of the characters it produced.

        Raises:
            FileRefused: a character was lost or counted twice; nothing is imported then.
        """
        gathered = [_gathered(kind, items) for kind, items in self._furniture.items()]
        account = Account(characters_in, self._kept, (*self._dropped, *gathered), tuple(self._warnings))
        if not account.adds_up:
            accounted = account.kept + sum(drop.characters for drop in account.dropped)
            raise FileRefused(
                f"Of {characters_in} characters in this file {accounted} are accounted for, so it was not imported. "
                "Please report this, and save the file as plain text (UTF-8) in the meantime."
            )
        return account


def _gathered(kind: str, items: list[Dropped]) -> Dropped:
    first, last = items[0].where, items[-1].where
    where = first if first == last else f"{first} to {last}"
    return Dropped(kind, sum(item.characters for item in items), where)
