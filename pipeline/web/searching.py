"""One search per study, kept up with its talk in the background: nobody who asks for a page waits for an index."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.said import Said
from pipeline.domain.segment import text_hash
from pipeline.review.search.finding import Search
from pipeline.review.search.meaning import MeaningIndex
from pipeline.work.live_study import LiveStudy, Material

QUERIES: Final = 200
"""Queries whose vectors are kept: whoever turns the pages of one asks the model once."""
_BESIDE: Final = ThreadPoolExecutor(2, thread_name_prefix="search")


class Meanings:
    """Queries to vectors. The model is loaded at the first of them; each is encoded once."""

    def __init__(self, study: LiveStudy) -> None:
        self._encoder = study.work.meaning.encoder
        self._turn = threading.Lock()
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Their vectors, shape (n, d)."""
        with self._turn:
            new = [text for text in dict.fromkeys(texts) if text not in self._kept]
            if new:
                self._kept.update(zip(new, self._encoder().encode(new), strict=True))
            found = np.stack([self._kept[text] for text in texts])
            for text in texts:
                self._kept.move_to_end(text)
            while len(self._kept) > QUERIES:
                self._kept.popitem(last=False)
            return found


@dataclass(slots=True)
class _Kept:
    """The search over a study's talk, the talk that it holds or is taking in, the work on that, and whether vectors
    have been read at all."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    search: Search | None = None
    of: Material | None = None
    work: Future[None] | None = None
    means: bool = False


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def search_of(study: LiveStudy, material: Material, *, by_meaning: bool = False) -> Search:
    """The search over the study's talk. The first to ask waits until it is made, the first to ask for meaning until
    the vectors are read; what changes later is taken in beside."""
    with _LOCK:
        kept = _KEPT.setdefault(study, _Kept())
    with kept.turn:
        if kept.search is None:
            kept.search = Search(material.said.values(), encode=Meanings(study))
        if kept.of is not material and (kept.work is None or kept.work.done()):
            kept.of, kept.work = material, _BESIDE.submit(_take_in, study, kept, kept.search, material)
        search, work = kept.search, kept.work
    if by_meaning and work and not kept.means:
        work.result()
    return search


def be_ready(study: LiveStudy) -> None:
    """Make the search now, so that nobody who asks waits for it."""
    with study.looking() as view:
        material = view.material
    search_of(study, material, by_meaning=True)


def _take_in(study: LiveStudy, kept: _Kept, search: Search, material: Material) -> None:
    """Make this the talk that is searched, with the vectors of what can carry a code."""
    new = search.not_embedded(material.said.values())
    search.follow(material.said.values(), _vectors(study, material, new))
    kept.means = True


def _vectors(study: LiveStudy, material: Material, said: Iterable[Said]) -> MeaningIndex:
    """The stored vectors of segments that can carry a code, as far as there are any."""
    able = frozenset(material.codable)
    hashes = {item.segment.id: text_hash(item.excerpt) for item in said if item.segment.id in able}
    key, store = study.work.meaning.key, study.work.store.vectors
    known = store.known(key, list(hashes.values()))
    wanted = {segment: digest for segment, digest in hashes.items() if digest in known}
    return MeaningIndex(list(wanted), store.get(key, list(wanted.values())))
