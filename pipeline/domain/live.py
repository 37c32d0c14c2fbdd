"""The fold kept up to date decision by decision, for a program that runs for days and answers in milliseconds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from pipeline.domain.acts import Latest, act_at, leading, split_off
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

    Undo rewinds to the decision that it takes back and lets what came since act again. That waits until somebody
    asks, so that many undos in a row cost hardly more than one.
    """

    def __init__(self, book: str = TEAM, log: Iterable[Decision] = ()) -> None:
        self.name = book
        self.seq = 0
        self._count = 0
        self._journal = Journal(keeps=True)
        self._state = State(self._journal)
        self._recent: list[Decision] = []
        self._forgotten = 0
        self._numbers: dict[str, int] = {}
        self._marks: list[int] = []
        self._holds = 0
        self._begin([decision for decision in log if decision.draft.book in {TEAM, book}])

    def book(self) -> Codebook:
        """The codebook now: a window, to be asked for anew after the next decision."""
        self._catch_up()
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
            self._holds = min(self._holds, self._undone(decision))
        elif self._holds == len(self._recent) - 1:
            self._marks.append(self._journal.mark)
            act(self._state, decision)
            self._holds += 1

    def problem(self, candidate: Decision, *further: Decision) -> str:
        """Why a decision could not act, in a sentence; "" where it could. The fold stays as it was.

        An undo may come with further ones, of all that was decided in one act: they act together or not at all, and
        told is what stands in the way of the first that could not.

        Raises:
            TooFarBack: as `take`; nothing was changed.
        """
        if candidate.kind is Kind.UNDO:
            return self._undo_problem([candidate, *further])
        self._catch_up()
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
        return self._recent[self._numbers[key] - self._forgotten] if key in self._numbers else None

    def last_of(self, person: str) -> Latest | None:
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

    def _leading(self, place: int, undone: Collection[str]) -> Latest:
        """The decision that the others of its act belong to, unless that alone was undone."""
        whole = act_at(self._recent, place)
        lead = leading(whole)
        last = self._recent[place] if lead.draft.key in undone else lead
        others = [item for item in whole if item is not last and item.draft.key not in undone]
        return Latest(last.seq, last.draft, last.prev_hash, last.hash, len(others), split_off(others))

    def _begin(self, log: list[Decision]) -> None:
        """Fold a log that is there already; only its end is remembered decision by decision."""
        counting = {item.draft.key for item in effective(log)}
        old, new = log[:-REMEMBERED], log[-REMEMBERED:]
        for decision in old:
            if decision.draft.key in counting:
                act(self._state, decision)
        self._journal.forget(self._journal.mark)
        self._recent, self._forgotten = new, len(old)
        self._numbers = {decision.draft.key: number for number, decision in enumerate(new, start=len(old))}
        self._let_act(counting)
        self._count = len(log)
        self.seq = log[-1].seq if log else 0

    def _remember(self, decision: Decision) -> None:
        if len(self._recent) >= 2 * REMEMBERED:
            self._catch_up()
            self._journal.forget(self._marks[REMEMBERED])
            for item in self._recent[:REMEMBERED]:
                del self._numbers[item.draft.key]
            del self._recent[:REMEMBERED], self._marks[:REMEMBERED]
            self._forgotten += REMEMBERED
            self._holds -= REMEMBERED
        self._numbers[decision.draft.key] = self._forgotten + len(self._recent)
        self._recent.append(decision)

    def _undone(self, undo: Decision) -> int:
        """The place among the remembered of the decision that an undo, or an undo of an undo, is about."""
        undone = self.recent(undo.subject)
        while undone and undone.kind is Kind.UNDO:
            undone = self.recent(undone.subject)
        if undone is None:
            raise TooFarBack
        return self._numbers[undone.draft.key] - self._forgotten

    def _catch_up(self) -> None:
        """Take back what no longer holds, and let act what was remembered since."""
        if self._holds < len(self._recent):
            if self._holds < len(self._marks):
                self._journal.rewind(self._marks[self._holds])
                del self._marks[self._holds :]
            self._let_act({item.draft.key for item in effective(self._recent[self._holds :])})

    def _let_act(self, counting: Collection[str]) -> None:
        for decision in self._recent[self._holds :]:
            self._marks.append(self._journal.mark)
            if decision.draft.key in counting:
                act(self._state, decision)
        self._holds = len(self._recent)

    def _undo_problem(self, undos: Sequence[Decision]) -> str:
        """What is wrong with undos that stand or fall together: all are tried at once, and fewer only to find the
        first that cannot act."""
        places = [self._undone(undo) for undo in undos]
        self._catch_up()
        void = frozenset(self._state.void)

        def problem(count: int) -> str:
            some, where = undos[:count], places[:count]
            return self._unfit(some, where) or self._breaks(some, min(where), void)

        try:
            if not (why := problem(len(undos))) or len(undos) == 1:
                return why
            return problem(1 + bisect_left(range(1, len(undos)), 1, key=lambda count: bool(problem(count))))
        finally:
            self._catch_up()

    def _unfit(self, undos: Sequence[Decision], places: Sequence[int]) -> str:
        """Why undos of what stands at these places are none: nothing takes it back, or it would change nothing."""
        if any(undone.kind in LASTING for undo in undos if (undone := self.recent(undo.subject))):
            return STAYS
        since = self._recent[min(places) :]
        before, after = ({item.draft.key for item in effective(log)} for log in (since, [*since, *undos]))
        changed = before ^ after
        return "" if all(self._recent[place].draft.key in changed for place in places) else "That was undone already."

    def _breaks(self, undos: Sequence[Decision], first: int, void: Collection[int]) -> str:
        """Which later decision could not act after these undos, though it could before; to be caught up from."""
        self._recent.extend(undos)
        try:
            self._holds = min(self._holds, first)
            self._catch_up()
            new = [item for seq, item in self._state.void.items() if seq not in void]
        finally:
            del self._recent[-len(undos) :]
            self._holds = min(self._holds, first)
        return f"A later decision builds on that one; undo the later one first. ({new[0].why})" if new else ""
