"""Checkpoint 2: one candidate code at a time fills the screen, and every act on it is a key away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused, NotReady, StaleDecision
from pipeline.domain.suggestion import Suggestion
from pipeline.review import deciding
from pipeline.review.called import plain
from pipeline.review.fates import fates
from pipeline.review.signing import Signature, new_id, signed
from pipeline.web.acting import decide, further_key
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, NotFound, Page, act, page
from pipeline.web.naming import code_meant
from pipeline.web.nearness import near_codes
from pipeline.web.places import quoted, saying
from pipeline.web.proposals import proposals_counted
from pipeline.web.resting import resting
from pipeline.web.segment_lists import unclear
from pipeline.web.told import told_last
from pipeline.web.waiting import undecided
from pipeline.web.withholding import sample_of
from pipeline.web.worklist_order import TOLD, in_turn
from pipeline.work.few_candidates import why_few
from pipeline.work.live_study import View

LATER: Final = "later:"
"""A person's preference that keeps the candidates they left for later in a study."""
PUT_OFF: Final = "later"
"""What an address says it by which leaving a candidate for later leads on: that candidate."""


def first(ask: Ask) -> Answer:
    """On to the first candidate that waits, or word that none does."""
    with ask.study.looking(ask.person) as view:
        queue = _queue(ask, view)
        if queue:
            return Go(f"{_base(ask)}/{queue[0]}")
        context = {"title": "Candidates", **_frame(ask, view), "unclear": len(unclear(ask.study, view))}
        return Page("candidates_done.html.j2", context)


def show(ask: Ask) -> Answer:
    """A candidate with its evidence, and what can be done with it."""
    versions = ask.study.versions_of(ask.person, ask.params["candidate"])
    with ask.study.looking(ask.person) as view:
        candidate = _candidate(ask, view)
        return Page("candidate.html.j2", _shown(ask, view, candidate, versions))


def show_split(ask: Ask) -> Answer:
    """The candidate's segments, each to go into one of two codes or to be left out."""
    versions = ask.study.versions_of(ask.person, ask.params["candidate"])
    with ask.study.looking(ask.person) as view:
        candidate = _candidate(ask, view)
        if fates(view.book, [candidate.id])[candidate.id].taken:
            return Go(f"{_base(ask)}/{candidate.id}")  # which says what became of it
        return Page("split.html.j2", _shown(ask, view, candidate, versions))


def accept(ask: Ask) -> Answer:
    """Make a code of it, without the segments that were dropped; those moved go to their code. The Enter key says no
    `choice`: it merges where a code to merge into was typed."""
    if ask.value("into") and ask.value("choice") != "accept":
        return merge(ask)
    dropped, moves = _left_out(ask)

    def build(view: View, sign: Signature) -> list[Draft]:
        name, definition = ask.value("name"), ask.value("definition")
        taken = deciding.accept(
            view.seen, sign, ask.params["candidate"], name=name or None, definition=definition, without=dropped
        )
        return [taken, *(_applied(view, sign, place, *move) for place, move in enumerate(moves.items(), start=1))]

    return _decided(ask, build)


def reject(ask: Ask) -> Answer:
    """Turn it down, for a reason."""
    return _decided(ask, lambda view, sign: deciding.reject(view.seen, sign, ask.params["candidate"]))


def merge(ask: Ask) -> Answer:
    """Gather it under a code that is there."""
    candidate = ask.params["candidate"]
    there = ask.study.versions_of(ask.person, candidate)[candidate]

    dropped, moves = _left_out(ask)

    def build(view: View, sign: Signature) -> list[Draft]:
        # A merge is a decision on the code that gathers; the form saw the candidate, so that is compared here.
        if sign.expected_version not in {None, there}:
            raise StaleDecision("This candidate was decided on meanwhile. Nothing was changed: look again.")
        into = code_meant(view.book, ask.value("into"))
        unseen = replace(sign, expected_version=None)
        gathered = deciding.merge(view.seen, unseen, into, suggestions=[candidate], without=dropped)
        return [gathered, *(_applied(view, sign, place, *move) for place, move in enumerate(moves.items(), start=1))]

    return _decided(ask, build)


