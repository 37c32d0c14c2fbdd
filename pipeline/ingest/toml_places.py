"""Where things stand in a TOML file: the line of a table's header and of a key below it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_HEADER: Final = re.compile(r"\s*(?P<brackets>\[{1,2})\s*(?P<name>[^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*(?P<key>[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=")


class Places:
    """The lines of a study file, looked up by table ("group"), its number from 1, and key."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines: dict[tuple[str, int, str], int] = {}
        table, counts = ("", 1), Counter[str]()
        for number, line in enumerate(text.splitlines(), start=1):
            header, key = _HEADER.fullmatch(line), _KEY.match(line)
            if header is not None:
                counts[header["name"]] += 1
                table = (header["name"], counts[header["name"]])
                self._lines.setdefault((*table, ""), number)
            elif key is not None:
                self._lines.setdefault((*table, key["key"].strip("\"'")), number)

    def of(self, table: str = "", number: int = 1, key: str = "", *, several: bool = True) -> str:
        """The place in words, with its line where it can be found: "study.toml, [[group]] 2, key `date`, line 14"."""
        parts = [self._name]
        if table:
            parts.append(f"[[{table}]] {number}" if several else f"[{table}]")
        if key:
            parts.append(f"key `{key}`")
        line = self._lines.get((table, number, key)) or self._lines.get((table, number, ""))
        if line:
            parts.append(f"line {line}")
        return ", ".join(parts)
