"""How far the coding of a study was double-checked: what a reader needs to judge how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NOT_CHECKED: Final = (
    "Coding was not double-checked: no blind round was held, in which coders decide on the same talk without seeing "
    "what the others do. How far other coders would code it alike is not known."
)
"""What is to be said where nobody coded anything a second time."""


@dataclass(frozen=True, slots=True)
class CodeChecked:
    """Agreement on one code in one round, in words. `carried` is "9 of 40": segments that carry the code from at
    least one coder, of those that two coders or more coded. `percent`, `kappa` and `alpha` are figures with the ends
    of their 95% intervals in brackets, "not assessable" where there is too little; `why` then says what lacks."""

    name: str
    carried: str
    percent: str
    kappa: str
    alpha: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RoundChecked:
    """A closed blind round: what it was, what was measured, how differences were settled, and the figures of each
    code that somebody applied. `kappa` says which kappa the figures are."""

    heading: str
    sentences: tuple[str, ...]
    kappa: str = ""
    codes: tuple[CodeChecked, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """All of it: sentences on the whole, and the closed rounds, oldest first. Of a round that goes on nothing is in
    here but that it does."""

    sentences: tuple[str, ...] = (NOT_CHECKED,)
    rounds: tuple[RoundChecked, ...] = ()
