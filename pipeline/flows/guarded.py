"""A stage's work done so that nothing people said can leave it in an error: Prefect keeps errors for years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from pipeline.domain.errors import PolyvocalError, kind_and_place
from pipeline.flows.studies import opened
from pipeline.work.workplace import Workplace

LONGEST: Final = 2000
"""Characters of a sentence that are kept."""


class StageFailed(Exception):
    """A stage stopped. The message names the kind of error and how to read its sentence, never the sentence."""


def guarded(study: str, stage: str, work_on: Callable[[Workplace], None], run: str = "") -> None:
    """Open the study and do a stage's work on it. `run` is its run in Prefect: why it stopped is kept under that in
    the study's own database, where it may be told in full.

    Raises:
        StageFailed: it stopped. The original error is neither its cause nor its context, and no frame of it is
            in the traceback, so that neither a message nor a local variable with talk in it is at hand to be kept.
    """
    problem = _attempt(study, stage, work_on, run)
    if problem:
        raise StageFailed(problem)


def _attempt(study: str, stage: str, work_on: Callable[[Workplace], None], run: str) -> str:
    """What went wrong, without any text of the study, or ""."""
    try:
        with opened(study) as work, _kept(work, stage, run):
            work_on(work)
    except PolyvocalError as problem:
        return f"{stage} stopped: {type(problem).__name__}. `polyvocal run` on the study tells the whole sentence."
    except Exception as problem:  # noqa: BLE001 - whatever it is, its message may hold text and must not reach Prefect
        return _failed(stage, problem)
    return ""


@contextmanager
def _kept(work: Workplace, stage: str, run: str) -> Iterator[None]:
    """Keep in the study's database why the run stops. That it cannot be kept hides no error."""
    try:
        yield
    except Exception as problem:
        sentence = str(problem) if isinstance(problem, PolyvocalError) else _failed(stage, problem)
        with suppress(Exception):
            work.store.outbox.stopped_because(work.study.id, run, sentence[:LONGEST])
        raise


def _failed(stage: str, problem: Exception) -> str:
    return f"{stage} failed: {kind_and_place(problem)}."
