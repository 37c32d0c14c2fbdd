"""The codes suggested for one segment, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.review.worklist import in_use
from pipeline.work.learning import Taught
from pipeline.work.live_study import View


@dataclass(frozen=True, slots=True)
class Offer:
    """A code that may fit. `proposed` marks a coding that waits for a yes or a no."""

    code: str
    name: str
    why: str
    proposed: bool = False


def offered(view: View, segment: str, learnt: Taught | None, near: Sequence[str]) -> tuple[Offer, ...]:
    """Codings proposed by the machine; codes of the candidates that the segment was among; codes that what was
    decided so far speaks for; codes near by meaning.

    Codes that the segment carries, or that somebody took off it, are not suggested again; each code comes once.
    """
    found = [
        *_proposed(view, segment),
        *_by_candidates(view, segment),
        *_by_decisions(view, segment, learnt),
        *_by_meaning(view, near),
    ]
    book, once = view.book, dict[str, Offer]()
    for offer in found:
        settled = (segment, offer.code) in book.codings or (segment, offer.code) in book.removed
        if not settled:
            once.setdefault(offer.code, offer)
    return tuple(once.values())


def _by_candidates(view: View, segment: str) -> list[Offer]:
    candidates = view.material.candidates_of.get(segment, ())
    taken = (in_use(view.book, view.book.accepted[item]) for item in candidates if item in view.book.accepted)
    return [Offer(code, view.book.codes[code].name, "its candidate became this code") for code in taken if code]


def _proposed(view: View, segment: str) -> list[Offer]:
    found = []
    for item in view.material.proposed_to.get(segment, ()):
        code = in_use(view.book, item.code)
        answered = (segment, item.code) in view.book.codings or (segment, item.code) in view.book.removed
        if code and not answered:
            found.append(
                Offer(code, view.book.codes[code].name, f"proposed, sure by {item.confidence:.2f}", proposed=True)
            )
    return found


def _by_decisions(view: View, segment: str, learnt: Taught | None) -> list[Offer]:
    codes, fits = view.book.codes, learnt.fits.get(segment, ()) if learnt else ()
    return [
        Offer(code, codes[code].name, f"like what carries it, sure by {chance:.2f}")
        for code, chance in fits
        if code in codes and codes[code].active
    ]


def _by_meaning(view: View, near: Sequence[str]) -> list[Offer]:
    codes = view.book.codes
    return [Offer(code, codes[code].name, "near by meaning") for code in near if code in codes and codes[code].active]
