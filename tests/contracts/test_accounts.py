"""Accounts, their roles, sessions and preferences are kept alike on SQLite and PostgreSQL."""

import pytest
from alembic import command
from alembic.config import Config

from pipeline.domain.account import Account, Membership, Role
from pipeline.store import Store
from pipeline.store.accounts import Accounts, Credential, Session
from pipeline.store.database import Database
from pipeline.store.migrating import MIGRATIONS
from pipeline.store.opening import _engine

from .conftest import Place

AT, LATER, NEXT_DAY = (f"2026-11-{day}:00:00+00:00" for day in ("23T10", "23T12", "24T10"))


@pytest.fixture
def accounts(store: Store) -> Accounts:
    for name in ("ben", "ana"):
        store.accounts.add(Account(name, AT), f"hash of {name}")
    return store.accounts


def session(token_hash: str, account: str = "ana", expires: str = NEXT_DAY, version: int = 1) -> Session:
    return Session(token_hash, account, AT, AT, expires, version)


def test_a_new_database_has_no_account(store: Store) -> None:
    """Least of all one with a password that somebody could know."""
    assert store.accounts.all() == ()
    assert store.accounts.memberships() == ()


def test_an_account_is_added_once_and_comes_back_without_its_hash(accounts: Accounts) -> None:
    assert not accounts.add(Account("ana", LATER, administrator=True), "another")
    assert accounts.add(Account("Zoë", AT, administrator=True, active=False), "")
    expected = (
        Account("Zoë", AT, administrator=True, active=False),
        Account("ana", AT, password_set=True),
        Account("ben", AT, password_set=True),
    )
    assert set(accounts.all()) == set(expected)
    assert accounts.get("ana") == expected[1]
    assert accounts.get("Ana") is None
    assert accounts.get("ana").active is True  # type: ignore[union-attr]
    assert "hash of ana" not in repr(accounts.credential("ana")), "a traceback would show it"


def test_a_credential_is_that_of_an_active_account(accounts: Accounts) -> None:
    assert accounts.credential("ana") == Credential("hash of ana", 1)
    accounts.count_failures("ana", 5, LATER)
    assert accounts.credential("ana") == Credential("hash of ana", 1, 5, LATER)
    accounts.write_nothing_new()
    assert accounts.credential("ana") == Credential("hash of ana", 1, 5, LATER)
    accounts.set_active("ana", active=False)
    assert accounts.credential("ana") is None
    assert accounts.credential("nobody") is None


def test_a_new_password_forgets_guesses_and_ends_sessions(accounts: Accounts) -> None:
    accounts.count_failures("ana", 5, LATER)
    for kept in (session("a1"), session("a2"), session("b1", "ben")):
        assert accounts.open_session(kept)
    assert accounts.set_password("ana", "new hash")
    assert accounts.credential("ana") == Credential("new hash", 2)
    assert [accounts.session(token) is not None for token in ("a1", "a2", "b1")] == [False, False, True]


def test_a_password_that_changed_meanwhile_is_not_replaced(accounts: Accounts) -> None:
    assert accounts.set_password("ana", "by an administrator", version=1)
    assert not accounts.set_password("ana", "by whoever stole the old one", version=1)
    assert accounts.credential("ana") == Credential("by an administrator", 2)
    accounts.set_active("ana", active=False)
    assert not accounts.set_password("ana", "by whoever stole the new one", version=2)


def test_a_session_is_found_with_its_account_until_it_ends(accounts: Accounts) -> None:
    assert accounts.open_session(session("a1"))
    assert accounts.session("a1") == (session("a1"), Account("ana", AT, password_set=True))
    accounts.session_seen("a1", LATER)
    accounts.session_seen("a1", AT)
    seen, _ = accounts.session("a1") or (None, None)
    assert seen == Session("a1", "ana", AT, LATER, NEXT_DAY, 1)
    accounts.end_session("a1")
    accounts.end_session("a1")
    assert accounts.session("a1") is None


def test_no_session_is_opened_on_a_closed_account_or_an_old_password(accounts: Accounts) -> None:
    """A sign-in that was on its way when the password changed comes too late."""
    accounts.set_password("ana", "new hash")
    accounts.set_active("ben", active=False)
    assert not accounts.open_session(session("a1", version=1))
    assert not accounts.open_session(session("b1", "ben"))
    assert not accounts.open_session(session("c1", "nobody"))
    assert [accounts.session(token) for token in ("a1", "b1", "c1")] == [None, None, None]


def test_a_deactivated_account_loses_its_sessions_for_good(accounts: Accounts) -> None:
    accounts.open_session(session("a1"))
    accounts.set_active("ana", active=False)
    accounts.set_active("ana", active=True)
    assert accounts.session("a1") is None


def test_expired_sessions_are_swept_away_when_another_opens(accounts: Accounts) -> None:
    accounts.open_session(session("old", expires=LATER))
    accounts.open_session(Session("new", "ben", NEXT_DAY, NEXT_DAY, NEXT_DAY, 1))
    assert accounts.session("old") is None
    assert accounts.session("new") is not None


def test_roles_are_given_and_taken_study_by_study(accounts: Accounts) -> None:
    """The studies need not be in this database: one database of accounts serves those of several studies."""
    coder, analyst, inland = (
        Membership("harbor", "ana", Role.CODER),
        Membership("harbor", "ana", Role.ANALYST),
        Membership("inland", "ben", Role.READER),
    )
    assert [accounts.grant(item) for item in (inland, coder, analyst, coder)] == [True, True, True, False]
    assert accounts.memberships() == (analyst, coder, inland)
    assert accounts.memberships(study="harbor") == (analyst, coder)
    assert accounts.memberships(account="ben") == (inland,)
    assert accounts.memberships(study="harbor", account="ben") == ()
    assert [accounts.revoke(coder), accounts.revoke(coder)] == [True, False]
    assert accounts.memberships(study="harbor") == (analyst,)


def test_the_last_preference_counts_and_is_its_account_s_own(accounts: Accounts) -> None:
    for account, key, value in (
        ("ana", "theme", "dark"),
        ("ben", "theme", "light"),
        ("ana", "theme", "high contrast"),
    ):
        accounts.prefer(account, key, value)
    accounts.prefer("ana", "keys", "off")
    assert accounts.preferences("ana") == {"keys": "off", "theme": "high contrast"}
    assert accounts.preferences("ben") == {"theme": "light"}
    assert accounts.preferences("nobody") == {}


def test_what_is_done_alone_is_done_together_or_not_at_all(accounts: Accounts) -> None:
    def close_and_fail() -> None:
        with accounts.alone():
            accounts.set_active("ana", active=False)
            assert accounts.credential("ana") is None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        close_and_fail()
    assert accounts.credential("ana") is not None


def test_a_study_made_before_there_were_accounts_opens_as_it_is(place: Place) -> None:
    earlier = Database(_engine(place.url))
    with earlier.writing() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO study VALUES ('harbor', 1, 'Harbor', '{}')")
    earlier.engine.dispose()
    with place.open() as store:
        assert store.studies.ids() == ("harbor",)
        assert store.accounts.add(Account("ana", AT), "hash of ana")
