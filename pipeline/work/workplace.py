"""A study opened for work: its description, its store, and the tools every stage is given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.domain.codebook import SHOWS_THEMES
from pipeline.domain.study import FocusGroup, Study
from pipeline.embed.encoding import Encoder
from pipeline.segment.units import Splitter
from pipeline.settings import Settings
from pipeline.store import Store

TRANSCRIPTS: Final = "transcripts"
CODES: Final = "codes"
MAP: Final = SHOWS_THEMES
CHECKPOINTS: Final = (TRANSCRIPTS, CODES, MAP)
"""The three checkpoints, in order: after prepare, after suggest, after map."""

Progress = Callable[[str, int, int], None]
"""Told (what is being done, done, total)."""


def silent(_what: str, _done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Model:
    """A language model: what its vectors are stored under, and its encoder, opened when first asked for."""

    key: str
    encoder: Callable[[], Encoder]


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything a stage needs.

    `folder` holds study.toml; `home` the study database; `desk` the inbox and outbox that people use: the study
    folder itself, or the home where one was named (a study folder that must stay as it is).

    `meaning` tells what is said, `manner` how it is said (None where the model is not known to tell). Like `splitter`
    they are opened when first asked for: a run that has nothing to do loads no model.
    """

    folder: Path
    home: Path
    desk: Path
    study: Study
    settings: Settings
    store: Store
    meaning: Model
    manner: Model | None
    splitter: Callable[[], Splitter]

    @property
    def models(self) -> str:
        """The language models that read the talk, for whoever asks what was used."""
        return ", ".join(model.key for model in (self.meaning, self.manner) if model)

    @property
    def inbox(self) -> Path:
        """Where new focus groups are dropped."""
        return self.desk / "inbox"

    @property
    def outbox(self) -> Path:
        """Where reports and sheets are written."""
        return self.desk / "outbox"

    @property
    def received(self) -> Path:
        """Where the inbox scan puts the transcripts it has read."""
        return self.desk / "transcripts"

    def groups(self) -> tuple[FocusGroup, ...]:
        """The focus groups study.toml names, then those that came by the inbox alone."""
        named = {group.id for group in self.study.groups}
        came = (stored for stored in self.store.transcripts.of_study(self.study.id) if stored.group not in named)
        return self.study.groups + tuple(FocusGroup(stored.group, stored.filename) for stored in came)


def now() -> str:
    """The present moment, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprint(inputs: Any) -> str:
    """The sha256 of a stage's inputs as JSON: equal inputs, equal result, nothing to do."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
