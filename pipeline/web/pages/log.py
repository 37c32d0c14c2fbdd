"""The log: what was decided, newest first; a page at a time, however long it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.domain.decision import TEAM, Decision, Kind, scoped
from pipeline.domain.errors import StoreDamaged
from pipeline.report.decisions import KINDS, ids_of
from pipeline.store.decision_pages import Wanted
from pipeline.web.acting import parted_from
from pipeline.web.endpoints import PREPARERS, READERS, Answer, Ask, Page, act, page
from pipeline.web.own_codes import own_codes
from pipeline.web.people import coders_seen
from pipeline.web.searching import search_of
from pipeline.web.subjects import Directory, Subject, ids_called
from pipeline.web.told import told, told_split
from pipeline.web.withholding import sample_of, veiled
from pipeline.work.live_study import LiveStudy, View

PER_PAGE: Final = 50
SEGMENTS: Final = 300
"""Segments that are looked for where a text is asked about."""
LONGEST: Final = 200
UNSEEN_YET: Final = "A decision on a segment of your sample. It is shown when you have coded that segment."
WHOLE: Final = "The log is whole: every decision follows from the one before it, and none was lost or altered."


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision in words. `number` counts within what this person sees."""

    number: int
    sentence: str
    subjects: tuple[Subject, ...]
    coder: str
    at: str
    reason: str
    own_book: bool
    undone: bool


def show(ask: Ask) -> Answer:
    """A page of it, of all or of what a filter lets through."""
    chosen = {name: ask.query.get(name, "").strip()[:LONGEST] for name in ("coder", "kind", "about")}
    with ask.study.looking(ask.person) as view:
        books, coders = visible_books(view), coders_seen(ask, view)
        wanted = _wanted(view, books, chosen)
        material = view.material
    if wanted.subjects is not None:
        hits = search_of(ask.study, material).find(chosen["about"], count=SEGMENTS).hits
        wanted = replace(wanted, subjects=wanted.subjects | {hit.segment for hit in hits})
    decisions, newer, older = _page(ask, wanted)
    entries = _entries(ask, books, decisions)
    kept = urlencode({name: value for name, value in chosen.items() if value})
    return Page(
        "log.html.j2",
        {
            "title": "Log",
            "entries": entries,
            "newer": decisions[0].draft.key if newer else "",
            "older": decisions[-1].draft.key if older else "",
            "chosen": chosen,
            "coders": coders,
            "kinds": sorted(((kind.value, name) for kind, name in KINDS.items()), key=lambda item: item[1]),
            "kept": f"{kept}&" if kept else "",
            "may_verify": bool(ask.roles & PREPARERS),
            "partial": books is not None,
        },
    )


def verify(ask: Ask) -> Answer:
    """Hold the whole log against its hashes and its anchor, and say how it stands."""
    try:
        ask.study.work.store.decisions.verify(ask.study.id)
    except StoreDamaged as damage:
        return Page("log_verified.html.j2", {"title": "Log", "sentence": str(damage), "sound": False})
    return Page("log_verified.html.j2", {"title": "Log", "sentence": WHOLE, "sound": True})


def visible_books(view: View) -> frozenset[str] | None:
    """The books whose decisions this person may see, None for all: while a blind round is open, the team's and, for
    who takes part, their own; only their own while they code a sample, which the team's decisions would tell of."""
    if sample_of(view):
        return frozenset({view.book_name})
    return None if view.book.open_round is None else frozenset({TEAM, view.book_name})


def undone_among(study: LiveStudy, decisions: Sequence[Decision]) -> frozenset[str]:
    """The keys of those that do not count any more: an undo took them back, and no later one took back that."""
    if not decisions:
        return frozenset()
    names = {scoped(item.draft.book, item.draft.key) for item in decisions}
    touching = study.work.store.decisions.touching(study.id, names)
    undos = [item for item in touching if item.kind is Kind.UNDO and scoped(item.draft.book, item.subject) in names]
    void = undone_among(study, undos)
    return frozenset(item.subject for item in undos if item.draft.key not in void)


