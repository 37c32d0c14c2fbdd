"""What human coders did with a study: `reference.json`, read strictly, because a yardstick must not bend."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.domain.errors import Problem, StudyInvalid


@dataclass(frozen=True, slots=True)
class ReferenceCode:
    """A code of the human coders; `parent` is the id of the code above it, or None."""

    id: str
    name: str
    definition: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class CodedSpan:
    """A coder gave `text[start:end]` of a group's transcript these codes (code points, end exclusive)."""

    group: str
    start: int
    end: int
    codes: tuple[str, ...]
    coder: str


@dataclass(frozen=True, slots=True)
class QuestionSpan:
    """`text[start:end]` of a group's transcript answers this guide question (code points, end exclusive)."""

    group: str
    start: int
    end: int
    question: str


@dataclass(frozen=True, slots=True)
class HumanSpan:
    """The unit of every score: spans with equal bounds are one, with all their codes, sorted."""

    group: str
    start: int
    end: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that `reference.json` says, in its own order."""

    codes: tuple[ReferenceCode, ...]
    codings: tuple[CodedSpan, ...]
    questions: tuple[QuestionSpan, ...]

    def human_spans(self) -> tuple[HumanSpan, ...]:
        """The distinct coded spans, by group and place."""
        together: dict[tuple[str, int, int], set[str]] = {}
        for coding in self.codings:
            together.setdefault((coding.group, coding.start, coding.end), set()).update(coding.codes)
        return tuple(HumanSpan(*place, tuple(sorted(codes))) for place, codes in sorted(together.items()))

    def questions_of(self, group: str) -> tuple[QuestionSpan, ...]:
        """The question spans of one group, in the order of the file."""
        return tuple(span for span in self.questions if span.group == group)


def load_reference(
    path: Path, lengths: Mapping[str, int] | None = None, questions: Collection[str] | None = None
) -> Reference:
    """The reference in a file, checked whole.

    `lengths` gives the code points of each group's transcript, `questions` the ids of the guide; where given, spans
    must lie inside the transcript of a known group and name a question of the guide.

    Raises:
        StudyInvalid: every entry that is wrong, by list, number (from 1) and key.
    """
    checks = _Checks(path.name)
    content = checks.content(path)
    codes = tuple(
        ReferenceCode(**values) for values in checks.entries(content, "codes", _CODE) if values is not None
    )
    codings = tuple(CodedSpan(**values) for values in checks.entries(content, "codings", _CODING))
    spans = tuple(QuestionSpan(**values) for values in checks.entries(content, "questions", _QUESTION))
    checks.codes(codes, codings)
    checks.places("codings", codings, lengths)
    checks.places("questions", spans, lengths)
    if questions is not None:
        checks.known("questions", "question", [(span.question,) for span in spans], questions, "study.toml")
    if checks.problems:
        raise StudyInvalid(tuple(checks.problems))
    return Reference(codes, codings, spans)
