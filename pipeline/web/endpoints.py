"""What an address is: who may ask for it, and the function that answers. Every page module lists its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pipeline.domain.account import Account, Role
from pipeline.domain.errors import PolyvocalError
from pipeline.web.places import study_path
from pipeline.work.live_study import LiveStudy

if TYPE_CHECKING:
    from pipeline.web.site import Site


class Access(StrEnum):
    """Who may ask for what belongs to no study."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    ADMINISTRATOR = "administrator"


Allowed = Access | frozenset[Role]
READERS: Final = frozenset(Role)
"""Everybody who has a role in the study."""
DECIDERS: Final = frozenset({Role.CODER, Role.ADJUDICATOR})
PREPARERS: Final = frozenset({Role.ANALYST})
JUDGES: Final = frozenset({Role.ADJUDICATOR})


class NotFound(PolyvocalError):
    """There is nothing at that address, or nothing for you."""


class NotAllowed(PolyvocalError):
    """That takes a role which you have not got in this study."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, already known to be allowed. `path` is quoted, `params` are the ids in it, `query` what follows
    `?`, `form` the fields sent (each with all its values, in order), `book` the one that they wrote in as they asked.
    """

    site: Site
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    account: Account | None = None
    token: str = ""
    address: str = ""
    served: LiveStudy | None = None
    book: str = ""
    roles: frozenset[Role] = frozenset()

    @property
    def person(self) -> str:
        """The name of who asks; "" for nobody known."""
        return self.account.name if self.account else ""

    @property
    def study(self) -> LiveStudy:
        """The study that is asked about."""
        assert self.served, "only addresses of a study ask for one"
        return self.served

    @property
    def base(self) -> str:
        """The address of the study that is asked about."""
        return study_path(self.study.id)

    def value(self, name: str, default: str = "") -> str:
        """A field of the form as it was typed, without the white space around it."""
        values = self.form.get(name)
        return values[-1].strip() if values else default

    def typed(self, name: str) -> str:
        """A field just as it was typed, white space and all: a password."""
        return ("", *self.values(name))[-1]

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(self.form.get(name, ()))

    def number(self, name: str) -> int | None:
        """A field that holds a whole number; None where it is missing or is none."""
        text = self.value(name)
        return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - more is no count of ours


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """On to another page of this site. `token` is a new session's, None leaves the cookie, "" ends it."""

    path: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file that browsers save and never show."""

    content: bytes
    filename: str
    kind: str


Answer = Page | Go | Download


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address with one method. `{study}` in the path makes it an address of a study, closed to all others."""

    method: str
    path: str
    allowed: Allowed
    answer: Callable[[Ask], Answer]

    @property
    def of_study(self) -> bool:
        """Whether it belongs to a study."""
        return "{study}" in self.path


def page(path: str, allowed: Allowed, answer: Callable[[Ask], Answer]) -> Endpoint:
    """Something to look at: asking for it changes nothing."""
    return Endpoint("GET", path, allowed, answer)


def act(path: str, allowed: Allowed, answer: Callable[[Ask], Answer]) -> Endpoint:
    """Something to do."""
    return Endpoint("POST", path, allowed, answer)
