"""What Prefect leaves as it was when processes are killed or studies are no longer served: put right at the start."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from prefect.automations import Automation
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Crashed

WATCH: Final = "Crash flow runs whose process died"
SILENCE: Final = timedelta(seconds=90)
"""Three missed heartbeats."""


def crash_leftovers(client: SyncPrefectClient) -> int:
    """Mark crashed what an earlier runner left unfinished; to be called while no runner runs. Returns how many."""
    states = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    unfinished = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)))
    runs = client.read_flow_runs(flow_run_filter=unfinished)
    for run in runs:
        client.set_flow_run_state(run.id, Crashed(message="Its runner ended."), force=True)
    return len(runs)


def retire_scans(client: SyncPrefectClient, served: Collection[str]) -> int:
    """Take down the scheduled scans of studies that are served no longer: their runs would only turn late."""
    scans = client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=["inbox_scan"])))
    unserved = [scan for scan in scans if scan.name not in served]
    for scan in unserved:
        client.delete_deployment(scan.id)
    return len(unserved)


def ensure_zombie_watch(client: SyncPrefectClient) -> None:
    """Prefect's documented cure for zombies: no heartbeat for a while means crashed."""
    if client.read_automations_by_name(WATCH):
        return
    ended = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
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
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED, name=None, message="No sign of life from its process.", force=False
            )
        ],
    ).create()
