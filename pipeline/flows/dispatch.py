"""The dispatcher: what a decision put in the outbox is started in Prefect, once, and followed to its end."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from pipeline.flows.runner import NAME
from pipeline.store import OutboxMessage
from pipeline.work.workplace import Workplace, now

ATTEMPTS: Final = 3
"""A stage that crashed is started again so often; then it waits for a person."""


def dispatch(work: Workplace) -> int:
    """Start a deployment for every message not yet sent; returns how many were started.

    A repeated key gives the same flow run, so a crash between starting and noting it starts nothing twice. A
    server that does not answer leaves the message for the next sweep.
    """
    from prefect.deployments import run_deployment

    started = 0
    for message in work.store.outbox.pending(work.study.id):
        try:
            run: Any = run_deployment(
                f"{message.deployment}/{NAME}",
                parameters=dict(message.parameters),
                timeout=0,
                as_subflow=False,
                idempotency_key=message.key,
            )
        except Exception as problem:  # noqa: BLE001 - whatever the client raises, the message stays for the next sweep
            work.store.outbox.failed(message.key, type(problem).__name__)
            break
        work.store.outbox.sent(message.key, now(), str(run.id))
        started += 1
    return started


def follow_up(work: Workplace) -> int:
    """Send anew, with the next attempt number, what crashed; returns how many messages were added."""
    from prefect.client.orchestration import get_client

    again = 0
    with get_client(sync_client=True) as client:
        for message in work.store.outbox.running(work.study.id):
            state = client.read_flow_run(UUID(message.flow_run)).state
            if state is None or not state.is_final():
                continue
            work.store.outbox.ended(message.key, state.type.value)
            following = next_attempt(message)
            if state.is_crashed() and following:
                work.store.outbox.add(following)
                again += 1
    return again


def next_attempt(message: OutboxMessage) -> OutboxMessage | None:
    """The same message with its attempt number raised, or None when it was tried often enough."""
    head, _, attempt = message.key.rpartition(":")
    if int(attempt) >= ATTEMPTS:
        return None
    return OutboxMessage(
        key=f"{head}:{int(attempt) + 1}",
        study=message.study,
        deployment=message.deployment,
        parameters=message.parameters,
    )
