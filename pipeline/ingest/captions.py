"""Captions (.vtt, .srt): cues of one speaker become one turn; tags go, words stay."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.cues import Cue, cues
from pipeline.ingest.decoding import decode
from pipeline.ingest.ledger import SPEAKER_LABEL
from pipeline.ingest.speakers import mark_lines
from pipeline.ingest.talk import drop_furniture

_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>\n]+)>")
_TAG: Final = re.compile(
    r"</?(?:[biucv]|ruby|rt|lang|font)(?:[.\s][^<>\n]*)?>|<\d[\d:.]*>|\{\\[^{}\n]*\}", re.IGNORECASE
)
_REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_UNSEEN: Final = frozenset("\u00a0\u200e\u200f")
"""What WebVTT writes as &nbsp;, &lrm; and &rlm;."""

_SENTENCE_ENDS: Final = re.compile(r"[.!?\u2026][\"'\u201d\u2019)]*$")

TAG: Final = "caption tag"
REFERENCE: Final = "character reference"
PAUSE_SECONDS: Final = 2.0
BLOCK_WORDS: Final = 60
LONGEST_BLOCK_WORDS: Final = 120


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of one line of a cue under one voice tag; `voice` is "" where the line has none."""

    words: str
    voice: str
    cue: Cue


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """The turns of a caption file.

    Raises:
        FileRefused: the bytes are not text, or not captions of the kind the name promises.
    """
    decoded = decode(data, options.encoding)
    lines = decoded.text.split("\n")
    vtt = options.suffix != ".srt"
    if vtt and not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise FileRefused(
            "This file does not begin with WEBVTT. If it holds SubRip captions, rename it to end in .srt."
        )
    composer = Composer()
    decoded.itemise(composer.ledger)
    found = cues(lines, composer.ledger, vtt=vtt)
    if not any(cue.start is not None for cue in found):
        raise FileRefused("No cue with a time was found in this file. If it is plain text, rename it to end in .txt.")
    pieces = [piece for cue in found for piece in _pieces(cue, composer)]
    _compose(pieces, composer, options.known_speakers)
    return composer.done(decoded.characters)


def _pieces(cue: Cue, composer: Composer) -> Iterator[_Piece]:
    """The cue's words line by line, tags dropped and references resolved; a voice lasts until the next."""
    voice = ""
    for line in cue.lines:
        position = 0
        for match in _VOICE.finditer(line):
            yield from _plain(line[position : match.start()], voice, cue, composer)
            voice = html.unescape(" ".join(match["name"].split()))
            composer.drop(SPEAKER_LABEL, len(match[0]), cue.where)
            position = match.end()
        yield from _plain(line[position:], voice, cue, composer)


def _plain(written: str, voice: str, cue: Cue, composer: Composer) -> Iterator[_Piece]:
    untagged = _TAG.sub("", written)
    composer.drop(TAG, len(written) - len(untagged), cue.where)
    words = _REFERENCE.sub(_resolved, untagged)
    composer.drop(REFERENCE, len(untagged) - len(words), cue.where)
    if words:
        yield _Piece(words, voice, cue)


def _resolved(reference: re.Match[str]) -> str:
    character = html.unescape(reference[0])
    known = len(character) == 1 and (character.isprintable() or character in _UNSEEN)
    return character if known else reference[0]


def _compose(pieces: Sequence[_Piece], composer: Composer, known: tuple[str, ...]) -> None:
    marked = mark_lines([piece.words for piece in pieces], known)
    named = marked.names_anyone or any(piece.voice for piece in pieces)
    if not named:
        composer.warn("These captions name no speakers: turns were cut at pauses and after about 60 words.")
    speaker: str | None = None
    block = _Block()
    for piece, mark in zip(pieces, marked.marks, strict=True):
        drop_furniture(piece.words, mark, piece.cue.where, composer.ledger)
        words = piece.words[mark.words_start : mark.words_end]
        now = mark.speaker or piece.voice or speaker or ""
        joins = now == speaker if named else block.goes_on(piece.cue, words)
        if words:
            composer.turn(now, words, piece.cue.where, piece.cue.start, joins_previous=joins)
            speaker = now


class _Block:
    """A stretch of captions that name nobody: ends at a pause, or at a sentence's end once it is long."""

    def __init__(self) -> None:
        self._words = 0
        self._ended = True
        self._until: float | None = None

    def goes_on(self, cue: Cue, words: str) -> bool:
        """Whether the words belong to the block before them; they are counted into it, or begin the next."""
        paused = self._until is not None and cue.start is not None and cue.start - self._until >= PAUSE_SECONDS
        full = self._words >= LONGEST_BLOCK_WORDS or (self._words >= BLOCK_WORDS and self._ended)
        joins = bool(self._words) and not paused and not full
        self._words = (self._words if joins else 0) + len(words.split())
        self._ended = _SENTENCE_ENDS.search(words) is not None
        self._until = cue.end if cue.end is not None else self._until
        return joins
