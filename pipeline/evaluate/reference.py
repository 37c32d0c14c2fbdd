"""What human coders did with a study: `reference.json`, read strictly, because a yardstick must not bend.

Keys that are not asked for are passed over: a study may keep more beside what it is measured by.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
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
    must lie inside the transcript of a known group and name a question of the guide. The spans of a group that the
    file lists under `held_back` and that is not (yet) in `lengths` are left out.

    Raises:
        StudyInvalid: everything that is wrong, each problem with its entry ("codings 12") and key.
    """
    content = _content(path)
    problems = list(_shape_problems(path.name, content))
    if problems:
        raise StudyInvalid(tuple(problems))
    absent = frozenset(() if lengths is None else content.get(HELD_BACK, ())) - frozenset(lengths or ())
    if problems := list(_meaning_problems(path.name, content, lengths, questions, absent)):
        raise StudyInvalid(tuple(problems))
    return Reference(
        codes=tuple(ReferenceCode(**_known("codes", entry)) for entry in content["codes"]),
        codings=tuple(
            CodedSpan(**_known("codings", entry) | {"codes": tuple(entry["codes"])})
            for entry in content["codings"]
            if entry["group"] not in absent
        ),
        questions=tuple(
            QuestionSpan(**_known("questions", entry))
            for entry in content["questions"]
            if entry["group"] not in absent
        ),
    )


HELD_BACK: Final = "held_back"
"""The key that may list the groups that join the study later."""

_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "codes": {"id": "text", "name": "text", "definition": "any text", "parent": "text or null"},
    "codings": {"group": "text", "start": "number", "end": "number", "codes": "list of texts", "coder": "text"},
    "questions": {"group": "text", "start": "number", "end": "number", "question": "text"},
}
"""The lists of the file, and the keys each entry must have, with the kind of each value."""


def _known(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in _KEYS[name]}


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_each_once)
    except OSError as error:
        problem = Problem(path.name, f"cannot be opened: {error.strerror or 'unknown reason'}.", "")
    except UnicodeDecodeError:
        problem = Problem(path.name, "is not UTF-8 text.", "Save it as UTF-8.")
    except json.JSONDecodeError as error:
        problem = Problem(f"{path.name} line {error.lineno}", "is not JSON.", f"Mend column {error.colno}.")
    except _Twice as twice:
        problem = Problem(path.name, f"holds {twice.key!r} twice in one place.", "Only one can count: take one out.")
    except ValueError:  # a number of thousands of digits
        problem = Problem(path.name, "holds a number that is too large.", "Offsets are code points.")
    except RecursionError:
        problem = Problem(path.name, "is too deeply nested to be JSON of ours.", "Write it anew.")
    raise StudyInvalid((problem,))


class _Twice(ValueError):
    """An object of the file has a key twice."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; where JSON would let the last of two equal keys win without a word, neither does."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _shape_problems(file: str, content: Any) -> Iterator[Problem]:
    if not isinstance(content, dict):
        yield Problem(file, "is not an object.", f"It needs the lists {', '.join(_KEYS)}.")
        return
    if HELD_BACK in content and not (content[HELD_BACK] == [] or _is("list of texts", content[HELD_BACK])):
        yield Problem(file, f"{HELD_BACK!r} is not a list of texts.", "It lists the groups that come later.")
    for name, keys in _KEYS.items():
        if not isinstance(content.get(name), list):
            yield Problem(file, f"has no list {name!r}.", "Write [] where there are none.")
            continue
        for number, entry in enumerate(content[name], start=1):
            yield from _entry_problems(f"{file}, {name} {number}", entry, keys)


def _entry_problems(where: str, entry: Any, keys: Mapping[str, str]) -> Iterator[Problem]:
    if not isinstance(entry, dict):
        yield Problem(where, "is not an object.", f"It needs the keys {', '.join(keys)}.")
        return
    for name, kind in keys.items():
        if name not in entry:
            yield Problem(where, f"has no {name!r}.", f"Its keys are {', '.join(keys)}.")
        elif not _is(kind, entry[name]):
            yield Problem(where, f"{name!r} is not {kind}.", "")


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case "any text":
            return isinstance(value, str)
        case "text or null":
            return value is None or _is("text", value)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case _:
            return isinstance(value, list) and bool(value) and all(_is("text", item) for item in value)


def _meaning_problems(
    file: str,
    content: Any,
    lengths: Mapping[str, int] | None,
    questions: Collection[str] | None,
    absent: Collection[str],
) -> Iterator[Problem]:
    ids = [entry["id"] for entry in content["codes"]]
    for number, entry in enumerate(content["codes"], start=1):
        where = f"{file}, codes {number}"
        if entry["id"] in ids[: number - 1]:
            yield Problem(where, f"'id' {entry['id']!r} is there twice.", "Give each code an id of its own.")
        if entry["parent"] is not None and entry["parent"] not in ids:
            yield Problem(where, f"'parent' {entry['parent']!r} is no code.", "Add it, or write null.")
    for number, entry in enumerate(content["codings"], start=1):
        where = f"{file}, codings {number}"
        yield from _place_problems(where, entry, None if entry["group"] in absent else lengths)
        for code in entry["codes"]:
            if code not in ids:
                yield Problem(where, f"'codes' names {code!r}, which is no code.", "Add it to the codes.")
    for number, entry in enumerate(content["questions"], start=1):
        where = f"{file}, questions {number}"
        yield from _place_problems(where, entry, None if entry["group"] in absent else lengths)
        if questions is not None and entry["question"] not in questions:
            yield Problem(where, f"'question' {entry['question']!r} is not in the guide.", "Add it to study.toml.")


def _place_problems(where: str, entry: Mapping[str, Any], lengths: Mapping[str, int] | None) -> Iterator[Problem]:
    if entry["start"] >= entry["end"]:
        yield Problem(where, "'end' is not after 'start'.", "Offsets are code points, end exclusive.")
    if lengths is None:
        return
    if entry["group"] not in lengths:
        yield Problem(where, f"'group' {entry['group']!r} is no group of the study.", "Add it to study.toml.")
    elif entry["end"] > lengths[entry["group"]]:
        yield Problem(where, "'end' is past the end of the transcript.", "Offsets are code points of the LF text.")
