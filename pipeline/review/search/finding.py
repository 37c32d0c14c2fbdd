"""One search over the talk of a study, for many readers at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import NotReady
from pipeline.domain.said import Said
from pipeline.domain.segment import normalised
from pipeline.review.search.filters import EVERYTHING, NO_CODINGS, Codings, Facets, Filter, coded
from pipeline.review.search.meaning import MeaningIndex, arranged, top
from pipeline.review.search.query import LONGEST, Query, as_indexed, read_query
from pipeline.review.search.words import Parts, WordIndex, marked

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to vectors, shape (n, d), of the model whose vectors the talk has."""


class How(StrEnum):
    """What makes a segment fit a query."""

    WORDS = "words"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Hit:
    """A segment found: its excerpt in parts, each with whether it matches, and its score, the greater the better."""

    segment: str
    parts: Parts
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """How many segments there are in all, and those of the page asked for."""

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Talk:
    """The talk at one moment, in order. A segment's row in it is found by its id in `rows`, by its place in the word
    index in `placed` (-1 where there is none), and by its row in the meaning index in `meant`."""

    said: tuple[Said, ...]
    ids: tuple[str, ...]
    rows: Mapping[str, int]
    facets: Facets
    placed: NDArray[np.int64]
    meaning: MeaningIndex
    meant: NDArray[np.int64]

    def within(self, wanted: Filter, codings: Codings, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Which rows the filter lets through, of those that `among`, shape (n,), marks."""
        mask = self.facets.mask(wanted)
        return coded(mask if among is None else mask & among, self.rows, self.ids, wanted, codings)


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """How many rows fit, and the best of them with their scores, as far as was asked for."""

    total: int
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


class Search:
    """The talk of a study, found by its words or by its meaning.

    Readers may search while the talk changes: each search sees one state of it.
    """

    def __init__(
        self, said: Iterable[Said], meaning: MeaningIndex | None = None, encode: Encode | None = None
    ) -> None:
        """Index segments in order of talk. `meaning` may hold fewer of them; without it, or without `encode`, there
        is no search by meaning."""
        said = tuple(said)
        self._encode = encode
        self._changing = Lock()
        self._words = WordIndex(said)
        self._talk = self._indexed((), arranged(()))
        self.follow(said, meaning)

    def not_embedded(self, said: Iterable[Said]) -> tuple[Said, ...]:
        """Those of `said` for which no vector is held, as they read now; a search by meaning passes over them."""
        talk = self._talk
        embedded = set(talk.meaning.ids)
        held = {item.segment.id: item.excerpt for item in talk.said if item.segment.id in embedded}
        return tuple(item for item in said if held.get(item.segment.id) != item.excerpt)

    def follow(self, said: Iterable[Said], meaning: MeaningIndex | None = None) -> None:
        """Make this the talk, all of it, in its order. Only what is new is indexed; what is gone leaves no word and
        no vector behind. `meaning` need only hold the vectors that are new.

        Raises:
            ValueError: the new vectors are longer or shorter than those held.
        """
        said = tuple({item.segment.id: item for item in said}.values())
        now = {item.segment.id: item.excerpt for item in said}
        with self._changing:
            before = self._talk
            gone = {item.segment.id for item in before.said if now.get(item.segment.id) != item.excerpt}
            kept = arranged([key for key in before.meaning.ids if key not in gone], before.meaning)
            held = arranged(tuple(now), *([meaning] if meaning else []), kept)
            self._words.remove(gone)
            self._words.add(said)
            self._talk = self._indexed(said, held)

    def find(
        self,
        query: str = "",
        how: How = How.WORDS,
        within: Filter = EVERYTHING,
        codings: Codings = NO_CODINGS,
        *,
        first: int = 0,
        count: int = 20,
    ) -> Found:
        """The segments `first` to `first + count` of those that fit, best first, then in order of talk.

        `codings` are those that this viewer may see. A query that asks for no word lists what the filter lets
        through in order of talk. By meaning, every segment with a vector fits more or less.

        Raises:
            NotReady: there is nothing to search by meaning in.
        """
        talk, asked = self._talk, read_query(query)
        first, count = max(first, 0), max(count, 0)
        if asked.empty:
            best = _listed(talk, within, codings, first + count)
        elif how == How.MEANING:
            asked, best = Query(), self._by_meaning(talk, query, within, codings, first + count)
        else:
            best = self._by_words(talk, asked, within, codings, first + count)
        rows, scores = best.rows[first:].tolist(), best.scores[first:].tolist()
        parts = marked(asked, [talk.said[row].excerpt for row in rows])
        hits = (Hit(talk.ids[row], part, score) for row, part, score in zip(rows, parts, scores, strict=True))
        return Found(best.total, tuple(hits))

    def _by_words(self, talk: _Talk, asked: Query, within: Filter, codings: Codings, upto: int) -> _Best:
        matches = self._words.matches(asked)
        known = matches.places < len(talk.placed)  # the index may be a moment ahead of the talk
        placed, scores = talk.placed[matches.places[known]], np.full(len(talk.said), np.nan)
        scores[placed[placed >= 0]] = matches.scores[known][placed >= 0]
        fitting = np.flatnonzero(talk.within(within, codings, ~np.isnan(scores)))
        rows = fitting[top(scores[fitting], upto)]
        return _Best(len(fitting), rows, scores[rows])

    def _by_meaning(self, talk: _Talk, query: str, within: Filter, codings: Codings, upto: int) -> _Best:
        if self._encode is None or not len(talk.meaning):
            raise NotReady("The talk has no vectors yet. Run the study up to its candidates, or search by words.")
        mask = talk.within(within, codings)[talk.meant]
        vector = self._encode([normalised(as_indexed(query[:LONGEST]))])[0]
        nearest = talk.meaning.nearest(vector, upto, mask)
        return _Best(int(mask.sum()), talk.meant[nearest.rows], nearest.cosines.astype(np.float64))

    def _indexed(self, said: tuple[Said, ...], meaning: MeaningIndex) -> _Talk:
        ids = tuple(item.segment.id for item in said)
        rows = {key: row for row, key in enumerate(ids)}
        places = self._words.places(ids)
        placed = np.full(places.max(initial=-1) + 1, -1, dtype=np.int64)
        placed[places] = np.arange(len(ids))
        meant = np.fromiter((rows[key] for key in meaning.ids), dtype=np.int64)
        return _Talk(said, ids, rows, Facets.of(said), placed, meaning, meant)


def _listed(talk: _Talk, within: Filter, codings: Codings, upto: int) -> _Best:
    rows = np.flatnonzero(talk.within(within, codings))
    return _Best(len(rows), rows[:upto], np.zeros(len(rows[:upto])))
