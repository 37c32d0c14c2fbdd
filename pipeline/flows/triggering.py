"""A person starts a stage on the running server from the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from pipeline.domain.errors import ServiceUnavailable
from pipeline.flows import server as prefect_server
from pipeline.flows.studies import deployment_of
from pipeline.store import OutboxMessage
from pipeline.work.workplace import Workplace, now


def trigger(work: Workplace, stage: str, groups: Sequence[str]) -> str:
    """Start the deployment of a stage; returns the name of its run.

    Raises:
        ServiceUnavailable: no server runs for this study, or it does not work on this study.
    """
    server = prefect_server.running_server(work.home / "prefect")
    os.environ.update(server.environment())
    from prefect.deployments import run_deployment
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

    parameters: dict[str, object] = {"study": work.study.id}
    if groups and stage == "prepare":
        parameters["groups"] = list(groups)
    name = f"{stage}/{deployment_of(stage, work.study.id)}"
    try:
        run: Any = run_deployment(name, parameters=parameters, timeout=0, as_subflow=False)
    except ObjectNotFound:
        raise ServiceUnavailable(
            f"The server does not know {name} yet; wait until `polyvocal serve` is up."
        ) from None
    except PrefectHTTPStatusError:
        raise ServiceUnavailable(
            f"The server at {server.page} does not take {stage} for `{work.study.id}`: was it started with it?"
        ) from None
    message = OutboxMessage(f"{stage}:{work.study.id}:triggered:{run.id}:1", work.study.id, stage, parameters)
    work.store.outbox.begun(message, now(), str(run.id))
    return str(run.name)
