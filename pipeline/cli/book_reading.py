"""Decisions as the reader of one book meets them: in plain words, by the number that each has there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.domain.decision import TEAM, Decision, as_read
from pipeline.review.rounds import open_to_all
from pipeline.work.telling import telling


class Reading:
    """A book of the log. What others decide blind meanwhile changes no number and no word in it."""

    def __init__(self, log: Sequence[Decision], book: str = TEAM) -> None:
        read = as_read(log, book)
        self._told = telling(read)
        self._there = {item.draft.key: item for item in read}

    def number(self, decision: Decision) -> int:
        """The decision's number in this book: what `undo` takes."""
        return self._there[decision.draft.key].seq

    def told(self, decision: Decision) -> str:
        """What the decision did."""
        return self._told(self._there[decision.draft.key])


def lines(log: Sequence[Decision], own: str) -> Iterator[str]:
    """The log as the reader of a book may see it. What stands in another's book of a closed round has no number:
    nothing can take it back, and a number would look like that of a decision of the team."""
    entries = open_to_all(log, own)
    elsewhere = {item.draft.book for item in entries} - {TEAM, own}
    readings = {book: Reading(log, book) for book in (own, *elsewhere)}
    for item in entries:
        draft = item.draft
        reading = readings.get(draft.book, readings[own])
        who = f"{draft.coder}, blind" if draft.book else draft.coder
        reason = f" — {draft.reason}" if draft.reason else ""
        number = reading.number(item) if draft.book in {TEAM, own} else "–"  # noqa: RUF001 - a dash is meant
        yield f"{number:>5}  {draft.at}  {who}  {reading.told(item)}{reason}  [{draft.key}]"
