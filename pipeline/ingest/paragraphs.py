"""Paragraphs of a document become turns by the same habits as the lines of a text file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ingest.composing import Composer


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or line as its format's decoder produced it, and its place ("paragraph 3", "page 2")."""

    text: str
    where: str


def compose_paragraphs(paragraphs: Sequence[Paragraph], composer: Composer, *, known_speakers: tuple[str, ...] = ()) -> None:
    """Hands every character of the paragraphs to the composer: turns, and drops of labels, timestamps, headers.

    Joining characters between paragraphs (line ends) are not part of them; a reader that counts them drops them.
    """
    raise NotImplementedError
