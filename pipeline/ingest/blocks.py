"""What a word processor's file consists of, in reading order: passages and tables; and how they become turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from pipeline.ingest.clock import seconds
from pipeline.ingest.composing import HEADER, Composer
from pipeline.ingest.labels import is_role, name_like
from pipeline.ingest.numbered import without_numbers
from pipeline.ingest.paragraphs import Paragraph, compose_paragraphs
from pipeline.ingest.speakers import mark_lines
from pipeline.ingest.talk import LONGEST_HEADER
from pipeline.ingest.turn_table import Row, is_turn_table, turn_table

_LONGEST_NAME: Final = 40
_RECURS: Final = 2
_NAME_COLUMNS: Final = 2
_NEARLY_ALL: Final = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """Text set in one way; `apart` where it is bold, underlined or has a style of its own, as speakers' names do."""

    text: str
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph and its place ("paragraph 3")."""

    pieces: tuple[Piece, ...]
    where: str

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def lead(self) -> str:
        """The text set apart that it begins with, "" where it begins plainly."""
        return "".join(piece.text for piece in takewhile(lambda piece: piece.apart, self.pieces))

    def passages(self) -> Iterator[Passage]:
        """Itself."""
        yield self


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells of passages, and its place ("table 1")."""

    rows: tuple[tuple[tuple[Passage, ...], ...], ...]
    where: str

    def passages(self) -> Iterator[Passage]:
        """Row by row, cell by cell, as the table is read."""
        for row in self.rows:
            for cell in row:
                yield from cell

    @property
    def line_ends(self) -> int:
        """Line ends that `turn_rows` puts between the paragraphs of a cell."""
        return sum(len(cell) - 1 for row in self.rows for cell in row if cell)

    def turn_rows(self) -> list[Row]:
        """The rows as a table of turns reads them."""
        return [
            GridRow(number, tuple("\n".join(passage.text for passage in cell) for cell in row), self.where)
            for number, row in enumerate(self.rows, start=1)
        ]


@dataclass(frozen=True, slots=True)
class GridRow(Row):
    """A row that knows its table."""

    table: str

    @property
    def where(self) -> str:
        """Its place in the file."""
        return f"{self.table}, row {self.number}"


Block = Passage | Grid


def compose_blocks(blocks: Sequence[Block], composer: Composer, known_speakers: tuple[str, ...]) -> int:
    """Hands every character of the blocks to the composer; returns how many characters it put between them.

    A table whose header names a speaker and a text column is read as a table of turns. In any other, a name in one of
    the first two columns speaks the rest of its row; a name set apart at the beginning of a paragraph speaks the rest
    of it. Such names get the colon they lack (and cells their line ends): those are the characters put between.
    """
    names = _names(passage.lead for block in blocks for passage in block.passages())
    names = names.union(*(_column_names(block) for block in blocks if isinstance(block, Grid)))
    known = (*known_speakers, *sorted(names))
    waiting: list[Paragraph] = []
    between, tables = 0, 0
    for block in blocks:
        if isinstance(block, Grid) and is_turn_table(block.turn_rows()):
            _compose_around(waiting, composer, known)
            turn_table(block.turn_rows(), composer)
            waiting, tables, between = [], tables + 1, between + block.line_ends
            continue
        passages = list(block.passages())
        paragraphs = _named_rows(block, names) if isinstance(block, Grid) else _parted(block, names)
        waiting.extend(paragraphs)
        between += sum(len(paragraph.text) for paragraph in paragraphs) - sum(len(part.text) for part in passages)
    if tables:
        _compose_around(waiting, composer, known)
    else:
        compose_paragraphs(without_numbers(waiting, composer), composer, known_speakers=known)
    return between


def _compose_around(paragraphs: Sequence[Paragraph], composer: Composer, known: tuple[str, ...]) -> None:
    """What stands beside a table of turns: talk where it names speakers or is long, else a heading."""
    texts = [line for paragraph in paragraphs for line in paragraph.text.split("\n")]
    if mark_lines(texts, known).names_anyone or sum(map(len, texts)) > LONGEST_HEADER:
        compose_paragraphs(paragraphs, composer, known_speakers=known)
        return
    for paragraph in paragraphs:
        composer.drop(HEADER, len(paragraph.text), paragraph.where)


def _parted(passage: Passage, names: frozenset[str]) -> list[Paragraph]:
    """The passage as one paragraph; or as two, where it begins with a name set apart and no colon follows."""
    lead, text = passage.lead, passage.text
    rest = text[len(lead) :].lstrip()
    if _bare(lead) not in names or lead.rstrip().endswith(":") or not rest or rest[0] in ":[(" or rest[0].isdigit():
        return [Paragraph(text, passage.where)]
    return [Paragraph(f"{lead}:", passage.where), Paragraph(text[len(lead) :], passage.where)]


def _named_rows(grid: Grid, names: frozenset[str]) -> list[Paragraph]:
    """The cells in the order they are read; a name gets a colon, and the time in the cell before it on its line."""
    paragraphs: list[Paragraph] = []
    for row in grid.rows:
        begins = len(paragraphs)
        for column, cell in enumerate(row):
            texts = [passage.text for passage in cell]
            if len(row) > 1 and column < _NAME_COLUMNS and len(texts) == 1 and _bare(texts[0]) in names:
                texts[0] += "" if texts[0].rstrip().endswith(":") else ":"
                if paragraphs[begins:] and seconds(paragraphs[-1].text) is not None:
                    texts[0] = f"{paragraphs.pop().text} {texts[0]}"
            paragraphs.extend(Paragraph(text, passage.where) for text, passage in zip(texts, cell, strict=True))
    return paragraphs


def _column_names(grid: Grid) -> frozenset[str]:
    """Names in the first column, or, where it holds none (but times or numbers), in the second."""
    for column in range(_NAME_COLUMNS):
        cells = [row[column] for row in grid.rows if len(row) > column + 1]
        names = _names("\n".join(passage.text for passage in cell) for cell in cells)
        if names:
            return names
    return frozenset()


def _names(candidates: Iterable[str]) -> frozenset[str]:
    """Those that have the shape of a name and recur; all of that shape, where nearly all candidates have it."""
    filled = [name for name in map(_bare, candidates) if name]
    shaped = Counter(name for name in filled if _has_shape(name))
    recurring = frozenset(name for name, count in shaped.items() if count >= _RECURS)
    return frozenset(shaped) if recurring and shaped.total() >= _NEARLY_ALL * len(filled) else recurring


def _has_shape(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name[-1] not in ".?!" and (is_role(name) or name_like(name))


def _bare(candidate: str) -> str:
    """A name without the colon and blanks after it."""
    return " ".join(candidate.split()).rstrip(": ")
