"""What goes into a reader and what comes out; and the composer that turns talk into one canonical text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.transcript import Account, Turn
from pipeline.ingest.ledger import BLANK, FOLDED, HEADER, SPEAKER_LABEL, TIMESTAMP, Ledger
from pipeline.ingest.limits import Limits

__all__ = ["BLANK", "FOLDED", "HEADER", "SPEAKER_LABEL", "TIMESTAMP", "Composer", "ReadOptions", "Reading"]

BETWEEN_TURNS: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader may be told about a file.

    `suffix` is the file's own (".srt"), in lower case. `encoding` is what a person said it is (text formats), None
    where nobody said. `known_speakers` are names the study lists: a line that begins with one of them and a colon
    is a turn of theirs.
    """

    suffix: str = ""
    encoding: str | None = None
    known_speakers: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: `turns` are spans of `text`; `account` adds up."""

    text: str
    turns: tuple[Turn, ...]
    account: Account


class Composer:
    """Composes `"{speaker}: {words}"` turns joined by a blank line, and keeps account of every character.

    Every character that the format's decoder produced is handed over exactly once: as the words of a `turn`, or as
    a `drop`. White space inside words is folded to single spaces; what that takes away is itemised. The single
    space that joins a turn to the one before, and the canonical speaker label, are the composer's own: they count
    neither as read nor as kept, so a reader drops a file's own labels (kind `SPEAKER_LABEL`). `ledger` is the
    account so far, for parts of a reader that only drop.
    """

    def __init__(self) -> None:
        self._turns: list[_Draft] = []
        self.ledger = Ledger()

    def turn(
        self, speaker: str, words: str, where: str, at: float | None = None, *, joins_previous: bool = False
    ) -> None:
        """Words as they stand in the file. With `joins_previous` they go on with the turn before, whoever spoke it.

        Words that are only white space make no turn; they are dropped as blank.
        """
        folded = _whole_characters(" ".join(words.split()))
        if not folded:
            self.drop(BLANK, len(words), where)
            return
        self.ledger.keep(len(folded))
        self.drop(FOLDED, len(words) - len(folded), where)
        if joins_previous and self._turns:
            self._turns[-1].words.append(folded)
        else:
            self._turns.append(_Draft(_whole_characters(" ".join(speaker.split())), [folded], where, at))

    def drop(self, kind: str, characters: int, where: str) -> None:
        """Characters of the file that are no talk. Nothing is itemised for none."""
        self.ledger.drop(kind, characters, where)

    def warn(self, sentence: str) -> None:
        """A sentence for the person at checkpoint 1; the same sentence is said once."""
        self.ledger.warn(sentence)

    def done(self, characters_in: int) -> Reading:
        """The reading, checked against the decoder's own count of the characters it produced.

        Raises:
            FileRefused: a character was lost or counted twice.
        """
        account = self.ledger.account(characters_in)
        text, turns = _laid_out(self._turns)
        return Reading(text, turns, account)


@dataclass(slots=True)
class _Draft:
    """A turn while words still join it."""

    speaker: str
    words: list[str]
    where: str
    at: float | None


def _laid_out(drafts: list[_Draft]) -> tuple[str, tuple[Turn, ...]]:
    blocks: list[str] = []
    turns: list[Turn] = []
    position = 0
    for index, draft in enumerate(drafts):
        label = f"{draft.speaker}: " if draft.speaker else ""
        words = " ".join(draft.words)
        start = position + len(label)
        turns.append(Turn(index, draft.speaker, start, start + len(words), draft.where, draft.at))
        blocks.append(label + words)
        position = start + len(words) + len(BETWEEN_TURNS)
    return BETWEEN_TURNS.join(blocks), tuple(turns)


def _whole_characters(text: str) -> str:
    """The text with each half of a surrogate pair, which no UTF-8 file can hold, shown as U+FFFD."""
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
