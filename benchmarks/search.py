"""How fast the talk of a large study is searched: made-up talk, one process, every search through `Search.find`.

    python -m benchmarks.search [--segments 100000] [--rounds 200] [--coders 20]

The review site promises a page within 200 ms for 95 of 100 searches while 20 coders work. Vectors are random and the
query's comes without a model: encoding a query is not in these figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pipeline.domain.codebook import Coding
from pipeline.domain.said import Said
from pipeline.domain.segment import Segment
from pipeline.review.search.filters import Codings, Facets, Filter
from pipeline.review.search.finding import Found, How, Search
from pipeline.review.search.meaning import MeaningIndex
from pipeline.review.search.words import WordIndex

DIMENSION: Final = 384
VOCABULARY: Final = 40_000
WORDS: Final = (10, 51)
GROUPS: Final = 40
GROUP: Final = 500
"""Segments of a focus group that comes or goes while people search."""
PAUSE: Final = 1.0
"""Mean seconds between an answer and the same coder's next search."""
CHANCE: Final = np.random.default_rng(7)

Result = TypeVar("Result")
Ask = Callable[[], Found]


def main() -> None:
    """Measure and print."""
    wanted = _arguments()
    vocabulary = _vocabulary()
    said = _talk(vocabulary, wanted.segments)
    ids = [item.segment.id for item in said]
    vectors = _units(len(said))
    codings = _codings(ids)
    with threadpool_limits(1):
        _print(f"{len(said):,} segments, {sum(len(item.excerpt.split()) for item in said):,} words, one BLAS thread")
        _print(f"{'word index built':44}{_timed(lambda: WordIndex(said))[1]:>9.2f} s")
        search, built = _timed(lambda: Search(said, MeaningIndex(ids, vectors), _encode))
        _print(f"{'all built (words, facets, vectors at hand)':44}{built:>9.2f} s")
        _changes(search, said)
        _print(f"{'milliseconds':44}{'p50':>9}{'p95':>9}{'most':>9}")
        kinds = _kinds(search, vocabulary, codings)
        for name, asks in kinds.items():
            _row(name, [_timed(ask)[1] for ask in islice(asks, wanted.rounds)])
        facets = Facets.of(said)
        _row("the mask of a filter alone", [_timed(partial(facets.mask, _filter()))[1] for _ in range(wanted.rounds)])
        _row(f"{wanted.coders} coders at once, all kinds", _together(list(kinds.values()), wanted.coders))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--coders", type=int, default=20)
    return parser.parse_args()


def _vocabulary() -> list[str]:
    """Made-up words, the commonest first and shortest."""
    letters, words = np.array(list("etaoinshrdlucmfwypvbgk")), dict[str, None]()
    while len(words) < VOCABULARY:
        length = CHANCE.integers(2, 6) if len(words) < GROUPS * 8 else CHANCE.integers(4, 11)
        words["".join(CHANCE.choice(letters, length))] = None
    return list(words)


def _often() -> NDArray[np.float64]:
    """How often each word is said: as in any language, the n-th commonest 1/n as often as the first."""
    shares: NDArray[np.float64] = 1 / np.arange(1, VOCABULARY + 1)
    shares /= shares.sum()
    return shares


def _talk(vocabulary: Sequence[str], count: int) -> list[Said]:
    lengths = CHANCE.integers(*WORDS, count)
    words = iter(CHANCE.choice(VOCABULARY, lengths.sum(), p=_often()).tolist())
    said = []
    for number, length in enumerate(lengths.tolist()):
        excerpt = " ".join(vocabulary[word] for word in islice(words, length)).capitalize() + "."
        group = number * GROUPS // count
        segment = Segment.of(f"{group:012d}", number, number * 500, number * 500 + len(excerpt))
        speaker = number % 7
        said.append(Said(segment, excerpt, f"group {group}", f"P{speaker}", f"role {speaker % 4}", f"Q{number % 9}"))
    return said


def _units(count: int) -> NDArray[np.float32]:
    vectors = CHANCE.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _encode(texts: Sequence[str]) -> NDArray[np.float32]:
    return _units(len(texts))


