"""Accounts with their roles, sessions and preferences. What they may do is decided in `work`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update

from pipeline.domain.account import Account, Membership, Role
from pipeline.store.database import Database, insert_new
from pipeline.store.schema import ACCOUNT, MEMBERSHIP, PREFERENCE, SESSION

_TURN: Final = "polyvocal-accounts"
"""Writers of accounts take turns on this name, as those of a study do on its id."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a password is held against. `failures`: guesses since the last right one; times are ISO 8601, UTC."""

    password_hash: str = field(repr=False)
    password_version: int
    failures: int = 0
    locked_until: str | None = None

    def waits(self, now: datetime) -> bool:
        """Whether no guess is heard now."""
        return self.locked_until is not None and now < datetime.fromisoformat(self.locked_until)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in; `token_hash` is the sha256 of the token that only their browser holds."""

    token_hash: str
    account: str
    created_at: str
    seen_at: str
    expires_at: str
    password_version: int


class Accounts:
    """Accounts by name. Nothing here checks a password or knows a token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alone(self) -> AbstractContextManager[object]:
        """Join the calls made inside, in this thread, into one transaction that no other writer cuts into."""
        return self._database.writing(_TURN)

    def add(self, account: Account, password_hash: str) -> bool:
        """Keep a new account; False, and nothing written, where there is one of that name."""
        values = {
            "name": account.name,
            "password_hash": password_hash,
            "administrator": account.administrator,
            "active": account.active,
            "created_at": account.created_at,
            "failures": 0,
            "password_version": 1,
        }
        with self._database.writing(_TURN) as connection:
            new = insert_new(connection, ACCOUNT).values(**values).on_conflict_do_nothing()
            return connection.execute(new.returning(ACCOUNT.c.name)).first() is not None

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._database.reading() as connection:
            return tuple(Account(*row) for row in connection.execute(_accounts().order_by(ACCOUNT.c.name)))

    def get(self, name: str) -> Account | None:
        """The account of exactly that name, or None."""
        with self._database.reading() as connection:
            row = connection.execute(_accounts().where(ACCOUNT.c.name == name)).first()
        return Account(*row) if row else None

    def credential(self, name: str) -> Credential | None:
        """What opens an active account; None where there is none."""
        c = ACCOUNT.c
        query = select(c.password_hash, c.password_version, c.failures, c.locked_until)
        with self._database.reading() as connection:
            row = connection.execute(query.where(c.name == name, c.active)).first()
        return Credential(*row) if row else None

    def set_password(self, name: str, password_hash: str, *, version: int | None = None) -> bool:
        """A new password: earlier guesses are forgotten and every session of the account ends.

        False, and nothing written, where the account is closed or its password is not of that `version` any more.
        """
        with self.alone():
            there = self.credential(name)
            if version is not None and (there is None or there.password_version != version):
                return False
            following = ACCOUNT.c.password_version + 1
            self._change(name, password_hash=password_hash, password_version=following, failures=0, locked_until=None)
            self.end_sessions(name)
            return True

    def set_active(self, name: str, *, active: bool) -> None:
        """Let an account sign in again, or no more; then its sessions end."""
        with self.alone():
            self._change(name, active=active)
            if not active:
                self.end_sessions(name)

    def count_failures(self, name: str, failures: int, locked_until: str | None = None) -> None:
        """Note how often the password was guessed, and until when no more guesses are heard."""
        self._change(name, failures=failures, locked_until=locked_until)

    def write_nothing_new(self) -> None:
        """Write a row as it is: what `count_failures` costs, so that time does not tell which names exist."""
        first = select(func.min(ACCOUNT.c.name)).scalar_subquery()
        with self._database.writing(_TURN) as connection:
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == first).values(failures=ACCOUNT.c.failures))

    def open_session(self, session: Session) -> bool:
        """Keep a session; False where its account was closed or given another password meanwhile."""
        with self._database.writing(_TURN) as connection:
            credential = self.credential(session.account)
            if credential is None or credential.password_version != session.password_version:
                return False
            connection.execute(delete(SESSION).where(SESSION.c.expires_at <= session.created_at))
            connection.execute(
                insert(SESSION).values(
                    token_hash=session.token_hash,
                    account=session.account,
                    created_at=session.created_at,
                    seen_at=session.seen_at,
                    expires_at=session.expires_at,
                    password_version=session.password_version,
                )
            )
        return True

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """A session and whose it is, by one read; None where the account is closed or has another password."""
        same_password = ACCOUNT.c.password_version == SESSION.c.password_version
        query = _accounts().add_columns(*SESSION.c).join(SESSION, SESSION.c.account == ACCOUNT.c.name)
        query = query.where(SESSION.c.token_hash == token_hash, ACCOUNT.c.active, same_password)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return (Session(*row[5:]), Account(*row[:5])) if row else None

    def session_seen(self, token_hash: str, at: str) -> None:
        """Note that somebody was here, unless a later moment is noted."""
        with self._database.writing(_TURN) as connection:
            seen = update(SESSION).where(SESSION.c.token_hash == token_hash, SESSION.c.seen_at < at)
            connection.execute(seen.values(seen_at=at))

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        with self._database.writing(_TURN) as connection:
            connection.execute(delete(SESSION).where(SESSION.c.token_hash == token_hash))

    def end_sessions(self, name: str) -> None:
        """Forget every session of an account."""
        with self._database.writing(_TURN) as connection:
            connection.execute(delete(SESSION).where(SESSION.c.account == name))

    def grant(self, membership: Membership) -> bool:
        """Give a role in a study; False where it was given already. The account must be there."""
        values = {"study": membership.study, "account": membership.account, "role": str(membership.role)}
        with self._database.writing(_TURN) as connection:
            new = insert_new(connection, MEMBERSHIP).values(**values).on_conflict_do_nothing()
            return connection.execute(new.returning(MEMBERSHIP.c.role)).first() is not None

    def revoke(self, membership: Membership) -> bool:
        """Take a role back; False where it was not given."""
        c = MEMBERSHIP.c
        same = c.study == membership.study, c.account == membership.account, c.role == str(membership.role)
        with self._database.writing(_TURN) as connection:
            gone = connection.execute(delete(MEMBERSHIP).where(*same).returning(MEMBERSHIP.c.role))
            return gone.first() is not None

    def memberships(self, *, study: str | None = None, account: str | None = None) -> tuple[Membership, ...]:
        """Who is what: of one study or all, of one account or all; in the order of study, account, role."""
        query = select(MEMBERSHIP.c.study, MEMBERSHIP.c.account, MEMBERSHIP.c.role)
        for column, value in ((MEMBERSHIP.c.study, study), (MEMBERSHIP.c.account, account)):
            query = query if value is None else query.where(column == value)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(sorted(Membership(kept, name, Role(role)) for kept, name, role in rows))

    def prefer(self, account: str, key: str, value: str) -> None:
        """Keep a preference, in place of an earlier one. The account must be there."""
        with self._database.writing(_TURN) as connection:
            connection.execute(
                insert_new(connection, PREFERENCE)
                .values(account=account, key=key, value=value)
                .on_conflict_do_update(index_elements=["account", "key"], set_={"value": value})
            )

    def preferences(self, account: str) -> Mapping[str, str]:
        """What an account prefers, by key."""
        query = select(PREFERENCE.c.key, PREFERENCE.c.value).where(PREFERENCE.c.account == account)
        with self._database.reading() as connection:
            return dict(connection.execute(query.order_by(PREFERENCE.c.key)).tuples().all())

    def _change(self, name: str, **values: Any) -> None:
        with self._database.writing(_TURN) as connection:
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(**values))


def _accounts() -> Any:
    """Accounts in the order of `Account`'s fields; the hash stays in the database."""
    c = ACCOUNT.c
    return select(c.name, c.created_at, c.administrator, c.active, c.password_hash != "")
