"""Text that people typed or said, as it may stand in a cell or a page: seen, and never acting."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

CELL: Final = 32_000
"""Characters; a cell of a workbook holds 32,767."""
LINE: Final = 15.0
TALLEST: Final = 409.0
PER_WIDTH: Final = 1.12
"""Points of a line of text and of the tallest row a workbook may have; letters that fit a width of one."""

_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows."""


def inert(text: str) -> str:
    """The text without characters that cannot be seen but act. Markup and formulas are the writers' own care."""
    return _UNSEEN.sub("", text)


def put(cell: Any, value: str | float) -> None:
    """Fill a workbook's cell (of openpyxl). Text is always text: what begins like a formula is neither run here nor
    after the cell is edited."""
    if isinstance(value, str):
        cell.value = inert(value)[:CELL]
        cell.data_type = "s"
        cell.quotePrefix = True
    else:
        cell.value = value


def height(texts: Iterable[tuple[str, int]]) -> float:
    """The height in points of a row whose cells hold these texts in columns of these widths (characters)."""
    lines = max(
        (sum(1 + int(len(part) / (width * PER_WIDTH)) for part in text.split("\n")) for text, width in texts),
        default=1,
    )
    return min(TALLEST, LINE * lines + 4)
