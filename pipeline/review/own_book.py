"""One coder's own book of a blind round on candidates, and what in it came from which candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.decision import Decision, Kind
from pipeline.review.versions import Did, End, Version

Notes = Mapping[tuple[str, str], tuple[str, ...]]
"""The memos that coders left in their own books: (subject, coder) → texts."""


class OwnBook:
    """What one coder decided in their own book, on top of the team's codebook as it rested meanwhile."""

    def __init__(
        self,
        coder: str,
        team: Codebook,
        book: Codebook,
        own: Sequence[Decision],
        notes: Notes,
    ) -> None:
        self._coder, self._book, self._team, self._notes = coder, book, team, notes
        void = {item.seq for item in book.void}
        acted = [item for item in own if item.seq not in void]
        self._taken = dict(taken for item in acted for taken in _taken(item))
        self.decided = tuple(dict.fromkeys(each for item in acted for each in _candidates_of(item)))
        self._ends = {candidate: self._ends_of(code) for candidate, (code, _) in self._taken.items()}
        self._came: dict[str, set[str]] = {}
        for candidate, ends in self._ends.items():
            for code in ends:
                self._came.setdefault(code.id, set()).update(self._taken[candidate][1])

    def made(self) -> Iterator[Version]:
        """The codes in use that the coder made from no candidate of this round."""
        for code in self._book.active_codes:
            if code.id not in self._team.codes and code.id not in self._came:
                end = End(code, self._book.segments_of(code.id))
                yield Version(self._coder, Did.MADE, (end,), memos=self._notes.get((code.id, self._coder), ()))

    def version_of(self, candidate: str) -> Version:
        """What the coder made of a candidate."""
        memos = self._notes.get((candidate, self._coder), ())
        if candidate in self._taken:
            ends = tuple(self._end(candidate, code) for code in self._ends[candidate])
            ends = tuple(end for end in ends if end.segments) or ends[:1]
            return Version(self._coder, _did(candidate, ends), ends, memos=memos)
        if candidate in self.decided:
            return Version(self._coder, Did.REJECTED, reason=self._book.rejected.get(candidate, ""), memos=memos)
        return Version(self._coder, Did.NOTHING, memos=memos)

    def _end(self, candidate: str, code: Code) -> End:
        carried, came = self._book.by_code.get(code.id, {}), self._came[code.id]
        kept = tuple(segment for segment in self._taken[candidate][1] if segment in carried)
        before = code.id in self._team.codes
        more = () if before else tuple(segment for segment in carried if segment not in came)
        return End(code, kept, more)

    def _ends_of(self, code: str) -> tuple[Code, ...]:
        """The codes in use that carry on what a code was given, by whatever merges and splits."""
        found: dict[str, None] = {}
        waiting = [code]
        while waiting:
            item = waiting.pop(0)
            if item in found or item not in self._book.codes:
                continue
            found[item] = None
            made = (part for part in self._book.codes.values() if part.id not in self._team.codes)
            waiting += [part.id for part in made if part.origin == item]
            waiting += self._book.codes[item].retired_into.split(",")
        return tuple(self._book.codes[item] for item in found if self._book.codes[item].active)


def _did(candidate: str, ends: Sequence[End]) -> Did:
    if len(ends) > 1:
        return Did.SPLIT
    return Did.ACCEPTED if ends and ends[0].code.origin == candidate else Did.MERGED


def _taken(item: Decision) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """The candidates that a decision takes: each with the code it goes into and the segments it brings."""
    if item.kind is Kind.ACCEPT:
        yield item.subject, (item.payload["code"], tuple(item.payload.get("segments", ())))
    if item.kind is Kind.MERGE:
        for each in item.payload.get("suggestions", ()):
            yield each["id"], (item.subject, tuple(each["segments"]))


def _candidates_of(item: Decision) -> Iterator[str]:
    if item.kind is Kind.REJECT:
        yield item.subject
    yield from (candidate for candidate, _ in _taken(item))
