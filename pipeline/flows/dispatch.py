"""The dispatcher: what a decision put in the outbox is started in Prefect, once, and followed to its end."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Crashed

from pipeline.flows.studies import deployment_of
from pipeline.store import OutboxMessage
from pipeline.work.workplace import Workplace, now

ATTEMPTS: Final = 3
"""A stage that crashed is started again so often; then it waits for a person."""


def dispatch(work: Workplace) -> int:
    """Start a deployment for every message not yet sent; returns how many were started.

    A repeated key gives the same flow run, so a crash between starting and noting it starts nothing twice. What
    the server refuses, or does not answer, stays for the next sweep and holds up no other message.
    """
    started = 0
    for message in work.store.outbox.pending(work.study.id):
        try:
            run: Any = run_deployment(
                f"{message.deployment}/{deployment_of(message.deployment, message.study)}",
                parameters=dict(message.parameters),
                timeout=0,
                as_subflow=False,
                idempotency_key=message.key,
            )
        except Exception as problem:  # noqa: BLE001 - whatever the client raises, the message stays for the next sweep
            work.store.outbox.failed(message.key, _why(problem))
            continue
        work.store.outbox.sent(message.key, now(), str(run.id))
        started += 1
    return started


def _why(problem: Exception) -> str:
    """Why a run was not started, in words that hold nothing of the study."""
    if isinstance(problem, ObjectNotFound):
        return "Prefect does not know this stage yet; it is tried again"
    return f"Prefect does not take it now ({type(problem).__name__}); it is tried again"


def follow_up(work: Workplace, client: SyncPrefectClient) -> int:
    """Send anew, with the next attempt number, what crashed; returns how many messages were added."""
    again = 0
    for message in work.store.outbox.running(work.study.id):
        state = _state_of(message, client)
        if state is None or not state.is_final():
            continue
        following = next_attempt(message) if state.is_crashed() else None
        with work.store.atomically():
            work.store.outbox.ended(message.key, state.type.value)
            if following:
                work.store.outbox.add(following)
                again += 1
    return again


def _state_of(message: OutboxMessage, client: SyncPrefectClient) -> State[Any] | None:
    """Where the run of a message stands. A run that Prefect no longer knows counts as crashed."""
    try:
        return client.read_flow_run(UUID(message.flow_run)).state
    except ValueError:  # no run of Prefect's: `polyvocal run` did the work before the dispatcher came to it
        return Completed()
    except ObjectNotFound:
        return Crashed(message="Prefect does not know this run.")


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
