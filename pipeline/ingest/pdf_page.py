"""One page of a .pdf as lines: pieces of text put together by their place on the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

_SAME_LINE: Final = 0.3
"""Baselines closer than this share of the letter size are one line."""

_SPACE: Final = 0.12
"""A gap wider than this share of the letter size is a space."""

_GUTTER: Final = 2.0
"""A gap inside a line wider than this many letter sizes, in the middle of the page, may part two columns."""


@dataclass(slots=True)
class Line:
    """A line of text; places are in points from the page's lower left, `right` None where it is not known."""

    text: str
    left: float
    y: float
    size: float
    right: float | None = None
    gutter: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in the order they were drawn, its size in points, and what was not talk on it.

    `outside` counts characters drawn beyond the page's edges, `notes` those of comments and form fields by kind.
    """

    number: int
    lines: tuple[Line, ...]
    width: float
    height: float
    outside: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    pictures: bool = False


def read_page(page: Any, number: int) -> Page:
    """A page as pypdf opened it."""
    box = page.cropbox
    gatherer = _Gatherer(*(float(side) for side in (box.left, box.bottom, box.right, box.top)))
    page.extract_text(visitor_text=gatherer.take)
    lines = tuple(line for line in gatherer.lines if line.text.strip())
    blank = sum(len(line.text) for line in gatherer.lines) - sum(len(line.text) for line in lines)
    notes = Counter(_notes(page))
    notes["blank"] += blank
    pictures = "/XObject" in (page.get("/Resources") or {})
    return Page(number, lines, float(box.width), float(box.height), gatherer.outside, dict(notes), pictures)


class _Gatherer:
    """Takes pieces in drawing order; a piece on the baseline where the last one ended goes on with its line.

    pypdf calls with an empty piece where text ended, which tells how wide it was.
    """

    def __init__(self, left: float, bottom: float, right: float, top: float) -> None:
        self.lines: list[Line] = []
        self.outside = 0
        self._left, self._bottom, self._right, self._top = left, bottom, right, top

    def take(self, text: str, outer: list[float], inner: list[float], _font: Any, size: float) -> None:
        """One piece with the two matrices that place it."""
        x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        height = abs(size * (inner[3] or inner[1]) * (outer[3] or outer[1])) or 10.0
        if not text:
            self._ended(x, y, height)
        for piece in text.replace("\t", " ").split("\n"):  # a PDF's tab is any blank, no layout
            if not piece:
                continue
            if not (self._bottom - 1 <= y <= self._top + 1 and self._left - 1 <= x <= self._right + 1):
                self.outside += len(piece)
            elif not self._goes_on(piece, x, y, height):
                self.lines.append(Line(piece, x, y, height))

    def _ended(self, x: float, y: float, height: float) -> None:
        if self.lines and abs(self.lines[-1].y - y) < _SAME_LINE * height and x >= self.lines[-1].left:
            self.lines[-1].right = x

    def _goes_on(self, piece: str, x: float, y: float, height: float) -> bool:
        line = self.lines[-1] if self.lines else None
        if line is None or abs(line.y - y) > _SAME_LINE * max(height, line.size) or x < line.left:
            return False
        gap = x - line.right if line.right is not None else height
        middle = self._left + 0.3 * (self._right - self._left) < x < self._left + 0.7 * (self._right - self._left)
        line.gutter = line.gutter or (gap > _GUTTER * height and middle)
        apart = gap > _SPACE * height and not line.text[-1].isspace() and not piece[0].isspace()
        line.text += (" " if apart else "") + piece
        line.right = None
        return True


def _notes(page: Any) -> dict[str, int]:
    """Characters of comments and of filled form fields."""
    found: Counter[str] = Counter()
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        kind, entry = ("form field", "/V") if note.get("/Subtype") == "/Widget" else ("comment", "/Contents")
        found[kind] += len(str(note.get(entry) or ""))
    return dict(found)
