"""What Prefect leaves RUNNING for ever when processes are killed: marked crashed, so that it can be sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Crashed

WATCH: Final = "Crash flow runs whose process died"
SILENCE: Final = timedelta(seconds=90)
"""Three missed heartbeats."""


def crash_leftovers() -> int:
    """Mark crashed what an earlier runner left unfinished; to be called while no runner runs. Returns how many."""
    unfinished = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=unfinished)
        for run in runs:
            client.set_flow_run_state(run.id, Crashed(message="Its runner ended."), force=True)
    return len(runs)


def ensure_zombie_watch() -> None:
    """Prefect's documented cure for zombies: no heartbeat for a while means crashed."""
    ended = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(WATCH)
    if known:
        return
    Automation(
        name=WATCH,
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ended},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message="No sign of life from its process.")],
    ).create()
