"""The fold kept up to date decision by decision, for a program that runs for days and answers in milliseconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from pipeline.domain.acts import act_at, leading
from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import LASTING, STAYS, TEAM, Decision, Kind, effective
from pipeline.domain.folding import act
from pipeline.domain.journal import Journal
from pipeline.domain.state import State

REMEMBERED: Final = 4_000
"""Decisions that can be taken back without folding everything anew."""


class TooFarBack(Exception):
    """An undo reaches beyond what is remembered: fold everything anew."""


class LiveFold:
    """One book, folded as decisions come. `book()` equals `fold(log, book)` after each.

    Undo rewinds to the decision that it takes back and lets what came since act again.
    """

    def __init__(self, book: str = TEAM, log: Iterable[Decision] = ()) -> None:
        self.name = book
        self.seq = 0
        self._count = 0
        self._journal = Journal(keeps=True)
        self._state = State(self._journal)
        self._recent: list[Decision] = []
        self._marks: list[int] = []
        self._begin([decision for decision in log if decision.draft.book in {TEAM, book}])

    def book(self) -> Codebook:
        """The codebook now: a window that changes with the next decision."""
        return self._state.live(self._count)

    def take(self, decision: Decision) -> None:
        """Let the next decision of the log act; those of other books pass by.

        Raises:
            TooFarBack: it undoes what is no longer remembered; this fold is spent.
        """
        self.seq = decision.seq
        if decision.draft.book not in {TEAM, self.name}:
            return
        self._count += 1
        self._remember(decision)
        if decision.kind is Kind.UNDO:
            self._replay_from(self._undone(decision))
        else:
            act(self._state, decision)

    def problem(self, candidate: Decision) -> str:
        """Why a decision could not act, in a sentence; "" where it could. The fold stays as it was.

        Raises:
            TooFarBack: as `take`; nothing was changed.
        """
        if candidate.kind is Kind.UNDO:
            return self._undo_problem(candidate)
        mark = self._journal.mark
        try:
            act(self._state, candidate)
            void = self._state.void.get(candidate.seq)
        except (KeyError, TypeError, ValueError, AttributeError):
            return f"The decision lacks what `{candidate.kind}` needs, or holds it in another form. Send it again."
        finally:
            self._journal.rewind(mark)
        return void.why if void else ""

    def recent(self, key: str) -> Decision | None:
        """A remembered decision by its key."""
        return next((item for item in reversed(self._recent) if item.draft.key == key), None)

    def last_of(self, person: str) -> Decision | None:
        """The latest decision of a person in this book that counts, as far as remembered; None where nothing takes it
        back. Of several taken in one act it is the one that the others belong to."""
        undone: set[str] = set()
        for place in range(len(self._recent) - 1, -1, -1):
            decision = self._recent[place]
            if decision.draft.key in undone:
                continue
            if decision.kind is Kind.UNDO:
                undone.add(decision.subject)
            elif decision.draft.coder == person and decision.draft.book == self.name:
                return None if decision.kind in LASTING else self._leading(place, undone)
        return None

    def _leading(self, place: int, undone: Collection[str]) -> Decision:
        """The decision that the others of its act belong to, unless that alone was undone."""
        lead = leading(act_at(self._recent, place))
        return self._recent[place] if lead.draft.key in undone else lead

    def _begin(self, log: list[Decision]) -> None:
        """Fold a log that is there already; only its end is remembered decision by decision."""
        counting = {item.draft.key for item in effective(log)}
        old, new = log[:-REMEMBERED], log[-REMEMBERED:]
        for decision in old:
            if decision.draft.key in counting:
                act(self._state, decision)
        self._journal.forget(self._journal.mark)
        for decision in new:
            self._recent.append(decision)
            self._marks.append(self._journal.mark)
            if decision.draft.key in counting:
                act(self._state, decision)
        self._count = len(log)
        self.seq = log[-1].seq if log else 0

    def _remember(self, decision: Decision) -> None:
        if len(self._recent) >= 2 * REMEMBERED:
            self._journal.forget(self._marks[REMEMBERED])
            del self._recent[:REMEMBERED], self._marks[:REMEMBERED]
        self._recent.append(decision)
        self._marks.append(self._journal.mark)

    def _undone(self, undo: Decision) -> int:
        """The place among the remembered of the decision that an undo, or an undo of an undo, is about."""
        key = undo.subject
        while True:
            place = next((at for at, item in enumerate(self._recent) if item.draft.key == key), None)
            if place is None:
                raise TooFarBack
            if self._recent[place].kind is not Kind.UNDO:
                return place
            key = self._recent[place].subject

    def _replay_from(self, place: int) -> None:
        self._journal.rewind(self._marks[place])
        counting = {item.draft.key for item in effective(self._recent[place:])}
        for at in range(place, len(self._recent)):
            self._marks[at] = self._journal.mark
            if self._recent[at].draft.key in counting:
                act(self._state, self._recent[at])

    def _undo_problem(self, undo: Decision) -> str:
        place = self._undone(undo)
        undone = self.recent(undo.subject)
        assert undone, "an undo of what is remembered"
        if undone.kind in LASTING:
            return STAYS
        before = effective(self._recent[place:])
        if before == effective([*self._recent[place:], undo]):
            return "That was undone already."
        void_before = set(self._state.void)
        self._recent.append(undo)
        self._marks.append(self._journal.mark)
        self._replay_from(place)
        new = [item for seq, item in self._state.void.items() if seq not in void_before]
        self._recent.pop()
        self._marks.pop()
        self._replay_from(place)
        return f"A later decision builds on that one; undo the later one first. ({new[0].why})" if new else ""
