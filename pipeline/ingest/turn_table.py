"""A table with a row per turn (.csv, .xlsx): which column is which is told from its header, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.clock import seconds
from pipeline.ingest.composing import Composer
from pipeline.ingest.ledger import HEADER, SPEAKER_LABEL, TIMESTAMP

TITLES: Final = {
    "speaker": ("speaker", "name", "participant", "who", "speaker name", "speaker id", "participant id"),
    "words": (
        "text",
        "utterance",
        "transcript",
        "sentence",
        "words",
        "utterances",
        "transcription",
        "content",
        "talk",
    ),
    "time": ("time", "start", "timestamp", "start time", "begin"),
    "turn": ("turn", "turn id", "turn number"),
}
"""Header titles (case and punctuation aside) per kind of column; of several in one file the earlier one counts."""

_LOOKED_AT: Final = 10
_LISTED: Final = 12
_LONGEST_TITLE: Final = 30
_MEND: Final = "Name one column speaker and one text in the first row (time and turn are optional)."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: its number in the file and its cells as text, "" where empty."""

    number: int
    cells: tuple[str, ...]

    @property
    def where(self) -> str:
        """Its place in the file."""
        return f"row {self.number}"

    def cell(self, column: int | None) -> str:
        """The cell of a column, "" beyond the row's end."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class _Columns:
    speaker: int
    words: int
    time: int | None
    turn: int | None
    titles: tuple[str, ...]


def turn_table(rows: Iterable[Row], composer: Composer) -> None:
    """Hands every character of every cell to the composer; each row is a turn of its own.

    Rows join the row before them where a `turn` column says that they are the same turn of the same speaker. A
    row without a speaker goes on with the speaker before it.

    Raises:
        FileRefused: no header row names a speaker and a text column, or two columns claim to be the same.
    """
    table = list(rows)
    header, columns = _header(table)
    for row in table[: header + 1]:
        composer.drop(HEADER, sum(map(len, row.cells)), row.where)
    speaker, turn = "", ""
    for row in table[header + 1 :]:
        named, number = row.cell(columns.speaker), row.cell(columns.turn).strip()
        now = " ".join(named.split()) or speaker
        _drop_others(row, columns, composer)
        words = row.cell(columns.words)
        joins = bool(number) and (now, number) == (speaker, turn)
        composer.turn(now, words, row.where, _time(row.cell(columns.time)), joins_previous=joins)
        if words.strip():
            speaker, turn = now, number


def is_turn_table(rows: Iterable[Row]) -> bool:
    """Whether `turn_table` would read these rows."""
    try:
        _header(list(rows))
    except FileRefused:
        return False
    return True


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names a speaker column and a text column."""
    return {"speaker", "words"} <= {_kind(cell) for cell in cells}


def _header(rows: Sequence[Row]) -> tuple[int, _Columns]:
    for index, row in enumerate(rows[:_LOOKED_AT]):
        if is_header(row.cells):
            return index, _columns(row, [_kind(cell) for cell in row.cells])
    found = ", ".join(_title(cell) for cell in rows[0].cells[:_LISTED]) if rows else "nothing"
    raise FileRefused(
        f"No row of this table names a speaker column and a text column (the first row: {found}). {_MEND}"
    )


def _columns(row: Row, kinds: Sequence[str]) -> _Columns:
    place: dict[str, int] = {}
    for kind, titles in TITLES.items():
        claims = [index for index, found in enumerate(kinds) if found == kind]
        if not claims:
            continue
        ranks = [titles.index(_plain(row.cells[index])) for index in claims]
        if ranks.count(min(ranks)) > 1:
            raise FileRefused(f"Two columns of this table are titled {_title(row.cells[claims[0]])}. {_MEND}")
        place[kind] = claims[ranks.index(min(ranks))]
    titles = tuple(_title(cell) for cell in row.cells)
    return _Columns(place["speaker"], place["words"], place.get("time"), place.get("turn"), titles)


def _kind(cell: str) -> str:
    plain = _plain(cell)
    return next((kind for kind, titles in TITLES.items() if plain in titles), "")


def _plain(cell: str) -> str:
    return re.sub(r"[\W_]+", " ", cell).strip().casefold()


def _title(cell: str) -> str:
    """A header cell fit for a message: one that is long is talk, and is not shown."""
    folded = " ".join(cell.split())
    return f'"{folded}"' if 0 < len(folded) <= _LONGEST_TITLE else ("an empty cell" if not folded else "a long text")


def _drop_others(row: Row, columns: _Columns, composer: Composer) -> None:
    for index, cell in enumerate(row.cells):
        if index == columns.speaker:
            composer.drop(SPEAKER_LABEL, len(cell), row.where)
        elif index == columns.time:
            composer.drop(TIMESTAMP, len(cell), row.where)
        elif index != columns.words:
            title = columns.titles[index] if index < len(columns.titles) else "without a title"
            composer.drop(f"column {title}", len(cell), row.where)


def _time(cell: str) -> float | None:
    clock = seconds(cell)
    if clock is not None:
        return clock
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
