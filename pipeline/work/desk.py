# ruff: noqa: D102 - each method is named for the decision it drafts; the class says what all of them raise
"""A coder's desk: what is on the worklist now, and drafts of decisions on it by the ids people type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from pipeline.domain.correction import corrections
from pipeline.domain.decision import TEAM, Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.folding import fold
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.transcript import Transcript
from pipeline.review import correcting, deciding
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature
from pipeline.work import suggesting
from pipeline.work.deciding import before
from pipeline.work.talk import speaker_name
from pipeline.work.workplace import Workplace


class Desk:
    """Builds the draft of each kind of decision, looking up only what that kind needs.

    Where a segment is asked for, the id of a turn stands for what of it can carry a code.
    A key that was used already is drafted on the log as it was before, so that it comes out the same.
    Every method raises DecisionRefused, with the mend, for an id that is not there.
    """

    def __init__(self, work: Workplace, sign: Signature) -> None:
        self._work = work
        self._sign = sign
        self._log = before(work, sign.key)

    @cached_property
    def seen(self) -> Seen:
        """Candidates, codebook and segments as they stand."""
        work = self._work
        known = {segment.id for segment in work.store.segments.of_study(work.study.id)}
        return Seen(suggesting.current(work)[0], fold(self._log, self._sign.book), known)

    def accept(self, candidate: str, name: str | None, definition: str, without: Sequence[str]) -> Draft:
        return deciding.accept(
            self.seen, self._sign, candidate, name=name, definition=definition, without=tuple(without)
        )

    def create(self, name: str, definition: str, segments: Sequence[str]) -> Draft:
        return deciding.create(self.seen, self._sign, name, definition=definition, segments=self._segments(segments))

    def reject(self, candidate: str) -> Draft:
        return deciding.reject(self.seen, self._sign, candidate)

    def rename(self, code: str, name: str, definition: str | None) -> Draft:
        return deciding.rename(self.seen, self._sign, code, name, definition)

    def merge(self, into: str, others: Sequence[str]) -> Draft:
        candidates = [item for item in others if item.startswith("s-")]
        codes = [item for item in others if not item.startswith("s-")]
        return deciding.merge(self.seen, self._sign, into, codes=codes, suggestions=candidates)

    def split(self, code: str, parts: Sequence[str]) -> Draft:
        taken = []
        for part in parts:
            name, equals, segments = part.rpartition("=")
            if not equals:
                raise DecisionRefused(f"A part is written NAME=SEGMENT,SEGMENT. `{part}` has no `=`.")
            taken.append(deciding.Part(name, tuple(item.strip() for item in segments.split(",") if item.strip())))
        return deciding.split(self.seen, self._sign, code, taken)

    def move(self, segment: str, source: str, target: str) -> Draft:
        return deciding.move(self.seen, self._sign, self._segment(segment), source, target)

    def apply(self, segment: str, code: str) -> Draft:
        return deciding.apply(self.seen, self._sign, self._segment(segment), code)

    def remove(self, segment: str, code: str) -> Draft:
        return deciding.remove(self.seen, self._sign, self._segment(segment), code)

    def memo(self, subject: str, text: str) -> Draft:
        return deciding.memo(self._sign, subject, text)

    def stance(self, code: str, stance: str) -> Draft:
        return deciding.stance(self.seen, self._sign, code, stance)

    def theme(self, name: str, codes: Sequence[str], note: str, revises: str) -> Draft:
        return deciding.theme(self.seen, self._sign, codes, name, note=note, revises=revises)

    def dissolve(self, theme: str) -> Draft:
        return deciding.dissolve(self.seen, self._sign, theme)

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
        if ":t" not in named:
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
        prefix, _, index = turn.partition(":t")
        for item in self._work.store.transcripts.of_study(self._work.study.id):
            if item.transcript.id.startswith(prefix) and len(prefix) == 12 and index.isdecimal():  # noqa: PLR2004 - ids
                return item.transcript, int(index)
        raise DecisionRefused(f"There is no turn `{turn}`. Turns are named like 3f2a90c1d4e5:t12 (`polyvocal show`).")
