"""What coders decided, learnt beside them: which codes the rest of the talk may carry. Nobody waits for it.

While a blind round goes on nothing is learnt, so that everybody in it is shown the same.
"""

from __future__ import annotations

import logging
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeVar
from weakref import WeakKeyDictionary
from zlib import crc32

import numpy as np

from pipeline.domain.errors import ModelUnavailable
from pipeline.suggest.drift import drifting
from pipeline.suggest.lesson import Sure, Task, teach
from pipeline.suggest.material import Material as Talk
from pipeline.suggest.material import Matrix
from pipeline.work.aside import Aside, AsideFailed
from pipeline.work.live_study import LiveStudy, Material, View
from pipeline.work.suggesting import STAGE, beside_vectors, described, name_vectors

T = TypeVar("T")

FEWEST: Final = 20
"""Coded segments from which on there is something to learn."""
MOST: Final = 800
"""Coded segments learnt from, and those with no code: a second's work. Of more, the lot decides."""
OF_EACH: Final = 10
"""Segments of every code that are learnt from in any case, where there is room."""
READ: Final = 6_000
"""Segments read; of a larger study as many are drawn."""
REST: Final = 9
"""Times as long as a lesson took that none is begun after it: learning takes a tenth of one core at most."""
PAUSE: Final = 0.002
"""Seconds of a pause between the small steps of what is done in this process."""
OF_A_CODE: Final = 200
"""Segments of a code, of early and of late groups each, that are compared."""
ODD: Final = 3
"""Late segments shown that stand farthest from what the code was made of."""
_LOGGER: Final = logging.getLogger(__name__)
_ASIDE: Final = Aside()
_LOTS: Final[WeakKeyDictionary[Material, Mapping[str, int]]] = WeakKeyDictionary()
_BESIDE: Final = ThreadPoolExecutor(1, thread_name_prefix="learning")


@dataclass(frozen=True, slots=True)
class Drifted:
    """A code whose segments of late groups differ from the earlier ones: how many segments of how many groups were
    held against how many; `odd` are the late segments that stand farthest off, the farthest first."""

    odd: tuple[str, ...]
    late_segments: int
    late_groups: int
    early_segments: int
    early_groups: int


@dataclass(frozen=True, slots=True)
class Taught:
    """What was learnt from a book's `version`: `fits`, the likeliest codes of each segment that carries none, surest
    first; `gathers`, the segments that each code may gather; `asks`, the segments whose codes would teach most, in
    order of talk; `drifts`, codes whose segments of late groups differ from the earlier ones. Chances in [0, 1] say
    how often such a code is right on talk that was not learnt from."""

    version: int
    fits: Mapping[str, Sure]
    gathers: Mapping[str, Sure]
    asks: tuple[str, ...]
    drifts: Mapping[str, Drifted]