def split(ask: Ask) -> Answer:
    """Make two codes of it: both decisions stand or fall together."""
    candidate = ask.params["candidate"]
    second = [name.removeprefix("part:") for name in ask.form if name.startswith("part:") and ask.value(name) == "b"]
    out = {name.removeprefix("part:") for name in ask.form if name.startswith("part:") and ask.value(name) == "out"}
    if not second:
        raise DecisionRefused("No segment goes into the second code. Choose B for at least one, or accept it whole.")

    def build(view: View, sign: Signature) -> list[Draft]:
        taken = deciding.accept(view.seen, sign, candidate, name=ask.value("name_a") or None, without=out)
        code, segments = taken.payload["code"], taken.payload["segments"]
        if set(segments) <= set(second):
            raise DecisionRefused("No segment stays in the first code. Choose A for at least one.")
        again = _further(sign, 1)
        name = deciding.new_name(view.book, ask.value("name_b"))
        if plain(name) == plain(taken.payload["name"]):
            raise DecisionRefused(f"Both codes would be called “{name}”. Give the second another name.")
        part = {
            "code": new_id("c-", again.key),
            "name": name,
            "segments": [item for item in segments if item in second],
        }
        return [taken, signed(again, Kind.SPLIT, code, {"parts": [part]})]

    return _decided(ask, build)


def memo(ask: Ask) -> Answer:
    """A note on the candidate; it changes nothing that others decide on."""
    decide(ask, lambda view, sign: deciding.memo(sign, _candidate(ask, view).id, ask.value("text")))
    return Go(f"{_base(ask)}/{ask.params['candidate']}")


def later(ask: Ask) -> Answer:
    """To the end of this person's worklist."""
    kept = _later(ask)
    with ask.study.looking(ask.person) as view:
        candidate = _candidate(ask, view).id
        following = _following(ask, view, candidate)
    if following == _base(ask):  # no other waits
        following = f"{following}/{candidate}"
    waiting = [*(item for item in kept if item != candidate), candidate]
    ask.site.accounts.accounts.prefer(ask.person, LATER + ask.study.id, json.dumps(waiting[-1000:]))
    return Go(saying(following, **{PUT_OFF: candidate}))


def _decided(ask: Ask, build: Any) -> Answer:
    with ask.study.looking(ask.person) as view:
        following = _following(ask, view, ask.params["candidate"])
    decide(ask, build)
    return Go(following)


def _following(ask: Ask, view: View, candidate: str) -> str:
    """The address of the candidate that waits next after this one."""
    queue = [item for item in _queue(ask, view) if item != candidate]
    order = {item: place for place, item in enumerate(_order(ask, view))}
    after = [item for item in queue if order[item] > order.get(candidate, -1)]
    following = after or queue
    return f"{_base(ask)}/{following[0]}" if following else _base(ask)


def _left_out(ask: Ask) -> tuple[set[str], dict[str, str]]:
    """The segments that do not go with their candidate, and the codes named for some of them."""
    named = {name.removeprefix("move:"): ask.value(name) for name in ask.form if name.startswith("move:")}
    moves = {segment: code for segment, code in named.items() if code}
    return {*ask.values("without"), *moves}, moves


def _applied(view: View, sign: Signature, place: int, segment: str, code: str) -> Draft:
    return deciding.apply(view.seen, _further(sign, place), segment, code_meant(view.book, code))


def _further(sign: Signature, place: int) -> Signature:
    """The same hand under one more decision of the same form."""
    return replace(sign, key=further_key(sign.key, place), expected_version=None, reason="")


def _candidate(ask: Ask, view: View) -> Suggestion:
    found = view.material.suggestions.get(ask.params["candidate"])
    if found is None:
        raise NotFound("There is no such candidate. A newer run may have replaced it: look at the worklist.")
    return found


