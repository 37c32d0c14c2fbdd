"""Who works on the review site, and as what in which study."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pipeline.domain.errors import AccountRefused

LONGEST_NAME: Final = 60
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1_000
FREE_GUESSES: Final = 5
"""Wrong passwords in a row that an account takes before it hears no more for a while."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


class Role(StrEnum):
    """What somebody is in a study."""

    ANALYST = "analyst"
    """Describes the study, starts runs, confirms speakers and questions."""
    CODER = "coder"
    """Decides on candidates and codes segments."""
    ADJUDICATOR = "adjudicator"
    """Settles what coders see differently."""
    READER = "reader"
    """Reads, and decides nothing."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `name` is the name their decisions carry; `created_at` is ISO 8601, UTC.

    Without `password_set` nothing opens it yet.
    """

    name: str
    created_at: str
    administrator: bool = False
    active: bool = True
    password_set: bool = False

    @property
    def administers(self) -> bool:
        """Whether this account can be used to make others."""
        return self.administrator and self.active and self.password_set


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """An account's role in a study; there may be several."""

    study: str
    account: str
    role: Role


def composed(name: str) -> str:
    """A name as it is kept, however a keyboard put its letters together."""
    return unicodedata.normalize("NFC", name).strip()


def account_name(name: str) -> str:
    """The name for a new account, as it is kept.

    Raises:
        AccountRefused: it is empty, too long, or holds what cannot be seen.
    """
    kept = composed(name)
    if not kept:
        raise AccountRefused("An account needs a name: the one that its decisions are to carry.")
    if len(kept) > LONGEST_NAME:
        raise AccountRefused(f"An account's name has at most {LONGEST_NAME} letters; this one has {len(kept)}.")
    if not kept.isprintable():
        raise AccountRefused("An account's name cannot hold characters that are not seen; type it again.")
    return kept


def require_sound(password: str, name: str) -> None:
    """Refuse a password that is no protection; length is what counts, whatever it is made of.

    Raises:
        AccountRefused: it is too short, too long, or the account's name.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(
            f"A password has at least {SHORTEST_PASSWORD} characters; this one has {len(password)}. "
            "A few words in a row are easy to keep in mind."
        )
    if len(password) > LONGEST_PASSWORD:
        raise AccountRefused(f"A password has at most {LONGEST_PASSWORD} characters; this one has {len(password)}.")
    if composed(password).casefold() == name.casefold():
        raise AccountRefused("A password must not be the account's name, which everybody knows. Choose another.")


def as_bytes(password: str) -> bytes:
    """What is hashed of a password: the same for the same letters, however a keyboard put them together."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def waits_until(failures: int, now: datetime) -> datetime | None:
    """When the next guess is heard after so many wrong ones; None for at once.

    A minute after the last free guess, and twice as long after each that follows, up to an hour.
    """
    if failures < FREE_GUESSES:
        return None
    doublings: int = 2 ** min(failures - FREE_GUESSES, 10)
    return now + min(FIRST_WAIT * doublings, LONGEST_WAIT)
