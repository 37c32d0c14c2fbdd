"""Transcripts that lie in the study folder and that no group of the study file is to be read from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.domain.errors import Problem
from pipeline.domain.study import Study, plain_id
from pipeline.ingest.reading import READERS

INBOX: Final = "inbox"
"""Where new transcripts are dropped."""
TRANSCRIPTS: Final = "transcripts"
"""Where the study file's example looks for transcripts, and where those go that came by the inbox; any other place
in the folder will do."""

_MEANWHILE: Final = {
    INBOX: "The next run takes it in all the same.",
    TRANSCRIPTS: "If it came by the inbox, its talk counts all the same.",
}


def stray_files(folder: Path, study: Study) -> tuple[Problem, ...]:
    """A note for each, with the lines that describe it."""
    named = {os.path.normpath(folder / group.transcript) for group in study.groups if group.transcript}
    awaited = {group.id for group in study.groups}
    awaited |= {Path(group.transcript).name for group in study.groups if group.transcript}
    return tuple(
        Problem(
            f"{path.parent.name}/{path.name}",
            f"No group of study.toml is read from it. {_MEANWHILE[path.parent.name]}",
            f'Describe it: a [[group]] with id = "{plain_id(path.stem, "group")}" and '
            f'transcript = "{TRANSCRIPTS}/{path.name}".',
        )
        for path in _transcripts(folder)
        if os.path.normpath(path) not in named and not {path.name, path.stem, plain_id(path.stem, "group")} & awaited
    )


def _transcripts(folder: Path) -> Iterator[Path]:
    for place in (TRANSCRIPTS, INBOX):
        if (folder / place).is_dir():
            for path in sorted((folder / place).iterdir()):
                if path.is_file() and path.suffix.lower() in READERS and not path.name.startswith((".", "~$")):
                    yield path
