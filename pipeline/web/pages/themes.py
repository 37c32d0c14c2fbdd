"""Themes: what people make of several codes, over all questions. The machine only lays codes side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.codebook import Code, Theme
from pipeline.domain.decision import Draft
from pipeline.domain.mapped import Mapped
from pipeline.domain.segment import OFF_GUIDE
from pipeline.mapping.themes import ProposedTheme
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.endpoints import DECIDERS, READERS, Answer, Ask, Go, NotFound, Page, act, page
from pipeline.web.heat import widely_shared
from pipeline.web.map_frame import map_frame
from pipeline.web.mapped import Carried, carried_in, map_of, together
from pipeline.web.out_of_date import map_out_of_date
from pipeline.work import mapping
from pipeline.work.live_study import View

FEWEST: Final = 2
"""Codes that a proposal lays side by side."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A theme, made or proposed, with what it rests on. `codes` are (id, name)."""

    id: str
    name: str
    note: str
    codes: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    speakers: int
    groups: int
    segments: int


def show(ask: Ask) -> Answer:
    """The themes that people made, and those that are proposed."""
    since = map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame, carried = map_frame(ask, view, "map/themes", since), carried_in(ask.study, view)
        made, proposed = tuple(view.book.themes.values()), _proposed(view)
    mapped = map_of(ask.study, carried)
    context = {
        "made": [_gathered(carried, mapped, item.id, item.name, item.codes, item.note) for item in made],
        "proposed": [_gathered(carried, mapped, item.id, item.name, item.codes) for item in proposed],
        "any_codes": bool(carried.codes),
    }
    return Page("themes.html.j2", {**frame, **context})


def show_new(ask: Ask) -> Answer:
    """A theme of one's own, to be made."""
    since = map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame, carried = map_frame(ask, view, "map/themes", since), carried_in(ask.study, view)
    return Page(
        "theme.html.j2", {**frame, **_choice(ask, carried), "title": "A new theme", "theme": None, "seen": ""}
    )


def show_one(ask: Ask) -> Answer:
    """A theme to rename, to give other codes, or to dissolve."""
    versions = ask.study.versions_of(ask.person, ask.params["theme"])
    since = map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame, carried = map_frame(ask, view, "map/themes", since), carried_in(ask.study, view)
        theme = view.book.themes.get(ask.params["theme"])
    if theme is None:
        raise NotFound("There is no such theme. It may have been dissolved: look at the list of themes.")
    context = {"title": theme.name, "theme": theme, "seen": versions[theme.id]}
    return Page("theme.html.j2", {**frame, **_choice(ask, carried, theme), **context})


def create(ask: Ask) -> Answer:
    """Make a theme of the codes chosen."""
    decide(ask, _drafted(ask))
    return Go(_base(ask))


def revise(ask: Ask) -> Answer:
    """Give a theme another name, note or codes."""
    decide(ask, _drafted(ask, revises=ask.params["theme"]))
    return Go(_base(ask))


def dissolve(ask: Ask) -> Answer:
    """Give a theme up; its codes stay."""
    decide(ask, lambda view, sign: deciding.dissolve(view.seen, sign, ask.params["theme"]))
    return Go(_base(ask))


def _drafted(ask: Ask, revises: str = "") -> Callable[[View, Signature], Draft]:
    def build(view: View, sign: Signature) -> Draft:
        name, note = ask.value("name"), ask.value("note")
        return deciding.theme(view.seen, sign, ask.values("code"), name, note=note, revises=revises)

    return build


def _proposed(view: View) -> list[ProposedTheme]:
    """Themes of the latest version of the map, of codes still in use, that nobody has made yet."""
    stage = view.stages[mapping.STAGE]
    made = [set(theme.codes) for theme in view.book.themes.values()]
    found = []
    for item in stage.summary["themes"] if stage else ():
        codes = tuple(code for code in item["codes"] if code in view.book.codes and view.book.codes[code].active)
        if len(codes) >= FEWEST and not any(set(codes) <= theme for theme in made):
            found.append(ProposedTheme(**{**item, "codes": codes}))
    return found


def _gathered(
    carried: Carried, mapped: Mapped, name_id: str, name: str, codes: Sequence[str], note: str = ""
) -> Gathered:
    names = {code.id: code.name for code in carried.codes}
    known = [code for code in codes if code in names]
    whole = together(mapped.totals[code] for code in known)
    return Gathered(
        id=name_id,
        name=name,
        note=note,
        codes=tuple((code, names[code]) for code in known),
        questions=_questions(mapped, known),
        speakers=len(whole.speakers),
        groups=len(whole.groups),
        segments=len(whole.segments),
    )


def _questions(mapped: Mapped, codes: Collection[str]) -> tuple[str, ...]:
    """The guide's questions to which some of the codes are said."""
    by_question = mapped.by_question
    return tuple(
        item
        for item in by_question.columns
        if item != OFF_GUIDE and any(by_question.cell(code, item).segments for code in codes)
    )


def _choice(ask: Ask, carried: Carried, theme: Theme | None = None) -> dict[str, Any]:
    """The codes to choose from: those of the theme first, then the most widely shared."""
    mapped = map_of(ask.study, carried)
    own = set(theme.codes) if theme else set[str]()
    ordered = sorted(widely_shared(carried.codes, mapped), key=lambda code: code.id not in own)
    return {"choice": [_offered(mapped, code, chosen=code.id in own) for code in ordered]}


def _offered(mapped: Mapped, code: Code, *, chosen: bool) -> tuple[str, str, str, int, int, tuple[str, ...], bool]:
    total = mapped.totals[code.id]
    questions = _questions(mapped, [code.id])
    return code.id, code.name, code.definition, len(total.groups), len(total.speakers), questions, chosen


def _base(ask: Ask) -> str:
    return f"{ask.base}/map/themes"


_PATH: Final = "/studies/{study}/map/themes"
ENDPOINTS: Final = (
    page(_PATH, READERS, show),
    page(_PATH + "/new", DECIDERS, show_new),
    page(_PATH + "/{theme}", DECIDERS, show_one),
    act(_PATH, DECIDERS, create),
    act(_PATH + "/{theme}", DECIDERS, revise),
    act(_PATH + "/{theme}/dissolve", DECIDERS, dissolve),
)
