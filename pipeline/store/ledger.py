"""The part of a log that a batch of drafts needs: read in a few queries, continued in memory, written once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from sqlalchemy import JSON, Connection, Select, Text, and_, bindparam, cast, column, func, insert, select

from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, canonical, chained, scoped, versions
from pipeline.domain.errors import DecisionRefused, Overtaken, StaleDecision
from pipeline.store.anchor import Head
from pipeline.store.decision_rows import from_rows, to_row
from pipeline.store.jsontext import plain, storable
from pipeline.store.schema import DECISION, STUDY, TOUCHED

Check = Callable[[Callable[[], tuple[Decision, ...]], Decision], str]
"""Told how to read the log so far, and the candidate; answers "" or the sentence to refuse it with."""

_AT_ONCE: Final = 5_000


class Ledger:
    """One study's log while a transaction appends to it."""

    def __init__(self, connection: Connection, study: str, drafts: Sequence[Draft]) -> None:
        self._connection = connection
        self._study = study
        self.head = read_head(connection, study)
        self._known_study = self.head.count > 0 or self._study_exists()
        self._new: list[Decision] = []
        self._touches: list[dict[str, Any]] = []
        askable = [draft for draft in drafts if storable(draft.key, draft.subject, draft.book)]
        self._by_key = self._read_by_key(draft.key for draft in askable)
        self._touched_by = self._read_touched_by(draft.subject for draft in askable if draft.kind is Kind.UNDO)
        subjects = (subject for draft in askable for subject in self._subjects(draft))
        self._version = read_versions(connection, study, filter(storable, subjects))

    def take(self, draft: Draft, log: Callable[[], tuple[Decision, ...]], check: Check | None) -> Decision:
        """The draft as the next decision, or the decision that has its key already.

        Raises:
            DecisionRefused, StaleDecision: nothing was taken.
        """
        draft = self._sound(draft)
        if earlier := self._by_key.get(draft.key):
            if _said(earlier.draft) != _said(draft):
                raise DecisionRefused(
                    f"The key {draft.key} was used for another decision: {_told(earlier)}. Use a new key."
                )
            return earlier
        self._refuse_stale(draft)
        decision = chained(draft, self.head.count + 1, self.head.hash)
        if check and (problem := check(lambda: (*log(), *self._new), decision)):
            raise DecisionRefused(problem)
        self._add(decision)
        return decision

    def write(self) -> None:
        """Write everything taken."""
        if self._new:
            self._connection.execute(insert(DECISION), [to_row(decision) for decision in self._new])
            self._connection.execute(insert(TOUCHED), self._touches)

    def _study_exists(self) -> bool:
        return bool(self._connection.execute(select(STUDY.c.id).where(STUDY.c.id == self._study)).first())

    def _sound(self, draft: Draft) -> Draft:
        """The draft as it will be read back."""
        if not self._known_study:
            raise DecisionRefused(f"There is no study {draft.study} in this database; decisions need one.")
        try:
            draft = replace(draft, payload=plain(dict(draft.payload)))
        except (TypeError, ValueError):
            raise DecisionRefused(f"The payload of {draft.key} is no JSON.") from None
        subjects = self._subjects(draft)
        if not subjects:
            raise DecisionRefused(f"A decision of kind `{draft.kind}` needs more than its payload holds.")
        if not storable(canonical(0, draft), draft.key, draft.coder, draft.at, draft.reason, draft.book, *subjects):
            raise DecisionRefused("A decision cannot hold a NUL character, nor half of a character; type it again.")
        return draft

    def _refuse_stale(self, draft: Draft) -> None:
        subject = scoped(draft.book, draft.subject)
        seen, there = draft.expected_version, self._version.get(subject, 0)
        if seen is None or seen == there:
            return
        last = self._last_on(subject)
        changed = f"the last decision on it was {_told(last)}" if last else "nobody has decided on it"
        told = (
            f"{draft.subject} is not as you saw it: you saw version {seen}, it is now at version {there}; "
            f"{changed}. Nothing was changed: look again, then decide."
        )
        raise Overtaken(told, draft.subject, last.draft.coder, last.draft.at) if last else StaleDecision(told)

    def _add(self, decision: Decision) -> None:
        subjects = self._subjects(decision.draft)
        for subject in subjects:
            version = self._version[subject] = self._version.get(subject, 0) + 1
            touch = {"study": self._study, "subject": subject, "version": version, "seq": decision.seq}
            self._touches.append(touch)
        self._new.append(decision)
        self._by_key[decision.draft.key] = decision
        self._touched_by[decision.draft.key] = subjects
        self.head = Head(decision.seq, decision.hash)

    def _subjects(self, draft: Draft) -> tuple[str, ...]:
        """What a draft touches, as `versions` counts it; for an undo, also what it undoes had touched.

        Nothing at all where the payload lacks what its kind needs.
        """
        try:
            touched = versions([Decision(0, draft, "", "")])
        except (KeyError, TypeError):
            return ()
        if not all(isinstance(subject, str) for subject in touched):
            return ()
        undone = self._touched_by.get(draft.subject, ()) if draft.kind is Kind.UNDO else ()
        return tuple(dict.fromkeys((*touched, *undone)))

    def _last_on(self, subject: str) -> Decision | None:
        """The latest decision that touched a subject."""
        if mine := [item for item in self._new if subject in self._touched_by[item.draft.key]]:
            return mine[-1]
        version = self._version.get(subject, 0)
        seq = select(TOUCHED.c.seq).where(
            TOUCHED.c.study == self._study, TOUCHED.c.subject == subject, TOUCHED.c.version == version
        )
        query = select(DECISION).where(DECISION.c.study == self._study, DECISION.c.seq == seq.scalar_subquery())
        return next(iter(from_rows(self._connection.execute(query))), None)

    def _read_by_key(self, keys: Iterable[str]) -> dict[str, Decision]:
        found: dict[str, Decision] = {}
        for some in _pieces(keys):
            query = select(DECISION).where(DECISION.c.study == self._study, DECISION.c.key.in_(some))
            found.update((item.draft.key, item) for item in from_rows(self._connection.execute(query)))
        return found

    def _read_touched_by(self, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        same = and_(TOUCHED.c.study == DECISION.c.study, TOUCHED.c.seq == DECISION.c.seq)
        for some in _pieces(keys):
            query = select(DECISION.c.key, TOUCHED.c.subject).join_from(DECISION, TOUCHED, same)
            query = query.where(DECISION.c.study == self._study, DECISION.c.key.in_(some))
            for key, subject in self._connection.execute(query):
                found[key] = (*found.get(key, ()), subject)
        return found


def read_versions(connection: Connection, study_id: str, subjects: Iterable[str]) -> dict[str, int]:
    """The version of each subject (as `scoped`) by one look into the index, however often it was decided upon."""
    asked = {"study": study_id, "subjects": json.dumps(sorted(set(subjects)))}
    rows = connection.execute(_newest(connection.dialect.name), asked)
    return {subject: version for subject, version in rows if version}


@cache
def _newest(dialect: str) -> Select[tuple[str, int | None]]:
    """Subjects with their newest versions. Made once: to make and compile it takes longer than to ask."""
    given = bindparam("subjects", type_=Text())
    listed = func.json_each(given) if dialect == "sqlite" else func.json_array_elements_text(cast(given, JSON()))
    wanted = listed.table_valued(column("value", Text()))
    same = and_(TOUCHED.c.study == bindparam("study", type_=Text()), TOUCHED.c.subject == wanted.c.value)
    return select(wanted.c.value, select(func.max(TOUCHED.c.version)).where(same).scalar_subquery())


def read_head(connection: Connection, study_id: str) -> Head:
    """The end of a study's log as stored; (0, GENESIS) for none."""
    query = select(DECISION.c.seq, DECISION.c.hash).where(DECISION.c.study == study_id)
    row = connection.execute(query.order_by(DECISION.c.seq.desc()).limit(1)).first()
    return Head(*row) if row else Head(0, GENESIS)


def _said(draft: Draft) -> str:
    """What makes two drafts of one key the same: everything but the moment they were sent."""
    return canonical(0, replace(draft, at=""))


def _told(decision: Decision) -> str:
    """Which decision it was, without its number, which would count what others decide blind."""
    return f"`{decision.kind}` by {decision.draft.coder} at {decision.draft.at}"


def _pieces(values: Iterable[str]) -> Iterator[list[str]]:
    different = sorted(set(values))
    for start in range(0, len(different), _AT_ONCE):
        yield different[start : start + _AT_ONCE]
