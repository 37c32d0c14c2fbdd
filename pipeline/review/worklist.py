"""What waits for a coder: candidates nobody decided on, codings proposed for a new group, talk that is in neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.domain.codebook import Codebook
from pipeline.domain.said import Said
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet

ExcerptOf = Callable[[str], Said]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate to decide on with its evidence; `version` is what a form carries to notice that it is stale."""

    suggestion: Suggestion
    version: int
    typical: tuple[Said, ...]
    edge: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """What waits. `decided` of `offered` candidates are done; `lapsed` proposals name a code that was split, so
    that only people can say which part they mean."""

    candidates: tuple[Waiting, ...]
    proposed: tuple[ProposedCoding, ...]
    lapsed: tuple[ProposedCoding, ...]
    decided: int
    offered: int


def worklist(
    suggestions: SuggestionSet,
    proposed: Iterable[ProposedCoding],
    book: Codebook,
    versions: Mapping[str, int],
    excerpt_of: ExcerptOf,
) -> Worklist:
    """Candidates in the order of their evidence; proposals code by code, surest first."""
    offered = suggestions.suggestions
    open_ones = [item for item in offered if not book.decided(item.id)]
    waiting, lapsed = unconfirmed(proposed, book)
    return Worklist(
        candidates=tuple(_waiting(item, versions.get(item.id, 0), excerpt_of) for item in open_ones),
        proposed=waiting,
        lapsed=lapsed,
        decided=len(offered) - len(open_ones),
        offered=len(offered),
    )


def unconfirmed(
    proposed: Iterable[ProposedCoding], book: Codebook
) -> tuple[tuple[ProposedCoding, ...], tuple[ProposedCoding, ...]]:
    """Proposed codings that nobody confirmed or removed, under the code that theirs was merged into; and those
    whose code was split."""
    waiting: dict[tuple[str, str], ProposedCoding] = {}
    lapsed: list[ProposedCoding] = []
    for item in proposed:
        code = in_use(book, item.code)
        if code is None:
            lapsed.append(item)
        elif not _settled(book, item.segment, {item.code, code}):
            waiting.setdefault((item.segment, code), replace(item, code=code))
    order = {code: place for place, code in enumerate(book.codes)}
    ranked = sorted(waiting.values(), key=lambda item: (order[item.code], -item.confidence, item.segment))
    return tuple(ranked), tuple(lapsed)


def in_none(
    codable: Iterable[str], suggestions: SuggestionSet, proposed: Iterable[ProposedCoding], book: Codebook
) -> tuple[str, ...]:
    """What fits nowhere: segments that carry no code and wait nowhere, in the order given.

    They wait in a candidate that nobody decided on, or with a proposed coding to confirm. What fitted no candidate
    from the start is among them, and what a rejected candidate held, and what was dropped from a code or refused one;
    what somebody said to be coded whole with no code is not. Every page, command and file that tells of such segments
    goes by this, in the book that its reader sees.
    """
    talk, (waiting, _) = tuple(codable), unconfirmed(proposed, book)
    left = set(talk).difference(book.none_fits, (item.segment for item in waiting))  # sets: a page waits for this
    left.difference_update(*(item.segments for item in suggestions.suggestions if not book.decided(item.id)))
    left.difference_update([segment for segment, codes in book.by_segment.items() if codes])
    return tuple(filter(left.__contains__, talk))


def in_use(book: Codebook, code: str) -> str | None:
    """The code itself or the one it was merged into; None where it was split or is unknown."""
    while code in book.codes:
        if book.codes[code].active:
            return code
        code = book.codes[code].retired_into
    return None


def _waiting(suggestion: Suggestion, version: int, excerpt_of: ExcerptOf) -> Waiting:
    typical, edge = (tuple(excerpt_of(item) for item in ids) for ids in (suggestion.typical, suggestion.edge))
    return Waiting(suggestion, version, typical, edge)


def _settled(book: Codebook, segment: str, codes: Iterable[str]) -> bool:
    return any((segment, code) in book.codings or (segment, code) in book.removed for code in codes)
