"""The codebook as a tree: what stands under what, on how much talk each code rests, and its approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.domain.codebook import Code, Stance
from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.as_shown import print_of, require_as_shown
from pipeline.web.closed_rounds import to_settle
from pipeline.web.code_counts import Carried, Counts, carried, counts
from pipeline.web.endpoints import DECIDERS, READERS, Answer, Ask, Go, NotAllowed, Page, act, page
from pipeline.web.naming import code_meant
from pipeline.web.pages import code, codebook_versions
from pipeline.web.proposals import proposals_counted
from pipeline.web.resting import resting
from pipeline.web.told import told_last
from pipeline.web.waiting import checkpoint_waits, undecided
from pipeline.work.deciding import STAGE_OF
from pipeline.work.deciding import approve as approve_checkpoint
from pipeline.work.live_study import Material, View
from pipeline.work.workplace import CODES


@dataclass(frozen=True, slots=True)
class Branch:
    """A code with what it rests on, and the codes that stand right under it."""

    code: Code
    counts: Counts
    stance: str
    under: tuple[Branch, ...]


def show(ask: Ask) -> Answer:
    """The tree. Everybody may look; who decides may also move, make and approve."""
    approver = _may_approve(ask)
    with ask.study.looking(ask.person) as view:
        there = [item.id for item in view.book.active_codes]
        closed = tuple(view.book.rounds.values()) if approver and not view.book.open_round else ()
    unsettled = sum(to_settle(ask.study, past) for past in closed)
    versions = ask.study.versions_of(ask.person, *there)
    with ask.study.looking(ask.person) as view:
        rests = resting(view)
        may_change = bool(ask.roles & DECIDERS) and not rests
        segments, material = carried(view), view.material
        under: dict[str, list[Code]] = {}
        for item in view.book.active_codes:
            under.setdefault(view.book.standing_under(item), []).append(item)
        context: dict[str, Any] = {
            "title": "Codebook",
            "codes": [(item.id, item.name, versions.get(item.id, 0)) for item in view.book.active_codes],
            "retired": sum(not item.active for item in view.book.codes.values()),
            "may_change": may_change,
            "rests": rests if ask.roles & DECIDERS else "",
            "blind": bool(view.blind),
            "move": ask.query.get("move", ""),
            "at": view.book.version,
            "last": view.last,
            "last_told": told_last(view),
            **_approval(ask, view),
            "unsettled": unsettled,
            "may_approve": approver and not view.book.open_round,
        }
    return Page("codebook.html.j2", {**context, "tree": _tree(material, segments, under, "")})


def create(ask: Ask) -> Answer:
    """A code of one's own, that no candidate proposed; it stands at the top and carries nothing yet."""

    def build(view: View, sign: Signature) -> Draft:
        return deciding.create(view.seen, sign, ask.value("name"), definition=ask.value("definition"))

    made = decide(ask, build)
    return Go(f"{_base(ask)}/{made.subject}")


def place(ask: Ask) -> Answer:
    """Let a code stand under another, or at the top."""

    def build(view: View, sign: Signature) -> Draft:
        (code, seen), parent = _moved(ask), ask.value("parent")
        under = code_meant(view.book, parent) if parent else ""
        return deciding.place(view.seen, replace(sign, expected_version=seen), code_meant(view.book, code), under)

    decide(ask, build)
    return Go(_base(ask))


def _moved(ask: Ask) -> tuple[str, int | None]:
    """The code that the form moves, and the version at which its page showed it: a list sends both in one."""
    code, _, seen = ask.value("code").rpartition("@")
    known = code and seen.isdecimal() and len(seen) < 10  # noqa: PLR2004 - more is no count of ours
    return (code, int(seen)) if known else (ask.value("code"), None)


def approve(ask: Ask) -> Answer:
    """Checkpoint 2: the codebook as it stands is what the map is made of."""
    if not _may_approve(ask):
        raise NotAllowed("In this study the adjudicator approves the codebook. Ask for it when it is ready.")
    version = ask.number("version")
    if version is None:
        raise DecisionRefused("Say which version you looked at: open the codebook and approve it there.")
    require_as_shown(ask)
    approve_checkpoint(ask.study.work, CODES, ask.person, ask.value("reason"), seen=version)
    return Go(_base(ask))


def _tree(material: Material, segments: Carried, under: Mapping[str, list[Code]], top: str) -> tuple[Branch, ...]:
    return tuple(
        Branch(
            code=item,
            counts=counts(material, item.id, segments[item.id]),
            stance="" if item.stance is Stance.NEITHER else item.stance.value,
            under=_tree(material, segments, under, item.id),
        )
        for item in under.get(top, ())
    )


def _approval(ask: Ask, view: View) -> dict[str, Any]:
    """What stands at checkpoint 2, and what is left to decide before it is signed off."""
    stage, standing = view.stages[STAGE_OF[CODES]], view.book.approvals.get(CODES)
    return {
        "version": stage.version if stage else 0,
        "print": print_of(view.book),
        "waits": checkpoint_waits(view, CODES),
        "approved": (standing.version, standing.coder, standing.at) if standing else None,
        "undecided": len(undecided(view)),
        "proposals": proposals_counted(ask.study, view),
    }


def _may_approve(ask: Ask) -> bool:
    """The adjudicator's to do; any decider's in a study that has none."""
    if Role.ADJUDICATOR in ask.roles:
        return True
    members = ask.site.accounts.accounts.memberships(study=ask.study.id)
    return bool(ask.roles & DECIDERS) and not any(item.role is Role.ADJUDICATOR for item in members)


def _base(ask: Ask) -> str:
    return f"{ask.base}/codebook"


_PATH: Final = "/studies/{study}/codebook"
ENDPOINTS: Final = (
    page(_PATH, READERS, show),
    act(_PATH, DECIDERS, create),
    act(_PATH + "/place", DECIDERS, place),
    act(_PATH + "/approve", DECIDERS, approve),
    *codebook_versions.ENDPOINTS,
    *code.ENDPOINTS,
)
