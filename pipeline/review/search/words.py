"""Which segments hold the words of a query, and where: an FTS5 table of SQLite's that lives in memory alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.said import Said
from pipeline.review.search.query import Query, Term, as_indexed

Parts = tuple[tuple[str, bool], ...]
"""An excerpt in pieces, each with whether it matches; together they are the excerpt."""

_WORDS: Final = 'tokenize="unicode61 remove_diacritics 2"'
_OPEN, _CLOSE = "\x01", "\x02"

# One row that holds all matches. Row by row, Python hands the interpreter over at each of 100,000 steps: five times
# as slow while other threads work. Scores as whole millionths, so that they sort alike on every machine.
_RANKED: Final = "SELECT group_concat(rowid), group_concat(CAST(rank * -1e6 AS INTEGER)) FROM talk WHERE talk MATCH ?"
_UNRANKED: Final = "SELECT group_concat(rowid), '' FROM talk WHERE talk MATCH ?"
_MILLION: Final = 1e6
RANKED: Final = 20_000
"""Matches up to which the best come first. More of them nobody reads, and to weigh them takes long: they stand in
order of talk."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Segments by their place in the index, in any order, and how well each fits (BM25, 0 where all fit alike)."""

    places: NDArray[np.int64]
    scores: NDArray[np.float64]


class WordIndex:
    """The words of segments. Each gets the next place, from 0, which it keeps; places are not used twice.

    It may be asked and changed from several threads.
    """

    def __init__(self, said: Iterable[Said] = ()) -> None:
        self._lock = Lock()
        self._held: dict[str, tuple[int, str]] = {}
        self._next = 0
        self._talk = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._talk.execute("PRAGMA secure_delete=ON")
        # content='': the index holds words and their positions; the excerpts stay where the talk has them
        self._talk.execute(f"CREATE VIRTUAL TABLE talk USING fts5(excerpt, content='', {_WORDS})")
        self.add(said)
        self._tidy()

    def __len__(self) -> int:
        return len(self._held)

    def add(self, said: Iterable[Said]) -> None:
        """Take in segments; those already held stay as they are."""
        with self._lock:
            new = {item.segment.id: item.excerpt for item in said if item.segment.id not in self._held}
            held = {key: (place, excerpt) for place, (key, excerpt) in enumerate(new.items(), start=self._next)}
            with self._talk:
                self._talk.execute("BEGIN")
                self._talk.executemany("INSERT INTO talk(rowid, excerpt) VALUES (?, ?)", map(_row, held.values()))
            self._held.update(held)
            self._next += len(held)

    def remove(self, ids: Iterable[str]) -> None:
        """Give up segments, and their words with them; ids that are not held are passed over."""
        with self._lock:
            gone = {key: self._held[key] for key in ids if key in self._held}
            if not gone:
                return
            command = "INSERT INTO talk(talk, rowid, excerpt) VALUES ('delete', ?, ?)"
            with self._talk:
                self._talk.execute("BEGIN")
                self._talk.executemany(command, map(_row, gone.values()))
            self._tidy()  # until then the words would stand beside a note that they no longer count
            for key in gone:
                del self._held[key]

    def places(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """The places of `ids`, in that order.

        Raises:
            KeyError: one is not held.
        """
        return np.fromiter((self._held[key][0] for key in ids), dtype=np.int64)

    def matches(self, query: Query) -> Matches:
        """The segments that hold all that is wanted and nothing unwanted. Where nothing is wanted, all others."""
        with self._lock:
            if query.wanted:
                return self._found(_expression(query))
            left = np.zeros(self._next, dtype=np.bool_)
            left[[place for place, _ in self._held.values()]] = True
            if query.unwanted:
                left[self._found(_any(query.unwanted), ranked=False).places] = False
            return Matches(np.flatnonzero(left), np.zeros(np.count_nonzero(left)))

    def _found(self, expression: str, *, ranked: bool = True) -> Matches:
        (count,) = self._talk.execute("SELECT count(*) FROM talk WHERE talk MATCH ?", [expression]).fetchone()
        if not count:
            return Matches(np.zeros(0, dtype=np.int64), np.zeros(0))
        # BM25 gives words that stand in more than half of all segments no weight: it need not be worked out
        ranked = ranked and 2 * count <= len(self._held) and count <= RANKED
        places, scores = self._talk.execute(_RANKED if ranked else _UNRANKED, [expression]).fetchone()
        read = _numbers(scores) / _MILLION if ranked else np.zeros(count)
        return Matches(_numbers(places), read)

    def _tidy(self) -> None:
        self._talk.execute("INSERT INTO talk(talk) VALUES ('optimize')")


def marked(query: Query, excerpts: Sequence[str]) -> list[Parts]:
    """Each excerpt in parts, with the words that the query wants marked, as the index reads them."""
    parts: list[Parts] = [((excerpt, False),) for excerpt in excerpts]
    if not query.wanted or not excerpts:
        return parts
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as page:
        page.execute(f"CREATE VIRTUAL TABLE page USING fts5(excerpt, {_WORDS})")
        page.executemany("INSERT INTO page(rowid, excerpt) VALUES (?, ?)", map(_row, enumerate(excerpts)))
        found = "SELECT rowid, highlight(page, 0, ?, ?) FROM page WHERE page MATCH ?"
        for place, text in page.execute(found, [_OPEN, _CLOSE, _any(query.wanted)]):
            parts[place] = _parts(excerpts[place], text)
    return parts


def _parts(excerpt: str, highlighted: str) -> Parts:
    """The excerpt cut where `highlighted`, the same text with marks in it, has them."""
    cuts, matching = [0], [False]
    for piece in highlighted.replace(_CLOSE, _OPEN).split(_OPEN):
        cuts.append(cuts[-1] + len(piece))
        matching.append(not matching[-1])
    between = zip(pairwise(cuts), matching, strict=False)
    return tuple((excerpt[start:end], matches) for (start, end), matches in between if end > start)


def _row(placed: tuple[int, str]) -> tuple[int, str]:
    place, excerpt = placed
    return place, as_indexed(excerpt)


def _numbers(listed: str) -> NDArray[np.int64]:
    return np.fromstring(listed, dtype=np.int64, sep=",")


def _expression(query: Query) -> str:
    """FTS5's syntax, of which nothing comes from the person: each term stands in quotes."""
    wanted = " AND ".join(map(_quoted, query.wanted))
    return f"({wanted}) NOT ({_any(query.unwanted)})" if query.unwanted else wanted


def _any(terms: Iterable[Term]) -> str:
    return " OR ".join(map(_quoted, terms))


def _quoted(term: Term) -> str:
    text = term.text.replace('"', '""')
    return f'"{text}"*' if term.begins else f'"{text}"'
