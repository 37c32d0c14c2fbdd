"""Text that people typed or said, as it may stand in a report: seen, and never acting."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows."""


def inert(text: str) -> str:
    """The text without characters that cannot be seen but act. Markup and formulas are the writers' own care."""
    return _UNSEEN.sub("", text)
