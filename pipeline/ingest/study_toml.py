"""study.toml, as a researcher writes it, becomes a Study; everything wrong with it or its files is said at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.domain.errors import FileRefused, Problem, StudyInvalid
from pipeline.domain.study import FocusGroup, Study
from pipeline.domain.transcript import Transcript
from pipeline.ingest.reading import FileToRead, read_files
from pipeline.ingest.silent_names import silent_moderators, silent_participants, unlisted_speakers
from pipeline.ingest.stray_files import stray_files
from pipeline.ingest.study_draft import ENCODING, StudyDraft
from pipeline.ingest.toml_dates import written_date
from pipeline.ingest.toml_places import Places

STUDY_FILE: Final = "study.toml"


def load_study(folder: Path) -> Study:
    """The study described in a folder's study.toml. Transcripts are not opened.

    Raises:
        StudyInvalid: the file is missing or has problems, all of them.
    """
    text = _text(folder / STUDY_FILE)
    places = Places(STUDY_FILE, text)
    draft = StudyDraft(_tables(text), places)
    study = draft.study(folder)
    if draft.problems:
        raise StudyInvalid(tuple(draft.problems))
    return study


@dataclass(frozen=True, slots=True)
class Checked:
    """A study folder looked over: what keeps a run from starting, and what is only worth knowing."""

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()


def check_study(folder: Path) -> Checked:
    """All problems of a study folder, its transcripts included; none means that a run can start.

    A group whose `transcript` is left out awaits its file and is no problem.
    """
    try:
        study = load_study(folder)
    except StudyInvalid as invalid:
        return Checked(invalid.problems)
    places = Places(STUDY_FILE, (folder / STUDY_FILE).read_text(encoding="utf-8-sig"))
    look = _Look(places)
    look.at_guide(study)
    awaited = [(number, group) for number, group in enumerate(study.groups, start=1) if group.transcript]
    files = [
        FileToRead(folder / (group.transcript or ""), encoding_of(group), known_speakers(study, group))
        for _, group in awaited
    ]
    for (number, group), found in zip(awaited, read_files(files), strict=True):
        if isinstance(found, FileRefused):
            look.at_refusal(number, group, found)
        else:
            look.at_transcript(study, number, group, found)
    return Checked(tuple(look.problems), (*look.notes, *stray_files(folder, study)))


def encoding_of(group: FocusGroup) -> str | None:
    """The encoding that the study gives for a group's transcript, None where it gives none."""
    return group.attributes.get(ENCODING)


def known_speakers(study: Study, group: FocusGroup) -> tuple[str, ...]:
    """The names that the study expects in a group's transcript: its moderators and participants."""
    participants = (person.id for person in study.participants if person.group == group.id)
    return tuple(dict.fromkeys((*group.moderators, *participants)))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        problem = Problem(str(path), "There is no such file in this folder.", "Make one with `polyvocal init`.")
    except UnicodeDecodeError as error:
        problem = Problem(STUDY_FILE, f"It is not UTF-8 text (byte {error.start + 1}).", "Save it as UTF-8.")
    except OSError as error:
        problem = Problem(STUDY_FILE, f"It could not be opened ({error.strerror}).", "Check who may read it.")
    raise StudyInvalid((problem,))


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        what = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "Too deeply nested"
        mend = written_date(text, what) or "Correct this place; TOML texts stand in quotes."
        raise StudyInvalid((Problem(STUDY_FILE, f"{what}.", mend),)) from None


@dataclass(slots=True)
class _Look:
    """The problems and notes found so far, and the transcripts seen."""

    places: Places
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def at_guide(self, study: Study) -> None:
        if not study.questions:
            self.problems.append(Problem(STUDY_FILE, "The guide is empty.", "Add a [[question]] with id and text."))
        if not study.groups:
            self.problems.append(Problem(STUDY_FILE, "There is no focus group.", "Add a [[group]] with an id."))

    def at_refusal(self, number: int, group: FocusGroup, refusal: FileRefused) -> None:
        where = self.places.of("group", number, "transcript")
        self.problems.append(Problem(where, f"{group.transcript}:", str(refusal)))

    def at_transcript(self, study: Study, number: int, group: FocusGroup, transcript: Transcript) -> None:
        where = self.places.of("group", number, "transcript")
        if transcript.id in self.seen:
            what = f"{group.transcript} is the same file as that of group {self.seen[transcript.id]!r}."
            self.problems.append(Problem(where, what, "Give each group its own transcript."))
        self.seen.setdefault(transcript.id, group.id)
        for what, mend in silent_moderators(group, transcript):
            self.problems.append(Problem(self.places.of("group", number, "moderators"), what, mend))
        people = [(place, who) for place, who in enumerate(study.participants, start=1) if who.group == group.id]
        for place, what, mend in silent_participants(group, people, transcript):
            self.problems.append(Problem(self.places.of("participant", place, "id"), what, mend))
        for what, mend in unlisted_speakers(group, [person for _, person in people], transcript):
            self.notes.append(Problem(where, what, mend))
