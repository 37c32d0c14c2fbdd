"""Numbers with their nouns, as every sentence that counts something writes them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 segment", "2 segments", "1,200 people"."""
    return f"{number:,} {noun(number, one, many)}"


def noun(number: int, one: str, many: str = "") -> str:
    """The noun that goes with a number: `one`, else `many`, which is `one` with an "s" where it is not given."""
    return one if number == 1 else many or one + "s"
