"""The runner process: registers the deployments and executes what the server schedules."""

from __future__ import annotations

from datetime import timedelta

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

from pipeline.flows import stages
from pipeline.flows.studies import DEPLOYMENT, announced
from pipeline.settings import load_settings


def main() -> None:
    """Serve the stage deployments for every study announced, and one scheduled inbox scan per study."""
    one_by_one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
    skip_if_busy = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    every = timedelta(seconds=load_settings().inbox.every)
    scans = [
        stages.inbox_scan.to_deployment(
            name=study, parameters={"study": study}, interval=every, concurrency_limit=skip_if_busy
        )
        for study in announced()
    ]
    flows = (stages.prepare, stages.suggest, stages.map_codes, stages.report)
    serve(
        *scans,
        *(item.to_deployment(name=DEPLOYMENT, concurrency_limit=one_by_one) for item in flows),
        print_starting_message=False,
        pause_on_shutdown=False,
    )


if __name__ == "__main__":
    main()
