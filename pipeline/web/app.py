"""The ASGI application: every address of `routes` behind the guard, and named errors turned into pages once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message

from pipeline.domain.errors import (
    AccountRefused,
    DecisionRefused,
    NameTaken,
    NotReady,
    Overtaken,
    PolyvocalError,
    ServiceUnavailable,
    SignInRefused,
    StaleDecision,
)
from pipeline.report.jinja import typeset
from pipeline.web import guard
from pipeline.web.endpoints import Answer, Ask, Download, Endpoint, Go, NotAllowed, NotFound
from pipeline.web.field_names import called
from pipeline.web.frame import framed
from pipeline.web.guard import HEADERS, STRICT_TRANSPORT, NotText, SignInFirst, TooMany, WrongDoor
from pipeline.web.places import from_part, own_path, saying
from pipeline.web.rendering import STATIC, packaged, render, static_path
from pipeline.web.routes import ENDPOINTS
from pipeline.web.shown_again import SAFE, shown_again
from pipeline.web.site import Site
from pipeline.web.subjects import Directory
from pipeline.web.undoing import UNDONE

COOKIE: Final = "polyvocal"
FIELDS: Final = 20_000
"""Fields of one form: a candidate's segments, each with its box."""
LONGEST: Final = 2_000_000
"""Bytes of one form."""
LONGEST_UNKNOWN: Final = 16_000
"""Bytes of a form from somebody who shows no session: a name and a password."""
_WITH_PASSWORDS: Final = ("/sign-in", "/set-up", "/account")
"""Where the addresses begin whose forms hold passwords."""
_UNSEEN: Final = frozenset(
    {
        *("back", "at", "in", "page", "seen", "seen_code", "known", "print", "version"),
        *("last", "sure", "asked", "agreed", "drawn", "had"),
    }
)
"""Fields that nobody typed or chose: what a page tells of itself."""
STATUS: Final[Mapping[type[PolyvocalError], int]] = {
    StaleDecision: 409,
    DecisionRefused: 422,
    AccountRefused: 422,
    SignInRefused: 403,
    SignInFirst: 401,
    NotReady: 409,
    ServiceUnavailable: 503,
    NotFound: 404,
    NotAllowed: 403,
    WrongDoor: 400,
    NotText: 400,
    TooMany: 429,
}
"""What each named error is to a browser; the first that fits. Any other is 500, with its sentence."""


class TooLarge(PolyvocalError):
    """More was sent than a form of this site holds."""


def application(site: Site) -> Starlette:
    """The whole site."""
    routes = [_route(site, endpoint) for endpoint in ENDPOINTS]
    routes += [Route(static_path(name), partial(_static, name)) for name in STATIC]
    handlers: dict[Any, Any] = {HTTPException: partial(_no_such_page, site), Exception: partial(_unforeseen, site)}
    return Starlette(routes=routes, exception_handlers=handlers)


def _route(site: Site, endpoint: Endpoint) -> Route:
    async def answer(request: Request) -> Response:
        return await _answered(site, endpoint, request)

    return Route(endpoint.path, answer, methods=[endpoint.method])


async def _answered(site: Site, endpoint: Endpoint, request: Request) -> Response:
    ask = Ask(site=site, path=_path(request), address=request.client.host if request.client else "")
    try:
        guard.require_own_host(site, request.headers.get("host", ""))
        if endpoint.method != "GET":
            came_from = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
            guard.require_own_origin(site, *came_from)
        ask = Ask(
            site=site,
            path=ask.path,
            params={name: from_part(part) for name, part in request.path_params.items()},
            query=dict(request.query_params),
            form=await _form(request) if endpoint.method != "GET" else {},
            token=request.cookies.get(COOKIE, ""),
            address=ask.address,
        )
        guard.require_text(ask)
    except PolyvocalError as problem:
        return _refusal(site, ask, problem)
    return await run_in_threadpool(_answer, site, endpoint, ask)


def _path(request: Request) -> str:
    """The address that was asked for, quoted: what was typed into it as "?" or "#" ends it nowhere."""
    return quote(request.scope["path"], safe=SAFE)


def _asked(ask: Ask) -> str:
    """The address that was asked for, with what follows its "?"."""
    return f"{ask.path}?{urlencode(ask.query)}" if ask.query else ask.path


def _answer(site: Site, endpoint: Endpoint, ask: Ask) -> Response:
    try:
        ask = guard.admitted(site, endpoint, ask)
        return _response(site, ask, endpoint.answer(ask))
    except SignInFirst:
        if endpoint.method != "GET" and ask.form and not ask.path.startswith(_WITH_PASSWORDS):
            return _refusal(site, ask, SignInFirst("Your session has ended. Sign in again; then send this again."))
        back = quote(_asked(ask), safe="/") if endpoint.method == "GET" else ""
        return _with_headers(site, RedirectResponse(f"/sign-in?next={back}" if back else "/sign-in", 303))
    except PolyvocalError as problem:
        return _refusal(site, ask, problem)


