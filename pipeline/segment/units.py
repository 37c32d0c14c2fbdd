"""Turns to segments: spans of one idea, sentence by sentence, inside one turn."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.domain.segment import Segment
from pipeline.domain.transcript import Transcript
from pipeline.segment.clauses import clauses
from pipeline.segment.noise import is_noise
from pipeline.segment.sentences import SentenceSplitter
from pipeline.segment.together import kept_together, letters

__all__ = ["SentenceSplitter", "Sizes", "segments"]

Span = tuple[int, int]


class Splitter(Protocol):
    """Texts to sentence spans."""

    def sentences(self, texts: Sequence[str]) -> list[list[Span]]:
        """Per text, its sentences as (start, end), in order, without white space at their ends."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in code points. Sentences are joined until a segment has `enough`; what is left over at the end of a
    turn joins the segment before unless it has `alone`; a sentence longer than `longest` is cut into clauses."""

    enough: int = 140
    alone: int = 70
    longest: int = 400


SIZES: Final = Sizes()


def segments(
    transcript: Transcript,
    moderators: frozenset[str],
    omitted: frozenset[int],
    splitter: Splitter,
    sizes: Sizes = SIZES,
) -> tuple[Segment, ...]:
    """The segments of a transcript, in order.

    Every character of every turn that is not white space is in exactly one segment, except for the turns whose
    index is in `omitted`, which have none. `moderators` are speaker labels as they stand in the transcript.
    Agreement noises that open or close a turn are segments of their own. A short bracket stays whole, a quotation
    mark stays with what it quotes, and what holds no letter or digit stays with its neighbour.
    """
    turns = [turn for turn in transcript.turns if turn.index not in omitted]
    found = splitter.sentences([transcript.said(turn) for turn in turns])
    made: list[Segment] = []
    for turn, sentences in zip(turns, found, strict=True):
        spans = [(turn.start + start, turn.start + end) for start, end in sentences]
        moderator = turn.speaker in moderators
        for (start, end), noise in _units(transcript.text, spans, sizes):
            made.append(Segment.of(transcript.id, turn.index, start, end, noise=noise, moderator=moderator))
    return tuple(made)


def _units(text: str, found: Sequence[Span], sizes: Sizes) -> list[tuple[Span, bool]]:
    """One turn's spans in order, each with whether it is an agreement noise."""
    together = kept_together(text, found[0][0], found[-1][1]) if found else frozenset()
    sentences = _whole(text, found, together)
    noisy = [is_noise(text[start:end]) for start, end in sentences]
    if all(noisy):
        return [((sentences[0][0], sentences[-1][1]), True)] if sentences else []
    first = noisy.index(False)
    last = len(noisy) - noisy[::-1].index(False)
    pieces = [
        piece
        for start, end in sentences[first:last]
        for piece in clauses(text, start, end, sizes.longest, sizes.alone, together)
    ]
    talk = [(span, False) for span in _joined(pieces, sizes)]
    opening = [((sentences[0][0], sentences[first - 1][1]), True)] if first else []
    closing = [((sentences[last][0], sentences[-1][1]), True)] if last < len(sentences) else []
    return [*opening, *talk, *closing]


def _whole(text: str, sentences: Sequence[Span], together: AbstractSet[int]) -> list[Span]:
    """The sentences, joined where the cut between two is one of `together` or leaves one without letter or digit."""
    whole: list[Span] = []
    for start, end in sentences:
        mute = whole and not (letters(text, *whole[-1]) and letters(text, start, end))
        if whole and (mute or start in together):
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole


def _joined(pieces: Sequence[Span], sizes: Sizes) -> list[Span]:
    """Neighbours joined until each span has enough; a remainder too short to stand alone joins the span before."""
    spans: list[Span] = []
    start: int | None = None
    for piece_start, end in pieces:
        start = piece_start if start is None else start
        if end - start >= sizes.enough:
            spans.append((start, end))
            start = None
    if start is not None:
        end = pieces[-1][1]
        if spans and end - start < sizes.alone:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
