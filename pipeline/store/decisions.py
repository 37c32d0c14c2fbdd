"""The decision log: append, read, verify. Nothing here changes or deletes a decision."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby

from sqlalchemy import Connection, func, select

from pipeline.domain.decision import Decision, Draft, first_break, versions
from pipeline.domain.errors import DecisionRefused, StoreDamaged
from pipeline.store.anchor import Anchor, Head
from pipeline.store.database import Database
from pipeline.store.decision_pages import Wanted, read_numbered, read_page, read_places, read_touching
from pipeline.store.decision_rows import from_rows, read_log
from pipeline.store.errors import RESTORE
from pipeline.store.ledger import Check, Ledger, read_head, read_versions
from pipeline.store.outbox import OutboxMessage, post
from pipeline.store.schema import DECISION, TOUCHED


class Decisions:
    """Decisions by study, in the order in which they were taken."""

    def __init__(self, database: Database, anchor: Anchor) -> None:
        self._database = database
        self._anchor = anchor
        self._read: dict[str, tuple[Decision, ...]] = {}
        self._newest = threading.local()

    def append(self, draft: Draft, check: Check | None = None) -> Decision:
        """Append one decision; where its key is in the log already, return the decision there.

        `check` is told how to read the log so far, and the candidate, within the transaction; a sentence refuses it.

        Raises:
            StaleDecision: the subject is not at `expected_version`.
            DecisionRefused: `check` said so, or the key was used for something else. Nothing was written.
        """
        (outcome,) = self.append_many([draft], check)
        if isinstance(outcome, DecisionRefused):
            raise outcome
        return outcome

    def append_with_outbox(self, draft: Draft, message: OutboxMessage, check: Check | None = None) -> Decision:
        """Append a decision and what it starts, both or neither. Raises as `append`."""
        with self._database.writing(draft.study) as connection:
            decision = self.append(draft, check)
            post(connection, message)
            return decision

    def append_many(
        self, drafts: Sequence[Draft], check: Check | None = None
    ) -> tuple[Decision | DecisionRefused, ...]:
        """Append each draft that can be; one outcome per draft, in order. A refused one hinders no other."""
        outcomes: dict[int, Decision | DecisionRefused] = {}
        numbered = sorted(enumerate(drafts), key=lambda item: item[1].study)
        with self._database.writing(*(draft.study for draft in drafts)) as connection:
            for study, group in groupby(numbered, key=lambda item: item[1].study):
                outcomes |= self._append_to(connection, study, list(group), check)
        return tuple(outcomes[index] for index in range(len(drafts)))

    def log(self, study_id: str) -> tuple[Decision, ...]:
        """Every decision of the study.

        Raises:
            StoreDamaged: a row holds what is no decision.
        """
        with self._database.at_once() as connection:
            return self._log(connection, study_id)

    def since(self, study_id: str, after: int, *, books: Collection[str] | None = None) -> tuple[Decision, ...]:
        """The decisions with a seq above `after`, this thread's own unfinished ones too; of all books, or of some.

        Raises:
            StoreDamaged: a row holds what is no decision.
        """
        with self._database.reading() as connection:
            return read_log(connection, study_id, after, books=books)

    def by_key(self, study_id: str, key: str) -> Decision | None:
        """The decision that was taken with a key, if there is one."""
        with self._database.reading() as connection:
            query = select(DECISION).where(DECISION.c.study == study_id, DECISION.c.key == key)
            return next(iter(from_rows(connection.execute(query))), None)

    def page(
        self, study_id: str, wanted: Wanted, *, before: int | None = None, after: int | None = None, count: int = 50
    ) -> tuple[Decision, ...]:
        """Some of the log, newest first: the newest `count` with a seq below `before`, or the `count` that follow
        right upon `after`.

        Raises:
            StoreDamaged: a row holds what is no decision.
        """
        with self._database.at_once() as connection:
            return read_page(connection, study_id, wanted, before=before, after=after, count=count)

    def places(self, study_id: str, seqs: Sequence[int], books: Collection[str]) -> dict[int, int]:
        """The number of each decision among those of some books alone, counted from 1."""
        with self._database.at_once() as connection:
            return read_places(connection, study_id, seqs, books)

    def touching(self, study_id: str, subjects: Iterable[str]) -> tuple[Decision, ...]:
        """Every decision that touched one of some subjects (named as `scoped` says), in order."""
        with self._database.at_once() as connection:
            return read_touching(connection, study_id, subjects)

    def numbered(self, study_id: str, seqs: Iterable[int]) -> tuple[Decision, ...]:
        """The decisions of some numbers, in order."""
        with self._database.reading() as connection:
            return read_numbered(connection, study_id, seqs)

    def versions(self, study_id: str, subjects: Iterable[str]) -> dict[str, int]:
        """How often each subject (named as `scoped` says) was decided upon; nothing for those never."""
        with self._database.reading() as connection:
            return read_versions(connection, study_id, subjects)

    def head(self, study_id: str) -> tuple[int, str]:
        """How many decisions there are, and the hash of the last."""
        with self._database.reading() as connection:
            head = read_head(connection, study_id)
        return head.count, head.hash

    def verify(self, study_id: str) -> None:
        """Read the whole log anew and hold it against its hashes, the anchor and the versions of its subjects.

        Raises:
            StoreDamaged: the first thing that does not fit, and what to do.
        """
        noted = self._anchor.read(study_id)  # before the log: what others append meanwhile is no damage
        with self._database.at_once() as connection:
            log = read_log(connection, study_id)
            kept = _kept_versions(connection, study_id)
            if (seq := first_break(log)) is not None:
                raise StoreDamaged(
                    f"Decision {seq} of study {study_id} does not follow from the one before it: it was changed, or "
                    f"one is missing. {RESTORE}"
                )
            self._hold_against(noted, connection, study_id)
        if kept != versions(log):
            raise StoreDamaged(f"The versions kept for study {study_id} do not match its decisions. {RESTORE}")
        if log:
            self._anchor.advance(study_id, Head(log[-1].seq, log[-1].hash))

    def verify_end(self, study_id: str) -> None:
        """Hold only the end of the log against the anchor: quick whatever its length. Raises as `verify`.

        An anchor that a crash left behind the log is brought forward: what was stored last is guarded again.
        """
        noted = self._anchor.read(study_id)
        with self._database.at_once() as connection:
            self._hold_against(noted, connection, study_id)
            head = read_head(connection, study_id)
        if head.count > (noted.count if noted else 0):
            self._anchor.advance(study_id, head)

    def _append_to(
        self, connection: Connection, study: str, drafts: Sequence[tuple[int, Draft]], check: Check | None
    ) -> dict[int, Decision | DecisionRefused]:
        ledger = Ledger(connection, study, [draft for _, draft in drafts])
        outcomes: dict[int, Decision | DecisionRefused] = {}
        before = ledger.head
        log = cache(lambda: self._log(connection, study))
        for index, draft in drafts:
            try:
                outcomes[index] = ledger.take(draft, log, check)
            except DecisionRefused as refusal:
                outcomes[index] = refusal
        ledger.write()
        if ledger.head != before:
            self._note_after_commit(study, ledger.head)
        return outcomes

    def _note_after_commit(self, study: str, head: Head) -> None:
        """Note a head once it is on disk, unless the same transaction goes on beyond it: that is noted instead."""
        newest: dict[str, Head] = vars(self._newest)
        newest[study] = head

        def note() -> None:
            if newest[study] == head:
                self._anchor.advance(study, head)

        self._database.after_commit(note)

    def _log(self, connection: Connection, study_id: str) -> tuple[Decision, ...]:
        """The log; what was read before is kept, and only what came since is read, from the last one known."""
        known = self._read.get(study_id, ())
        if known:
            since = read_log(connection, study_id, after=known[-1].seq - 1)
            log = known + since[1:] if since[:1] == known[-1:] else read_log(connection, study_id)
        else:
            log = read_log(connection, study_id)
        self._read[study_id] = log
        return log

    def _hold_against(self, noted: Head | None, connection: Connection, study_id: str) -> None:
        if noted is None:
            return
        head = read_head(connection, study_id)
        if head.count < noted.count:
            raise StoreDamaged(
                f"The decision log of study {study_id} has lost its end: {noted.count} decisions were safely stored, "
                f"{head.count} are there. {RESTORE} If this is the backup you meant to restore, "
                f"remove the anchor file {self._anchor.path}."
            )
        query = select(DECISION.c.hash).where(DECISION.c.study == study_id, DECISION.c.seq == noted.count)
        if connection.execute(query).scalar() != noted.hash:
            raise StoreDamaged(
                f"The decision log of study {study_id} is not the one that was stored: decision {noted.count} "
                f"differs from the anchor file {self._anchor.path}. {RESTORE}"
            )


def _kept_versions(connection: Connection, study_id: str) -> dict[str, int]:
    query = select(TOUCHED.c.subject, func.max(TOUCHED.c.version)).where(TOUCHED.c.study == study_id)
    return dict(connection.execute(query.group_by(TOUCHED.c.subject)).tuples().all())
