"""A date written as people write dates, where TOML wants it with the year first."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_LINE: Final = re.compile(r"\(at line (\d+),")
_DATE: Final = re.compile(r"\s*(?P<key>\w*date\w*)\s*=\s*(?P<said>[^\"'#\n]*[^\"'#\n\s])", re.IGNORECASE)
_WORDED: Final = re.compile(r"(?P<one>\w+)[ .,/-]+(?P<two>\w+)[ .,/-]+(?P<year>\d{4})")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXAMPLE: Final = date(2026, 3, 14)


def written_date(text: str, error: str) -> str:
    """How to write the date on the line that a TOML error speaks of; "" where no date stands there, or in quotes."""
    found = _LINE.search(error)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    given = _DATE.match(line)
    if given is None:
        return ""
    meant = _meant(given["said"])
    if meant:
        return f"Write {given['key']} = {meant.isoformat()}"
    return f"Write a date with the year first, then month and day: {given['key']} = {_EXAMPLE.isoformat()}"


def _meant(said: str) -> date | None:
    """The day that is meant where the month is named; 3/4/2026 is one day here and another there."""
    parts = _WORDED.fullmatch(said.strip())
    if parts is None:
        return None
    day, month = (parts["one"], parts["two"]) if parts["one"][0].isdigit() else (parts["two"], parts["one"])
    digits = re.match(r"\d{1,2}", day)
    if digits is None or month[:3].lower() not in _MONTHS:
        return None
    try:
        return date(int(parts["year"]), _MONTHS.index(month[:3].lower()) + 1, int(digits[0]))
    except ValueError:
        return None
