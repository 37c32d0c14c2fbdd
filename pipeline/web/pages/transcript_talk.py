"""The turns of one page of a transcript, cut where its segments begin and end, with what is highlighted."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.correction import Corrections, turn_id
from pipeline.domain.people import People
from pipeline.domain.said import Said
from pipeline.domain.study import Study
from pipeline.domain.transcript import Transcript, Turn
from pipeline.web.pages.transcript_outline import PER_PAGE, Span, name_of, turn_at
from pipeline.web.places import anchor
from pipeline.work.live_study import Recording

Lit = tuple[int, int] | None
_AT: Final = re.compile(r"(\d{1,9})-(\d{1,9})")
_FEW: Final = 36
"""Characters of an excerpt that tell it from the others of its turn."""
LEFT_OUT: Final = "left out"
LEAVES: Final = "left out from the next preparation on"
COMES_BACK: Final = "taken back in with the next preparation"


@dataclass(frozen=True, slots=True)
class Part:
    """Text that is highlighted or not; `first` where the highlighted begins."""

    text: str
    lit: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A segment with the id of its place on the page, or what stands between two segments (no id)."""

    anchor: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """The codes of one segment, as (id, name); `words` are how it begins where its turn has several."""

    anchor: str
    words: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn as it is shown. `note` says what becomes of it where it is left out or taken back in."""

    index: int
    name: str
    role: str
    moderates: bool
    at: str
    unsure: bool
    omitted: bool
    note: str
    cuts: tuple[Cut, ...]
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The turns of one span that stand on a page. `begins` where it begins here, after another span."""

    span: Span
    text: str
    begins: bool
    turns: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """What a request is about: the highlighted code points, the chosen turn, and the turns of the page, from `first`
    up to but without `end`. Pages count from 1."""

    lit: Lit
    chosen: int | None
    first: int
    end: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What turns are shown with: the study, the book of who looks, what was corrected, who moderates, who is who;
    `veil` are the segments whose codes are kept back from who looks."""

    study: Study
    book: Codebook
    fixed: Corrections
    moderators: frozenset[str]
    people: People = field(default_factory=lambda: People({}))
    veil: frozenset[str] = frozenset()


def where_of(query: Mapping[str, str], transcript: Transcript) -> Where:
    """The place asked for: `at` START-END (code points), else `turn`, else `page`; the first page where none is."""
    turns = len(transcript.turns)
    pages = max(1, -(-turns // PER_PAGE))
    lit = _lit(query.get("at", ""), transcript)
    chosen = _number(query.get("turn", ""), turns - 1)
    wanted = turn_at(transcript, lit[0]) if lit else chosen
    page = (_number(query.get("page", ""), pages) or 1) if wanted is None else 1 + wanted // PER_PAGE
    first = (page - 1) * PER_PAGE
    return Where(lit, chosen, first, min(first + PER_PAGE, turns), page, pages)


def stretches(seen: Seen, recording: Recording, spans: Sequence[Span], where: Where) -> tuple[Stretch, ...]:
    """The turns of a page, span by span."""
    texts = {question.id: question.text for question in seen.study.questions}
    said = _by_turn(recording.said, where.first, where.end)
    started = [False]
    found = []
    for span in spans or (Span("", 0, where.end - 1, None),):
        some = range(max(span.first, where.first), min(span.last + 1, where.end))
        if some:
            turns = tuple(_spoken(seen, recording, span, index, said, where.lit, started) for index in some)
            begins = span.first >= where.first and span.first > 0
            found.append(Stretch(span, texts.get(span.question, ""), begins, turns))
    return tuple(found)


def _spoken(
    seen: Seen,
    recording: Recording,
    span: Span,
    index: int,
    said: Mapping[int, Sequence[Said]],
    lit: Lit,
    started: list[bool],
) -> Spoken:
    transcript, segments = recording.stored.transcript, said.get(index, ())
    turn = transcript.turns[index]
    name = name_of(transcript, turn.speaker, seen.fixed)
    omitted = turn_id(transcript.id, index) in seen.fixed.omitted
    return Spoken(
        index=index,
        name=name,
        role=seen.people.role(name),
        moderates=name in seen.moderators,
        at=_clock(turn.at),
        unsure=index in span.unsure,
        omitted=omitted,
        note=_note(transcript.said(turn), omitted=omitted, cut=bool(segments)),
        cuts=tuple(_cuts(transcript.text, turn, segments, lit, started)),
        carried=tuple(_carried(seen, segments)),
    )


def _note(words: str, *, omitted: bool, cut: bool) -> str:
    """What becomes of a turn; the preparation cuts into segments whatever is not left out."""
    if omitted:
        return LEAVES if cut else LEFT_OUT
    return COMES_BACK if words.strip() and not cut else ""


def _cuts(text: str, turn: Turn, segments: Sequence[Said], lit: Lit, started: list[bool]) -> Iterator[Cut]:
    """All words of a turn, in order: segments, and what stands between them."""
    position = turn.start
    for item in segments:
        segment = item.segment
        if segment.start > position:
            yield Cut("", _parts(text, position, segment.start, lit, started))
        yield Cut(anchor(segment), _parts(text, segment.start, segment.end, lit, started))
        position = segment.end
    if position < turn.end:
        yield Cut("", _parts(text, position, turn.end, lit, started))


def _parts(text: str, start: int, end: int, lit: Lit, started: list[bool]) -> tuple[Part, ...]:
    """Text cut where the highlight begins and ends; `started` remembers whether it has begun."""
    low, high = (max(start, lit[0]), min(end, lit[1])) if lit else (end, end)
    if low >= high:
        return (Part(text[start:end]),)
    middle = Part(text[low:high], lit=True, first=not started[0])
    started[0] = True
    around = (Part(text[start:low]), middle, Part(text[high:end]))
    return tuple(part for part in around if part.text)


def _carried(seen: Seen, segments: Sequence[Said]) -> Iterator[Carried]:
    book = seen.book
    for item in segments:
        codes = tuple((code, book.codes[code].name) for code in book.codes_of(item.segment.id))
        if codes and item.segment.id not in seen.veil:
            words = _begins(item.excerpt) if len(segments) > 1 else ""
            yield Carried(anchor(item.segment), words, codes)


def _begins(excerpt: str) -> str:
    folded = " ".join(excerpt.split())
    return folded if len(folded) <= _FEW else folded[:_FEW].rpartition(" ")[0] + " …"


def _by_turn(said: Sequence[Said], first: int, end: int) -> Mapping[int, Sequence[Said]]:
    """The segments of some turns; `said` is in order of talk, so nothing else is looked at."""
    low = bisect_left(said, first, key=lambda item: item.segment.turn)
    high = bisect_left(said, end, key=lambda item: item.segment.turn)
    found: dict[int, list[Said]] = defaultdict(list)
    for item in said[low:high]:
        found[item.segment.turn].append(item)
    return found


def _lit(asked: str, transcript: Transcript) -> Lit:
    found = _AT.fullmatch(asked)
    start, end = (int(found[1]), int(found[2])) if found else (0, 0)
    return (start, end) if start < end and turn_at(transcript, start) is not None else None


def _number(asked: str, most: int) -> int | None:
    """A whole number up to the most there is; None where it is none."""
    return int(asked) if asked.isdecimal() and len(asked) < 10 and int(asked) <= most else None  # noqa: PLR2004


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
