"""The log a page at a time, newest first: quick however long it is, and counting nothing that is not to be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from pipeline.domain.decision import Decision, Kind, scoped
from pipeline.store.decision_rows import from_rows
from pipeline.store.schema import DECISION, TOUCHED

_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions a page shows: of some `books` (None: of all), by one coder, of one kind, about some subjects.

    A decision is about whatever it touched (see `domain.decision.versions`); a memo about what it was left on.
    `subjects` are looked for in the books of `about`, each under its own name.
    """

    books: frozenset[str] | None = None
    coder: str = ""
    kind: Kind | None = None
    subjects: frozenset[str] | None = None
    about: frozenset[str] = frozenset({""})


def read_page(
    connection: Connection, study_id: str, wanted: Wanted, *, before: int | None, after: int | None, count: int
) -> tuple[Decision, ...]:
    """The newest `count` with a seq below `before`; the oldest `count` above `after` where that is given instead."""
    oldest_first = after is not None
    found: dict[int, Decision] = {}
    for query in _queries(study_id, wanted, before, after):
        ordered = query.order_by(DECISION.c.seq if oldest_first else DECISION.c.seq.desc()).limit(count)
        found.update((item.seq, item) for item in from_rows(connection.execute(ordered)))
    kept = sorted(found, reverse=not oldest_first)[:count]
    return tuple(found[seq] for seq in sorted(kept, reverse=True))


def read_places(connection: Connection, study_id: str, seqs: Sequence[int], books: Collection[str]) -> dict[int, int]:
    """The number of each decision, counted from 1 among those of some books alone."""
    places: dict[int, int] = {}
    so_far = 0
    for low, high in pairwise([0, *sorted(seqs)]):
        for book in sorted(books):
            between = select(func.count()).where(DECISION.c.study == study_id, DECISION.c.book == book)
            between = between.where(DECISION.c.seq > low, DECISION.c.seq <= high)
            so_far += connection.execute(between).scalar() or 0
        places[high] = so_far
    return places


def read_touching(connection: Connection, study_id: str, subjects: Iterable[str]) -> tuple[Decision, ...]:
    """Every decision that touched one of some subjects (named as `scoped` says), in order."""
    found: dict[int, Decision] = {}
    for some in _pieces(subjects):
        query = select(DECISION).where(DECISION.c.study == study_id, DECISION.c.seq.in_(_touching(study_id, some)))
        found.update((item.seq, item) for item in from_rows(connection.execute(query)))
    return tuple(found[seq] for seq in sorted(found))


def read_numbered(connection: Connection, study_id: str, seqs: Iterable[int]) -> tuple[Decision, ...]:
    """The decisions of some numbers, in order."""
    found: list[Decision] = []
    different = sorted(set(seqs))
    for start in range(0, len(different), _AT_ONCE):
        some = different[start : start + _AT_ONCE]
        query = select(DECISION).where(DECISION.c.study == study_id, DECISION.c.seq.in_(some))
        found += from_rows(connection.execute(query.order_by(DECISION.c.seq)))
    return tuple(found)


def _queries(study_id: str, wanted: Wanted, before: int | None, after: int | None) -> Iterator[Select[Any]]:
    """One query for each book, so that each goes along an index; what they find is put together."""
    query = select(DECISION).where(DECISION.c.study == study_id)
    if before is not None:
        query = query.where(DECISION.c.seq < before)
    if after is not None:
        query = query.where(DECISION.c.seq > after)
    if wanted.coder:
        query = query.where(DECISION.c.coder == wanted.coder)
    if wanted.kind:
        query = query.where(DECISION.c.kind == str(wanted.kind))
    parts = [query] if wanted.subjects is None else list(_about(study_id, query, wanted))
    for part in parts:
        if wanted.books is None:
            yield part
        else:
            yield from (part.where(DECISION.c.book == book) for book in sorted(wanted.books))


def _about(study_id: str, query: Select[Any], wanted: Wanted) -> Iterator[Select[Any]]:
    subjects = wanted.subjects or frozenset()
    if wanted.kind is not Kind.MEMO:
        names = {scoped(book, item) for item in subjects for book in wanted.about}
        yield from (query.where(DECISION.c.seq.in_(_touching(study_id, some))) for some in _pieces(names))
    if wanted.kind in {None, Kind.MEMO}:
        memos = query.where(DECISION.c.kind == str(Kind.MEMO))
        yield from (memos.where(DECISION.c.subject.in_(some)) for some in _pieces(subjects))


def _touching(study_id: str, subjects: Sequence[str]) -> Select[tuple[int]]:
    return select(TOUCHED.c.seq).where(TOUCHED.c.study == study_id, TOUCHED.c.subject.in_(subjects))


def _pieces(values: Iterable[str]) -> Iterator[list[str]]:
    different = sorted(set(values))
    for start in range(0, len(different), _AT_ONCE):
        yield different[start : start + _AT_ONCE]
