"""Fields of forms by the words that stand beside them, for the page that lists what was sent."""

from __future__ import annotations

from typing import Final

_CALLED: Final = {
    "name_a": "code A",
    "name_b": "code B",
    "part": "goes into",
    "move": "move to",
    "without": "leave out",
    "into": "merge into the code",
    "took_part": "takes part",
    "typed": "another code",
    "code": "code",
    "text": "text",
}


def called(field: str) -> str:
    """A field in words; an id that its name ends with stays, to be told by whoever knows it."""
    first, _, about = field.partition(":")
    words = _CALLED.get(first, first.replace("_", " "))
    return f"{about}, {words}" if about else words
