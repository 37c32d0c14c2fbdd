"""The runner process: registers the deployments and executes what the server schedules."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.types.entrypoint import EntrypointType

from pipeline.flows import stages
from pipeline.flows.studies import DEPLOYMENT, announced
from pipeline.settings import load_settings


def main() -> None:
    """Serve one scheduled inbox scan per study announced, and the deployments of the stages for all of them."""
    os.nice(10)  # people who decide on the site come first
    every = timedelta(seconds=load_settings().inbox.every)
    skip = ConcurrencyLimitStrategy.CANCEL_NEW
    scans = [
        deployment(stages.inbox_scan, study, skip, parameters={"study": study}, interval=every)
        for study in announced()
    ]
    flows = (stages.prepare, stages.suggest, stages.map_codes, stages.report)
    of_stages = [deployment(flow, DEPLOYMENT, ConcurrencyLimitStrategy.ENQUEUE) for flow in flows]
    serve(*scans, *of_stages, print_starting_message=False, pause_on_shutdown=False)


def deployment(
    flow: Flow[..., None], name: str, if_busy: ConcurrencyLimitStrategy, **options: Any
) -> RunnerDeployment:
    """A flow as a deployment that runs once at a time. It is loaded as a module: to load it as a file, Prefect would
    put the folder one stands in before all libraries."""
    limit = ConcurrencyLimitConfig(limit=1, collision_strategy=if_busy)
    made = flow.to_deployment(
        name=name, concurrency_limit=limit, entrypoint_type=EntrypointType.MODULE_PATH, **options
    )
    assert isinstance(made, RunnerDeployment), "outside an event loop Prefect answers at once"
    return made


if __name__ == "__main__":
    main()
