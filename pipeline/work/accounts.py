"""Who may sign in: accounts, passwords, sessions, and the first administrator of an installation."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.domain.account import (
    FIRST_WAIT,
    FREE_GUESSES,
    LONGEST_WAIT,
    Account,
    Membership,
    Role,
    account_name,
    as_bytes,
    composed,
    require_sound,
    waits_until,
)
from pipeline.domain.counted import counted
from pipeline.domain.errors import AccountRefused, SignInRefused
from pipeline.domain.private_file import write_private
from pipeline.settings import WebSettings
from pipeline.store.accounts import Accounts, Credential, Session
from pipeline.store.jsontext import storable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SEEN_EVERY: Final = timedelta(minutes=1)
"""How often at most it is written down that somebody was here."""
TOKEN: Final = 43
"""Characters of a set-up token."""
SETUP_LASTS: Final = timedelta(hours=1)

_NOW: Final = partial(datetime.now, UTC)
_MINUTE: Final = timedelta(minutes=1)
_REFUSED: Final = (
    "There is no account with this name and password. Check both and try again. After "
    f"{FREE_GUESSES} wrong tries a name has to wait, and even the right password is refused until then: "
    f"{counted(FIRST_WAIT // _MINUTE, 'minute')} first, then twice as long after each wrong try, up to "
    f"{LONGEST_WAIT // _MINUTE} minutes. An administrator can set a new password: `polyvocal account reset NAME`."
)
"""One sentence for every cause, so that it tells nobody which names exist or wait."""
_HASHING: Final = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB: a crowd of guesses waits here instead of filling the memory."""


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """Makes and changes accounts, signs people in and knows them again. May be used from several threads.

    `accounts` answers who there is and who is what. `setup_file` is where the one-time token for the first
    administrator is kept. `clock` tells the present moment, UTC.
    """

    accounts: Accounts
    web: WebSettings
    setup_file: Path
    clock: Callable[[], datetime] = _NOW

    def create(self, name: str, password: str, *, administrator: bool = False) -> Account:
        """A new account, with its first password.

        Raises:
            AccountRefused: the name or the password will not do, or the name is taken.
        """
        account, password_hash = self._drafted(name, password, administrator=administrator)
        with self.accounts.alone():
            self._add(account, password_hash)
        if administrator:
            self.setup_file.unlink(missing_ok=True)
        return account

    def require_free(self, name: str) -> None:
        """Refuse, with AccountRefused, a name that will not do, or differs from a taken one by case at most."""
        wanted = account_name(name).casefold()
        for account in self.accounts.all():
            if account.name.casefold() == wanted:
                raise AccountRefused(f"There is an account `{account.name}` already. Choose another name.")

    def account(self, name: str) -> Account:
        """The account of that name.

        Raises:
            AccountRefused: there is none.
        """
        found = self.accounts.get(composed(name)) if storable(name) else None
        if found is None:
            names = ", ".join(account.name for account in self.accounts.all()) or "none yet"
            raise AccountRefused(f"There is no account `{composed(name)}`. There is: {names}.")
        return found

    def set_password(self, name: str, password: str) -> None:
        """A new password, set by an administrator: every session of the account ends, and it waits no more.

        Raises:
            AccountRefused: there is no such account, or the password will not do.
        """
        name = self.account(name).name
        require_sound(password, name)
        self.accounts.set_password(name, _hashed(password))

    def change_password(self, name: str, old: str, new: str) -> str:
        """A new password, set by its owner: every session of the account ends; answers the token of a new one.

        Raises:
            AccountRefused: the new password will not do.
            SignInRefused: the old one is not right, or was guessed at too often.
        """
        name = composed(name)
        require_sound(new, name)
        proven, password_hash = self._proven(name, old), _hashed(new)
        with self.accounts.alone():
            if not self.accounts.set_password(name, password_hash, version=proven.password_version):
                raise SignInRefused(_REFUSED)  # somebody set another while the old one was looked at
            return self._opened(name, proven.password_version + 1)

    def set_active(self, name: str, *, active: bool) -> Account:
        """Close an account, which ends its sessions, or open it again. What it decided stays.

        Raises:
            AccountRefused: there is no such account, or it is the only administrator.
        """
        with self.accounts.alone():
            account = self.account(name)
            others = [item for item in self.accounts.all() if item.name != account.name]
            if account.administrator and not active and not any(item.administers for item in others):
                raise AccountRefused(
                    f"{account.name} is the only administrator. Make another first: "
                    "`polyvocal account add NAME --administrator`."
                )
            self.accounts.set_active(account.name, active=active)
            return self.account(name)

    def sign_in(self, name: str, password: str) -> str:
        """The token of a new session, never one that was there before.

        Raises:
            SignInRefused: with the same sentence, after the same work, whatever the cause.
        """
        name = composed(name)
        proven = self._proven(name, password)
        with self.accounts.alone():
            self.accounts.count_failures(name, 0)
            return self._opened(name, proven.password_version)

    def sign_out(self, token: str) -> None:
        """End a session; its token opens nothing any more."""
        self.accounts.end_session(_digest(token))

    def whoami(self, token: str) -> Account | None:
        """Whose session it is; None where it never was one, has ended, or nobody was here for too long."""
        found = self.accounts.session(_digest(token)) if token else None
        if found is None:
            return None
        session, account = found
        now, seen = self.clock(), datetime.fromisoformat(session.seen_at)
        if now >= datetime.fromisoformat(session.expires_at) or now >= seen + timedelta(hours=self.web.idle_hours):
            return None
        if now >= seen + SEEN_EVERY:
            self.accounts.session_seen(session.token_hash, _text(now))
        return account

    def roles(self, name: str, study: str) -> frozenset[Role]:
        """What an account is in a study: what it was given, administrator or not."""
        return frozenset(item.role for item in self.accounts.memberships(study=study, account=name))

    def grant(self, name: str, study: str, role: Role) -> bool:
        """Give an account a role in a study; False where it has it. Raises AccountRefused for no such account."""
        return self.accounts.grant(Membership(study, self.account(name).name, role))

    def revoke(self, name: str, study: str, role: Role) -> bool:
        """Take a role back; False where the account has not got it. Raises AccountRefused for no such account."""
        return self.accounts.revoke(Membership(study, self.account(name).name, role))

    def has_administrator(self) -> bool:
        """Whether somebody can sign in who may make accounts."""
        return any(account.administers for account in self.accounts.all())

    def setup_token(self) -> str | None:
        """The token that makes the first administrator, for the server's owner to read; None once there is one."""
        return None if self.has_administrator() else setup_token(self.setup_file, self.clock())

    def first_administrator(self, name: str, password: str, token: str) -> Account:
        """Make the first administrator, whose password is set here; the token is used up.

        Raises:
            SignInRefused: there is an administrator already, or the token is wrong, used or expired.
            AccountRefused: the name or the password will not do; the token still works.
        """
        check_setup_token(self.setup_file, token, self.clock())
        account, password_hash = self._drafted(name, password, administrator=True)
        with self.accounts.alone():
            if self.has_administrator():
                raise SignInRefused("There is an administrator already: sign in, or ask them for an account.")
            self._add(account, password_hash)
            burn_setup_token(self.setup_file, token, self.clock())
        return account

    def _drafted(self, name: str, password: str, *, administrator: bool) -> tuple[Account, str]:
        """An account that is not kept yet, and its password's hash."""
        name = account_name(name)
        require_sound(password, name)
        account = Account(name, _text(self.clock()), administrator=administrator, password_set=True)
        return account, _hashed(password)

    def _add(self, account: Account, password_hash: str) -> None:
        self.require_free(account.name)
        self.accounts.add(account, password_hash)

    def _proven(self, name: str, password: str) -> Credential:
        """What the password was held against, and fits."""
        decoy = _decoy()  # made before anything else, so that the first guess of a process takes as long for any name
        credential = self._counted(name)
        fits = _fits(credential.password_hash if credential else decoy, password)
        if credential is None or not fits:
            raise SignInRefused(_REFUSED)
        return credential

    def _counted(self, name: str) -> Credential | None:
        """What to hold a password against; None where nothing opens the account now. Writes one row either way.

        A guess counts before it is looked at: many at once are no more guesses than one after another.
        """
        now = self.clock()
        with self.accounts.alone():
            credential = self.accounts.credential(name) if storable(name) else None
            if credential is None or not credential.password_hash or credential.waits(now):
                self.accounts.write_nothing_new()
                return None
            failures = credential.failures + 1
            until = waits_until(failures, now)
            self.accounts.count_failures(name, failures, _text(until) if until else None)
            return credential

    def _opened(self, name: str, password_version: int) -> str:
        """The token of a new session; refused where the account was closed or has another password meanwhile."""
        token, now = secrets.token_urlsafe(32), self.clock()
        begun, ends = _text(now), _text(now + timedelta(hours=self.web.session_hours))
        if not self.accounts.open_session(Session(_digest(token), name, begun, begun, ends, password_version)):
            raise SignInRefused(_REFUSED)
        return token


