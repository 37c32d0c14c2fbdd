"""The page that a refused form came from, shown again with what was typed into it and why it was not taken."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from starlette.routing import compile_path

from pipeline.domain.errors import PolyvocalError
from pipeline.web import guard
from pipeline.web.endpoints import Ask, Endpoint, Page
from pipeline.web.frame import framed
from pipeline.web.places import from_part, own_path
from pipeline.web.refilling import refilled
from pipeline.web.rendering import render
from pipeline.web.routes import ENDPOINTS
from pipeline.web.undoing import UNDONE

SAFE: Final = "/:@!$&'()*+,;="
"""What stays as it is where the path of a request is quoted."""


def shown_again(ask: Ask, sentence: str) -> str | None:
    """The page as it is now, for the person who sent the form; None where the form says no page of its study, or that
    page has no such form any more."""
    there = ask.value("back")
    if ask.served is None or not ask.roles or not there or own_path(there) != there:
        return None
    try:
        return _again(ask, there, sentence)
    except PolyvocalError:
        return None


def _again(ask: Ask, there: str, sentence: str) -> str | None:
    parts = urlsplit(there)
    path = unquote(parts.path)
    endpoint, params = _page_at(path)
    if endpoint is None:
        return None
    query = {name: value for name, value in parse_qsl(parts.query) if name != UNDONE}
    asked = Ask(ask.site, quote(path, safe=SAFE), params, query, token=ask.token, address=ask.address)
    guard.require_text(asked)
    asked = guard.admitted(ask.site, endpoint, asked)
    answer = endpoint.answer(asked) if asked.served is ask.served else None
    if not isinstance(answer, Page):
        return None
    html = render(answer.template, framed(asked, {**answer.context, "refusal": sentence}))
    return refilled(html, ask.path, ask.form)


def _page_at(path: str) -> tuple[Endpoint | None, dict[str, str]]:
    """What answers at an address of a study, and the ids in it."""
    for shape, endpoint in _pages():
        if found := shape.match(path):
            return endpoint, {name: from_part(part) for name, part in found.groupdict().items()}
    return None, {}


@cache
def _pages() -> tuple[tuple[re.Pattern[str], Endpoint], ...]:
    pages = (endpoint for endpoint in ENDPOINTS if endpoint.method == "GET" and endpoint.of_study)
    return tuple((compile_path(endpoint.path)[0], endpoint) for endpoint in pages)
