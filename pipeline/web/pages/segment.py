"""One segment at a time fills the screen: its words, what stands around them, and the codes it carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.said import Said
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, NotFound, Page, act, page
from pipeline.web.naming import NoSuchCode, code_meant
from pipeline.web.nearness import near_segment, standing
from pipeline.web.offered import offered
from pipeline.web.places import as_part, study_path
from pipeline.web.resting import ONLY_THE_SAMPLE, resting
from pipeline.web.segment_lists import Walk, neighbours, next_to_code, walk_called
from pipeline.web.surroundings import in_its_place
from pipeline.web.taking_off import taken_off
from pipeline.web.told import told_last
from pipeline.web.withholding import coded_by_self, memos_on, sample_of, veiled, withholds_suggestions
from pipeline.work.learning import taught
from pipeline.work.live_study import View

QUICK: Final = 9
"""Codes that a digit puts on or takes off: the first of the codebook, in the order in which they were made."""


def address(study: str, segment: str, walk: str = "", **more: str) -> str:
    """The address of a segment's page, with the list that one goes through."""
    asked = urlencode({name: value for name, value in {"in": walk, **more}.items() if value})
    return f"{study_path(study)}/segments/{as_part(segment)}" + (f"?{asked}" if asked else "")


def show(ask: Ask) -> Answer:
    """The segment, with what can be done to it."""
    segment = ask.params["segment"]
    seen = ask.study.versions_of(ask.person, segment)[segment]
    with ask.study.looking(ask.person) as view:
        there = {} if withholds_suggestions(ask.study, view, segment) else standing(view)
    near = near_segment(ask.study, view, segment, there)
    with ask.study.looking(ask.person) as view:
        said, learnt = _said(view, segment), taught(ask.study, view)
        walk = walk_called(ask.study, view, ask.query.get("in", ""), said.group, learnt)
        withheld = withholds_suggestions(ask.study, view, segment)
        context = {
            "title": f"{said.speaker}, {said.group}",
            **_talk(ask, view, said),
            **_codes(ask, view, segment),
            **_way(ask, view, walk, segment),
            **_typed(ask, view),
            "segment": segment,
            "seen": seen,
            "at": view.book.version,
            "withheld": withheld,
            "offers": () if withheld else offered(view, segment, learnt, near),
            "memos": memos_on(view, segment),
            "last": view.last,
            "last_told": told_last(view),
        }
    return Page("segment.html.j2", context)


def apply(ask: Ask) -> Answer:
    """Put a code on the segment; typed text that names none leads back, with the offer to make one of that name."""
    if back := _not_understood(ask):
        return back
    segment = ask.params["segment"]
    decide(ask, lambda view, sign: deciding.apply(view.seen, sign, segment, code_meant(view.book, ask.value("code"))))
    return Go(_back(ask))


def remove(ask: Ask) -> Answer:
    """Take a code off it, or say no to one that the machine proposed."""
    decide(ask, lambda view, sign: taken_off(view, sign, ask.params["segment"], ask.value("code")))
    return Go(_back(ask))


def create(ask: Ask) -> Answer:
    """Make a code of one's own, on this segment."""
    segments = [ask.params["segment"]]

    def build(view: View, sign: Signature) -> Draft:
        return deciding.create(view.seen, _unseen(sign), ask.value("name"), segments=segments)

    decide(ask, build)
    return Go(_back(ask))


def commit(ask: Ask) -> Answer:
    """Done: the segment is coded whole, with just these codes; on to the next that is not."""
    if ask.value("code") and (back := _not_understood(ask)):
        return back
    segment = ask.params["segment"]

    def build(view: View, sign: Signature) -> Draft:
        typed = [code_meant(view.book, ask.value("code"))] if ask.value("code") else []
        return deciding.commit(view.seen, sign, segment, [*ask.values("codes"), *typed])

    decide(ask, build)
    with ask.study.looking(ask.person) as view:
        walk = walk_called(ask.study, view, ask.value("in"), _said(view, segment).group, taught(ask.study, view))
        following = next_to_code(view, walk, segment)
    return Go(address(ask.study.id, following, walk.name) if following else f"{ask.base}/{walk.back}")


