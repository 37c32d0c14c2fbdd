"""A long list, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

_DEEPEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `number` counts from 1; `first` and `last` are places from 0, end exclusive."""

    number: int
    pages: int
    total: int
    size: int

    @property
    def first(self) -> int:
        """Where it begins."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """Where it ends."""
        return min(self.total, self.first + self.size)


def wanted(typed: str) -> int:
    """The page that an address asks for; the first where it asks for none that could be."""
    return min(max(1, int(typed)), _DEEPEST) if typed.isdecimal() and len(typed) <= len(str(_DEEPEST)) else 1


def leaf(total: int, size: int, typed: str) -> Leaf:
    """The page asked for, or the last there is."""
    pages = max(1, -(-total // size))
    return Leaf(min(wanted(typed), pages), pages, total, size)
