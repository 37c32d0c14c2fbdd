"""The lists in which segments are gone through one at a time; an address carries the list one came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from pipeline.review.worklist import unconfirmed
from pipeline.web.withholding import coded_by_self, sample_of, veiled
from pipeline.work import suggesting
from pipeline.work.learning import Taught
from pipeline.work.live_study import LiveStudy, View


@dataclass(frozen=True, slots=True)
class Walk:
    """A list to go through. `name` is how an address calls it: "transcript:GROUP", "code:ID", "sample", "unclear",
    "proposed" or "teaching"; `back` is the page below the study's address that shows it whole."""

    name: str
    title: str
    back: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The segments before and after one in a list, "" at its ends; `place` counts from 1, 0 where it is not in it."""

    previous: str
    following: str
    place: int


def walk_called(study: LiveStudy, view: View, name: str, group: str, learnt: Taught | None = None) -> Walk:
    """The list of that name; the transcript of `group` where there is no such list now."""
    kind, _, which = name.partition(":")
    round_ = sample_of(view)
    if kind == "sample" and round_:
        return Walk("sample", "the sample", "segments/sample", _in_order(view, round_.segments))
    if kind == "unclear" and not round_:
        return Walk("unclear", "what fits nowhere", "segments/unclear", unclear(study, view))
    if kind == "proposed" and not round_:
        return Walk("proposed", "proposed codings", "segments/proposed", _in_order(view, _proposed(view)))
    if kind == "teaching" and learnt:
        return Walk("teaching", "what teaches most", "segments", _in_order(view, learnt.asks))
    if kind == "code" and which in view.book.codes:
        hidden = veiled(view)
        carried = _in_order(view, [item for item in view.book.by_code.get(which, ()) if item not in hidden])
        return Walk(f"code:{which}", view.book.codes[which].name, f"codebook/{which}", carried)
    found = which if kind == "transcript" and which in view.material.codable_of else group
    talk = view.material.codable_of.get(found, ())
    return Walk(f"transcript:{found}", found, f"segments?group={quote(found, safe='')}", talk)


def neighbours(view: View, walk: Walk, segment: str) -> Neighbours:
    """Where a segment stands in a list, in order of talk, even where it is no longer in it."""
    found, at = walk.segments, _place(view, walk, segment)
    within = found[at : at + 1] == (segment,)
    after = at + 1 if within else at
    return Neighbours(found[at - 1] if at else "", found[after] if after < len(found) else "", after if within else 0)


def next_to_code(view: View, walk: Walk, segment: str) -> str:
    """The next segment of a list that this person has not coded whole; after the last, the first that was passed
    over; "" where all are."""
    at = _place(view, walk, segment)
    ahead = chain(walk.segments[at:], walk.segments[:at])
    return next((item for item in ahead if item != segment and not coded_by_self(view, item)), "")


def unclear(study: LiveStudy, view: View) -> tuple[str, ...]:
    """What fits nowhere in the book that this person sees (`review.worklist.in_none`), in order of talk."""
    material, made = view.material, view.stages[suggesting.STAGE]
    read = frozenset(made.summary["all_transcripts"] if made else ())
    recordings = (item for item in material.recordings if item.stored.transcript.id in read)
    clustered = chain.from_iterable(material.codable_of[item.group] for item in recordings)
    return suggesting.fits_nowhere(study.work, clustered, (material.found, material.proposed), view.book)


def _place(view: View, walk: Walk, segment: str) -> int:
    """Where in the list a segment stands, or would."""
    order = view.material.order_of_talk
    return bisect_left(walk.segments, order.get(segment, -1), key=order.__getitem__)


def _proposed(view: View) -> Sequence[str]:
    waiting, _ = unconfirmed(view.material.proposed, view.book)
    return tuple(dict.fromkeys(item.segment for item in waiting))


def _in_order(view: View, segments: Sequence[str]) -> tuple[str, ...]:
    order = view.material.order_of_talk
    return tuple(sorted((item for item in segments if item in order), key=order.__getitem__))
