"""The five flows: each opens the study, does one stage, and leaves an artifact. Ids only; no text reaches Prefect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from pipeline.domain.errors import PolyvocalError
from pipeline.flows.studies import GroupNames, StudyName, artifact_key, opened
from pipeline.work import inbox, reporting, suggesting
from pipeline.work import mapping as mapped
from pipeline.work import prepare as preparing
from pipeline.work.deciding import undecided, waiting
from pipeline.work.workplace import Workplace


class StageFailed(Exception):
    """A stage stopped. The message names the kind of error and where to read its sentence, never the sentence."""


@flow(name="prepare", persist_result=False, log_prints=False)
def prepare(study: StudyName, groups: GroupNames = []) -> None:  # noqa: B006 - Prefect shows the default in its form
    """Read transcripts, cut segments, find question spans; then checkpoint 1 waits for the analyst."""
    with _stage(study, "prepare") as work:
        done = preparing.prepare(work, only=groups)
        _leave(work, "prepare", _prepared(done))


@flow(name="suggest", persist_result=False, log_prints=False)
def suggest(study: StudyName) -> None:
    """Embed what is new and propose candidate codes; then checkpoint 2 waits for the coders."""
    with _stage(study, "suggest") as work:
        _leave(work, "suggest", _counts(suggesting.suggest(work).summary))


@flow(name="map_codes", persist_result=False, log_prints=False)
def map_codes(study: StudyName) -> None:
    """Bring approved codes onto the guide's questions; then checkpoint 3 waits for the coders."""
    with _stage(study, "map_codes") as work:
        _leave(work, "map_codes", _counts(mapped.map_codes(work).summary))


@flow(name="report", persist_result=False, log_prints=False)
def report(study: StudyName) -> None:
    """Write the report and its workbook to the outbox."""
    with _stage(study, "report") as work:
        reporting.report(work)
        _leave(work, "report", {"files written to the outbox": 2})


@flow(name="inbox_scan", persist_result=False, log_prints=False)
def inbox_scan(study: StudyName) -> None:
    """Take in finished files of the inbox; each starts `prepare` for its group alone."""
    with _stage(study, "inbox_scan") as work:
        done = inbox.scan(work)
        counts = {"taken in": len(done.taken), "left for the next scan": len(done.left), "set aside": len(done.aside)}
        _leave(work, "inbox_scan", counts)


@contextmanager
def _stage(study: str, name: str) -> Iterator[Workplace]:
    """The study's workplace; whatever goes wrong leaves this process as a sentence without text of the study."""
    try:
        with opened(study) as work:
            yield work
    except PolyvocalError as problem:
        raise StageFailed(f"{name}: {type(problem).__name__}. `polyvocal status` says more.") from None
    except Exception as problem:  # noqa: BLE001 - whatever it is, its message may hold text and must not reach Prefect
        trace = problem.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        line = trace.tb_lineno if trace else 0
        place = trace.tb_frame.f_globals.get("__name__", "?") if trace else "?"
        raise StageFailed(f"{name}: {type(problem).__name__} at {place}:{line}.") from None


def _leave(work: Workplace, stage: str, counts: Mapping[str, Any]) -> None:
    """The artifact people see on Prefect's page: what was made, and what waits for whom."""
    lines = [f"- {name}: {count}" for name, count in counts.items()]
    who: dict[str, Callable[[], str]] = {
        "transcripts": lambda: "the analyst",
        "codes": lambda: f"the coders ({undecided(work)} candidates undecided)",
        "map": lambda: "the coders",
    }
    lines += [
        f"- checkpoint `{checkpoint}` (version {version}) waits for {who[checkpoint]()}"
        for checkpoint, version in waiting(work).items()
    ]
    create_markdown_artifact(
        markdown=f"**{stage}** of study `{work.study.id}`\n\n" + "\n".join(lines),
        key=artifact_key(work.study.id, stage),
        description=f"What {stage} made, and what waits for whom",
    )


def _prepared(done: preparing.Prepared) -> dict[str, int]:
    groups = done.summary["groups"].values()
    return {
        "focus groups": len(groups),
        "worked on now": len(done.groups),
        "turns": sum(group["turns"] for group in groups),
        "segments": sum(group["segments"] for group in groups),
        "files refused": len(done.summary["refused"]),
    }


def _counts(summary: Mapping[str, Any]) -> dict[str, int]:
    return {key.replace("_", " "): value for key, value in summary.items() if isinstance(value, int)}
