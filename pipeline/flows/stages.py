"""The five flows: each opens the study, does one stage, and leaves an artifact. Ids only; no text reaches Prefect."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from pipeline.flows.guarded import guarded
from pipeline.flows.studies import GroupNames, StudyName, artifact_key
from pipeline.work import inbox, reporting, suggesting
from pipeline.work import mapping as mapped
from pipeline.work import prepare as preparing
from pipeline.work.deciding import undecided, waiting
from pipeline.work.progress import noted
from pipeline.work.workplace import Progress, Workplace


@flow(name="prepare", persist_result=False, log_prints=False)
def prepare(study: StudyName, groups: GroupNames = []) -> None:  # noqa: B006 - Prefect shows the default in its form
    """Read transcripts, cut segments, find question spans; then checkpoint 1 waits for the analyst."""
    _stage(
        study,
        "prepare",
        lambda work, told: _prepared(preparing.prepare(work, only=groups or None, progress=told)),
        groups,
    )


@flow(name="suggest", persist_result=False, log_prints=False)
def suggest(study: StudyName) -> None:
    """Embed what is new and propose candidate codes; then checkpoint 2 waits for the coders."""
    _stage(study, "suggest", lambda work, told: _counts(suggesting.suggest(work, told).summary))


@flow(name="map_codes", persist_result=False, log_prints=False)
def map_codes(study: StudyName) -> None:
    """Bring approved codes onto the guide's questions; then checkpoint 3 waits for the coders."""
    _stage(study, "map_codes", lambda work, told: _counts(mapped.map_codes(work, told).summary))


@flow(name="report", persist_result=False, log_prints=False)
def report(study: StudyName) -> None:
    """Write the report and its workbook to the outbox."""
    _stage(study, "report", _reported)


@flow(name="inbox_scan", persist_result=False, log_prints=False)
def inbox_scan(study: StudyName) -> None:
    """Take in finished files of the inbox; each starts `prepare` for its group alone."""
    _stage(study, "inbox_scan", lambda work, _: _scanned(inbox.scan(work)))


def _stage(
    study: str, name: str, act: Callable[[Workplace, Progress], Mapping[str, int]], groups: Collection[str] = ()
) -> None:
    """Do a stage and leave the artifact people see on Prefect's page: what was made, and what waits for whom."""

    def act_and_tell(work: Workplace) -> None:
        with noted(work, name) as told:
            counts = act(work, told)
        work.store.outbox.made_good(work.study.id, name, groups)
        if not any(counts.values()):
            return  # an inbox scan that found nothing, once a minute
        create_markdown_artifact(
            markdown=_told(work, name, counts),
            key=artifact_key(work.study.id, name),
            description=f"What {name} made, and what waits for whom",
        )

    guarded(study, name, act_and_tell, str(flow_run.id or ""))


def _told(work: Workplace, stage: str, counts: Mapping[str, int]) -> str:
    lines = [f"- {name}: {count}" for name, count in counts.items()]
    lines += [
        f"- checkpoint `{checkpoint}` (version {version}) waits for {_who(work, checkpoint)}"
        for checkpoint, version in waiting(work).items()
    ]
    return f"**{stage}** of study `{work.study.id}`\n\n" + "\n".join(lines)


def _who(work: Workplace, checkpoint: str) -> str:
    if checkpoint == "transcripts":
        return "the analyst"
    return f"the coders ({undecided(work)} candidates undecided)" if checkpoint == "codes" else "the coders"


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


def _reported(work: Workplace, told: Progress) -> dict[str, int]:
    reporting.report(work, told)
    return {"files written to the outbox": 2}


def _scanned(done: inbox.Scanned) -> dict[str, int]:
    return {"taken in": len(done.taken), "left for the next scan": len(done.left), "set aside": len(done.aside)}
