"""What a report is made from. The shapes it asks of the mapping are named here, so that it needs no other stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.decision import Decision
from pipeline.domain.segment import Segment
from pipeline.domain.study import Study
from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.domain.transcript import Transcript

BESIDE: Final = "Said beside the guide"
"""The heading of talk that answers no question of the guide."""


class Said(Protocol):
    """A segment in its place: the verbatim words, who said them, and the question they answer."""

    @property
    def segment(self) -> Segment:
        """The span."""

    @property
    def excerpt(self) -> str:
        """Its verbatim text."""

    @property
    def group(self) -> str:
        """The focus group's id."""

    @property
    def speaker(self) -> str:
        """Who said it, as corrected."""

    @property
    def role(self) -> str:
        """The speaker's role, "" where the study does not say."""

    @property
    def question(self) -> str:
        """The guide question's id, or OFF_GUIDE."""


class Cell(Protocol):
    """What stands behind a number of a matrix: segment ids in order of talk, "group/speaker", group ids."""

    @property
    def segments(self) -> Sequence[str]:
        """Segment ids."""

    @property
    def speakers(self) -> Sequence[str]:
        """Distinct speakers."""

    @property
    def groups(self) -> Sequence[str]:
        """Distinct groups."""


class Matrix(Protocol):
    """Codes against questions, groups or roles."""

    @property
    def rows(self) -> Sequence[str]:
        """Code ids."""

    @property
    def columns(self) -> Sequence[str]:
        """Question, group or role."""

    def cell(self, row: str, column: str) -> Cell:
        """What a code has in a column."""


class Share(Protocol):
    """A code among the answers to a question."""

    @property
    def code(self) -> str:
        """Its id."""

    @property
    def stance(self) -> Stance:
        """What people say it speaks of."""

    @property
    def cell(self) -> Cell:
        """Where it was said."""


class Mapped(Protocol):
    """Approved codes brought onto the study: matrices, totals, and answers per question, most widely shared first."""

    @property
    def by_question(self) -> Matrix:
        """Codes against questions."""

    @property
    def by_group(self) -> Matrix:
        """Codes against groups."""

    @property
    def by_role(self) -> Matrix:
        """Codes against roles."""

    @property
    def totals(self) -> Mapping[str, Cell]:
        """Per code, over all talk."""

    @property
    def answers(self) -> Mapping[str, Sequence[Share]]:
        """Per question, its codes."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transcript of a focus group, and the name of the file it was read from."""

    group: str
    transcript: Transcript
    file: str


@dataclass(frozen=True, slots=True)
class Making:
    """How the report was made. `at` is ISO 8601 and the only time a report bears; `parts` are (what, which):
    the language model, the methods and their versions. `saturation` is the mapping's sentence; `notes` are further
    sentences for the methods appendix, such as the coders' agreement."""

    at: str
    version: str
    parts: tuple[tuple[str, str], ...] = ()
    saturation: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """All of it. `said` is every segment in order of talk, moderators' and noises included; `unconfirmed` are codings
    that the machine proposed and nobody confirmed or removed."""

    study: Study
    book: Codebook
    log: Sequence[Decision]
    said: Sequence[Said]
    mapped: Mapped
    transcripts: Sequence[Recorded]
    making: Making
    suggestions: SuggestionSet = field(default_factory=lambda: SuggestionSet((), ()))
    unconfirmed: Sequence[ProposedCoding] = ()

    @property
    def group_names(self) -> dict[str, str]:
        """The name of each group as a reader sees it, in the order of the study."""
        return {group.id: group.attributes.get("name", group.id) for group in self.study.groups}
