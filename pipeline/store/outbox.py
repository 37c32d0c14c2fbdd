"""What is to be started next, kept until it was started: written in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from pipeline.store.database import Database, insert_new
from pipeline.store.jsontext import plain
from pipeline.store.schema import OUTBOX


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A deployment to start. `key` is `{stage}:{study}:{checkpoint}:{version}:{attempt}`; `parameters` are ids.

    `attempts` counts how often starting it failed, `problem` is the sentence of the last failure: to start it, or of
    the run itself. `flow_run` is the run it was started as, "" before; `outcome` how that ended, "" before.
    """

    key: str
    study: str
    deployment: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    problem: str = ""
    flow_run: str = ""
    outcome: str = ""


COMPLETED: Final = "COMPLETED"
"""The outcome of a run that did what it was started for."""
DONE_SINCE: Final = "DONE SINCE"
"""The outcome of a run that did not, where another one did so later."""


class Outbox:
    """Messages in the order in which they were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: OutboxMessage) -> None:
        """Put a message in; the same key again changes nothing."""
        with self._database.writing(message.study) as connection:
            post(connection, message)

    def forget(self, key: str) -> None:
        """Delete a message, sent or not: what it asked for may be asked for again."""
        with self._database.writing() as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.key == key))

    def pending(self, study_id: str | None = None) -> tuple[OutboxMessage, ...]:
        """What was not sent yet, of one study or of all."""
        return self._read(study_id, OUTBOX.c.sent_at.is_(None))

    def running(self, study_id: str | None = None) -> tuple[OutboxMessage, ...]:
        """What was started as a flow run whose end was not seen yet."""
        return self._read(study_id, OUTBOX.c.sent_at.is_not(None), OUTBOX.c.outcome.is_(None))

    def stopped(self, study_id: str) -> tuple[OutboxMessage, ...]:
        """What came to an end that was no completion, where no later run of the same stage was asked for and nobody
        did it since. A run for some focus groups alone is followed by one for the same, or by one for all."""
        last: dict[tuple[str, tuple[str, ...]], OutboxMessage] = {}
        for message in self._read(study_id):
            groups = tuple(message.parameters.get("groups", ()))
            if not groups:
                last = {key: item for key, item in last.items() if key[0] != message.deployment}
            last[message.deployment, groups] = message
        return tuple(item for item in last.values() if item.outcome not in {"", COMPLETED, DONE_SINCE})

    def made_good(self, study_id: str, deployment: str, groups: Collection[str] = ()) -> None:
        """Note that what stopped before was done since: all that a deployment does, or what was of these groups."""
        for message in self.stopped(study_id):
            of = message.parameters.get("groups")
            if message.deployment == deployment and (not groups or (of and set(of) <= set(groups))):
                self.ended(message.key, DONE_SINCE)

    def latest(self, study_id: str, count: int) -> tuple[OutboxMessage, ...]:
        """The newest messages, newest first."""
        return self._read(study_id)[::-1][:count]

    def sent(self, key: str, at: str, flow_run_id: str) -> None:
        """Note that it was started, as which flow run."""
        self._update(key, sent_at=at, flow_run=flow_run_id, problem="")

    def begun(self, message: OutboxMessage, at: str, flow_run_id: str) -> None:
        """Note a run that was started by other hands: it is followed to its end as those are that were sent."""
        with self._database.writing(message.study) as connection:
            post(connection, message)
            noted = update(OUTBOX).where(OUTBOX.c.key == message.key)
            connection.execute(noted.values(sent_at=at, flow_run=flow_run_id))

    def stopped_because(self, study_id: str, flow_run_id: str, sentence: str) -> None:
        """Keep the sentence in which a run said why it stopped; nothing where it is not known."""
        with self._database.writing(study_id) as connection:
            run = update(OUTBOX).where(OUTBOX.c.study == study_id, OUTBOX.c.flow_run == flow_run_id)
            connection.execute(run.values(problem=sentence))

    def ended(self, key: str, outcome: str) -> None:
        """Note how the run of a message that was sent came to its end."""
        self._update(key, outcome=outcome)

    def failed(self, key: str, sentence: str) -> None:
        """Note that starting it failed once more, and why; it stays pending."""
        self._update(key, attempts=OUTBOX.c.attempts + 1, problem=sentence)

    def _read(self, study_id: str | None, *conditions: ColumnElement[bool]) -> tuple[OutboxMessage, ...]:
        c = OUTBOX.c
        ends = func.coalesce(c.flow_run, ""), func.coalesce(c.outcome, "")
        query = select(c.key, c.study, c.deployment, c.parameters, c.attempts, c.problem, *ends).where(*conditions)
        if study_id is not None:
            query = query.where(c.study == study_id)
        with self._database.reading() as connection:
            return tuple(OutboxMessage(*row) for row in connection.execute(query.order_by(c.position)))

    def _update(self, key: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(**values))


def post(connection: Connection, message: OutboxMessage) -> None:
    """Write a message within somebody's transaction."""
    connection.execute(
        insert_new(connection, OUTBOX)
        .values(
            key=message.key,
            study=message.study,
            deployment=message.deployment,
            parameters=plain(dict(message.parameters)),
            attempts=0,
            problem="",
        )
        .on_conflict_do_nothing()
    )
