"""What can be done to one code, and to a segment that carries it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused, StaleDecision
from pipeline.review import deciding
from pipeline.review.deciding import Part
from pipeline.review.signing import Signature
from pipeline.web.acting import Build, decide
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, NotFound, act
from pipeline.web.naming import code_meant
from pipeline.web.taking_off import taken_off
from pipeline.work.live_study import View


def rename(ask: Ask) -> Answer:
    """Give it another name."""
    return _decided(ask, lambda view, sign: deciding.rename(view.seen, sign, _code(ask), ask.value("name")))


def define(ask: Ask) -> Answer:
    """Say what it means and where it ends."""

    def build(view: View, sign: Signature) -> Draft:
        definition, includes, excludes = (ask.value(name) for name in ("definition", "includes", "excludes"))
        return deciding.define(
            view.seen, sign, _code(ask), definition=definition, includes=includes, excludes=excludes
        )

    return _decided(ask, build)


def stance(ask: Ask) -> Answer:
    """Say whether it speaks of a strength, a gap or neither."""
    return _decided(ask, lambda view, sign: deciding.stance(view.seen, sign, _code(ask), ask.value("stance")))


def place(ask: Ask) -> Answer:
    """Let it stand under another code, or at the top."""

    def build(view: View, sign: Signature) -> Draft:
        parent = ask.value("parent")
        return deciding.place(view.seen, sign, _code(ask), code_meant(view.book, parent) if parent else "")

    return _decided(ask, build)


def merge(ask: Ask) -> Answer:
    """Let another code gather all that it carries; it goes out of use."""
    into, there = "", ask.study.versions_of(ask.person, _code(ask))[_code(ask)]

    def build(view: View, sign: Signature) -> Draft:
        nonlocal into
        # A merge is a decision on the code that gathers; what the form saw is this one, so that is compared here.
        if sign.expected_version not in {None, there}:
            raise StaleDecision("This code was changed meanwhile. Nothing was merged: look again.")
        into = code_meant(view.book, ask.value("into"))
        return deciding.merge(view.seen, _unseen(sign), into, codes=[_code(ask)])

    made = decide(ask, build)
    return Go(f"{_base(ask)}/{into or made.subject}")


def split(ask: Ask) -> Answer:
    """Make a new code of the segments chosen."""
    segments = ask.values("segments")
    if not segments:
        raise DecisionRefused("No segment was chosen for the new code. Tick at least one below.")
    part = Part(ask.value("name"), segments)
    made = decide(ask, lambda view, sign: deciding.split(view.seen, sign, _code(ask), [part]))
    return Go(f"{_base(ask)}/{made.payload['parts'][0]['code']}")


def memo(ask: Ask) -> Answer:
    """A note on the code; it changes nothing that others decide on."""

    def build(view: View, sign: Signature) -> Draft:
        if _code(ask) not in view.book.codes:
            raise NotFound("There is no such code. Choose one from the codebook.")
        return deciding.memo(_unseen(sign), _code(ask), ask.value("text"))

    return _decided(ask, build)


def move(ask: Ask) -> Answer:
    """Take a segment to another code."""

    def build(view: View, sign: Signature) -> Draft:
        target = code_meant(view.book, ask.value("to"))
        return deciding.move(view.seen, sign, ask.value("segment"), _code(ask), target)

    return _decided(ask, build)


def gather(ask: Ask) -> Answer:
    """Put it on a segment that it may gather."""
    return _decided(ask, lambda view, sign: deciding.apply(view.seen, sign, ask.value("segment"), _code(ask)))


def remove(ask: Ask) -> Answer:
    """Take it off a segment, or say that it does not gather one."""
    return _decided(ask, lambda view, sign: taken_off(view, sign, ask.value("segment"), _code(ask)))


def example(ask: Ask) -> Answer:
    """Choose a segment as an example, or no longer."""

    def build(view: View, sign: Signature) -> Draft:
        segment, shown = ask.value("segment"), view.seen.code(_code(ask)).examples
        wanted = [item for item in shown if item != segment]
        if ask.value("example") == "yes":
            wanted.append(segment)
        # the version that the form saw is the segment's, and this is about the code
        about_code = replace(sign, expected_version=ask.number("seen_code"))
        return deciding.define(view.seen, about_code, _code(ask), examples=wanted)

    return _decided(ask, build)


def _decided(ask: Ask, build: Build) -> Answer:
    decide(ask, build)
    return Go(ask.value("back") or f"{_base(ask)}/{_code(ask)}")


def _unseen(sign: Signature) -> Signature:
    """The same hand, for what is not about this code: the version that its form carries is of another subject."""
    return replace(sign, expected_version=None)


def _code(ask: Ask) -> str:
    return ask.params["code"]


def _base(ask: Ask) -> str:
    return f"{ask.base}/codebook"


_PATH: Final = "/studies/{study}/codebook/{code}"
ENDPOINTS: Final = (
    act(_PATH + "/rename", DECIDERS, rename),
    act(_PATH + "/define", DECIDERS, define),
    act(_PATH + "/stance", DECIDERS, stance),
    act(_PATH + "/place", DECIDERS, place),
    act(_PATH + "/merge", DECIDERS, merge),
    act(_PATH + "/split", DECIDERS, split),
    act(_PATH + "/memo", DECIDERS, memo),
    act(_PATH + "/move", DECIDERS, move),
    act(_PATH + "/gather", DECIDERS, gather),
    act(_PATH + "/remove", DECIDERS, remove),
    act(_PATH + "/example", DECIDERS, example),
)
