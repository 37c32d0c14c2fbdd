"""What a report is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.checked import Checked
from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.decision import Decision
from pipeline.domain.mapped import Mapped
from pipeline.domain.said import Said
from pipeline.domain.study import Study
from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.domain.transcript import Transcript

BESIDE: Final = "Said beside the guide"
"""The heading of talk that answers no question of the guide."""

UNNAMED: Final = "Unnamed"
"""What a speaker is called whom the transcript does not name."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A transcript of a focus group, the name of the file it was read from, and what of it is still to be checked
    (None: all that was found odd when it was read)."""

    group: str
    transcript: Transcript
    file: str
    warnings: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """How the report was made. `at` is ISO 8601 and the only time a report bears; `parts` are (what, which):
    the language model, the methods and their versions. `saturation` is the mapping's sentence; `unsigned` says what
    was decided since people signed off the map, "" for nothing; `notes` are further sentences for the appendix."""

    at: str
    version: str
    parts: tuple[tuple[str, str], ...] = ()
    saturation: str = ""
    unsigned: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """All of it. `said` is every segment in order of talk, moderators' and noises included; `unclear` are those that
    carry no code and wait in no candidate; `unconfirmed` are codings that the machine proposed and nobody confirmed
    or removed; `checked` is how far coding was double-checked."""

    study: Study
    book: Codebook
    log: Sequence[Decision]
    said: Sequence[Said]
    mapped: Mapped
    transcripts: Sequence[Recorded]
    making: Making
    suggestions: SuggestionSet = field(default_factory=lambda: SuggestionSet((), ()))
    unclear: Sequence[str] = ()
    unconfirmed: Sequence[ProposedCoding] = ()
    checked: Checked = field(default_factory=Checked)

    @property
    def group_names(self) -> dict[str, str]:
        """The name of each group as a reader sees it, in the order of the study; its id stands with a name that
        another group has too."""
        names = {group.id: group.attributes.get("name") or group.id for group in self.study.groups}
        bearers = Counter(names.values())
        return {group: name if bearers[name] == 1 else f"{name} ({group})" for group, name in names.items()}

    @property
    def able(self) -> frozenset[str]:
        """Participants' segments that can carry a code: all but short noises, unless people coded one."""
        talk = (item.segment for item in self.said if not item.segment.moderator)
        return frozenset(item.id for item in talk if not item.noise or self.book.codes_of(item.id))

    def name_of(self, code: str) -> str:
        """The name of a code, "" for none."""
        return self.book.codes[code].name if code in self.book.codes else ""

    def examples_of(self, code: Code) -> tuple[str, ...]:
        """The passages that people chose to show a code and that carry it still, in the order they were chosen."""
        carried = self.mapped.totals[code.id].segments if code.active else ()
        return tuple(item for item in code.examples if item in carried)
