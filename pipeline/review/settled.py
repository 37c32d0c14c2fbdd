"""What the team settled of a closed round so far, read from the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass

from pipeline.domain.acts import PART
from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Kind, effective
from pipeline.review.worklist import in_use

Came = MutableMapping[tuple[str, str], str]
"""(a coder, a code of their own book) → the code in use that the team made of it."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a unit was settled: the decision that says so, and those that belong to it, in order."""

    unit: str
    decisions: tuple[Decision, ...]

    @property
    def decision(self) -> Decision:
        """The one that says how."""
        return self.decisions[0]

    @property
    def took_part(self) -> tuple[str, ...]:
        """Who took part."""
        return tuple(self.decision.payload["took_part"])


def bears_on(decision: Decision) -> bool:
    """Whether `settlements` needs to know of a decision of the team."""
    return decision.kind is Kind.UNDO or "settles" in decision.payload or PART in decision.draft.key


def settlements(log: Iterable[Decision], round_id: str) -> Mapping[str, Settlement]:
    """What counts as settled of a round, by unit. The log is the team's, or what of it `bears_on` settling."""
    found: dict[str, list[Decision]] = {}
    unit_of: dict[str, str] = {}
    for item in effective([decision for decision in log if bears_on(decision)]):
        if "settles" in item.payload and item.payload.get("round") == round_id:
            unit = unit_of[item.draft.key] = str(item.payload["settles"])
            found[unit] = [item]
        elif unit := unit_of.get(item.draft.key.partition(PART)[0], ""):
            found[unit].append(item)
    return {unit: Settlement(unit, tuple(items)) for unit, items in found.items()}


def came_from(settled: Iterable[Settlement], team: Codebook) -> Came:
    """Which code in use the team made of which coder's own; none where it was split since."""
    found: Came = {}
    for item in (decision for settlement in settled for decision in settlement.decisions):
        made = item.payload.get("code") if item.kind is Kind.ACCEPT else item.subject
        for source in item.payload.get("from", ()):
            if code := in_use(team, str(made)):
                found.setdefault((source["coder"], source["code"]), code)
    return found
