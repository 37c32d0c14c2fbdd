"""What is to be started next, kept until it was started: written in the transaction that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from pipeline.store.database import Database, insert_new
from pipeline.store.jsontext import plain
from pipeline.store.schema import OUTBOX


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A deployment to start. `key` is `{stage}:{study}:{checkpoint}:{version}:{attempt}`; `parameters` are ids.

    `attempts` counts how often starting it failed, `problem` is the sentence of the last failure.
    """

    key: str
    study: str
    deployment: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    problem: str = ""


class Outbox:
    """Messages in the order in which they were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: OutboxMessage) -> None:
        """Put a message in; the same key again changes nothing."""
        with self._database.writing(message.study) as connection:
            post(connection, message)

    def pending(self, study_id: str | None = None) -> tuple[OutboxMessage, ...]:
        """What was not sent yet, of one study or of all."""
        columns = OUTBOX.c
        query = select(
            columns.key, columns.study, columns.deployment, columns.parameters, columns.attempts, columns.problem
        ).where(columns.sent_at.is_(None))
        if study_id is not None:
            query = query.where(columns.study == study_id)
        with self._database.reading() as connection:
            return tuple(OutboxMessage(*row) for row in connection.execute(query.order_by(columns.position)))

    def sent(self, key: str, at: str, flow_run_id: str) -> None:
        """Note that it was started, as which flow run."""
        self._update(key, sent_at=at, flow_run=flow_run_id, problem="")

    def failed(self, key: str, sentence: str) -> None:
        """Note that starting it failed once more, and why; it stays pending."""
        self._update(key, attempts=OUTBOX.c.attempts + 1, problem=sentence)

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
