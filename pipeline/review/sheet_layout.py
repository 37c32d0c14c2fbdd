"""The coder's workbook: its sheets and columns, as both the writer and the reader know them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import TEAM

FORMAT: Final = "polyvocal-sheet-1"
"""Stands in the workbook, so that another layout is refused by name and not misread."""

ID: Final = "Id"
VERSION: Final = "Version"
BELONGS_TO: Final = "Belongs to"
DECISION: Final = "Decision"
NAME: Final = "Name"
DEFINITION: Final = "Definition"
MERGE_INTO: Final = "Merge into"
STANCE: Final = "Stance"
REASON: Final = "Reason"
MEMO: Final = "Memo"
DROP: Final = "Drop"
MOVE_TO: Final = "Move to"
CONFIRM: Final = "Is it right?"

COVER_LABELS: Final = ("Your name", "Study", "Exported", "Format", "Book")
"""The labels beside the cells that say who fills in what; `Book` as `book_mark` writes it."""
DECIDES_IN: Final = "Decides in"
"""Beside it stands in words whose book the decisions go into."""
_TEAMS: Final = "team"


class Tab(StrEnum):
    """The sheets, in order."""

    COVER = "Read me"
    CANDIDATES = "Candidates"
    SEGMENTS = "Segments"
    CODEBOOK = "Codebook"
    APPLIED = "Applied"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters; whether a coder writes in it, and what may be chosen."""

    title: str
    width: int
    fill_in: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False
    grey: bool = False


def _to_fill(title: str, width: int, *choices: str) -> Column:
    return Column(title, width, fill_in=True, choices=choices)


_STANCES: Final = tuple(Stance)
_ID: Final = Column(ID, 17, grey=True)
_VERSION: Final = Column(VERSION, 8, hidden=True, grey=True)

COLUMNS: Final[dict[Tab, tuple[Column, ...]]] = {
    Tab.CANDIDATES: (
        _ID,
        _VERSION,
        Column("Suggested name", 24),
        Column("Keywords", 20),
        Column("Typical excerpts", 70),
        Column("At the edge", 46),
        Column("Segments", 10),
        Column("Speakers", 10),
        Column("Groups", 10),
        _to_fill(DECISION, 12, "accept", "reject", "merge into", "later"),
        _to_fill(NAME, 24),
        _to_fill(DEFINITION, 32),
        _to_fill(MERGE_INTO, 20),
        _to_fill(STANCE, 12, *_STANCES),
        _to_fill(REASON, 28),
        _to_fill(MEMO, 28),
    ),
    Tab.SEGMENTS: (
        Column(ID, 24, grey=True),
        _VERSION,
        Column(BELONGS_TO, 17, grey=True),
        Column("Candidate or code", 26),
        Column("Excerpt", 80),
        Column("Group", 16),
        Column("Speaker", 18),
        Column("Question", 12),
        _to_fill(DROP, 9, "yes"),
        _to_fill(MOVE_TO, 24),
    ),
    Tab.CODEBOOK: (
        _ID,
        _VERSION,
        Column("Code", 28),
        Column("What it means now", 44),
        Column("Stance now", 12),
        Column("Segments", 10),
        _to_fill(NAME, 28),
        _to_fill(DEFINITION, 36),
        _to_fill(MERGE_INTO, 22),
        _to_fill(STANCE, 12, *_STANCES),
        _to_fill(REASON, 28),
        _to_fill(MEMO, 28),
    ),
    Tab.APPLIED: (
        Column(ID, 24, grey=True),
        _VERSION,
        Column(BELONGS_TO, 17, grey=True),
        Column("Code", 28),
        Column("Excerpt", 80),
        Column("Group", 16),
        Column("Speaker", 18),
        Column("Question", 12),
        Column("Confidence", 12),
        _to_fill(CONFIRM, 14, "yes", "no"),
        _to_fill(REASON, 28),
    ),
}
"""Per sheet with a table, its columns from left to right; its headings stand in the first row."""


def book_mark(book: str) -> str:
    """The name of a book as it stands in a workbook."""
    return book or _TEAMS


def book_marked(mark: str) -> str:
    """The book that a workbook names; older ones name none and are the team's."""
    return TEAM if mark == _TEAMS else mark


_GUIDANCE: Final = """
How to use this workbook

Write only in the yellow cells; everything else is locked. Leave a cell empty where you have nothing to decide.

1. Put your name in the yellow cell below: each decision is kept under it.

2. Candidates: each row is a group of passages that the machine found alike. Read the typical excerpts and the ones at
the edge. Then accept it as a code, reject it (say why in Reason), merge it into a code, or leave it for later. Give a
better Name and a Definition where you accept.

3. Merge into takes the name or the id of a code, or the id of another candidate that you accept here.

4. Segments: every passage of each candidate and code, and at the end the talk that is in none of them. Write yes
under Drop where a passage does not belong; under Move to, write the code that it belongs to. Where there is no such
code yet, write new: and its name (new: Night buses): it is made once, however many rows name it.

5. Codebook: codes already agreed. Rename them, define them, merge them, or say whether they speak of a strength, a
gap or neither.

Memo, on both sheets, is for a note on the row. Memos are part of the report, each with its author's name.

6. Applied: codes that the machine put on a new group. Say yes or no; none counts until somebody has.

7. Save the workbook and import it. Importing it twice does no harm; a cell that you change in between corrects what
you decided there. A row that somebody else has decided on in the
meantime is not taken: you are told which, and why. What you decide goes into the book named below and no other:
when a blind round began or ended since, export a new workbook.

It holds what people said in confidence: keep it where the transcripts are kept, and delete it when done.
"""
GUIDANCE: Final = tuple(" ".join(paragraph.split()) for paragraph in _GUIDANCE.split("\n\n"))
"""The paragraphs of the cover: a heading, then what to do."""
