"""One code: what it means, where it ends, which segments carry it, where it came from and what it became."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from pipeline.domain.codebook import Code, Stance
from pipeline.review.codebook_versions import went_into
from pipeline.web.code_counts import counts
from pipeline.web.endpoints import DECIDERS, READERS, Answer, Ask, NotFound, Page, page
from pipeline.web.pages import code_acts
from pipeline.web.pages.segment import address
from pipeline.web.paging import Leaf, leaf
from pipeline.web.places import anchor, quoted
from pipeline.web.resting import resting
from pipeline.web.told import told_last
from pipeline.web.withholding import veiled, withholds_suggestions
from pipeline.work.learning import taught
from pipeline.work.live_study import View

PAGE: Final = 50
"""Quotes of one page."""
FITTING: Final = 10
"""Segments shown that the code may gather."""


def show(ask: Ask) -> Answer:
    """The code with its segments as quotes."""
    code = ask.params["code"]
    with ask.study.looking(ask.person) as view:
        _, shown, _ = _segments(ask, view, code)
        fitting = _fitting(ask, view, code)
    versions = ask.study.versions_of(ask.person, code, *shown, *(segment for segment, _ in fitting))
    with ask.study.looking(ask.person) as view:
        there = view.book.codes.get(code)
        if there is None:
            raise NotFound("There is no such code. Choose one from the codebook.")
        rests = resting(view)
        decides = bool(ask.roles & DECIDERS)
        here, shown, hidden = _segments(ask, view, code)
        context = {
            "title": there.name,
            "code": there,
            "stances": tuple(Stance),
            "counts": counts(view.material, code, view.book.segments_of(code)),
            "leaf": here,
            "hidden": hidden,
            "decides": decides,
            "may_change": decides and not rests and there.active,
            "rests": rests if decides else "",
            "seen": versions[code],
            "at": view.book.version,
            "memos": [item for item in view.book.memos if item.subject == code],
            **_quotes(ask, view, there, shown, versions),
            "fitting": [
                (item, chance, versions[segment])
                for segment, chance in _fitting(ask, view, code)
                if segment in versions and (item := quoted(ask.study.id, view.material, segment))
            ],
            **_drifting(ask, view, code),
            **_kin(view, there),
            "last": view.last,
            "last_told": told_last(view),
        }
    return Page("code.html.j2", context)


def _segments(ask: Ask, view: View, code: str) -> tuple[Leaf, tuple[str, ...], int]:
    """The page asked for, its segments in order of talk, and how many wait in this person's sample, unseen."""
    order, unseen = view.material.order_of_talk, veiled(view)
    carried = [item for item in view.book.by_code.get(code, ()) if item in order]
    seen = sorted((item for item in carried if item not in unseen), key=order.__getitem__)
    here = leaf(len(seen), PAGE, ask.query.get("page", ""))
    return here, tuple(seen[here.first : here.last]), len(carried) - len(seen)


def _fitting(ask: Ask, view: View, code: str) -> list[tuple[str, float]]:
    """Segments that the code may gather, surest first, with the chance that it fits; none where suggestions wait
    until a coder has coded a segment, since each says which code the machine would give."""
    learnt = taught(ask.study, view)
    if learnt is None or not ask.roles & DECIDERS:
        return []
    book = view.book
    open_ones = (
        (segment, chance)
        for segment, chance in learnt.gathers.get(code, ())
        if not book.codes_of(segment)
        and (segment, code) not in book.removed
        and not withholds_suggestions(ask.study, view, segment)
    )
    return list(islice(open_ones, FITTING))


def _drifting(ask: Ask, view: View, code: str) -> dict[str, Any]:
    """Segments of late groups that differ from what the code was made of, none where it means what it meant; and on
    how much talk that stands."""
    learnt = taught(ask.study, view)
    drift = learnt.drifts.get(code) if learnt else None
    carried = view.book.by_code.get(code, {})
    odd = [item for item in drift.odd if item in carried] if drift else []
    quotes = [item for segment in odd if (item := quoted(ask.study.id, view.material, segment))]
    return {"drifting": quotes, "drift": drift}


def _quotes(ask: Ask, view: View, code: Code, shown: tuple[str, ...], versions: dict[str, int]) -> dict[str, Any]:
    study, material, walk, unseen = ask.study.id, view.material, f"code:{code.id}", veiled(view)
    examples = [quoted(study, material, item) for item in code.examples if item not in unseen]
    return {
        "quotes": [
            (item, anchor(item.said.segment), address(study, segment, walk), versions.get(segment, 0))
            for segment in shown
            if (item := quoted(study, material, segment))
        ],
        "examples": [item for item in examples if item],
    }


def _kin(view: View, code: Code) -> dict[str, Any]:
    """Where the code came from, what it became, and the codes around it: (id, name) each."""
    book, offered = view.book, view.material.suggestions
    candidates = [item for item, taken in book.accepted.items() if taken == code.id]
    gathered = [item for item in book.codes.values() if code.id in item.retired_into.split(",")]
    origin = book.codes.get(code.origin)
    above = book.codes[book.standing_under(code)] if book.standing_under(code) else None
    return {
        "candidates": [
            (item, offered[item].name if item in offered else item, item in offered) for item in candidates
        ],
        "gathered": [(item.id, item.name) for item in gathered],
        "split_from": (origin.id, origin.name) if origin else None,
        "went_into": [(item.id, item.name) for item in went_into(book, code.id)] if not code.active else [],
        "above": (above.id, above.name) if above else None,
        "under": [(item.id, item.name) for item in book.children(code.id)] if code.active else [],
        "others": [(item.id, item.name) for item in book.active_codes if item.id != code.id],
    }


ENDPOINTS: Final = (page("/studies/{study}/codebook/{code}", READERS, show), *code_acts.ENDPOINTS)
