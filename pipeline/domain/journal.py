"""A memory of changes to dictionaries, so that they can be taken back in the reverse order."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final

_ABSENT: Final = object()


class Journal:
    """Changes made through it can be rewound to a mark. With `keeps` off it remembers nothing and costs nothing.

    Rewinding restores what a dictionary holds; an entry that was dropped comes back at its end.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._before: list[tuple[MutableMapping[Any, Any], Any, Any]] = []
        self._forgotten = 0

    @property
    def mark(self) -> int:
        """The present moment, for `rewind`."""
        return self._forgotten + len(self._before)

    def put(self, mapping: MutableMapping[Any, Any], key: Any, value: Any) -> None:
        """`mapping[key] = value`."""
        if self._keeps:
            self._before.append((mapping, key, mapping.get(key, _ABSENT)))
        mapping[key] = value

    def drop(self, mapping: MutableMapping[Any, Any], key: Any) -> None:
        """Take a key out, if it is there."""
        if key in mapping:
            if self._keeps:
                self._before.append((mapping, key, mapping[key]))
            del mapping[key]

    def rewind(self, mark: int) -> None:
        """Take back everything since the mark."""
        assert mark >= self._forgotten, "what was forgotten cannot be taken back"
        while self.mark > mark:
            mapping, key, value = self._before.pop()
            if value is _ABSENT:
                del mapping[key]
            else:
                mapping[key] = value

    def forget(self, mark: int) -> None:
        """Give up what was remembered before the mark."""
        del self._before[: max(0, mark - self._forgotten)]
        self._forgotten = max(self._forgotten, mark)
