"""What stands before every page: which host, from where, who, and may they."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from pipeline.domain.account import Account, Role
from pipeline.domain.errors import PolyvocalError
from pipeline.web.endpoints import Access, Ask, Endpoint, NotAllowed, NotFound
from pipeline.web.site import Site

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
    "cache-control": "no-store",
}
"""Nothing is kept by browsers, framed, or loaded from elsewhere; no script but the site's own runs."""
STRICT_TRANSPORT: Final = "max-age=31536000"


class WrongDoor(PolyvocalError):
    """The request was made for another host, or by another site in this person's name."""


class NotText(PolyvocalError):
    """What was sent holds a character that no text can hold."""


class SignInFirst(PolyvocalError):
    """Sign in first."""


class TooMany(PolyvocalError):
    """Too many tries from one place in too short a time."""


def require_own_host(site: Site, host: str) -> None:
    """Refuse a request for a name that is not this site's: an answer could carry it on."""
    if host not in site.hosts:
        raise WrongDoor("This site does not answer under that name. Use the address that `polyvocal serve` printed.")


def require_own_origin(site: Site, origin: str, fetch_site: str) -> None:
    """Refuse an act that another site's page asks for in this person's name."""
    if fetch_site and fetch_site not in {"same-origin", "none"}:
        raise WrongDoor("That was sent by another site's page. Nothing was done; open this site itself.")
    if (origin and origin not in site.origins) or not (origin or fetch_site):
        raise WrongDoor("That was not sent by a page of this site. Nothing was done; open this site itself.")


def require_text(ask: Ask) -> None:
    """Refuse a NUL character wherever somebody can put one: no database keeps it and no page shows it."""
    fields = (text for name, values in ask.form.items() for text in (name, *values))
    asked = (text for pair in (*ask.params.items(), *ask.query.items()) for text in pair)
    if any("\0" in text for text in (*asked, *fields)):
        raise NotText("A NUL character stands in what was sent; no text holds one. Nothing was done: type it anew.")


def admitted(site: Site, endpoint: Endpoint, ask: Ask) -> Ask:
    """The request with who asks and the study they ask about.

    Raises:
        SignInFirst: nobody known asks for what is not for anyone.
        NotFound: the study is not served, or this person has no role in it.
        NotAllowed: the role that this takes is not theirs.
    """
    account = site.accounts.whoami(ask.token)
    ask = replace(ask, account=account)
    if endpoint.allowed is Access.ANYONE:
        return ask
    if account is None:
        raise SignInFirst
    if isinstance(endpoint.allowed, Access):
        if endpoint.allowed is Access.ADMINISTRATOR and not account.administrator:
            raise NotAllowed("Only an administrator may do that.")
        return ask
    return _admitted_to_study(site, endpoint.allowed, account, ask)


def _admitted_to_study(site: Site, allowed: frozenset[Role], account: Account, ask: Ask) -> Ask:
    study = site.studies.get(ask.params.get("study", ""))
    roles = site.accounts.roles(account.name, study.id) if study else frozenset[Role]()
    if study is None or not roles:
        raise NotFound("There is no such study here, or it is not open to you.")
    if not roles & allowed:
        needed = " or ".join(sorted(allowed))
        raise NotAllowed(f"That takes the role of {needed} in this study; yours: {', '.join(sorted(roles))}.")
    with study.looking(account.name) as view:
        book = view.book_name
    return replace(ask, served=study, roles=roles, book=book)


class Turnstile:
    """So many tries per place and span of time; further ones wait. Kept in memory, for a bounded number of places."""

    def __init__(self, tries: int, seconds: float) -> None:
        self._tries, self._seconds = tries, seconds
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def pass_through(self, place: str) -> None:
        """Count a try.

        Raises:
            TooMany: that was one too many.
        """
        now = time.monotonic()
        with self._lock:
            recent = [moment for moment in self._seen.pop(place, []) if now - moment < self._seconds]
            self._seen[place] = [*recent, now][-self._tries :]
            while len(self._seen) > 10_000:  # noqa: PLR2004 - places, a few hundred bytes each
                self._seen.popitem(last=False)
        if len(recent) >= self._tries:
            raise TooMany(f"Too many tries from here. Wait {self._seconds / 60:.0f} minutes, then try again.")

    def was_let_in(self, place: str) -> None:
        """Count the last try from a place no more: it was no guess."""
        with self._lock:
            if self._seen.get(place):
                self._seen[place].pop()