def _response(site: Site, ask: Ask, answer: Answer) -> Response:
    if isinstance(answer, Go):
        said = ask.query.get(UNDONE, "")  # a page that leads on at once hands on what the next is to tell
        return _went(site, replace(answer, path=saying(answer.path, **{UNDONE: said})) if said else answer)
    if isinstance(answer, Download):
        return _with_headers(site, _saved(answer))
    return _with_headers(site, HTMLResponse(render(answer.template, framed(ask, answer.context)), answer.status))


def _went(site: Site, answer: Go) -> Response:
    response = RedirectResponse(own_path(answer.path), 303)
    if answer.token:
        response.set_cookie(
            COOKIE,
            answer.token,
            max_age=int(site.web.session_hours * 3600),
            httponly=True,
            samesite="strict",
            secure=site.secure,
            path="/",
        )
    elif answer.token == "":
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=site.secure)
    return _with_headers(site, response)


def _saved(answer: Download) -> Response:
    name = quote(answer.filename)
    return Response(
        answer.content,
        media_type=answer.kind,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}", "x-download-options": "noopen"},
    )


def _refusal(site: Site, ask: Ask, problem: PolyvocalError) -> Response:
    """The page that says why, with what was typed, so that nothing typed is lost."""
    status = next((code for kind, code in STATUS.items() if isinstance(problem, kind)), 500)
    if isinstance(problem, TooLarge):
        status = 413
    said, stale = _said(ask, problem), isinstance(problem, StaleDecision)
    refused = isinstance(problem, DecisionRefused) and not stale
    if isinstance(problem, NameTaken) and not ask.value("into"):  # where the page can merge, it is about to
        ask = replace(ask, form={**ask.form, "into": [problem.name]})
    if refused and (again := shown_again(ask, said["sentence"])):
        where = {"hx-push-url": own_path(ask.value("back"))}
        return _with_headers(site, HTMLResponse(again, status, headers=where))
    context = {**said, "stale": stale, "status": status, "back": own_path(ask.value("back"))}
    response = _with_headers(site, HTMLResponse(render("refused.html.j2", framed(ask, context)), status))
    if isinstance(problem, TooMany):
        response.headers["retry-after"] = "300"
    return response


def _said(ask: Ask, problem: PolyvocalError) -> dict[str, Any]:
    """What is wrong, and what was sent; in a study with names for ids, as this person sees them."""
    sentence, typed = typeset(str(problem)), _typed(ask)
    if ask.served is None or not ask.roles:
        return {"sentence": sentence, "typed": typed, "overtaken": None}
    with ask.served.looking(ask.person) as view:
        directory = Directory(view, ask.served.id, ask.roles)
        named = [(directory.in_words(name), directory.in_words(value)) for name, value in typed]
        overtaken = isinstance(problem, Overtaken) and (directory.in_words(problem.subject), problem.by, problem.at)
        return {"sentence": directory.in_words(sentence), "typed": named, "overtaken": overtaken}


def _typed(ask: Ask) -> list[tuple[str, str]]:
    """What is shown again; nothing of forms that hold passwords."""
    if ask.path.startswith(_WITH_PASSWORDS):
        return []
    shown = [(called(name), values) for name, values in ask.form.items() if name not in _UNSEEN]
    return [(name, value) for name, values in shown for value in values if value]


async def _form(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form. Files are taken by no page; more than a form holds is not read to its end."""
    longest = LONGEST if COOKIE in request.cookies else LONGEST_UNKNOWN
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise TooLarge("That is more than a form of this site holds. Send it in parts.")

    async def read() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    whole = Request(request.scope, read)
    async with whole.form(max_files=0, max_fields=FIELDS, max_part_size=LONGEST) as form:
        found: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            found.setdefault(_sayable(name), []).append(_sayable(str(value)))
        return found


def _sayable(text: str) -> str:
    """The text without halves of characters: a form may name an encoding that makes such."""
    return text.encode("utf-8", "replace").decode("utf-8")


async def _static(name: str, _request: Request) -> Response:
    headers = {**HEADERS, "cache-control": "public, max-age=31536000, immutable"}
    return Response(packaged(name), media_type=STATIC[name], headers=headers)


async def _no_such_page(site: Site, request: Request, problem: HTTPException) -> Response:
    sentence = "There is no such page." if problem.status_code == 404 else "That cannot be asked for in this way."  # noqa: PLR2004
    ask = Ask(site=site, path=_path(request))
    context = {"sentence": sentence, "stale": False, "typed": [], "status": problem.status_code, "back": "/"}
    html = await run_in_threadpool(render, "refused.html.j2", framed(ask, context))
    return _with_headers(site, HTMLResponse(html, problem.status_code))


async def _unforeseen(site: Site, request: Request, _problem: Exception) -> Response:
    """A defect: said plainly, without a word of what was being worked on."""
    ask = Ask(site=site, path=_path(request))
    sentence = "Something went wrong that should not have. What was acknowledged before is safe; try again."
    context = {"sentence": sentence, "stale": False, "typed": [], "status": 500, "back": "/"}
    return _with_headers(site, HTMLResponse(render("refused.html.j2", framed(ask, context)), 500))


def _with_headers(site: Site, response: Response) -> Response:
    response.headers.update(HEADERS)
    if site.secure:
        response.headers["strict-transport-security"] = STRICT_TRANSPORT
    return response
