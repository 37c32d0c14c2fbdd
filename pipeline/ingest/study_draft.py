"""The tables of a study file become a Study while everything wrong with them is gathered."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType
from typing import Any, Final

from pipeline.domain.errors import Problem
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.study import FocusGroup, Participant, Question, Study, plain_id
from pipeline.ingest.toml_places import Places

ENCODING: Final = "encoding"
"""The group attribute that says in which encoding its transcript was saved."""

MOST_CANDIDATES: Final = 10_000

_KEYS: Final = {
    "study": ("id", "title", "candidates", "note"),
    "question": ("id", "text", "note"),
    "group": ("id", "transcript", "moderators", "date", ENCODING),
    "participant": ("id", "group", "role"),
}
_REQUIRED: Final = {"study": ("title",), "question": ("id", "text"), "group": ("id",), "participant": ("id", "group")}
_FREE: Final = frozenset({"group", "participant"})
"""Tables whose further keys are attributes."""

_TYPO: Final = 0.8


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the file, its number among those of its name, and its values."""

    table: str
    number: int
    values: Mapping[str, Any]

    @property
    def several(self) -> bool:
        return self.table != "study"


@dataclass(slots=True)
class StudyDraft:
    """A study while its problems are gathered."""

    tables: dict[str, Any]
    places: Places
    problems: list[Problem] = field(default_factory=list)

    def study(self, folder: Path) -> Study:
        """The study as far as it can be told; what is wrong is in `problems` afterwards."""
        for name in self.tables:
            if name not in _KEYS:
                mend = _nearest(name, _KEYS, f"A study file holds {', '.join(_KEYS)}.")
                self._problem(self.places.of(key=name), f"`{name}` is not known here.", mend)
        about = _Entry("study", 1, self._table())
        self._keys(about)
        questions = tuple(
            Question(self._said(entry, "id"), self._said(entry, "text")) for entry in self._entries("question")
        )
        for number, question in enumerate(questions, start=1):
            if question.id == OFF_GUIDE:
                self._problem(
                    self.places.of("question", number, "id"),
                    f"The id {OFF_GUIDE!r} is what talk beside the guide goes by.",
                    "Choose another.",
                )
        groups = tuple(self._group(entry) for entry in self._entries("group"))
        participants = tuple(self._participant(entry, groups) for entry in self._entries("participant"))
        self._unique("question", [question.id for question in questions])
        self._unique("group", [group.id for group in groups])
        self._unique("participant", [f"{person.id} in {person.group}" for person in participants])
        name = self._said(about, "id") or plain_id(folder.resolve().name, "study")
        return Study(name, self._said(about, "title"), questions, groups, participants, self._candidates(about))

    def _candidates(self, entry: _Entry) -> int | None:
        found = entry.values.get("candidates")
        if found is None or (type(found) is int and 1 <= found <= MOST_CANDIDATES):
            return found
        self._problem(
            self._place(entry, "candidates"),
            f"`candidates` is no whole number from 1 to {MOST_CANDIDATES:,}.",
            "Write about how many candidate codes you want, as in candidates = 60, or leave the line out.",
        )
        return None

    def _table(self) -> Mapping[str, Any]:
        table = self.tables.get("study", {})
        if isinstance(table, dict):
            return table
        self._problem(self.places.of(key="study"), "`study` is not a table.", "Begin the file with a line [study].")
        return {}

    def _entries(self, table: str) -> list[_Entry]:
        found = self.tables.get(table, [])
        if not isinstance(found, list) or not all(isinstance(values, dict) for values in found):
            self._problem(
                self.places.of(table, several=False),
                f"`{table}` stands alone.",
                f"Write [[{table}]], in two brackets.",
            )
            return []
        entries = [_Entry(table, number, values) for number, values in enumerate(found, start=1)]
        for entry in entries:
            self._keys(entry)
        return entries

    def _keys(self, entry: _Entry) -> None:
        """Required keys that are missing or empty, and keys that are unknown or look misspelt."""
        known = _KEYS[entry.table]
        for key in _REQUIRED[entry.table]:
            if key not in entry.values:
                self._problem(self._place(entry), f"`{key}` is missing.", f'Add {key} = "…".')
            elif entry.values[key] == "" or (isinstance(entry.values[key], str) and not entry.values[key].strip()):
                self._problem(self._place(entry, key), f"`{key}` is empty.", "Fill it in.")
        for key in entry.values:
            meant = _meant(entry, key)
            if key in known or (entry.table in _FREE and not meant):
                continue
            mend = f"Did you mean `{meant}`?" if meant else f"Known here: {', '.join(known)}."
            self._problem(self._place(entry, key), f"`{key}` is not known here.", mend)

    def _group(self, entry: _Entry) -> FocusGroup:
        transcript = self._said(entry, "transcript") or None
        if transcript and _absolute(transcript):
            self._problem(
                self._place(entry, "transcript"),
                "`transcript` is an absolute path, which holds on one machine only.",
                "Write it relative to the study folder, as in transcripts/group1.docx.",
            )
        attributes = self._attributes(entry)
        if ENCODING in entry.values:
            attributes[ENCODING] = self._said(entry, ENCODING)
        date = self._said(entry, "date") or None
        moderators = self._moderators(entry)
        return FocusGroup(self._said(entry, "id"), transcript, moderators, date, MappingProxyType(attributes))

    def _moderators(self, entry: _Entry) -> tuple[str, ...]:
        """Their names; an empty one would make moderators of all whom a transcript does not name."""
        found = entry.values.get("moderators", [])
        if isinstance(found, list) and all(isinstance(name, str) and name.strip() for name in found):
            return tuple(name.strip() for name in found)
        self._problem(
            self._place(entry, "moderators"), "`moderators` is not a list of names.", 'Write ["Ann", "Ben"].'
        )
        return ()

    def _participant(self, entry: _Entry, groups: tuple[FocusGroup, ...]) -> Participant:
        group = self._said(entry, "group")
        ids = [known.id for known in groups]
        if group and group not in ids:
            mend = _nearest(group, ids, f"Add a [[group]] with id = {group!r}, or correct it.")
            self._problem(self._place(entry, "group"), f"There is no group {group!r}.", mend)
        attributes = MappingProxyType(self._attributes(entry))
        return Participant(self._said(entry, "id"), group, self._said(entry, "role") or None, attributes)

    def _attributes(self, entry: _Entry) -> dict[str, str]:
        """The researcher's own keys; a misspelt one is a problem already, and its value is not looked at."""
        own = [key for key in entry.values if key not in _KEYS[entry.table] and not _meant(entry, key)]
        return {key: self._said(entry, key) for key in own}

    def _said(self, entry: _Entry, key: str) -> str:
        """A value as text: texts, numbers, dates and truth values are; lists and tables are a problem."""
        value = entry.values.get(key, "")
        match value:
            case str():
                return value.strip() if key != "text" else value
            case bool():
                return "yes" if value else "no"
            case int() | float():
                return str(value)
            case dt.date() | dt.time():
                return value.isoformat()
            case _:
                self._problem(self._place(entry, key), f"`{key}` is not a single value.", "Write one text in quotes.")
                return ""

    def _unique(self, table: str, names: list[str]) -> None:
        counts = Counter(names)
        seen: set[str] = set()
        for number, name in enumerate(names, start=1):
            if name and counts[name] > 1 and name in seen:
                self._problem(self.places.of(table, number, "id"), f"The id {name!r} is used twice.", "Change one.")
            seen.add(name)

    def _place(self, entry: _Entry, key: str = "") -> str:
        return self.places.of(entry.table, entry.number, key, several=entry.several)

    def _problem(self, where: str, what: str, mend: str) -> None:
        if (problem := Problem(where, what, mend)) not in self.problems:
            self.problems.append(problem)


def _meant(entry: _Entry, key: str) -> str | None:
    """The known key that an unknown one looks like, unless that one is there too."""
    absent = set(_KEYS[entry.table]) - set(entry.values)
    near = difflib.get_close_matches(key, absent, n=1, cutoff=_TYPO) if key not in _KEYS[entry.table] else []
    return near[0] if near else None


def _nearest(name: str, known: Iterable[str], mend: str) -> str:
    """The mend, with the nearest known name suggested first where one is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`? {mend}" if near else mend


def _absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or bool(PureWindowsPath(path).drive)
