"""Paragraphs of a document become turns by the same habits as the lines of a text file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ingest.composing import Composer
from pipeline.ingest.ledger import BLANK, HEADER
from pipeline.ingest.speakers import mark_lines
from pipeline.ingest.talk import drop_furniture, header_lines, notices, talk_lines


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or line as its format's decoder produced it, and its place ("paragraph 3", "page 2")."""

    text: str
    where: str


def compose_paragraphs(
    paragraphs: Sequence[Paragraph], composer: Composer, *, known_speakers: tuple[str, ...] = ()
) -> None:
    """Hands every character of the paragraphs to the composer: turns, and drops of labels, timestamps, headers.

    A line break inside a paragraph is dropped as blank. Line ends between paragraphs are no part of them: a reader
    that counts them drops them.
    """
    places, lines, blocks = _lines(paragraphs, composer)
    marked = mark_lines(lines, known_speakers)
    header = header_lines(lines, marked)
    for sentence in notices(marked, places, header):
        composer.warn(sentence)
    for line, place in zip(lines[:header], places[:header], strict=True):
        composer.drop(HEADER, len(line), place)
    for line, place, mark in zip(lines[header:], places[header:], marked.marks[header:], strict=True):
        drop_furniture(line, mark, place, composer.ledger)
    for said in talk_lines(marked, blocks, header):
        mark = marked.marks[said.index]
        words = lines[said.index][mark.words_start : mark.words_end]
        composer.turn(said.speaker, words, places[said.index], said.at, joins_previous=not said.begins)


def _lines(paragraphs: Sequence[Paragraph], composer: Composer) -> tuple[list[str], list[str], list[bool]]:
    """Places, texts and block starts of the lines inside the paragraphs."""
    places: list[str] = []
    lines: list[str] = []
    blocks: list[bool] = []
    for paragraph in paragraphs:
        pieces = paragraph.text.split("\n")
        composer.drop(BLANK, len(pieces) - 1, paragraph.where)
        places.extend([paragraph.where] * len(pieces))
        lines.extend(pieces)
        blocks.extend([True] + [False] * (len(pieces) - 1))
    return places, lines, blocks
