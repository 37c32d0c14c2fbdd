"""What became of candidates: a code of its own, part of one that was there, several codes, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Code, Codebook
from pipeline.review.codebook_versions import went_into

ACCEPTED: Final = "accepted"
MERGED: Final = "merged into"
SPLIT: Final = "split into"
REJECTED: Final = "rejected"


@dataclass(frozen=True, slots=True)
class Fate:
    """What a candidate became, in a word, "" while nobody decided; `codes` are those in use that carry it on,
    `reason` says why it was rejected."""

    word: str = ""
    codes: tuple[Code, ...] = ()
    reason: str = ""

    @property
    def taken(self) -> bool:
        """Whether it went into the codebook."""
        return self.word not in {"", REJECTED}

    @property
    def kind(self) -> str:
        """How a list shows it: open, accepted or rejected."""
        return ACCEPTED if self.taken else self.word or "open"

    @property
    def name(self) -> str:
        """What people call it now; "" where it went on as no code of its own."""
        return self.codes[0].name if self.word == ACCEPTED and len(self.codes) == 1 else ""

    @property
    def elsewhere(self) -> bool:
        """Whether the name of what it became is not that of one code made of it."""
        return self.word in {MERGED, SPLIT}


def fates(book: Codebook, candidates: Iterable[str]) -> Mapping[str, Fate]:
    """What became of each of the candidates, in one book."""
    parts: dict[str, list[str]] = {}
    for code in book.codes.values():
        if code.origin in book.codes:
            parts.setdefault(code.origin, []).append(code.id)
    return {candidate: _fate(book, candidate, parts) for candidate in candidates}


def _fate(book: Codebook, candidate: str, parts: Mapping[str, Sequence[str]]) -> Fate:
    if candidate in book.rejected:
        return Fate(REJECTED, reason=book.rejected[candidate])
    made = book.accepted.get(candidate)
    if made is None:
        return Fate()
    if book.codes[made].origin != candidate:
        return Fate(MERGED, went_into(book, made))
    own = [made]
    for code in own:  # what was split off it, and off that
        own.extend(parts.get(code, ()))
    codes = tuple(dict.fromkeys(end for code in own for end in went_into(book, code)))
    if len(codes) > 1:
        return Fate(SPLIT, codes)
    return Fate(ACCEPTED if all(code.id in own for code in codes) else MERGED, codes)
