# ruff: noqa: D102 - each method is named for the decision it drafts; the class says what all of them raise
"""A coder's desk: what is on the worklist now, and drafts of decisions on it by the ids people type."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.correction import corrections, turn_id
from pipeline.domain.decision import TEAM, Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.folding import fold
from pipeline.domain.people import people_of
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.transcript import Transcript
from pipeline.ingest.study_toml import known_speakers
from pipeline.review import correcting, deciding
from pipeline.review.called import code_called, plain, theme_called
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature
from pipeline.work import suggesting
from pipeline.work.deciding import before
from pipeline.work.talk import speaker_name
from pipeline.work.workplace import Workplace

_TURN: Final = re.compile(r".*:t\d+", re.DOTALL)
_CODES: Final = (
    "Take its name or id from `polyvocal show STUDY codebook`; `polyvocal decide STUDY create NAME` makes a new one."
)
_THEMES: Final = "Take its name or id from `polyvocal show STUDY themes`."


class Desk:
    """Builds the draft of each kind of decision, looking up only what that kind needs.

    Where a segment is asked for, a turn stands for what of it can carry a code; a turn is named by its id or as
    GROUP:t58. A code or a theme is named by its id or, where no other is called so, by its name.
    A key that was used already is drafted on the log as it was before, so that it comes out the same.
    Every method raises DecisionRefused, with the mend, for an id that is not there.
    """

    def __init__(self, work: Workplace, sign: Signature) -> None:
        self._work = work
        self._sign = sign
        self._log = before(work, sign.key)

    @cached_property
    def book(self) -> Codebook:
        """The codebook that the coder sees."""
        return fold(self._log, self._sign.book)

    @cached_property
    def seen(self) -> Seen:
        """Candidates, codebook and segments as they stand."""
        work = self._work
        known = {segment.id for segment in work.store.segments.of_study(work.study.id)}
        return Seen(suggesting.current(work)[0], self.book, known)

    def accept(self, candidate: str, name: str | None, definition: str, without: Sequence[str]) -> Draft:
        return deciding.accept(
            self.seen, self._sign, candidate, name=name, definition=definition, without=self._segments(without)
        )

    def create(self, name: str, definition: str, segments: Sequence[str]) -> Draft:
        return deciding.create(self.seen, self._sign, name, definition=definition, segments=self._segments(segments))

    def reject(self, candidate: str) -> Draft:
        return deciding.reject(self.seen, self._sign, candidate)

    def rename(self, code: str, name: str, definition: str | None) -> Draft:
        return deciding.rename(self.seen, self._sign, self._code(code), name, definition)

    def merge(self, into: str, others: Sequence[str]) -> Draft:
        candidates = [self.seen.candidate(item).id for item in others if item.startswith("s-")]
        codes = [self._code(item) for item in others if not item.startswith("s-")]
        return deciding.merge(self.seen, self._sign, self._code(into), codes=codes, suggestions=candidates)

    def split(self, code: str, parts: Sequence[str]) -> Draft:
        taken = []
        for part in parts:
            name, equals, segments = part.rpartition("=")
            if not equals:
                raise DecisionRefused(f"A part is written NAME=SEGMENT,SEGMENT. `{part}` has no `=`.")
            named = [item.strip() for item in segments.split(",") if item.strip()]
            taken.append(deciding.Part(name, self._segments(named)))
        return deciding.split(self.seen, self._sign, self._code(code), taken)

    def move(self, segment: str, source: str, target: str) -> Draft:
        return deciding.move(self.seen, self._sign, self._segment(segment), self._code(source), self._code(target))

    def apply(self, segment: str, code: str) -> Draft:
        return deciding.apply(self.seen, self._sign, self._segment(segment), self._code(code))

    def remove(self, segment: str, code: str) -> Draft:
        return deciding.remove(self.seen, self._sign, self._segment(segment), self._code(code))

    def memo(self, subject: str, text: str) -> Draft:
        return deciding.memo(self._sign, self._anything(subject), text)

    def stance(self, code: str, stance: str) -> Draft:
        return deciding.stance(self.seen, self._sign, self._code(code), stance)

    def theme(self, name: str, codes: Sequence[str], note: str, revises: str) -> Draft:
        gathers = [self._code(code) for code in codes]
        return deciding.theme(
            self.seen, self._sign, gathers, name, note=note, revises=self._theme(revises) if revises else ""
        )

    def dissolve(self, theme: str) -> Draft:
        return deciding.dissolve(self.seen, self._sign, self._theme(theme))

    def undo(self, number: int) -> Draft:
        return deciding.undo(self._log, self._sign, number)

    def speaker(self, group: str, label: str, name: str) -> Draft:
        return correcting.name_speaker(self._for_all, self._transcript_of(group), label, name)

    def moderator(self, group: str, name: str, *, moderates: bool) -> Draft:
        transcript = self._transcript_of(group)
        fixed = corrections(self._log)
        names = dict.fromkeys(speaker_name(transcript, turn, fixed) for turn in transcript.turns)
        if moderates and name.strip() and name.strip() not in names:
            there = ", ".join(item for item in names if item) or "nobody by name"
            raise DecisionRefused(f"Nobody in group {group} is called `{name}`. There is: {there}.")
        return correcting.set_moderator(self._for_all, transcript, name, moderates=moderates)

    def question(self, turn: str, question: str, through: str | None) -> Draft:
        transcript, index = self._turn(turn)
        last = None if through is None else self._last(transcript, through)
        asked = OFF_GUIDE if question == "-" else question
        return correcting.set_question(self._for_all, self._work.study, transcript, index, asked, through=last)

    def omit(self, turn: str, *, left_out: bool) -> Draft:
        transcript, index = self._turn(turn)
        return correcting.omit(self._for_all, transcript, index, left_out=left_out)

    @property
    def _for_all(self) -> Signature:
        """Corrections are everybody's, also while coders work blind."""
        return replace(self._sign, book=TEAM)

    def unheard(self, group: str, label: str, name: str) -> str:
        """A sentence where a label is given a name that nobody of the group has; "" where somebody has it."""
        transcript, fixed = self._transcript_of(group), corrections(self._log)
        others = [turn for turn in transcript.turns if turn.speaker != label]
        described = self._work.study.group(group)
        listed = known_speakers(self._work.study, described) if described else ()
        known = {*(speaker_name(transcript, turn, fixed) for turn in others), *listed} - {""}
        if name in known:
            return ""
        near = difflib.get_close_matches(name, sorted(known), n=1)
        meant = f" Did you mean `{near[0]}`?" if near else ""
        return f"Nobody else in group {group} is called `{name}`, nor does study.toml list the name.{meant}"

    def standing(self, group: str, label: str, name: str) -> str:
        """What becomes of study.toml's word on a participant whose label is given a name that it does not list; ""
        where it says nothing of them."""
        transcript, fixed = self._transcript_of(group), corrections(self._log)
        renamed = replace(fixed, speakers={**fixed.speakers, (transcript.id[:12], label): name})
        people = people_of(self._work.study, group, transcript, renamed)
        listed = people.participants.get(name)
        if people.doubts or listed is None or listed.id == name or not (listed.role or listed.attributes):
            return " ".join(people.doubts)
        return f"What study.toml says of `{listed.id}` goes on counting, for `{name}`."

    def _code(self, named: str) -> str:
        """The id of a code; what looks like one is left to be found or refused as such."""
        if named.startswith("c-") and not any(plain(code.name) == plain(named) for code in self.book.active_codes):
            return named
        return code_called(self.book, named, _CODES)

    def _theme(self, named: str) -> str:
        return named if named.startswith("t-") else theme_called(self.book, named, _THEMES)

    def _anything(self, named: str) -> str:
        """The id of the turn, code or theme that is named so; whatever else is named, as it is."""
        if named.startswith("s-") or named in {group.id for group in self._work.groups()}:
            return named
        for find in (self._turn_named, self._code, self._theme):
            try:
                return find(named)
            except DecisionRefused:
                continue
        return named

    def _turn_named(self, named: str) -> str:
        transcript, index = self._turn(named)
        return turn_id(transcript.id, index)

    def _transcript_of(self, group: str) -> Transcript:
        stored = self._work.store.transcripts.of_study(self._work.study.id)
        for item in stored:
            if item.group == group:
                return item.transcript
        have = ", ".join(item.group for item in stored) or "none yet"
        raise DecisionRefused(f"There is no transcript of a group `{group}`. There is: {have}.")

    def _segment(self, named: str) -> str:
        """The one segment that is named, by its id or its turn's."""
        found = self._segments([named])
        if len(found) > 1:
            raise DecisionRefused(f"Turn {named} has {len(found)} segments. Name one of them: {', '.join(found)}.")
        return found[0]

    def _segments(self, named: Sequence[str]) -> tuple[str, ...]:
        """Segment ids as they are; a turn's id as the ids of all that can carry a code in it."""
        return tuple(dict.fromkeys(each for item in named for each in (self._of_turn(item) or [item])))

    def _of_turn(self, named: str) -> list[str]:
        """Nothing where no turn is named."""
        if not _TURN.fullmatch(named):
            return []
        transcript, index = self._turn(named)
        cut = self._work.store.segments.of_transcript(self._work.study.id, transcript.id)
        found = [item.id for item in cut if item.turn == index and not (item.noise or item.moderator)]
        if not found:
            raise DecisionRefused(
                f"Nothing in turn {named} can carry a code: it is a moderator's, left out, or but a word of assent."
            )
        return found

    def _last(self, transcript: Transcript, written: str) -> int:
        """The number of the turn that ends a span, written as such or as the turn's id."""
        if written.isdecimal():
            return int(written)
        other, index = self._turn(written)
        if other.id != transcript.id:
            raise DecisionRefused(f"The span begins in another transcript than `{written}`. Name a turn of the same.")
        return index

    def _turn(self, turn: str) -> tuple[Transcript, int]:
        where, _, index = turn.rpartition(":t")
        stored = self._work.store.transcripts.of_study(self._work.study.id) if index.isdecimal() else ()
        for names in ({item.transcript.id[:12]: item for item in stored}, {item.group: item for item in stored}):
            if where in names:
                return names[where].transcript, int(index)
        raise DecisionRefused(
            f"There is no turn `{turn}`. Turns are named by their group, as north:t12, or by their id "
            f"(`polyvocal show STUDY transcript GROUP`)."
        )
