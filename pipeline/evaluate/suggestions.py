"""How well suggestions find the codes that human coders made, counted over the spans that people coded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.suggestion import SuggestionSet
from pipeline.evaluate.bcubed import bcubed_f
from pipeline.evaluate.reference import HumanSpan

Place = tuple[str, int, int]
"""Where a segment stands: its focus group, start and end in code points (end exclusive)."""

FEWEST_SPANS: Final = 3
"""A code that people used less often is no fair target."""
FEWEST_TOGETHER: Final = 2
"""One span alone is no pattern that a coder could approve."""


@dataclass(frozen=True, slots=True)
class SuggestionScores:
    """`n` suggestions against `codes` human codes; read the coverages beside both.

    `coverage_f30` and `coverage_f50` are the shares of codes that some suggestion meets with F1 of at least .30 and
    .50 over spans. `ami` is the adjusted mutual information between a span's commonest code and the suggestion that
    covers most of it. `approvable_share` is the share of suggestions that a coder would take as they are: one code is
    on at least half of at least two spans, and no suggestion with more spans meets that code better. `b3_f` is
    multi-label B-cubed F1 over spans. `unclear_share` is the share of segments in no suggestion, `missed_spans` the
    number of coded spans that no segment touches.
    """

    n: int
    codes: int
    coverage_f30: float
    coverage_f50: float
    ami: float
    approvable_share: float
    b3_f: float
    unclear_share: float
    missed_spans: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A segment and a span that share characters. `touches`: the shared part is at least half of either."""

    segment: str
    span: int
    shared: int
    touches: bool


def score_suggestions(
    spans: Sequence[HumanSpan], places: Mapping[str, Place], found: SuggestionSet
) -> SuggestionScores:
    """Scores of `found` against distinct human `spans`; `places` says where each segment id stands."""
    meetings = contacts(spans, places)
    touched = {meeting.span for meeting in meetings if meeting.touches}
    owner = {segment: which for which, item in enumerate(found.suggestions) for segment in item.segments}
    codes, suggested = _code_spans(spans), _suggestion_spans(meetings, owner)
    reached = _best_f1(_often(codes), suggested.values())
    segments = len(owner) + len(found.unclear)
    return SuggestionScores(
        n=len(found.suggestions),
        codes=len(reached),
        coverage_f30=_share(reached, 0.30),
        coverage_f50=_share(reached, 0.50),
        ami=_ami(spans, meetings, owner),
        approvable_share=_approvable(codes, suggested) / len(found.suggestions) if found.suggestions else 0.0,
        b3_f=bcubed_f(_suggestions_of(suggested, len(spans)), [span.codes for span in spans]),
        unclear_share=len(found.unclear) / segments if segments else 0.0,
        missed_spans=len(spans) - len(touched),
    )


def best_suggestions(
    spans: Sequence[HumanSpan], places: Mapping[str, Place], found: SuggestionSet, least: float = 0.30
) -> dict[str, int]:
    """The codes used often enough that some suggestion meets with F1 of at least `least`, each with the number of
    the suggestion that meets it best."""
    owner = {segment: which for which, item in enumerate(found.suggestions) for segment in item.segments}
    suggested = _suggestion_spans(contacts(spans, places), owner)
    best: dict[str, int] = {}
    for code, carrying in _often(_code_spans(spans)).items():
        which = max(suggested, key=lambda number: (f1(carrying, suggested[number]), -number), default=-1)
        if which >= 0 and f1(carrying, suggested[which]) >= least:
            best[code] = which
    return best


def contacts(spans: Sequence[HumanSpan], places: Mapping[str, Place]) -> list[Contact]:
    """Every pair of a segment and a span that share characters, in the order of `places`."""
    by_group: dict[str, list[int]] = defaultdict(list)
    for which, span in enumerate(spans):
        by_group[span.group].append(which)
    found: list[Contact] = []
    for segment, (group, start, end) in places.items():
        for which in by_group[group]:
            span = spans[which]
            shared = min(end, span.end) - max(start, span.start)
            if shared > 0:
                touches = 2 * shared >= min(span.end - span.start, end - start)
                found.append(Contact(segment, which, shared, touches))
    return found


def f1(one: set[int] | frozenset[int], other: set[int] | frozenset[int]) -> float:
    """The harmonic mean of precision and recall between two sets; 0 where both are empty."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def _code_spans(spans: Sequence[HumanSpan]) -> dict[str, set[int]]:
    """The spans of each code."""
    carrying: dict[str, set[int]] = defaultdict(set)
    for which, span in enumerate(spans):
        for code in span.codes:
            carrying[code].add(which)
    return dict(carrying)


def _often(codes: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """The codes that were used often enough."""
    return {code: found for code, found in codes.items() if len(found) >= FEWEST_SPANS}


def _suggestion_spans(meetings: Iterable[Contact], owner: Mapping[str, int]) -> dict[int, set[int]]:
    """The spans that the segments of each suggestion touch, for suggestions that touch any."""
    touched: dict[int, set[int]] = defaultdict(set)
    for meeting in meetings:
        if meeting.touches and meeting.segment in owner:
            touched[owner[meeting.segment]].add(meeting.span)
    return dict(touched)


def _suggestions_of(suggested: Mapping[int, set[int]], spans: int) -> list[list[int]]:
    """Per span, the suggestions that touch it."""
    found: list[list[int]] = [[] for _ in range(spans)]
    for which, touched in suggested.items():
        for span in touched:
            found[span].append(which)
    return found


def _best_f1(codes: Mapping[str, set[int]], suggestions: Collection[set[int]]) -> list[float]:
    return [max((f1(code, suggestion) for suggestion in suggestions), default=0.0) for code in codes.values()]


def _approvable(codes: Mapping[str, set[int]], suggested: Mapping[int, set[int]]) -> int:
    """How many suggestions a coder would take as they are, each for the code that is on most of its spans (of two
    such codes, the one it meets better)."""
    taken = 0
    for spans in suggested.values():
        if len(spans) < FEWEST_TOGETHER:
            continue
        code = max(codes.values(), key=lambda carrying: (len(carrying & spans), f1(carrying, spans)))
        reached = f1(code, spans)
        better = any(len(other) > len(spans) and f1(code, other) > reached for other in suggested.values())
        taken += 2 * len(code & spans) >= len(spans) and not better
    return taken


def _share(reached: Sequence[float], least: float) -> float:
    return sum(score >= least for score in reached) / len(reached) if reached else 0.0


def _ami(spans: Sequence[HumanSpan], meetings: Iterable[Contact], owner: Mapping[str, int]) -> float:
    """Over all spans that carry a code; one that no suggestion covers is a cluster of its own."""
    from sklearn.metrics import adjusted_mutual_info_score

    used = Counter(code for span in spans for code in span.codes)
    covered: dict[int, Counter[int]] = defaultdict(Counter)
    for meeting in meetings:
        if meeting.segment in owner:
            covered[meeting.span][owner[meeting.segment]] += meeting.shared
    coded = [which for which, span in enumerate(spans) if span.codes]
    expected = [max(sorted(spans[which].codes), key=used.__getitem__) for which in coded]
    actual = [_most_shared(covered[which]) if which in covered else -1 - which for which in coded]
    return float(adjusted_mutual_info_score(expected, actual)) if coded else 0.0


def _most_shared(shared: Counter[int]) -> int:
    return max(sorted(shared), key=shared.__getitem__)