def _shown(ask: Ask, view: View, candidate: Suggestion, versions: dict[str, int]) -> dict[str, Any]:
    material, study = view.material, ask.study.id
    order = _order(ask, view)
    place = order.index(candidate.id)
    return {
        "title": candidate.name,
        **_frame(ask, view),
        "candidate": candidate,
        "seen": versions[candidate.id],
        "at": view.book.version,
        "place": place,
        "previous": order[place - 1] if place else "",
        "following": order[place + 1] if place + 1 < len(order) else "",
        "typical": _quotes(study, material, candidate.typical),
        "edge": _quotes(study, material, candidate.edge),
        "members": _quotes(study, material, candidate.segments),
        "near": near_codes(ask.study, view, candidate),
        "fate": fates(view.book, [candidate.id])[candidate.id],
        "memos": [item for item in view.book.memos if item.subject == candidate.id],
    }


def _frame(ask: Ask, view: View) -> dict[str, Any]:
    """What stands beside every candidate: the worklist and the last decision.

    Raises:
        NotReady: this person codes a sample blind, and candidates tell how the team coded.
    """
    if sample_of(view):
        raise NotReady("Candidates wait until the blind round on the sample is closed: they show how the team coded.")
    order, put_off = _order(ask, view), _just_put_off(ask, view)
    found, became = view.material.suggestions, fates(view.book, order)
    turns = {item: TOLD[turn] for item, turn in in_turn(ask.study, view).items()}
    turns |= dict.fromkeys(_later(ask), "later")
    return {
        "worklist": [(found[item], became[item], turns[item]) for item in order],
        "few": _why_few(ask, view),
        "left": len(undecided(view)),
        "offered": len(order),
        "codes": sorted({code.name for code in view.book.active_codes}, key=str.casefold),
        "put_off": put_off,
        "last": None if put_off else view.last,  # what was told before has had its time
        "last_told": told_last(view),
        "blind": view.blind,
        "rests": resting(view),
        "proposals": None if view.book.open_round else proposals_counted(ask.study, view),
    }


def _just_put_off(ask: Ask, view: View) -> str:
    """What became of the candidate that this person left for later just now, where the address says one."""
    candidate = ask.query.get(PUT_OFF, "")
    if candidate not in _later(ask) or candidate not in undecided(view):
        return ""
    name = view.material.suggestions[candidate].name
    if len(undecided(view)) == 1:
        return f"“{name}” is the only one that still waits."
    return f"Put off: “{name}” comes again at the end."


def _quotes(study: str, material: Any, segments: Sequence[str]) -> list[Any]:
    return [item for item in (quoted(study, material, segment) for segment in segments) if item]


def _why_few(ask: Ask, view: View) -> str:
    """Why so few candidates are offered, in a sentence; "" where there are enough, and before any talk was read."""
    found = view.material.found
    taken = sum(len(item.segments) for item in found.suggestions)
    counts = {
        "segments": taken + len(found.unclear),
        "candidates": len(found.suggestions),
        "unclear": len(found.unclear),
    }
    return why_few(counts, len(ask.study.work.study.questions))


def _order(ask: Ask, view: View) -> list[str]:
    """All candidates in this person's order: what is new first, those left for later last."""
    waiting = _later(ask)
    offered = list(in_turn(ask.study, view))
    return [item for item in offered if item not in waiting] + [item for item in waiting if item in offered]


def _queue(ask: Ask, view: View) -> list[str]:
    """Those of them that wait."""
    waits = set(undecided(view))
    return [item for item in _order(ask, view) if item in waits]


def _later(ask: Ask) -> list[str]:
    kept = ask.site.accounts.accounts.preferences(ask.person).get(LATER + ask.study.id)
    return list(json.loads(kept)) if kept else []


def _base(ask: Ask) -> str:
    return f"{ask.base}/candidates"


_PATH: Final = "/studies/{study}/candidates"
ENDPOINTS: Final = (
    page(_PATH, DECIDERS, first),
    page(_PATH + "/{candidate}", DECIDERS, show),
    page(_PATH + "/{candidate}/split", DECIDERS, show_split),
    act(_PATH + "/{candidate}/accept", DECIDERS, accept),
    act(_PATH + "/{candidate}/reject", DECIDERS, reject),
    act(_PATH + "/{candidate}/merge", DECIDERS, merge),
    act(_PATH + "/{candidate}/split", DECIDERS, split),
    act(_PATH + "/{candidate}/memo", DECIDERS, memo),
    act(_PATH + "/{candidate}/later", DECIDERS, later),
)
