"""Excerpts as they may stand beside others in one cell of a workbook."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 420
"""Characters of an excerpt among others in one cell; the sheet of segments holds it in full."""


def shortened(text: str) -> str:
    """The text to its last whole word within `LONGEST`, marked where it goes on."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"
