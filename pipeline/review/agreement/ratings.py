"""Which coder applied which codes to which segment, and the reliability matrices read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.errors import DecisionRefused

Floats = NDArray[np.float64]
"""An array of 64-bit floats."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Who applied what to which unit (a segment).

    `applied[(unit, coder)]` is the set of codes that the coder committed for the unit, empty where the coder
    looked and applied none. A key that is not there means that the coder has not coded the unit: that is missing
    data and never counts as "no code".

    Raises:
        DecisionRefused: something is named twice, or `applied` names a unit, a coder or a code that is not listed.
    """

    units: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    applied: Mapping[tuple[str, str], frozenset[str]]

    def __post_init__(self) -> None:
        for what, names in (("segment", self.units), ("coder", self.coders), ("code", self.codes)):
            _require_distinct(what, names)
        units, coders, codes = set(self.units), set(self.coders), set(self.codes)
        for (unit, coder), chosen in self.applied.items():
            _require_listed("segment", unit, units)
            _require_listed("coder", coder, coders)
            for code in chosen:
                _require_listed("code", code, codes)

    def sets(self, unit: str) -> tuple[tuple[str, frozenset[str]], ...]:
        """The coders who coded the unit, in the order listed, each with their set of codes."""
        return tuple((coder, self.applied[unit, coder]) for coder in self.coders if (unit, coder) in self.applied)

    def binary(self, code: str) -> Floats:
        """The reliability matrix of one code, coders x units: 1 applied, 0 not applied, nan not coded."""
        return np.array(
            [[self._rating(unit, coder, code) for unit in self.units] for coder in self.coders], dtype=np.float64
        ).reshape(len(self.coders), len(self.units))

    def shared(self) -> Ratings:
        """Only the units that two coders or more coded, and only the coders who coded one of those.

        Units, coders and codes come sorted, so that every figure computed from it is the same, to the last bit,
        in whatever order they were listed.
        """
        units = tuple(sorted(unit for unit in self.units if len(self.sets(unit)) > 1))
        kept = set(units)
        applied = {key: chosen for key, chosen in self.applied.items() if key[0] in kept}
        present = {coder for _, coder in applied}
        return Ratings(units, tuple(sorted(present)), tuple(sorted(self.codes)), applied)

    def _rating(self, unit: str, coder: str, code: str) -> float:
        chosen = self.applied.get((unit, coder))
        return np.nan if chosen is None else float(code in chosen)


def _require_distinct(what: str, names: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DecisionRefused(f"The {what} {name} is listed twice. List each {what} once.")
        seen.add(name)


def _require_listed(what: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise DecisionRefused(f"A rating names the {what} {name}, which is not listed. Add it or drop the rating.")
