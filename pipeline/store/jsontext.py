"""JSON as it is stored: compact, and the same value whether just made or read back."""

from __future__ import annotations

import json
from typing import Any


def as_text(value: Any) -> str:
    """The stored text of a JSON value.

    Raises:
        TypeError, ValueError: the value is no JSON.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    """The value as it will be read back: tuples become lists, keys become text."""
    return json.loads(as_text(value))


def storable(*texts: str) -> bool:
    """Whether every text can be stored by both databases: no NUL character, no half of a surrogate pair."""
    return not any("\0" in text or any("\ud800" <= char <= "\udfff" for char in text) for text in texts)


def legible(text: str) -> str:
    """The text with U+FFFD for each character that cannot be stored: a file may be named in no UTF-8."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
