"""The accounts of this installation, for its administrators: who may sign in, and who is what in which study."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from pipeline.domain.account import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD, Account, Membership, Role
from pipeline.domain.errors import AccountRefused
from pipeline.web.endpoints import Access, Answer, Ask, Go, NotFound, Page, act, page

ROLES: Final = (
    (Role.ANALYST, "prepares the transcripts and starts runs"),
    (Role.CODER, "decides on candidates and codes"),
    (Role.ADJUDICATOR, "opens blind rounds and settles differences"),
    (Role.READER, "reads, and decides nothing"),
)


def show(ask: Ask) -> Answer:
    """Every account, and the form for another."""
    return _list(ask)


def add(ask: Ask) -> Answer:
    """A new account, with a first password to be handed over in person."""
    name = ask.value("name")
    try:
        account = ask.site.accounts.create(
            name, ask.typed("password"), administrator=bool(ask.value("administrator"))
        )
    except AccountRefused as refusal:
        return _list(ask, str(refusal), name)
    return Go(_path(account.name))


def show_one(ask: Ask) -> Answer:
    """One account: its roles, a new password, and whether it is open."""
    return _one(ask, _named(ask, ask.query.get("name", "")), ask.query.get("done", ""))


def set_password(ask: Ask) -> Answer:
    """A password set anew: every session of the account ends."""
    account = _named(ask, ask.value("name"))
    try:
        ask.site.accounts.set_password(account.name, ask.typed("password"))
    except AccountRefused as refusal:
        return _one(ask, account, problem=str(refusal))
    return Go(f"{_path(account.name)}&done=password")


def set_roles(ask: Ask) -> Answer:
    """What the account is in every study that is served; in others nothing changes, nor does a role that the form
    leaves as its page showed it (`had`): somebody may have changed it since."""
    account, desk = _named(ask, ask.value("name")), ask.site.accounts
    wanted, had = (set(ask.values(field)) for field in ("role", "had"))
    with desk.accounts.alone():
        for study in ask.site.studies:
            for role in Role:
                said = f"{role}:{study}"
                if "had" in ask.form and (said in wanted) == (said in had):
                    continue
                give = desk.grant if said in wanted else desk.revoke
                give(account.name, study, role)
    return Go(f"{_path(account.name)}&done=roles")


def set_active(ask: Ask) -> Answer:
    """Close an account, or open it again."""
    account = _named(ask, ask.value("name"))
    try:
        ask.site.accounts.set_active(account.name, active=ask.value("active") == "yes")
    except AccountRefused as refusal:
        return _one(ask, account, problem=str(refusal))
    return Go(_path(account.name))


def _list(ask: Ask, problem: str = "", name: str = "") -> Page:
    roles: dict[str, list[Membership]] = {}
    for item in ask.site.accounts.accounts.memberships():
        if item.study in ask.site.studies:
            roles.setdefault(item.account, []).append(item)
    rows = [(item, _path(item.name), _in_words(ask, roles.get(item.name, ()))) for item in _all(ask)]
    context = {
        "title": "Accounts",
        "rows": rows,
        "roleless": _path(ask.person) if ask.site.studies and ask.person not in roles else "",
        "problem": problem,
        "name": name,
        **_LIMITS,
    }
    return Page("accounts.html.j2", context, 422 if problem else 200)


def _one(ask: Ask, account: Account, done: str = "", problem: str = "") -> Page:
    given = {(item.study, item.role) for item in ask.site.accounts.accounts.memberships(account=account.name)}
    studies = [
        (study.id, study.work.study.title, [(role.value, what, (study.id, role) in given) for role, what in ROLES])
        for study in ask.site.studies.values()
    ]
    context: dict[str, Any] = {"title": account.name, "account": account, "studies": studies, "done": done}
    return Page("accounts_one.html.j2", {**context, "problem": problem, **_LIMITS}, 422 if problem else 200)


def _all(ask: Ask) -> tuple[Account, ...]:
    """Open accounts first."""
    return tuple(sorted(ask.site.accounts.accounts.all(), key=lambda item: (not item.active, item.name.casefold())))


def _in_words(ask: Ask, memberships: Any) -> list[tuple[str, str]]:
    """What somebody is, study by study."""
    found: dict[str, list[str]] = {}
    for item in memberships:
        found.setdefault(ask.site.studies[item.study].work.study.title, []).append(str(item.role))
    return [(title, ", ".join(lot)) for title, lot in found.items()]


def _named(ask: Ask, name: str) -> Account:
    try:
        return ask.site.accounts.account(name)
    except AccountRefused:
        raise NotFound("There is no account of that name. The list shows those there are.") from None


def _path(name: str) -> str:
    return f"/accounts/one?name={quote(name, safe='')}"


_LIMITS: Final = {
    "shortest": SHORTEST_PASSWORD,
    "longest_password": LONGEST_PASSWORD,
    "longest_name": LONGEST_NAME,
}
ENDPOINTS: Final = (
    page("/accounts", Access.ADMINISTRATOR, show),
    act("/accounts", Access.ADMINISTRATOR, add),
    page("/accounts/one", Access.ADMINISTRATOR, show_one),
    act("/accounts/password", Access.ADMINISTRATOR, set_password),
    act("/accounts/roles", Access.ADMINISTRATOR, set_roles),
    act("/accounts/active", Access.ADMINISTRATOR, set_active),
)
