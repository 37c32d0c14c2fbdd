"""One's own account: the password, and the end of every session; with the keys, and the accounts of all."""

from __future__ import annotations

from typing import Final

from pipeline.domain.account import LONGEST_PASSWORD, SHORTEST_PASSWORD
from pipeline.domain.errors import AccountRefused, SignInRefused
from pipeline.web.endpoints import Access, Answer, Ask, Go, Page, act, page
from pipeline.web.pages import accounts, keys_page

NOT_TWICE: Final = "The two new passwords are not the same. Type the new one twice."
NOT_THE_OLD: Final = (
    "That is not your present password. After several wrong ones your name waits, a minute first, then longer."
)


def show(ask: Ask) -> Answer:
    """The forms, and what this person is in each study."""
    return _page(ask)


def change_password(ask: Ask) -> Answer:
    """Another password: every session ends, and this browser gets a new one."""
    new = ask.typed("new")
    if new != ask.typed("again"):
        return _page(ask, NOT_TWICE)
    try:
        token = ask.site.accounts.change_password(ask.person, ask.typed("old"), new)
    except AccountRefused as refusal:
        return _page(ask, str(refusal))
    except SignInRefused:
        return _page(ask, NOT_THE_OLD)
    return Go("/account?done=password", token)


def sign_out_everywhere(ask: Ask) -> Answer:
    """Every session of this account ends, this one too."""
    ask.site.accounts.accounts.end_sessions(ask.person)
    return Go("/sign-in", "")


def _page(ask: Ask, problem: str = "") -> Page:
    memberships = ask.site.accounts.accounts.memberships(account=ask.person)
    roles: dict[str, list[str]] = {}
    for item in memberships:
        if item.study in ask.site.studies:
            roles.setdefault(ask.site.studies[item.study].work.study.title, []).append(str(item.role))
    context = {
        "title": "Your account",
        "problem": problem,
        "changed": not problem and ask.query.get("done") == "password",
        "mine": [(title, ", ".join(sorted(lot))) for title, lot in roles.items()],
        "shortest": SHORTEST_PASSWORD,
        "longest": LONGEST_PASSWORD,
    }
    return Page("account.html.j2", context, 422 if problem else 200)


ENDPOINTS: Final = (
    page("/account", Access.SIGNED_IN, show),
    act("/account/password", Access.SIGNED_IN, change_password),
    act("/account/sign-out", Access.SIGNED_IN, sign_out_everywhere),
    *keys_page.ENDPOINTS,
    *accounts.ENDPOINTS,
)