@dataclass(slots=True)
class _Kept:
    """The last lesson, what it was learnt from, and when the next may begin (seconds of the monotonic clock)."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    taught: Taught | None = None
    of: tuple[int, Material] | None = None
    work: Future[None] | None = None
    again: float = 0.0


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def taught(study: LiveStudy, view: View) -> Taught | None:
    """What is learnt for the team by now; None while there is too little, or a blind round goes on. Where decisions
    came since, another lesson begins beside."""
    if view.book.open_round is not None:
        return None
    kept, now = _kept(study), (view.book.version, view.material)
    with kept.turn:
        idle = kept.work is None or kept.work.done()
        if kept.of != now and idle and time.monotonic() >= kept.again:
            kept.of, kept.work = now, _BESIDE.submit(_learn, study, kept)
        return kept.taught


def caught_up(study: LiveStudy) -> Taught | None:
    """Wait for what is learnt from the book as it is now."""
    kept = _kept(study)
    kept.again = 0.0
    with study.looking() as view:
        taught(study, view)
    if kept.work:
        kept.work.result()
    return kept.taught


def _kept(study: LiveStudy) -> _Kept:
    with _LOCK:
        return _KEPT.setdefault(study, _Kept())


def _learn(study: LiveStudy, kept: _Kept) -> None:
    """One lesson. Where it fails the last one stands, and the next decision brings another try."""
    began = time.monotonic()
    try:
        taught = _lesson_of_now(study)
    except Exception as problem:  # noqa: BLE001 - coding goes on without suggestions; a log may hold no talk
        what = problem if isinstance(problem, AsideFailed) else type(problem).__name__
        _LOGGER.warning("what was decided in study %s could not be learnt: %s", study.id, what)
        taught = kept.taught
    with kept.turn:
        kept.taught = taught
        kept.again = time.monotonic() + REST * (time.monotonic() - began)


def _lesson_of_now(study: LiveStudy) -> Taught | None:
    with study.looking() as view:
        book, material = view.book, view.material
        carried = {code.id: tuple(book.by_code.get(code.id, ())) for code in book.active_codes}
        done, turned_down = frozenset(book.committed), frozenset(segment for segment, _ in book.removed)
    lots = lots_of(material)
    ever = set[str]()
    for segments in _unhurried(carried.values()):
        ever.update(segments)
    coded = frozenset(ever.intersection(material.said))
    open_ones = frozenset(material.codable).difference(coded)
    if len(coded) < FEWEST:
        return None
    bare = by_lot(lots, open_ones & (done | turned_down), MOST)
    if len(bare) < FEWEST:  # what nobody has come to stands for what no code covers, or all would seem covered
        bare += by_lot(lots, open_ones.difference(bare), max(FEWEST, min(len(coded), MOST)))
    return _lesson(study, _to_learn(lots, carried, coded), bare, by_lot(lots, open_ones - done, READ))


def _to_learn(lots: Mapping[str, int], carried: Mapping[str, Sequence[str]], there: frozenset[str]) -> list[str]:
    """At most MOST coded segments, of every code as many as there is room for, so that none is lost to the lot."""
    each = max(1, min(OF_EACH, MOST // max(len(carried), 1)))
    first = dict.fromkeys(
        item for segments in _unhurried(carried.values()) for item in by_lot(lots, there.intersection(segments), each)
    )
    others = by_lot(lots, there.difference(first), max(0, MOST - len(first)))
    return [*first, *others][:MOST]


def _lesson(study: LiveStudy, coded: Sequence[str], bare: Sequence[str], rest: Sequence[str]) -> Taught | None:
    with study.looking() as view:
        book, material = view.book, view.material
        active = {code.id: described(code) for code in book.active_codes}
        codings = {item: tuple(code for code in book.codes_of(item) if code in active) for item in coded}
        removed = frozenset(book.removed)
        version = book.version
    order = material.order_of_talk
    found = _ASIDE.call(
        teach,
        Task(
            known=_talk(study, view, _with_neighbours(material, [*coded, *bare])),
            codings=codings,
            bare=frozenset(bare),
            names=_names(study, active),
            order={item: order[item] for item in rest},
            removed=removed,
            most=MOST,
        ),
        *(_talk(study, view, _with_neighbours(material, group)) for group in _unhurried(_by_group(material, rest))),
    )
    return Taught(version, found.fits, found.gathers, found.asks, _drifts(study, view)) if found else None


def _drifts(study: LiveStudy, view: View) -> dict[str, Drifted]:
    """The codes whose segments of late groups stand apart from those of the groups that they were made of."""
    made_of, said, lots = _early(study), view.material.said, lots_of(view.material)
    if not made_of:
        return {}
    with study.looking() as now:
        carried = {code.id: tuple(now.book.by_code.get(code.id, ())) for code in now.book.active_codes}
    first = frozenset(name for name, item in said.items() if item.segment.transcript in made_of)
    later = frozenset(said).difference(first)
    early, late = dict[str, dict[str, Matrix]](), dict[str, Matrix]()
    shown = dict[str, list[str]]()
    for code, segments in _unhurried(carried.items()):
        before = by_lot(lots, first.intersection(segments), OF_A_CODE)
        since = by_lot(lots, later.intersection(segments), OF_A_CODE)
        if before and since:
            groups = _by_group(view.material, before)
            early[code] = {said[group[0]].group: study.vectors(view, group)[0] for group in groups}
            late[code], places = study.vectors(view, since)
            shown[code] = [since[place] for place in places.tolist()]
    return {
        item.code: Drifted(
            odd=tuple(shown[item.code][place] for place in item.odd[:ODD]),
            late_segments=len(shown[item.code]),
            late_groups=len({said[segment].group for segment in shown[item.code]}),
            early_segments=item.segments,
            early_groups=item.groups,
        )
        for item in drifting(early, late)
    }


def _early(study: LiveStudy) -> frozenset[str]:
    """The transcripts that candidates were first made of; none where no group came later."""
    made = [item.summary for item in study.work.store.stages.history(study.id, STAGE)]
    whole = next((item for item in reversed(made) if item["mode"] == "full"), None)
    return frozenset() if whole is None or made[-1] is whole else frozenset(whole["all_transcripts"])


def by_lot(lots: Mapping[str, int], segments: Iterable[str], most: int) -> list[str]:
    """At most `most` of the segments, least lots first. The lot of each is its own: one more or less changes one
    place of the draw."""
    return sorted(segments, key=lots.__getitem__)[:most]


def lots_of(material: Material) -> Mapping[str, int]:
    """The lot of each segment: its place in an order that nothing but the ids decides."""
    found = _LOTS.get(material)
    if found is None:
        names = sorted(material.said)
        drawn = np.argsort(np.fromiter(map(crc32, map(str.encode, names)), np.uint32, len(names)), kind="stable")
        places = np.empty(len(names), dtype=np.intp)
        places[drawn] = np.arange(len(names))
        found = _LOTS[material] = dict(zip(names, places.tolist(), strict=True))
    return found


def _unhurried(each: Iterable[T]) -> Iterator[T]:
    """The same, with a pause after each: who counts without one takes half the interpreter from all the others."""
    for item in each:
        yield item
        time.sleep(PAUSE)


def _with_neighbours(material: Material, segments: Iterable[str]) -> list[str]:
    """Segments and those right before and after that people could code, in order of talk."""
    able, order = material.codable, material.order_of_talk
    places = {bisect_left(able, order[item], key=order.__getitem__) for item in segments}
    near = sorted({place + step for place in places for step in (-1, 0, 1)})
    return [able[place] for place in near if 0 <= place < len(able)]


def _by_group(material: Material, segments: Sequence[str]) -> list[list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item in segments:
        found[material.said[item].group].append(item)
    return list(found.values())


def _talk(study: LiveStudy, view: View, segments: Sequence[str]) -> Talk:
    """Those of the segments that have a vector, as learning takes them."""
    rows, places = study.vectors(view, segments)
    said = [view.material.said[segments[place]] for place in places.tolist()]
    return beside_vectors(said, rows)


def _names(study: LiveStudy, active: Mapping[str, str]) -> dict[str, Matrix]:
    """What people call their codes helps at the start; where the model is not here, it goes without."""
    try:
        return name_vectors(study.work, active)
    except ModelUnavailable:
        return {}