def _wanted(view: View, books: frozenset[str] | None, chosen: Mapping[str, str]) -> Wanted:
    known = {kind.value for kind in Kind}
    every = {past.book(coder) for past in view.book.rounds.values() for coder in past.coders}
    return Wanted(
        books=books,
        coder=chosen["coder"],
        kind=Kind(chosen["kind"]) if chosen["kind"] in known else None,
        subjects=frozenset(ids_called(view.book, view.material, chosen["about"])) if chosen["about"] else None,
        about=books if books is not None else frozenset({TEAM, *every}),
    )


def _page(ask: Ask, wanted: Wanted) -> tuple[tuple[Decision, ...], bool, bool]:
    """The decisions of the page asked for, and whether there are newer and older ones."""
    log, study = ask.study.work.store.decisions, ask.study.id
    if (after := _place(ask, wanted.books, "after")) is not None:
        found = log.page(study, wanted, after=after, count=PER_PAGE + 1)
        return found[-PER_PAGE:], len(found) > PER_PAGE, bool(found)
    before = _place(ask, wanted.books, "before")
    found = log.page(study, wanted, before=before, count=PER_PAGE + 1)
    return found[:PER_PAGE], before is not None and bool(found), len(found) > PER_PAGE


def _place(ask: Ask, books: Collection[str] | None, name: str) -> int | None:
    """Where in the log the decision stands whose key an address names; it is known to who may see it alone."""
    key = ask.query.get(name, "")
    found = ask.study.work.store.decisions.by_key(ask.study.id, key) if key else None
    return found.seq if found and (books is None or found.draft.book in books) else None


def _entries(ask: Ask, books: Collection[str] | None, decisions: Sequence[Decision]) -> list[Entry]:
    log, study = ask.study.work.store.decisions, ask.study
    seqs = [item.seq for item in decisions]
    numbers = {seq: seq for seq in seqs} if books is None else log.places(study.id, seqs, books)
    undone = undone_among(study, decisions)
    before = {item.subject: log.by_key(study.id, item.subject) for item in decisions if item.kind is Kind.UNDO}
    parted = {item.draft.key: parted_from(study, item) for item in decisions}
    with study.looking(ask.person) as view:
        cited = {name for item in (*decisions, *filter(None, before.values())) for name in ids_of(item)}
        elsewhere = {name for name in cited if name.startswith("c-") and name not in view.book.codes}
        past = [item for item in view.book.rounds.values() if not item.open]
    own = own_codes(study, past, elsewhere)
    with study.looking(ask.person) as view:
        directory, hidden = Directory(view, study.id, ask.roles, own), veiled(view)
        return [
            _entry(
                item,
                directory,
                hidden,
                number=numbers[item.seq],
                undone=item.draft.key in undone,
                took_back=before.get(item.subject),
                parts=parted[item.draft.key],
            )
            for item in decisions
        ]


def _entry(
    decision: Decision,
    directory: Directory,
    hidden: Collection[str],
    *,
    number: int,
    undone: bool,
    took_back: Decision | None,
    parts: Sequence[Mapping[str, Any]],
) -> Entry:
    """A decision in words; what it says of a segment that somebody has yet to code on their own is kept back."""
    about, book = took_back or decision, directory.view.book
    material, subjects, reason = directory.view.material, directory.subjects_of(about), decision.draft.reason
    sentence = told_split(decision, parts, material) if parts else told(decision, book, material)
    if took_back:
        sentence = f"{sentence}: {told(took_back, book, material)}"
    sentence = directory.spelled(sentence, about)
    if about.draft.book == TEAM and about.subject in hidden:
        sentence, subjects, reason = UNSEEN_YET, (), ""
    return Entry(
        number=number,
        sentence=sentence,
        subjects=subjects,
        coder=decision.draft.coder,
        at=decision.draft.at,
        reason=reason,
        own_book=bool(decision.draft.book),
        undone=undone,
    )


_PATH: Final = "/studies/{study}/log"
ENDPOINTS: Final = (page(_PATH, READERS, show), act(_PATH + "/verify", PREPARERS, verify))
