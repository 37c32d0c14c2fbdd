"""What a candidate rests on: its best and least sure excerpts, and who said it, where and in answer to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import Suggestion, suggestion_id
from pipeline.suggest.features import unit
from pipeline.suggest.material import Material
from pipeline.suggest.naming import Name

TYPICAL: Final = 5
EDGE: Final = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Places of a group's segments in the talk, best first, the mean cosine of members to their centroid, and how
    often two of them fell together."""

    members: NDArray[np.intp]
    cohesion: float
    stability: float

    @classmethod
    def of(cls, talk: Material, members: NDArray[np.intp], strength: NDArray[np.float64], stability: float) -> Group:
        """The members ordered by nearness to their centroid, those in a dense core (`strength` > 0) first."""
        inside = talk.vectors[members]
        nearness = inside @ unit(inside.mean(axis=0, keepdims=True))[0]
        order = np.lexsort((-nearness, strength[members] <= 0))
        return cls(members[order], float(nearness.mean()), stability)


def described(talk: Material, group: Group, name: Name) -> Suggestion:
    """The suggestion with its evidence."""
    places = group.members.tolist()
    typical = _typical(talk, places)
    shown = set(typical)
    edge = [place for place in reversed(places) if place not in shown][:EDGE]
    return Suggestion(
        id=suggestion_id(talk.ids[place] for place in places),
        name=name.text,
        keywords=name.keywords,
        segments=tuple(talk.ids[place] for place in places),
        typical=tuple(talk.ids[place] for place in typical),
        edge=tuple(talk.ids[place] for place in edge),
        cohesion=round(group.cohesion, 4),
        stability=round(group.stability, 4),
        questions=_counted(talk.questions[place] for place in places),
        groups=_counted(talk.groups[place] for place in places),
        speakers=_counted(f"{talk.groups[place]}/{talk.speakers[place]}" for place in places),
        roles=_counted(talk.roles[place] for place in places if talk.roles[place]),
    )


def ranked(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Best evidence first: cohesion, times the groups and speakers it is spread over, times its size (in logs)."""
    return tuple(sorted(suggestions, key=lambda item: (-_evidence(item), item.id)))


def _evidence(item: Suggestion) -> float:
    spread = _spread(item.groups) + _spread(item.speakers)
    return item.cohesion * log1p(spread) * log1p(len(item.segments))


def _spread(counts: Sequence[tuple[str, int]]) -> float:
    """How many sources say it, counting a source that hardly speaks for little: the inverse of Simpson's index."""
    total = sum(count for _, count in counts)
    return total**2 / sum(count**2 for _, count in counts)


def _typical(talk: Material, places: Sequence[int]) -> list[int]:
    """The best members, one per speaker while there are other speakers and one per group while other groups."""
    half = places[: max(TYPICAL, len(places) // 2)]
    chosen: list[int] = []
    for seen in (_group, _speaker, None):
        for place in half:
            fresh = seen is None or seen(talk, place) not in {seen(talk, other) for other in chosen}
            if len(chosen) < TYPICAL and place not in chosen and fresh:
                chosen.append(place)
    return sorted(chosen, key=places.index)


def _group(talk: Material, place: int) -> str:
    return talk.groups[place]


def _speaker(talk: Material, place: int) -> str:
    return f"{talk.groups[place]}/{talk.speakers[place]}"


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Each value with its count, most first, equals in alphabetical order."""
    return tuple(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
