"""Who may sign in: guesses are few, tokens fresh, sessions end when they should, and nothing has a default."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.bootstrap import open_accounts
from pipeline.domain.account import Account, Role, waits_until
from pipeline.domain.errors import AccountRefused, SettingsInvalid, SignInRefused
from pipeline.settings import Settings, StoreSettings, WebSettings, load_settings, require_private
from pipeline.store import open_store
from pipeline.work import accounts as policy
from pipeline.work.accounts import AccountDesk, burn_setup_token, setup_token

pytestmark = pytest.mark.usefixtures("quick_passwords")

RIGHT = "correct horse battery"
OTHER = "entirely other words"
START = datetime(2026, 11, 23, 10, tzinfo=UTC)


class Clock:
    """A clock that stands until somebody lets time go by."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[AccountDesk]:
    """A desk with two accounts, one of an administrator."""
    with open_store(tmp_path / "accounts.db", anchor=None) as store:
        opened = AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token", clock)
        opened.create("Ada", OTHER, administrator=True)
        opened.create("ben", RIGHT)
        yield opened


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(SignInRefused) as refusal:
        attempt()
    return str(refusal.value)


def guess(desk: AccountDesk, name: str, times: int = 1) -> set[str]:
    return {refused(lambda: desk.sign_in(name, "a wrong password")) for _ in range(times)}


# --- accounts and passwords ---


def test_a_password_is_kept_as_a_hash_that_differs_for_the_same_password(desk: AccountDesk, tmp_path: Path) -> None:
    desk.create("cleo", RIGHT)
    hashes = [desk.accounts.credential(name).password_hash for name in ("ben", "cleo")]  # type: ignore[union-attr]
    assert all(item.startswith("$argon2id$") for item in hashes)
    assert len(set(hashes)) == 2
    assert not any(RIGHT.encode() in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        (" ", RIGHT, "needs a name"),
        ("x" * 61, RIGHT, "at most 60 letters; this one has 61"),
        ("a\u202eb", RIGHT, "not seen"),
        ("a\0b", RIGHT, "not seen"),
        ("BEN", RIGHT, "There is an account `ben` already"),
        ("cleo", "nine char", "at least 10 characters; this one has 9"),
        ("cleo", "x" * 1001, "at most 1000 characters"),
        ("cleopatra of egypt", "Cleopatra of Egypt ", "must not be the account's name"),
    ],
)
def test_a_name_or_password_that_will_not_do_is_refused_with_a_sentence(
    desk: AccountDesk, name: str, password: str, says: str
) -> None:
    with pytest.raises(AccountRefused, match=says):
        desk.create(name, password)
    assert len(desk.accounts.all()) == 2


def test_a_long_password_needs_no_digits_or_signs(desk: AccountDesk) -> None:
    desk.create("cleo", "aaaaaaaaaa")
    assert desk.sign_in("cleo", "aaaaaaaaaa")


def test_letters_put_together_otherwise_are_the_same_letters(desk: AccountDesk) -> None:
    """One keyboard sends é as one character, another as e and an accent."""
    desk.create("Ren\u00e9e", "caf\u00e9 au lait")
    token = desk.sign_in("Rene\u0301e ", "cafe\u0301 au lait")
    assert desk.whoami(token).name == "Ren\u00e9e"  # type: ignore[union-attr]


def test_who_is_not_there_is_named_with_those_who_are(desk: AccountDesk) -> None:
    with pytest.raises(AccountRefused, match=r"no account `bne`\. There is: Ada, ben\."):
        desk.set_password("bne", RIGHT)


def test_the_only_administrator_stays(desk: AccountDesk) -> None:
    """Otherwise nobody could make accounts, and a set-up token would open the site anew."""
    with pytest.raises(AccountRefused, match="Ada is the only administrator"):
        desk.set_active("Ada", active=False)
    desk.create("cleo", RIGHT, administrator=True)
    assert not desk.set_active("Ada", active=False).active
    assert desk.has_administrator()