def memo(ask: Ask) -> Answer:
    """A note on the segment; it changes nothing that others decide on."""
    decide(ask, lambda view, sign: deciding.memo(_unseen(sign), _segment(ask, view), ask.value("text")))
    return Go(_back(ask))


def _unseen(sign: Signature) -> Signature:
    """The same hand, for what is not about the segment: the version that its form carries is of another subject."""
    return replace(sign, expected_version=None)


def _not_understood(ask: Ask) -> Go | None:
    """Back to the segment with what was typed and ticked, where it names no one code; None where it does."""
    with ask.study.looking(ask.person) as view:
        try:
            code_meant(view.book, ask.value("code"))
        except DecisionRefused:
            ticked = ",".join(ask.values("codes"))
            kept = {"typed": ask.value("code"), "ticked": ticked}
            return Go(address(ask.study.id, ask.params["segment"], ask.value("in"), **kept))
    return None


def _back(ask: Ask) -> str:
    return ask.value("back") or address(ask.study.id, ask.params["segment"], ask.value("in"))


def _said(view: View, segment: str) -> Said:
    said = view.material.said.get(segment)
    if said is None:
        raise NotFound("There is no such segment. The talk may have been cut anew: find it in its transcript.")
    return said


def _segment(ask: Ask, view: View) -> str:
    """The id of the segment that is asked about, if there is one."""
    return _said(view, ask.params["segment"]).segment.id


def _talk(ask: Ask, view: View, said: Said) -> dict[str, Any]:
    """The words in their place, and the question they answer."""
    asked = {item.id: item.text for item in ask.study.work.study.questions}
    return {
        **in_its_place(ask.study.id, view.material, said),
        "question": asked.get(said.question, ""),
    }


def _codes(ask: Ask, view: View, segment: str) -> dict[str, Any]:
    """The codes it carries, as far as this person may see them yet, and those that can be put on."""
    book, sample = view.book, sample_of(view)
    rests, in_sample = resting(view), bool(sample and segment in sample.segments)
    hidden = segment in veiled(view)
    carried = () if hidden else book.codes_of(segment)
    active = book.active_codes
    kept = frozenset(ask.query.get("ticked", "").split(",")) if "ticked" in ask.query else frozenset(carried)
    return {
        "carried": [(code, book.codes[code].name) for code in carried],
        "every": [(code.id, code.name, code.definition, code.id in kept) for code in active],
        "quick": [(code.id, code.name, code.id in carried) for code in active[:QUICK]],
        "names": sorted({code.name for code in active}, key=str.casefold),
        "done": coded_by_self(view, segment),
        "mode": "free" if not rests else "sample" if in_sample and rests == ONLY_THE_SAMPLE else "rest",
        "rests": rests,
    }


def _way(ask: Ask, view: View, walk: Walk, segment: str) -> dict[str, Any]:
    """Where it stands in the list one goes through, and the addresses before and after it."""
    beside, study = neighbours(view, walk, segment), ask.study.id
    return {
        "walk": walk.name,
        "walk_title": walk.title,
        "walk_back": f"{ask.base}/{walk.back}",
        "place": beside.place,
        "of": len(walk.segments),
        "previous": address(study, beside.previous, walk.name) if beside.previous else "",
        "following": address(study, beside.following, walk.name) if beside.following else "",
        "back": address(study, segment, walk.name),
    }


def _typed(ask: Ask, view: View) -> dict[str, Any]:
    """What was typed for a code and names no one code: why, and whether it can be made one."""
    typed, sentence, new = ask.query.get("typed", "").strip(), "", False
    if typed:
        try:
            code_meant(view.book, typed)
        except NoSuchCode as problem:
            sentence, new = problem.said, not resting(view)
        except DecisionRefused as problem:
            sentence = str(problem)
    return {"typed": typed, "not_understood": sentence, "may_be_new": new}


_PATH: Final = "/studies/{study}/segments/{segment}"
ENDPOINTS: Final = (
    page(_PATH, DECIDERS, show),
    act(_PATH + "/apply", DECIDERS, apply),
    act(_PATH + "/remove", DECIDERS, remove),
    act(_PATH + "/create", DECIDERS, create),
    act(_PATH + "/commit", DECIDERS, commit),
    act(_PATH + "/memo", DECIDERS, memo),
)
