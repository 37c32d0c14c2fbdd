"""Blind rounds: opened and closed by an adjudicator, and each coder's word that they are done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pipeline.domain.counted import counted, noun
from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.review import rounds
from pipeline.review.sampling import draw, size_of
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.endpoints import DECIDERS, JUDGES, Answer, Ask, Go, Page, act, page
from pipeline.web.places import saying
from pipeline.web.waiting import left_to_code, undecided
from pipeline.work.live_study import Material, View

USUAL: Final[Mapping[str, str]] = {"share": "10", "seed": "1", "least": "50"}
"""What the form for a sample shows first."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample that was drawn, before it is given to coders. `of` counts what it was drawn from, `taken` the segments
    in it that a candidate took; `by_share` is how many the share alone would draw."""

    segments: tuple[str, ...]
    of: int
    taken: int
    share: float
    seed: int
    by_share: int

    @property
    def percent(self) -> str:
        """How large a part of all it is."""
        return f"{100 * len(self.segments) / self.of:.0f}"

    @property
    def raised(self) -> bool:
        """Whether the least number asks for more than the share does."""
        return self.by_share < len(self.segments)

    @property
    def print(self) -> str:
        """Tells whether other segments are drawn than a page showed: another run may have made other candidates."""
        return hashlib.sha256("\n".join(self.segments).encode()).hexdigest()[:12]


def choosable(ask: Ask) -> list[str]:
    """The accounts that can code in this study, by name."""
    accounts = ask.site.accounts.accounts
    active = {account.name for account in accounts.all() if account.active}
    return sorted(
        {item.account for item in accounts.memberships(study=ask.study.id) if item.role in DECIDERS} & active
    )


def open_candidates(ask: Ask) -> Answer:
    """Let coders decide on the candidates, blind to each other."""
    coders = _coders(ask)

    def build(view: View, sign: Signature) -> Draft:
        return rounds.open_candidates(sign, view.book, coders, undecided(view))

    decide(ask, build, for_all=True)
    return Go(_home(ask))


def show_sample(ask: Ask) -> Answer:
    """The form for a sample, with how many segments it comes to."""
    with ask.study.looking(ask.person) as view:
        material, going_on = view.material, view.book.open_round is not None
        codes, at = len(view.book.active_codes), view.book.version
    asked = {name: ask.query.get(name, usual).strip() for name, usual in USUAL.items()}
    drawn, problem = _tried(material, asked)
    here = saying(f"{ask.base}/rounds/sample", **asked)  # refused, the form comes back to this very draw
    context = {
        "title": "Draw a sample",
        "asked": asked,
        "drawn_at": here,
        "drawn": drawn,
        "problem": problem,
        "going_on": going_on,
    }
    return Page("round_sample.html.j2", {**context, "codes": codes, "at": at, "coders": choosable(ask)})


def open_sample(ask: Ask) -> Answer:
    """Let coders code the sample that was shown, blind to each other."""
    coders = _coders(ask)
    with ask.study.looking(ask.person) as view:
        material = view.material
    drawn = _drawn(material, {name: ask.value(name) for name in USUAL})
    if len(drawn.segments) != ask.number("drawn") or ask.value("print") not in {"", drawn.print}:
        raise DecisionRefused("The talk changed since the sample was shown. Draw it again.")

    def build(view: View, sign: Signature) -> Draft:
        return rounds.open_sample(sign, view.book, coders, drawn.segments, share=drawn.share, seed=drawn.seed)

    decide(ask, build, for_all=True)
    return Go(_home(ask))


def close(ask: Ask) -> Answer:
    """End the round: what each coder did is seen by all from now on."""
    decide(ask, lambda view, sign: rounds.close(sign, view.book, ask.params["round"]), for_all=True)
    return Go(f"{_home(ask)}/{ask.params['round']}")


def finish(ask: Ask) -> Answer:
    """A coder is done. Said again, it changes nothing; said before all of a sample is coded, it is asked once more.

    Raises:
        DecisionRefused: segments of the sample are left, and nobody said to be done all the same.
    """
    with ask.study.looking(ask.person) as view:
        at, said = str(view.book.version), bool(view.blind and (view.blind.id, ask.person) in view.book.finished)
        left = left_to_code(view)
    if not said:
        if left and ask.value("all_the_same") != "yes":
            raise DecisionRefused(
                f"{counted(left, 'segment')} of the sample {noun(left, 'is', 'are')} not coded yet. Go on with "
                "them, or tick “Be done all the same” first."
            )
        decide(replace(ask, form={**ask.form, "at": (at,)}), lambda view, sign: rounds.finish(sign, view.book))
    return Go(_home(ask))


def _tried(material: Material, asked: Mapping[str, str]) -> tuple[Drawn | None, str]:
    try:
        return _drawn(material, asked), ""
    except DecisionRefused as problem:
        return None, str(problem)


def _drawn(material: Material, asked: Mapping[str, str]) -> Drawn:
    """The sample that a form asks for.

    Raises:
        DecisionRefused: a field holds no number that fits.
    """
    share = _percent(asked["share"])
    seed, least = _whole(asked["seed"], "The seed"), _whole(asked["least"], "The least number")
    if not share and not least:
        raise DecisionRefused(
            "Of 0 percent and 0 segments nothing is drawn. Write a larger share, or a least number."
        )
    taken = material.candidates_of
    segments = draw(material.codable, taken.keys(), share=share / 100, seed=seed, least=least)
    of = len(material.codable)
    by_share = size_of(of, share / 100)
    return Drawn(segments, of, sum(item in taken for item in segments), share / 100, seed, by_share)


def _percent(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:  # noqa: PLR2004 - percent
        raise DecisionRefused(f"The share in percent is a number from 0 to 100; `{text}` is none.")
    return number


def _whole(text: str, what: str) -> int:
    if not text.isdecimal() or len(text) >= 10:  # noqa: PLR2004 - as Ask.number
        raise DecisionRefused(f"{what} is a whole number from 0 on, of nine digits at most; `{text}` is none.")
    return int(text)


def _coders(ask: Ask) -> Sequence[str]:
    there = choosable(ask)
    chosen = [name for name in ask.values("coder") if name in there]
    if len(chosen) < len(ask.values("coder")):
        raise DecisionRefused("One of those chosen cannot code in this study any more. Choose again.")
    return chosen


def _home(ask: Ask) -> str:
    return f"{ask.base}/agreement"


_PATH: Final = "/studies/{study}/rounds"
ENDPOINTS: Final[tuple[Any, ...]] = (
    page(_PATH + "/sample", JUDGES, show_sample),
    act(_PATH + "/candidates", JUDGES, open_candidates),
    act(_PATH + "/sample", JUDGES, open_sample),
    act(_PATH + "/finish", DECIDERS, finish),
    act(_PATH + "/{round}/close", JUDGES, close),
)