def _codings(ids: Sequence[str]) -> Codings:
    """One coding for each segment, of 80 codes and 20 coders."""
    given = zip(
        ids, CHANCE.integers(0, 80, len(ids)).tolist(), CHANCE.integers(0, 20, len(ids)).tolist(), strict=True
    )
    codings = (Coding(segment, f"code {code}", f"coder {coder}", 1) for segment, code, coder in given)
    return {(coding.segment, coding.code): coding for coding in codings}


def _changes(search: Search, said: list[Said]) -> None:
    """A group is withdrawn and comes back."""
    _print(f"{f'{GROUP} segments gone':44}{_timed(lambda: search.follow(said[GROUP:]))[1]:>9.2f} s")
    back = MeaningIndex([item.segment.id for item in said[:GROUP]], _units(GROUP))
    _print(f"{f'{GROUP} segments new':44}{_timed(lambda: search.follow(said, back))[1]:>9.2f} s")


def _kinds(search: Search, vocabulary: Sequence[str], codings: Codings) -> dict[str, Iterator[Ask]]:
    """Searches of each kind, without end."""

    def asking(
        query: Callable[[], str], how: How = How.WORDS, within: Callable[[], Filter] = Filter
    ) -> Iterator[Ask]:
        while True:
            yield partial(search.find, query(), how, within(), codings)

    def words() -> str:
        """One to three words, drawn as often as they are said."""
        return " ".join(_some(vocabulary, int(CHANCE.integers(1, 4))))

    return {
        "words, as often as they are said": asking(words),
        "the hundred commonest words, one each": asking(lambda: vocabulary[int(CHANCE.integers(100))]),
        "the commonest word": asking(lambda: vocabulary[0]),
        "a phrase of two": asking(lambda: f'"{words()} {vocabulary[0]}"'),
        "three letters of a beginning": asking(lambda: f"{_some(vocabulary, 1)[0][:3]}*"),
        "one letter of a beginning": asking(lambda: f"{_some(vocabulary, 1)[0][0]}*"),
        "one word without another": asking(lambda: f"{words()} -{vocabulary[5]}"),
        "all without one word": asking(lambda: f"-{vocabulary[5]}"),
        "meaning": asking(words, How.MEANING),
        "meaning, filtered": asking(words, How.MEANING, _filter),
        "words, filtered": asking(words, within=_filter),
        "words, of a code": asking(words, within=lambda: Filter(codes=frozenset({"code 7"}))),
        "all of a filter": asking(str, within=_filter),
        "all of a code": asking(str, within=lambda: Filter(codes=frozenset({"code 7"}))),
        "all of a coder": asking(str, within=lambda: Filter(coders=frozenset({"coder 7"}))),
    }


def _filter() -> Filter:
    return Filter(
        groups=frozenset(f"group {group}" for group in CHANCE.integers(0, GROUPS, 8)),
        roles=frozenset({"role 1", "role 2"}),
        questions=frozenset({"Q1", "Q2", "Q3"}),
    )


def _some(vocabulary: Sequence[str], count: int) -> list[str]:
    return [vocabulary[word] for word in CHANCE.choice(VOCABULARY, count, p=_often())]


def _together(kinds: Sequence[Iterator[Ask]], coders: int) -> list[float]:
    """Seconds of the searches of coders who read a while between one and the next."""
    desks = [[next(asks) for asks in islice(cycle(kinds), coder, coder + len(kinds))] for coder in range(coders)]
    pauses = CHANCE.exponential(PAUSE, (coders, len(kinds)))

    def work(desk: Sequence[Ask], reading: NDArray[np.float64]) -> list[float]:
        taken = []
        for ask, pause in zip(desk, reading.tolist(), strict=True):
            time.sleep(pause)
            taken.append(_timed(ask)[1])
        return taken

    with ThreadPoolExecutor(coders) as people:
        return [seconds for taken in people.map(work, desks, pauses) for seconds in taken]


def _timed(act: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    result = act()
    return result, time.perf_counter() - started


def _row(name: str, seconds: Sequence[float]) -> None:
    figures = (np.quantile(seconds, share) * 1000 for share in (0.5, 0.95, 1))
    _print(f"{name:44}" + "".join(f"{figure:>9.1f}" for figure in figures))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
