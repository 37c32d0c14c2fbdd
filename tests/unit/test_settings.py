"""Settings become one typed object; what is unknown or of the wrong kind fails by name."""

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from pipeline.domain.errors import SettingsInvalid
from pipeline.settings import DEFAULTS, ServerSettings, Settings, load_settings, require_local


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLYVOCAL_SETTINGS", "POLYVOCAL_STORE_URL"):
        monkeypatch.delenv(name, raising=False)


def settings(folder: Path, text: str) -> Settings:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "mine.toml")


def test_the_file_of_defaults_says_every_key_with_the_default_in_the_code() -> None:
    assert tomllib.loads(DEFAULTS.read_text(encoding="utf-8")) == asdict(Settings())


def test_every_key_of_the_file_of_defaults_is_explained() -> None:
    """A key follows a comment, or another key of the same comment."""
    explained = False
    for line in DEFAULTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            explained = True
        elif line.startswith("[") or not line:
            explained = False
        else:
            assert explained, line


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    mine = settings(tmp_path, "[suggest]\nabout = 60\nmost = 12\n\n[inbox]\nsettle = 2\n")
    assert (mine.suggest.about, mine.suggest.most, mine.suggest.seed) == (60, 12, 0)
    assert (mine.inbox.settle, mine.embed) == (2.0, Settings().embed)
    assert isinstance(mine.inbox.settle, float)


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert settings(tmp_path, "\ufeff[suggest]\nseed = 7\n").suggest.seed == 7


def test_a_named_file_wins_over_the_variable_which_wins_over_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "variable.toml").write_text("[suggest]\nseed = 1\n")
    monkeypatch.setenv("POLYVOCAL_SETTINGS", str(tmp_path / "variable.toml"))
    assert load_settings().suggest.seed == 1
    assert settings(tmp_path, "[suggest]\nseed = 2\n").suggest.seed == 2


def test_the_database_in_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYVOCAL_STORE_URL", "postgresql://team@server/study")
    assert settings(tmp_path, '[store]\nurl = "postgresql://other/study"\n').store.url.endswith("team@server/study")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[embed]\nmodle = 'x'\n", "mine.toml: unknown key `embed.modle`. Did you mean `embed.model`?"),
        ("[stroe]\n", "mine.toml: unknown key `stroe`. Did you mean `store`?"),
        ("[inbox]\nzzz = 1\n", "mine.toml: unknown key `inbox.zzz`. Known keys: every, settle."),
        ("[server]\nport = '80'\n", "mine.toml: `server.port` must be a whole number, not '80'."),
        ("[embed]\nbatch = 0\n", "mine.toml: `embed.batch` must lie between 1 and 100000; it is 0."),
        ("[review]\ncontrol = 1.5\n", "mine.toml: `review.control` must lie between 0 and 0.99; it is 1.5."),
        ("[review]\ncontrol = 1\n", "mine.toml: `review.control` must lie between 0 and 0.99; it is 1."),
        ("[review]\ncontrol = -2\n", "mine.toml: `review.control` must lie between 0 and 0.99; it is -2."),
        ("[review]\ncontrol = nan\n", "mine.toml: `review.control` must lie between 0 and 0.99; it is nan."),
        ("[review]\nwithhold = 1\n", "mine.toml: `review.withhold` must be a choice of true or false, not 1."),
        ("suggest = 3\n", "mine.toml: `suggest` is a section; write [suggest] with keys below it."),
    ],
)
def test_what_is_wrong_is_said_by_name(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        settings(tmp_path, text)
    assert str(refusal.value) == says


@pytest.mark.parametrize("host", ["0.0.0.0", "", "review.example.org", "192.168.0.7"])
def test_prefects_page_is_for_this_machine_alone(host: str) -> None:
    require_local(ServerSettings())
    with pytest.raises(SettingsInvalid, match=r"`server\.host` is '.*cross the network in the clear"):
        require_local(ServerSettings(host=host))
