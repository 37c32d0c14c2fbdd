"""Times as transcripts write them: 00:21:14, 1:02:03.500, 12:03, 00:00:01,000."""

from __future__ import annotations

import re
from typing import Final

CLOCK: Final = r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d(?:[.,]\d{1,3})?"
"""Hours are optional, so minutes may run past the hour in no form but the first field."""

_FIELDS: Final = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?", re.ASCII)


def seconds(written: str) -> float | None:
    """Seconds from the start, or None where the text is no time."""
    match = _FIELDS.fullmatch(written.strip())
    if match is None:
        return None
    hours, minutes, whole, fraction = match.groups()
    return round(int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + float(f"0.{fraction or 0}"), 3)
