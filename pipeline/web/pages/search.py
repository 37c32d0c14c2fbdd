"""Searching the talk: words and phrases, or what is meant alike, among the segments that a filter lets through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.domain.codebook import Coding
from pipeline.domain.errors import ModelUnavailable, NotReady
from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE
from pipeline.report.source import BESIDE
from pipeline.review.search.filters import Filter
from pipeline.review.search.finding import Found, Hit, How
from pipeline.review.search.query import LONGEST
from pipeline.web.endpoints import READERS, Answer, Ask, Page, page
from pipeline.web.mapped import full_study
from pipeline.web.paging import Leaf, leaf, wanted
from pipeline.web.people import coders_seen
from pipeline.web.places import path_of
from pipeline.web.searching import search_of
from pipeline.web.withholding import veiled
from pipeline.work.live_study import Material, View

PER_PAGE: Final = 20
_FIELDS: Final = ("group", "role", "question", "code", "coder")
NO_MEANING: Final = "By meaning the talk cannot be searched now: {why} Search by words meanwhile."


@dataclass(frozen=True, slots=True)
class Result:
    """A segment found: its words in parts, each with whether it matches; where it stands; its codes by name."""

    parts: tuple[tuple[str, bool], ...]
    said: Said
    path: str
    codes: tuple[str, ...]


def show(ask: Ask) -> Answer:
    """The field, the filters, and what fits."""
    typed = ask.query.get("q", "").strip()[:LONGEST]
    how = How.MEANING if ask.query.get("how") == How.MEANING else How.WORDS
    chosen = {name: ask.query.get(name, "") for name in _FIELDS}
    with ask.study.looking(ask.person) as view:
        material, context = view.material, _choices(ask, view)
        codings, hidden = _codings(view, chosen), veiled(view)
    if hidden:
        codings = {pair: coding for pair, coding in codings.items() if coding.segment not in hidden}
    found, problem, at = Found(0, ()), "", leaf(0, PER_PAGE, "")
    if asked := bool(typed or any(chosen.values())):
        try:
            found, at = _found(ask, material, typed, how, (chosen, codings))
        except (NotReady, ModelUnavailable) as refusal:
            problem = NO_MEANING.format(why=refusal)
    return Page(
        "search.html.j2",
        {
            **context,
            "title": "Search",
            "typed": typed,
            "how": how.value,
            "chosen": chosen,
            "asked": asked,
            "problem": problem,
            "results": _results(ask, found.hits),
            "total": found.total,
            "ranked": any(hit.score for hit in found.hits),
            "leaf": at,
            "longest": LONGEST,
            "turning": _turning(ask, typed, how, chosen),
            "hint": bool(typed and "*" not in typed and '"' not in typed and how is How.WORDS),
        },
    )


def _found(
    ask: Ask,
    material: Material,
    typed: str,
    how: How,
    within: tuple[Mapping[str, str], Mapping[tuple[str, str], Coding]],
) -> tuple[Found, Leaf]:
    chosen, codings = within
    fields = {f"{name}s": frozenset({value}) for name, value in chosen.items() if value}
    search = search_of(ask.study, material, by_meaning=how is How.MEANING and bool(typed))
    number = wanted(ask.query.get("page", ""))
    found = search.find(typed, how, Filter(**fields), codings, first=(number - 1) * PER_PAGE, count=PER_PAGE)
    at = leaf(found.total, PER_PAGE, str(number))
    if at.number != number:
        found = search.find(typed, how, Filter(**fields), codings, first=at.first, count=PER_PAGE)
    return found, at


def _codings(view: View, chosen: Mapping[str, str]) -> dict[tuple[str, str], Coding]:
    """The codings that the filter is about, copied: they are gone through when nobody waits any more."""
    code, book = chosen["code"], view.book
    if code:
        return {(segment, code): book.codings[segment, code] for segment in book.by_code.get(code, ())}
    return dict(book.codings) if chosen["coder"] else {}


def _results(ask: Ask, hits: tuple[Hit, ...]) -> list[Result]:
    """The hits with their places; talk that was taken out while it was searched is not among them."""
    with ask.study.looking(ask.person) as view:
        said, hidden = view.material.said, veiled(view)
        return [
            Result(
                parts=hit.parts,
                said=said[hit.segment],
                path=path_of(ask.study.id, said[hit.segment]),
                codes=_codes(view, hit.segment) if hit.segment not in hidden else (),
            )
            for hit in hits
            if hit.segment in said
        ]


def _codes(view: View, segment: str) -> tuple[str, ...]:
    codes = (view.book.codes[item] for item in view.book.codes_of(segment))
    return tuple(code.name for code in codes if code.active)


def _choices(ask: Ask, view: View) -> dict[str, Any]:
    """What can be chosen in each filter, (value, name)."""
    study = full_study(ask.study.work.study, view.material)
    heard = {item.group for item in view.material.recordings}
    roles = sorted({person.role for person in study.participants if person.role})
    codes = sorted(((code.id, code.name) for code in view.book.active_codes), key=lambda item: item[1].casefold())
    return {
        "filters": (
            ("group", "Group", [(g.id, g.attributes.get("name", g.id)) for g in study.groups if g.id in heard]),
            ("role", "Role", [(role, role) for role in roles]),
            ("question", "Question", [*((q.id, f"{q.id}  {q.text}") for q in study.questions), (OFF_GUIDE, BESIDE)]),
            ("code", "Code", codes),
            ("coder", "Coded by", [(name, name) for name in coders_seen(ask, view)]),
        )
    }


def _turning(ask: Ask, typed: str, how: How, chosen: Mapping[str, str]) -> str:
    """The address of another page of the same search, but for its number."""
    kept = {"q": typed, "how": how.value if how is How.MEANING else "", **chosen}
    said = urlencode({name: value for name, value in kept.items() if value})
    return f"{ask.base}/search?{said}&" if said else f"{ask.base}/search?"


ENDPOINTS: Final = (page("/studies/{study}/search", READERS, show),)
