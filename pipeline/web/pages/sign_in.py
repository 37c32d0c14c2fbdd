"""Coming in and going out; and the first administrator, who must set a password of their own."""

from __future__ import annotations

from typing import Final

from pipeline.domain.account import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD
from pipeline.domain.errors import AccountRefused, SignInRefused
from pipeline.web.endpoints import Access, Answer, Ask, Go, Page, act, page
from pipeline.web.guard import Turnstile

_DOOR: Final = Turnstile(tries=30, seconds=300)
"""Wrong names and passwords from one address; each account keeps its own count besides."""


def show(ask: Ask) -> Answer:
    """The form; on to the set-up while there is no administrator."""
    if ask.account:
        return Go("/")
    if not ask.site.accounts.has_administrator():
        return Go("/set-up")
    return Page("sign_in.html.j2", {"title": "Sign in", "next": ask.query.get("next", ""), "problem": ""})


def sign_in(ask: Ask) -> Answer:
    """A new session, whatever cookie was there before."""
    try:
        _DOOR.pass_through(ask.address)
        token = ask.site.accounts.sign_in(ask.value("name"), ask.typed("password"))
    except SignInRefused as problem:
        context = {"title": "Sign in", "next": ask.value("next"), "problem": str(problem), "name": ask.value("name")}
        return Page("sign_in.html.j2", context, 403)
    _DOOR.was_let_in(ask.address)  # behind a proxy all come from one address
    if ask.token:
        ask.site.accounts.sign_out(ask.token)
    return Go(ask.value("next") or "/", token)


def sign_out(ask: Ask) -> Answer:
    """The session ends on the server; a cookie kept aside opens nothing any more."""
    if ask.token:
        ask.site.accounts.sign_out(ask.token)
    return Go("/sign-in", "")


def show_set_up(ask: Ask) -> Answer:
    """The form for the first administrator."""
    if ask.site.accounts.has_administrator():
        return Go("/sign-in")
    ask.site.accounts.setup_token()
    return _set_up(ask, ask.query.get("token", ""))


def set_up(ask: Ask) -> Answer:
    """Make the first administrator and sign them in; refused, the form keeps all that was typed but the password."""
    _DOOR.pass_through(ask.address)
    name, password = ask.value("name"), ask.typed("password")
    try:
        account = ask.site.accounts.first_administrator(name, password, ask.value("token"))
    except (AccountRefused, SignInRefused) as problem:
        if ask.site.accounts.has_administrator():  # who is told then where the token was, learns what is not theirs
            raise
        status = 422 if isinstance(problem, AccountRefused) else 403
        return _set_up(ask, ask.value("token"), name=name, problem=str(problem), status=status)
    return Go("/accounts", ask.site.accounts.sign_in(account.name, password))


def _set_up(ask: Ask, token: str, *, name: str = "", problem: str = "", status: int = 200) -> Page:
    where = str(ask.site.accounts.setup_file)
    typed = {"token": token, "name": name, "problem": problem}
    limits = {"shortest": SHORTEST_PASSWORD, "longest": LONGEST_PASSWORD, "longest_name": LONGEST_NAME}
    return Page("set_up.html.j2", {"title": "Set up", "where": where, **typed, **limits}, status)


ENDPOINTS: Final = (
    page("/sign-in", Access.ANYONE, show),
    act("/sign-in", Access.ANYONE, sign_in),
    act("/sign-out", Access.ANYONE, sign_out),
    page("/set-up", Access.ANYONE, show_set_up),
    act("/set-up", Access.ANYONE, set_up),
)
