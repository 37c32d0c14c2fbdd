"""Text as it may stand in a workbook's cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

CELL: Final = 32_000
"""Characters; a cell of a workbook holds 32,767."""
LONGEST: Final = 420
"""Characters of an excerpt among others in one cell; the sheet of segments holds it in full."""
LINE: Final = 15.0
TALLEST: Final = 409.0
PER_WIDTH: Final = 1.12
"""Points of a line of text and of the tallest row a workbook may have; letters that fit a width of one."""

_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""Control characters that the format forbids, and those that turn the direction of what follows."""


def inert(text: str) -> str:
    """The text without characters that cannot be seen but act, no longer than a cell holds."""
    return _UNSEEN.sub("", text)[:CELL]


def shortened(text: str) -> str:
    """The text to its last whole word within `LONGEST`, marked where it goes on."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"


def height(texts: Iterable[tuple[str, int]]) -> float:
    """The height in points of a row whose cells hold these texts in columns of these widths (characters)."""
    lines = max(
        (sum(1 + int(len(part) / (width * PER_WIDTH)) for part in text.split("\n")) for text, width in texts),
        default=1,
    )
    return min(TALLEST, LINE * lines + 4)
