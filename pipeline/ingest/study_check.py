"""A study folder looked at as a whole: every file is read, and everything that would trouble a run is said at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.errors import FileRefused, Problem, StudyInvalid
from pipeline.domain.study import FocusGroup, Study
from pipeline.domain.transcript import Transcript
from pipeline.ingest.reading import FileToRead, read_files
from pipeline.ingest.study_toml import STUDY_FILE, encoding_of, known_speakers, load_study
from pipeline.ingest.toml_places import Places


def check_study(folder: Path) -> tuple[Problem, ...]:
    """All problems of a study folder, its transcripts included; none means that a run can start.

    A group whose `transcript` is left out awaits its file and is no problem.
    """
    try:
        study = load_study(folder)
    except StudyInvalid as invalid:
        return invalid.problems
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
            look.at_transcript(number, group, found)
    return tuple(look.problems)


@dataclass(slots=True)
class _Look:
    """The problems found so far, and the transcripts seen."""

    places: Places
    problems: list[Problem] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def at_guide(self, study: Study) -> None:
        if not study.questions:
            self.problems.append(Problem(STUDY_FILE, "The guide is empty.", "Add a [[question]] with id and text."))
        if not study.groups:
            self.problems.append(Problem(STUDY_FILE, "There is no focus group.", "Add a [[group]] with an id."))

    def at_refusal(self, number: int, group: FocusGroup, refusal: FileRefused) -> None:
        where = self.places.of("group", number, "transcript")
        self.problems.append(Problem(where, f"{group.transcript}:", str(refusal)))

    def at_transcript(self, number: int, group: FocusGroup, transcript: Transcript) -> None:
        where = self.places.of("group", number, "transcript")
        if transcript.id in self.seen:
            what = f"{group.transcript} is the same file as that of group {self.seen[transcript.id]!r}."
            self.problems.append(Problem(where, what, "Give each group its own transcript."))
        self.seen.setdefault(transcript.id, group.id)
        self._moderators(number, group, transcript)

    def _moderators(self, number: int, group: FocusGroup, transcript: Transcript) -> None:
        """A moderator who never speaks would leave the moderator's talk among the participants'."""
        folded = {speaker.casefold() for speaker in transcript.speakers}
        for name in group.moderators:
            if name in transcript.speakers:
                continue
            mend = "Write the name as it stands at the beginning of that person's turns."
            if name.casefold() in folded:
                mend = "It stands there in other capitals: write it the same way."
            what = f"The moderator {name!r} never speaks in {group.transcript} ({len(folded)} speakers were found)."
            self.problems.append(Problem(self.places.of("group", number, "moderators"), what, mend))
