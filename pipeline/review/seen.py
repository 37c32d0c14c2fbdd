"""What a coder is looking at when deciding, and the look-ups that refuse what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.suggestion import Suggestion, SuggestionSet


@dataclass(frozen=True, slots=True)
class Seen:
    """The candidates, the codebook and the segment ids as the coder sees them.

    Where `segments` is empty, segment ids are taken on trust.
    """

    suggestions: SuggestionSet = field(default_factory=lambda: SuggestionSet((), ()))
    book: Codebook = field(default_factory=Codebook)
    segments: Collection[str] = frozenset()

    def candidate(self, suggestion: str) -> Suggestion:
        """The candidate of that id.

        Raises:
            DecisionRefused: there is none.
        """
        for item in self.suggestions.suggestions:
            if item.id == suggestion:
                return item
        raise DecisionRefused(
            f"There is no candidate {suggestion}. Take its id from the worklist; a newer run may have replaced it."
        )

    def code(self, code: str) -> Code:
        """The code of that id, in use.

        Raises:
            DecisionRefused: there is none, or it was merged or split away.
        """
        found = self.book.codes.get(code)
        if found is None:
            raise DecisionRefused(f"There is no code {code}. Take its id from the codebook (ids begin with `c-`).")
        if not found.active:
            raise DecisionRefused(
                f"Code {code} ({found.name}) is no longer in use: it went into {found.retired_into}. Decide on that."
            )
        return found

    def require_segments(self, segments: Iterable[str]) -> tuple[str, ...]:
        """The segment ids, each known.

        Raises:
            DecisionRefused: one of them is not in the study.
        """
        wanted = tuple(dict.fromkeys(segments))
        for segment in wanted if self.segments else ():
            if segment not in self.segments:
                raise DecisionRefused(
                    f"There is no segment {segment} in this study. Segments are named like 3f2a90c1d4e5:120-310."
                )
        return wanted
