"""A stage's work done so that nothing people said can leave it in an error: Prefect keeps errors for years."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.domain.errors import PolyvocalError, kind_and_place
from pipeline.flows.studies import opened
from pipeline.work.workplace import Workplace


class StageFailed(Exception):
    """A stage stopped. The message names the kind of error and how to read its sentence, never the sentence."""


def guarded(study: str, stage: str, work_on: Callable[[Workplace], None]) -> None:
    """Open the study and do a stage's work on it.

    Raises:
        StageFailed: it stopped. The original error is neither its cause nor its context, and no frame of it is
            in the traceback, so that neither a message nor a local variable with talk in it is at hand to be kept.
    """
    problem = _attempt(study, stage, work_on)
    if problem:
        raise StageFailed(problem)


def _attempt(study: str, stage: str, work_on: Callable[[Workplace], None]) -> str:
    """What went wrong, without any text of the study, or ""."""
    try:
        with opened(study) as work:
            work_on(work)
    except PolyvocalError as problem:
        return f"{stage} stopped: {type(problem).__name__}. `polyvocal run` on the study tells the whole sentence."
    except Exception as problem:  # noqa: BLE001 - whatever it is, its message may hold text and must not reach Prefect
        return f"{stage} failed: {kind_and_place(problem)}."
    return ""
