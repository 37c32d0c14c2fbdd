"""A study kept in memory for a program that answers many people for days: the review site."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.codebook import Codebook, Round
from pipeline.domain.correction import Corrections, corrections
from pipeline.domain.decision import CORRECTIONS, TEAM, Decision, Draft, Kind, scoped
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.live import LiveFold, TooFarBack
from pipeline.domain.segment import text_hash
from pipeline.review.deciding import doubled
from pipeline.review.rounds import book_of, misplaced
from pipeline.review.seen import Seen
from pipeline.review.undoing import undo_problem, undone_together
from pipeline.store import OutboxMessage, StageVersion
from pipeline.work import mapping, prepare, suggesting
from pipeline.work.live_talk import LiveTalk, Material, Recording, Stages
from pipeline.work.vector_memory import VectorMemory
from pipeline.work.workplace import CODES, MAP, Workplace

__all__ = ["LiveStudy", "Material", "Recording", "View"]

STAGES: Final = (prepare.STAGE, suggesting.STAGE, mapping.STAGE)


@dataclass(frozen=True, slots=True)
class View:
    """What one person sees: the talk, and the book they write in (the team's, or their own while they work blind).

    `book` is a window on the live fold: it is to be looked at only inside `LiveStudy.looking`. `last` is their own
    latest decision that counts, unless codes or the map were signed off since: what "undo" is about.
    """

    person: str
    book_name: str
    book: Codebook
    material: Material
    stages: Stages
    last: Decision | None = None

    @property
    def blind(self) -> Round | None:
        """The blind round in which this person takes part, if one goes on."""
        return self.book.open_round if self.book_name != TEAM else None

    @property
    def seen(self) -> Seen:
        """What drafts of decisions are made on."""
        return Seen(self.material.found, self.book, self.material.said)


class LiveStudy:
    """Keeps folds and talk in memory and up to date with what any process writes. Used from many threads."""

    def __init__(self, work: Workplace) -> None:
        self.work = work
        self._lock = threading.RLock()
        self._deciding = threading.Lock()
        self._spoilt = False
        self._seq = 0
        self._folds: dict[str, LiveFold] = {}
        self._correcting: list[Decision] = []
        self._fixed = Corrections()
        self._talk = LiveTalk(work)
        self._stages: dict[str, StageVersion | None] = dict.fromkeys(STAGES)
        self._vectors = VectorMemory(work.store.vectors, work.meaning.key)
        self._hashes: dict[str, str] = {}
        self._pulse: object = None
        self.deciders: set[str] = set()
        """Everybody who has decided anything, in whatever book."""
        self._team_from_scratch()

    @property
    def id(self) -> str:
        """The study's id."""
        return self.work.study.id

    @contextmanager
    def looking(self, person: str = "") -> Iterator[View]:
        """What a person sees now; it stays as it is until the end of the block.

        The first who comes after a stage or a correction was made reads the talk anew; whoever comes meanwhile sees
        it, and the stages, as they were.
        """
        with self._lock:
            self._advance()
            stages, fixed = self._stages, self._fixed
        talk = self._talk.current(stages, fixed)
        with self._lock:
            if self._spoilt:  # else the books are as new as at the first look, or newer
                self._advance()
            name = book_of(self._folds[TEAM].book(), person)
            fold = self._fold(name)
            stages = {**talk.stages, mapping.STAGE: self._stages[mapping.STAGE]}
            book, last = fold.book(), fold.last_of(person)
            yield View(person, name, book, talk.material, stages, None if _signed_off_since(book, last) else last)

    @contextmanager
    def watching(self, person: str) -> Iterator[Mapping[str, Codebook]]:
        """The coders' own books in the round that goes on, for somebody who takes no part in it; none for who does.

        Windows, as in `looking`.
        """
        with self.looking(person) as view:
            going_on = view.book.open_round
            names = {coder: going_on.book(coder) for coder in going_on.coders} if going_on and not view.blind else {}
            yield {coder: self._fold(name).book() for coder, name in names.items()}

    def versions_of(self, person: str, *subjects: str) -> dict[str, int]:
        """The version of each subject in the book a person sees; 0 where nobody decided on it.

        Asked before the look: what a page shows is then at least as new as the versions its forms carry, so that a
        form can be found stale that is not, but never the other way.
        """
        with self.looking(person) as view:
            name = view.book_name
        found = self.work.store.decisions.versions(self.id, [scoped(name, item) for item in subjects])
        return {item: found.get(scoped(name, item), 0) for item in subjects}

    def vectors(self, view: View, segments: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Unit vectors of those segments that have one, shape (n, d), and their places among `segments`."""
        said, known = view.material.said, self._hashes
        for item in segments:
            if item not in known and item in said:
                known[item] = text_hash(said[item].excerpt)  # an id is a place in a text that never changes
        return self._vectors.of([known.get(item, "") for item in segments])

    def warm(self) -> None:
        """Read everything once, so that the first who comes need not wait."""
        with self.looking() as view:
            self.vectors(view, view.material.codable)

    def decide(self, *drafts: Draft, message: OutboxMessage | None = None) -> Decision:
        """Append decisions, and what they start, all or none; answers the last. The same key again answers what was
        decided with it.

        Raises:
            DecisionRefused: one cannot act; nothing was written.
            StaleDecision: the subject changed since the person looked; nothing was written.
        """
        with self._deciding:  # one at a time: nobody holds a connection while waiting for another's turn
            if len(drafts) == 1 or undone_together(drafts):
                with self.work.store.atomically(self.id):  # only the check locks, so nobody waits for the disk
                    decision = self._append(drafts, message)
            else:
                with self._lock:  # until it is written: nobody is to see the first of several that may be undone
                    try:
                        with self.work.store.atomically(self.id):
                            decision = self._append(drafts, message)
                    except BaseException:
                        self._spoilt = True  # the folds may hold what was not written
                        raise
        return decision

    def _append(self, drafts: Sequence[Draft], message: OutboxMessage | None) -> Decision:
        log = self.work.store.decisions
        if undone_together(drafts):
            undos = [Decision(0, draft, "", "") for draft in drafts]
            why = cache(lambda: self._problem(*undos))  # of all at once, while nothing of them is written
            outcomes = log.append_many(drafts, check=lambda _read, _candidate: why())
        else:
            outcomes = tuple(log.append(draft, check=lambda _read, item: self._problem(item)) for draft in drafts)
        for outcome in outcomes:
            if isinstance(outcome, DecisionRefused):
                raise outcome
            decision = outcome
        if message:
            self.work.store.outbox.add(message)
        return decision

    def _problem(self, *candidates: Decision) -> str:
        """Why a decision, or undos taken together, cannot act, in a sentence; "" where they can. Asked within the
        transaction, so that nothing comes between the look and the act."""
        with self._lock:
            self._take_in_new()
            fold = self._fold(candidates[0].draft.book)
            for candidate in candidates:
                if problem := misplaced(fold.book(), candidate.draft) or self._not_mine(fold, candidate):
                    return problem
            if candidates[0].kind in CORRECTIONS:
                return ""
            try:
                return fold.problem(*candidates) or doubled(fold.book(), candidates[0].draft)
            except TooFarBack:  # the undo of what is long past: by folding everything
                return undo_problem(self.work.store.decisions.since(self.id, 0, books={TEAM, fold.name}), candidates)

    def _not_mine(self, fold: LiveFold, candidate: Decision) -> str:
        if candidate.kind is not Kind.UNDO:
            return ""
        undone = fold.recent(candidate.subject) or self.work.store.decisions.by_key(self.id, candidate.subject)
        return "" if undone and undone.draft.book == fold.name else "There is no such decision to undo."

    def _advance(self) -> None:
        """Take in what was decided and which stages were made since, by whatever process."""
        pulse = self.work.store.pulse()
        if not self._spoilt and pulse is not None and pulse == self._pulse:
            return
        with self.work.store.at_once():
            self._take_in_new()
            newest = self.work.store.stages.newest(self.id)
            for stage in STAGES:  # what a stage says of itself is long: it is read where it is another
                known = self._stages.get(stage)
                if (known.version if known else None) != newest.get(stage):
                    latest = self.work.store.stages.latest(self.id, stage)
                    self._stages = {**self._stages, stage: latest}
        self._pulse = pulse  # as it was before the look: what came meanwhile is taken in by the next

    def _take_in_new(self) -> None:
        """Take in what was decided since. Where that fails, all is read anew the next time."""
        if self._spoilt:
            self._team_from_scratch()
        try:
            corrected = len(self._correcting)
            for decision in self.work.store.decisions.since(self.id, self._seq):
                self._take_in(decision)
            self._fold(TEAM)  # read anew, once, where an undo reached too far back
            if len(self._correcting) > corrected:
                self._fixed = corrections(self._correcting)
        except BaseException:
            self._spoilt = True
            raise

    def _take_in(self, decision: Decision) -> None:
        self._seq = decision.seq
        self.deciders.add(decision.draft.coder)
        if decision.draft.book == TEAM and decision.kind in CORRECTIONS | {Kind.UNDO}:
            self._correcting.append(decision)
        for name, fold in tuple(self._folds.items()):
            try:
                fold.take(decision)
            except TooFarBack:
                del self._folds[name]
        if decision.kind is Kind.CLOSE:  # nobody writes in the books of that round any more
            self._folds = {name: fold for name, fold in self._folds.items() if name == TEAM}

    def _team_from_scratch(self) -> None:
        log = self.work.store.decisions.since(self.id, 0)
        self._seq = log[-1].seq if log else 0
        self.deciders = {item.draft.coder for item in log}
        self._folds = {TEAM: LiveFold(TEAM, log)}
        wanted = CORRECTIONS | {Kind.UNDO}
        self._correcting = [item for item in log if item.draft.book == TEAM and item.kind in wanted]
        self._fixed = corrections(self._correcting)
        self._spoilt = False

    def _fold(self, book: str) -> LiveFold:
        if book not in self._folds:
            self._folds[book] = self._read_fold(book)
        return self._folds[book]

    def _read_fold(self, book: str) -> LiveFold:
        """A fold up to where the others are: what came later is taken in with them."""
        log = self.work.store.decisions.since(self.id, 0, books={TEAM, book})
        return LiveFold(book, [item for item in log if item.seq <= self._seq])


def _signed_off_since(book: Codebook, last: Decision | None) -> bool:
    """Whether what somebody did last was signed off: a key pressed days later is not to take it out of a codebook
    that the team approved. By its number in the log it can be undone."""
    signed = [book.approvals[checkpoint].at for checkpoint in (CODES, MAP) if checkpoint in book.approvals]
    return last is not None and max(signed, default="") > last.draft.at
