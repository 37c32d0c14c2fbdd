"""Text as it may stand in a workbook's cell."""

from __future__ import annotations

from typing import Final

from pipeline.domain.cells import inert

CELL: Final = 32_000
"""Characters; a cell of a workbook holds 32,767."""
LONGEST: Final = 420
"""Characters of an excerpt among others in one cell; the sheet of segments holds it in full."""


def held(text: str) -> str:
    """The text as a cell can hold it: inert, and no longer than a cell."""
    return inert(text)[:CELL]


def shortened(text: str) -> str:
    """The text to its last whole word within `LONGEST`, marked where it goes on."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"
