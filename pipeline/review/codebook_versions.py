"""What lies between two versions of a codebook: codes that came and went, and what changed of those that stayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.codebook import Code, Codebook

_SAID = ("definition", "includes", "excludes", "stance", "examples")
"""What a code says of itself besides its name, in the order in which it is read."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a code was and is: its name, its place, or one of the things that it says (`what`)."""

    code: Code
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A code that is no longer in use, and the codes in use that its segments went into; none where it was undone."""

    code: Code
    into: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Codes are as they are in the later version, those gone as they were in the earlier.

    `came` and `went` count codings by code: a segment that was moved went from one and came to the other.
    """

    new: tuple[Code, ...]
    gone: tuple[Gone, ...]
    renamed: tuple[Change, ...]
    redefined: tuple[Change, ...]
    moved: tuple[Change, ...]
    came: Counter[str]
    went: Counter[str]

    @property
    def none(self) -> bool:
        """Whether the two versions are the same."""
        return not (self.new or self.gone or self.renamed or self.redefined or self.moved or self.came or self.went)


def difference(before: Codebook, after: Codebook) -> Difference:
    """What changed from one version to the other."""
    was = {code.id: code for code in before.active_codes}
    now = {code.id: code for code in after.active_codes}
    stayed = [(was[code], now[code]) for code in now if code in was]
    return Difference(
        new=tuple(code for code in now.values() if code.id not in was),
        gone=tuple(Gone(code, went_into(after, code.id)) for code in was.values() if code.id not in now),
        renamed=tuple(Change(new, "name", old.name, new.name) for old, new in stayed if old.name != new.name),
        redefined=tuple(change for old, new in stayed for change in _said_otherwise(old, new)),
        moved=tuple(
            _moved(before, after, *pair) for pair in stayed if _above(before, pair[0]) != _above(after, pair[1])
        ),
        came=Counter(code for _, code in after.codings.keys() - before.codings.keys()),
        went=Counter(code for _, code in before.codings.keys() - after.codings.keys()),
    )


def went_into(book: Codebook, code: str) -> tuple[Code, ...]:
    """The codes in use that a code's segments ended in, by whatever merges and splits."""
    found, look, seen = dict[str, Code](), [code], set[str]()
    while look:
        there = book.codes.get(look.pop(0))
        if there is None or there.id in seen:
            continue
        seen.add(there.id)
        if there.active:
            found[there.id] = there
        else:
            look.extend(there.retired_into.split(","))
    return tuple(found.values())


def _said_otherwise(old: Code, new: Code) -> Iterator[Change]:
    for what in _SAID:
        before, after = getattr(old, what), getattr(new, what)
        if before != after:
            yield Change(new, what, _text(before), _text(after))


def _text(value: object) -> str:
    """Examples are told by their number: their ids say nothing to a reader."""
    return str(len(value)) if isinstance(value, tuple) else str(value)


def _above(book: Codebook, code: Code) -> str:
    return book.standing_under(code)


def _moved(before: Codebook, after: Codebook, old: Code, new: Code) -> Change:
    """From under one code to under another; "" is the top."""
    source, target = _above(before, old), _above(after, new)
    return Change(
        new, "place", before.codes[source].name if source else "", after.codes[target].name if target else ""
    )