def setup_token(path: Path, now: datetime) -> str:
    """The token in the file, or a new one (mode 0600) where there is none, it expired, or others could read it."""
    if standing := _standing(path, now):
        return standing
    token = secrets.token_urlsafe(32)[:TOKEN]
    write_private(path, f"{token}\nexpires {_text(now + SETUP_LASTS)}\n".encode())
    return token


def check_setup_token(path: Path, token: str, now: datetime) -> None:
    """Refuse, with SignInRefused, a token that is wrong, used or expired. Whoever brings the whole file brings the
    token that it begins with, also where a browser joined its lines."""
    standing, brought = _standing(path, now), (token.split() or [""])[0]
    if standing is None or not hmac.compare_digest(_digest(standing), _digest(brought[:TOKEN])):
        raise SignInRefused(
            "This set-up token is wrong, used or expired. Copy the first line of the file that is named here."
        )


def burn_setup_token(path: Path, token: str, now: datetime) -> None:
    """Use a token up: of several who bring it at once, one gets through. Raises as `check_setup_token`."""
    check_setup_token(path, token, now)
    try:
        path.unlink()
    except FileNotFoundError:
        raise SignInRefused("This set-up token was used by somebody else just now.") from None


def _standing(path: Path, now: datetime) -> str | None:
    """The token that is in the file for its owner alone and has not expired."""
    try:
        with path.open(encoding="ascii") as file:
            private = os.fstat(file.fileno()).st_mode & 0o077 == 0
            token, *_, expires = file.read().split()
        return token if private and now < datetime.fromisoformat(expires) else None
    except (FileNotFoundError, ValueError):
        return None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory


@cache
def _decoy() -> str:
    """A hash that no password fits, for names that have none: holding a password against it takes as long."""
    return _hashed(secrets.token_urlsafe(32))


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher().hash(as_bytes(password))


def _fits(password_hash: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _HASHING:
            return _hasher().verify(password_hash, as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
