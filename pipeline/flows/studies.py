"""Which studies this server works on: ids in Prefect, folders only in this process's environment."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from pipeline.bootstrap import open_workplace
from pipeline.domain.errors import NotReady
from pipeline.work.workplace import Workplace

DEPLOYMENT: Final = "polyvocal"
"""The name of every stage's deployment; an inbox scan's is the study's id."""
VARIABLE: Final = "POLYVOCAL_STUDIES"
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
"""What Prefect takes as a deployment's name, and so as the id of a study that is served."""
_ONE_LINE: Final = r"^[^\x00-\x1f]{1,120}$"


def deployment_of(stage: str, study: str) -> str:
    """The name of a stage's deployment for a study."""
    return study if stage == "inbox_scan" else DEPLOYMENT


def announce(studies: Mapping[str, tuple[Path, Path | None]]) -> None:
    """Tell this process and its children where each study lies: id → (folder, home or None)."""
    os.environ[VARIABLE] = json.dumps(
        {name: [str(folder), str(home) if home else None] for name, (folder, home) in studies.items()}
    )


def announced() -> dict[str, tuple[Path, Path | None]]:
    """The studies this server was started with."""
    found = json.loads(os.environ.get(VARIABLE, "{}"))
    return {name: (Path(folder), Path(home) if home else None) for name, (folder, home) in found.items()}


def _offered() -> dict[str, Any]:
    """What makes Prefect's page offer the studies as a list, and refuse any other."""
    known = sorted(announced())
    return {"enum": known} if known else {}


StudyName = Annotated[
    str,
    Field(
        pattern=NAME,
        description="The id of a study that this server was started with.",
        json_schema_extra=_offered(),
    ),
]
GroupNames = Annotated[
    list[Annotated[str, Field(pattern=_ONE_LINE)]],
    Field(description="Only these focus groups; none named means every group that has a transcript."),
]


@contextmanager
def opened(study: str) -> Iterator[Workplace]:
    """The workplace of a study by its id.

    Raises:
        NotReady: this server was not started with that study, or its id has been changed since.
    """
    known = announced()
    if study not in known:
        raise NotReady(f"This server does not work on a study `{study}`. It was started with: {', '.join(known)}.")
    folder, home = known[study]
    with open_workplace(folder, home=home) as work:
        if work.study.id != study:
            raise NotReady(f"The study `{study}` is called `{work.study.id}` now: start `polyvocal serve` again.")
        yield work


def artifact_key(*parts: str) -> str:
    """A Prefect artifact key: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