def test_roles_are_per_study_and_an_administrator_has_none_unasked(desk: AccountDesk) -> None:
    assert desk.grant("ben", "harbor", Role.CODER)
    assert not desk.grant("ben", "harbor", Role.CODER)
    assert desk.roles("ben", "harbor") == {Role.CODER}
    assert desk.roles("ben", "inland") == frozenset()
    assert desk.roles("Ada", "harbor") == frozenset()
    assert desk.revoke("ben", "harbor", Role.CODER)
    assert desk.roles("ben", "harbor") == frozenset()
    with pytest.raises(AccountRefused):
        desk.grant("nobody", "harbor", Role.CODER)


# --- guessing ---


def test_after_five_wrong_guesses_even_the_right_password_waits(desk: AccountDesk, clock: Clock) -> None:
    guess(desk, "ben", 5)
    refused(lambda: desk.sign_in("ben", RIGHT))
    clock.passes(seconds=59)
    refused(lambda: desk.sign_in("ben", RIGHT))
    clock.passes(seconds=1)
    assert desk.sign_in("ben", RIGHT)
    guess(desk, "ben", 4)
    assert desk.sign_in("ben", RIGHT), "a right password begins the count anew"


def test_each_guess_after_a_wait_waits_twice_as_long_up_to_an_hour(desk: AccountDesk, clock: Clock) -> None:
    guess(desk, "ben", 5)
    waits = []
    for _ in range(9):
        until = datetime.fromisoformat(desk.accounts.credential("ben").locked_until)  # type: ignore[union-attr,arg-type]
        waits.append((until - clock.now).seconds // 60)
        clock.now = until
        guess(desk, "ben")
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert waits_until(10_000, START) == START + timedelta(hours=1)


def test_guesses_made_while_waiting_do_not_prolong_the_wait(desk: AccountDesk, clock: Clock) -> None:
    """Else anybody could keep somebody out for good by guessing on."""
    guess(desk, "ben", 50)
    clock.passes(minutes=1)
    assert desk.sign_in("ben", RIGHT)


def test_a_wait_outlives_the_server(desk: AccountDesk, tmp_path: Path, clock: Clock) -> None:
    guess(desk, "ben", 5)
    with open_store(tmp_path / "accounts.db", anchor=None) as store:
        refused(lambda: replace(desk, accounts=store.accounts).sign_in("ben", RIGHT))


def test_guesses_made_at_the_same_moment_are_no_more_than_five(
    desk: AccountDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at, fits = [], policy._fits
    real = desk.accounts.credential("ben").password_hash  # type: ignore[union-attr]
    monkeypatch.setattr(policy, "_fits", lambda kept, typed: looked_at.append(kept == real) or fits(kept, typed))
    crowd = [threading.Thread(target=guess, args=(desk, "ben")) for _ in range(16)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert (len(looked_at), sum(looked_at)) == (16, 5)


def test_a_new_password_from_an_administrator_ends_the_wait(desk: AccountDesk) -> None:
    guess(desk, "ben", 5)
    desk.set_password("ben", OTHER)
    assert desk.sign_in("ben", OTHER)


def test_the_answer_is_the_same_whatever_is_wrong(desk: AccountDesk) -> None:
    """An unknown name, a wrong password, a wait, a closed account and one without a password yet."""
    desk.create("cleo", RIGHT)
    desk.set_active("cleo", active=False)
    desk.accounts.add(Account("dan", "2026-11-23T10:00:00+00:00"), "")
    said = guess(desk, "nobody", 7) | guess(desk, "ben", 7) | guess(desk, "", 1) | guess(desk, "a\0\ud800", 1)
    said |= {refused(lambda name=name: desk.sign_in(name, RIGHT)) for name in ("cleo", "dan", "ben")}
    said |= {refused(lambda: desk.sign_in("dan", "")), refused(lambda: desk.sign_in("ben", "\ud800"))}
    assert len(said) == 1


def test_the_work_is_the_same_whatever_is_wrong(desk: AccountDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash is looked at and one row written, so that time tells nothing either."""
    work: list[str] = []
    fits = policy._fits
    monkeypatch.setattr(policy, "_fits", lambda kept, typed: work.append("hash") or fits(kept, typed))
    for name in ("count_failures", "write_nothing_new"):
        written = getattr(desk.accounts, name)
        monkeypatch.setattr(
            desk.accounts, name, lambda *values, written=written: work.append("row") or written(*values)
        )
    guess(desk, "ben", 5)
    for name in ("nobody", "ben", "Ada"):  # unknown, waiting, wrong
        work.clear()
        guess(desk, name)
        assert work == ["row", "hash"], name


# --- sessions ---


def test_a_sign_in_makes_a_fresh_token_each_time_and_the_database_never_holds_it(
    desk: AccountDesk, tmp_path: Path
) -> None:
    """Nobody can hand somebody a token beforehand and find it signed in later."""
    tokens = {desk.sign_in("ben", RIGHT) for _ in range(5)}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 43  # 256 bits
    assert {desk.whoami(token) for token in tokens} == {desk.account("ben")}
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(token.encode() in content for token in tokens for content in files)


def test_a_token_that_never_was_one_opens_nothing(desk: AccountDesk) -> None:
    token = desk.sign_in("ben", RIGHT)
    (kept,) = {found[0].token_hash for found in [desk.accounts.session(policy._digest(token))] if found}
    for wrong in ("", "x", token[:-1], token + " ", kept, "\0", "\ud800", "é" * 1000):
        assert desk.whoami(wrong) is None


def test_a_token_stolen_before_the_sign_out_is_worth_nothing_after(desk: AccountDesk) -> None:
    stolen, other = desk.sign_in("ben", RIGHT), desk.sign_in("ben", RIGHT)
    desk.sign_out(stolen)
    desk.sign_out(stolen)
    assert desk.whoami(stolen) is None
    assert desk.whoami(other) is not None


def test_a_session_ends_after_twelve_hours_however_busy(desk: AccountDesk, clock: Clock) -> None:
    token = desk.sign_in("ben", RIGHT)
    for _ in range(11):
        clock.passes(hours=1)
        assert desk.whoami(token)
    clock.passes(minutes=59, seconds=59)
    assert desk.whoami(token)
    clock.passes(seconds=1)
    assert desk.whoami(token) is None


def test_a_session_ends_after_two_hours_of_nothing(desk: AccountDesk, clock: Clock) -> None:
    token = desk.sign_in("ben", RIGHT)
    clock.passes(hours=1, minutes=59)
    assert desk.whoami(token)
    clock.passes(hours=1, minutes=59)
    assert desk.whoami(token)
    clock.passes(hours=2)
    assert desk.whoami(token) is None
    assert desk.whoami(token) is None, "asking does not wake it"


def test_the_hours_are_those_of_the_settings(desk: AccountDesk, clock: Clock) -> None:
    short = replace(desk, web=WebSettings(session_hours=1.0, idle_hours=0.5))
    token = short.sign_in("ben", RIGHT)
    clock.passes(minutes=29)
    assert short.whoami(token)
    clock.passes(minutes=30)
    assert short.whoami(token) is None


def test_that_somebody_was_here_is_written_once_a_minute_at_most(
    desk: AccountDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = desk.sign_in("ben", RIGHT)
    written, write = [], desk.accounts.session_seen
    monkeypatch.setattr(desk.accounts, "session_seen", lambda *values: written.append(values) or write(*values))
    for _ in range(121):
        desk.whoami(token)
        clock.passes(seconds=1)
    assert len(written) == 2


def test_a_new_password_ends_every_session(desk: AccountDesk) -> None:
    mine, stolen, ada = desk.sign_in("ben", RIGHT), desk.sign_in("ben", RIGHT), desk.sign_in("Ada", OTHER)
    fresh = desk.change_password("ben", RIGHT, OTHER)
    assert [desk.whoami(token) for token in (mine, stolen)] == [None, None]
    assert desk.whoami(fresh) == desk.account("ben")
    assert fresh not in {mine, stolen}
    refused(lambda: desk.sign_in("ben", RIGHT))
    desk.set_password("ben", RIGHT)
    assert desk.whoami(fresh) is None
    assert desk.whoami(ada) is not None


def test_whoever_finds_a_browser_open_cannot_change_the_password(desk: AccountDesk) -> None:
    for _ in range(5):
        refused(lambda: desk.change_password("ben", "a wrong password", OTHER))
    refused(lambda: desk.change_password("ben", RIGHT, OTHER))
    with pytest.raises(AccountRefused, match="at least 10"):
        desk.change_password("Ada", OTHER, "short")
    assert desk.sign_in("Ada", OTHER)


@pytest.mark.parametrize("act", ["sign in", "change"])
def test_an_act_with_the_old_password_comes_too_late_when_another_was_set_meanwhile(
    desk: AccountDesk, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator resets a stolen password at the very moment that the thief uses it."""
    fits = policy._fits

    def fits_then_reset(kept: str, typed: str) -> bool:
        right = fits(kept, typed)
        monkeypatch.setattr(policy, "_fits", fits)
        desk.set_password("ben", OTHER)
        return right

    monkeypatch.setattr(policy, "_fits", fits_then_reset)
    if act == "sign in":
        refused(lambda: desk.sign_in("ben", RIGHT))
    else:
        refused(lambda: desk.change_password("ben", RIGHT, "what the thief would like"))
    assert desk.sign_in("ben", OTHER)


def test_a_deactivated_account_is_signed_out_and_stays_so(desk: AccountDesk) -> None:
    token = desk.sign_in("ben", RIGHT)
    desk.set_active("ben", active=False)
    assert desk.whoami(token) is None
    desk.set_active("ben", active=True)
    assert desk.whoami(token) is None
    assert desk.sign_in("ben", RIGHT)


# --- the first administrator ---


@pytest.fixture
def bare(tmp_path: Path, clock: Clock) -> Iterator[AccountDesk]:
    """A desk as it is after installing."""
    with open_store(tmp_path / "bare.db", anchor=None) as store:
        yield AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token", clock)


def test_after_installing_nobody_can_sign_in(bare: AccountDesk) -> None:
    assert bare.accounts.all() == ()
    for name in ("admin", "administrator", "root", "polyvocal", ""):
        for password in ("", "admin", "password", name):
            refused(lambda name=name, password=password: bare.sign_in(name, password))


def test_the_set_up_token_makes_one_administrator_once(bare: AccountDesk) -> None:
    token = bare.setup_token()
    assert token is not None
    assert bare.setup_token() == token, "a restart shows the same one"
    assert bare.first_administrator("Ada", RIGHT, f" {token}\n").administers
    assert not bare.setup_file.exists()
    assert bare.setup_token() is None
    refused(lambda: bare.first_administrator("Eve", RIGHT, token))
    assert [account.name for account in bare.accounts.all()] == ["Ada"]
    assert bare.sign_in("Ada", RIGHT)


@pytest.mark.parametrize("joined", ["\n", "", " "])
def test_whoever_pastes_the_whole_file_brings_its_token(bare: AccountDesk, joined: str) -> None:
    """A field of one line joins the lines that are pasted into it."""
    token = bare.setup_token()
    first, second = bare.setup_file.read_text().splitlines()
    assert (first, second.partition(" ")[0]) == (token, "expires")
    assert bare.first_administrator("Ada", RIGHT, f"{first}{joined}{second}\n").administers


def test_a_wrong_name_or_password_leaves_the_token_as_it_was(bare: AccountDesk) -> None:
    token = bare.setup_token() or ""
    bare.create("ben", RIGHT)
    for name, password in (("Ada", "short"), ("", RIGHT), ("ben", RIGHT)):
        with pytest.raises(AccountRefused):
            bare.first_administrator(name, password, token)
    assert bare.first_administrator("Ada", RIGHT, token)


def test_a_wrong_token_learns_nothing_and_makes_nothing(bare: AccountDesk) -> None:
    bare.create("ben", RIGHT)
    said = {
        refused(lambda name=name, token=token: bare.first_administrator(name, RIGHT, token))
        for name in ("ben", "Eve")
        for token in ("", "guess", "\ud800")
    }
    bare.setup_token()
    said.add(refused(lambda: bare.first_administrator("ben", "short", "guess")))
    assert len(said) == 1
    assert not bare.has_administrator()


def test_a_set_up_token_expires_and_another_takes_its_place(bare: AccountDesk, clock: Clock) -> None:
    token = bare.setup_token() or ""
    clock.passes(hours=1)
    refused(lambda: bare.first_administrator("Ada", RIGHT, token))
    fresh = bare.setup_token() or ""
    assert fresh != token
    refused(lambda: bare.first_administrator("Ada", RIGHT, token))
    assert bare.first_administrator("Ada", RIGHT, fresh)


def test_an_administrator_made_at_the_terminal_ends_the_set_up(bare: AccountDesk) -> None:
    token = bare.setup_token() or ""
    bare.create("Ada", RIGHT, administrator=True)
    assert not bare.setup_file.exists()
    bare.setup_file.write_text(f"{token}\n2099-01-01T00:00:00+00:00\n")
    bare.setup_file.chmod(0o600)
    assert "administrator already" in refused(lambda: bare.first_administrator("Eve", RIGHT, token))


def test_of_several_who_bring_the_token_at_once_one_gets_through(bare: AccountDesk) -> None:
    token, made = bare.setup_token() or "", []

    def try_it(name: str) -> None:
        with suppress(SignInRefused):
            made.append(bare.first_administrator(name, RIGHT, token))

    crowd = [threading.Thread(target=try_it, args=(f"person {number}",)) for number in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(made) == 1
    assert list(bare.accounts.all()) == made


def test_only_its_owner_can_read_the_token_whatever_the_umask(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        setup_token(tmp_path / "token", START)
    finally:
        os.umask(earlier)
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


def test_a_token_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "token"
    token = setup_token(path, START)
    path.chmod(0o644)
    with pytest.raises(SignInRefused):
        burn_setup_token(path, token, START)
    assert setup_token(path, START) != token
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "half", "a b c\n", "token 2026-13-45\n", "é\n"])
def test_a_torn_token_file_is_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    token = setup_token(path, START)
    burn_setup_token(path, token, START)
    assert not path.exists()


# --- where the accounts are ---


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation in a data folder of its own; answers its set-up token."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    with open_accounts(Settings()) as desk:
        return desk.setup_token() or ""


def test_two_installations_share_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (install(tmp_path / name, monkeypatch) for name in ("one", "other"))
    assert one
    assert one != other
    with open_accounts(Settings()) as desk:
        refused(lambda: desk.first_administrator("Ada", RIGHT, one))
        assert desk.first_administrator("Ada", RIGHT, other)


def test_no_other_user_of_the_machine_can_read_the_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "polyvocal").mkdir(mode=0o755)
    install(tmp_path, monkeypatch)
    assert (tmp_path / "polyvocal").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "polyvocal").iterdir() if path.is_file()]
    assert "accounts.db" in {path.name for path in files}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize(
    ("store", "accounts", "opened"),
    [
        ("", "", "accounts.db"),
        ("sqlite:////tmp/x.db", "", "accounts.db"),
        ("postgresql://team@host/study", "", "postgresql://team@host/study"),
        ("postgresql://team@host/study", "postgresql://team@host/people", "postgresql://team@host/people"),
        ("", "postgresql://team@host/people", "postgresql://team@host/people"),
    ],
)
def test_accounts_are_in_the_database_the_settings_name(
    store: str, accounts: str, opened: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    places = []

    def open_elsewhere(place: str | Path, *, anchor: Path | None) -> object:
        places.append(str(place))
        return open_store(tmp_path / "stand-in.db", anchor=anchor)

    monkeypatch.setattr("pipeline.bootstrap.open_store", open_elsewhere)
    settings = Settings(store=StoreSettings(url=store), web=WebSettings(accounts=accounts))
    with open_accounts(settings) as desk:
        assert desk.web is settings.web
    assert places[0].removeprefix(f"{tmp_path}/polyvocal/") == opened


def test_the_accounts_in_the_environment_win_over_the_file_and_must_be_a_postgresql_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text('[web]\naccounts = "postgresql://other/people"\nport = 8601\n')
    monkeypatch.setenv("POLYVOCAL_ACCOUNTS_URL", "postgresql+psycopg://team@server/people")
    web = load_settings(tmp_path / "mine.toml").web
    assert (web.accounts, web.port) == ("postgresql+psycopg://team@server/people", 8601)
    monkeypatch.setenv("POLYVOCAL_ACCOUNTS_URL", "people.db")
    with pytest.raises(SettingsInvalid, match=r"`web\.accounts` is no PostgreSQL URL"):
        load_settings(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    "web",
    [
        WebSettings(),
        WebSettings(host="localhost"),
        WebSettings(host="127.8.8.8"),
        WebSettings(host="::1"),
        WebSettings(host="0.0.0.0", tls_certificate="site.pem", tls_key="site.key"),
        WebSettings(host="", public_url="https://review.example.org"),
        WebSettings(host="10.1.2.3", public_url="https://review.example.org:8443"),
    ],
    ids=repr,
)
def test_a_site_that_nobody_can_listen_in_on_may_start(web: WebSettings) -> None:
    require_private(web)


@pytest.mark.parametrize(
    ("web", "says"),
    [
        (WebSettings(host="0.0.0.0"), "in the clear"),
        (WebSettings(host=""), "in the clear"),
        (WebSettings(host="::"), "in the clear"),
        (WebSettings(host="192.168.1.7"), "in the clear"),
        (WebSettings(host="review.example.org"), "in the clear"),
        (WebSettings(host="localhost.example.org"), "in the clear"),
        (WebSettings(host="127.0.0.1.example.org"), "in the clear"),
        (WebSettings(host="0.0.0.0", tls_certificate="site.pem"), "both files"),
        (WebSettings(tls_key="site.key"), "both files"),
        (WebSettings(host="0.0.0.0", public_url="http://review.example.org"), "no https address"),
        (WebSettings(public_url="https://review.example.org/study"), "without a path"),
        (WebSettings(public_url="https://ada@review.example.org"), "no https address"),
        (WebSettings(public_url="https://review.example.org\n"), "no https address"),
    ],
    ids=repr,
)
def test_a_site_that_others_could_listen_in_on_does_not_start(web: WebSettings, says: str) -> None:
    with pytest.raises(SettingsInvalid, match=says):
        require_private(web)


def test_several_who_look_for_the_token_at_once_find_one_that_works(tmp_path: Path) -> None:
    for attempt in range(20):
        path, found = tmp_path / str(attempt), list[str]()
        begin = threading.Barrier(8)

        def look(path: Path = path, begin: threading.Barrier = begin, found: list[str] = found) -> None:
            begin.wait()
            found.append(setup_token(path, START))

        lookers = [threading.Thread(target=look) for _ in range(8)]
        for thread in lookers:
            thread.start()
        for thread in lookers:
            thread.join()
        assert len(found) == 8
        assert setup_token(path, START) in found
