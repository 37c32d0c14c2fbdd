"""What holds for the SQLite file alone: private, quick to open, backed up whole, telling of a flipped byte."""

import contextlib
import io
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import ServiceUnavailable, SettingsInvalid, StoreDamaged
from pipeline.store import BackupRefused, Store, StoreTooNew, open_store, sqlite_file
from pipeline.store.migrating import HEAD, MIGRATIONS
from pipeline.store.schema import METADATA
from pipeline.store.sqlite_file import warning

from .conftest import STUDY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "home" / "study.db", anchor=tmp_path / "home" / "anchor.json") as opened:
        opened.studies.save(STUDY)
        yield opened


def draft(key: str, coder: str = "ana") -> Draft:
    return Draft(key, "harbor", coder, "2026-11-23T10:00:00+00:00", Kind.APPLY, "a:0-5", {"code": "c1"})


def test_no_other_user_of_the_machine_can_read_any_file(store: Store, tmp_path: Path) -> None:
    store.decisions.append(draft("k"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    assert {"study.db", "study.db-wal", "anchor.json"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_an_up_to_date_store_opens_without_alembic_and_at_once(store: Store, tmp_path: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from pipeline.store import open_store
import sqlalchemy.dialects.sqlite
best = 9.0
for _ in range(3):
    start = time.perf_counter()
    open_store(Path(sys.argv[1]), anchor=None).close()
    best = min(best, time.perf_counter() - start)
assert "alembic" not in sys.modules
assert "psycopg" not in sys.modules
assert best < 0.06, best
"""
    store.close()
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "home" / "study.db")], check=False)
    assert done.returncode == 0


def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with store._database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_of_a_newer_release_is_left_alone(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "home" / "study.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="Update Polyvocal"):
        open_store(path, anchor=None)


def test_a_flipped_byte_in_the_log_is_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "home" / "study.db"
    for index in range(5):
        store.decisions.append(draft(f"k{index}", coder=f"coder-{index}"))
    store.close()
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"coder-3")] ^= 1
    path.write_bytes(raw)
    with open_store(path, anchor=None) as reopened, pytest.raises(StoreDamaged, match="Decision 4 of study harbor"):
        reopened.decisions.verify("harbor")


def test_a_file_that_is_no_database_is_named_so(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    path.write_bytes(b"Mod: What is working?\n" * 500)
    with pytest.raises(StoreDamaged, match="no sound study database"):
        open_store(path, anchor=None)


def test_a_backup_is_whole_private_and_never_overwrites(store: Store, tmp_path: Path) -> None:
    log = store.decisions.append_many([draft(f"k{index}") for index in range(20)])
    target = tmp_path / "backup.db"
    store.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("backup")] == ["backup.db"]
    with open_store(target, anchor=tmp_path / "home" / "anchor.json") as copy:
        assert copy.decisions.log("harbor") == log
        copy.decisions.verify("harbor")
    with pytest.raises(BackupRefused, match="is there already"):
        store.backup(target)


def test_a_backup_finishes_while_others_write(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        for index in range(10_000):
            if stop.is_set():
                return
            store.decisions.append(draft(f"w{index}"))

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.1)
    store.backup(tmp_path / "backup.db")
    stop.set()
    writer.join()
    with open_store(tmp_path / "backup.db", anchor=None) as copy:
        copy.decisions.verify("harbor")
        assert 0 < copy.decisions.head("harbor")[0] <= store.decisions.head("harbor")[0]


def test_a_backup_in_many_steps_is_of_one_moment(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody decides after each of its steps: it is neither begun anew nor of more than one state."""
    before, steps = len(store.decisions.log("harbor")), []

    def decided(_rest: float) -> None:
        assert len(steps) < pages, "begun anew again and again"
        steps.append(store.decisions.append(draft(f"step {len(steps)}")))

    monkeypatch.setattr(sqlite_file, "_PAGES_AT_ONCE", 4)
    monkeypatch.setattr(sqlite_file.time, "sleep", decided)
    with sqlite3.connect(tmp_path / "home" / "study.db") as file:
        pages = file.execute("PRAGMA page_count").fetchone()[0]
    store.backup(tmp_path / "backup.db")
    assert len(steps) == -(-pages // 4), "as many steps as it takes once"
    with open_store(tmp_path / "backup.db", anchor=None) as copy:
        assert len(copy.decisions.log("harbor")) == before
        copy.decisions.verify("harbor")


def test_an_interrupted_backup_leaves_no_talk_behind(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_rest: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite_file.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.backup(tmp_path / "backup.db")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("backup")]


def test_deleted_talk_leaves_no_trace_in_the_file(store: Store, tmp_path: Path) -> None:
    store.stages.freeze("harbor", "prepare", "f", {"secret": "overheard-in-the-hallway"}, "now")
    with store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM stage_version")
    store.close()
    files = [path for path in (tmp_path / "home").iterdir() if path.is_file()]
    assert not any(b"overheard-in-the-hallway" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("version", "faulty"),
    [
        ("3.6.23", False), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False), ("3.50.6", True), ("3.50.7", False),
        ("3.51.2", True), ("3.51.3", False), ("3.52.0", False), ("3.53.0", False),
    ],
)  # fmt: skip
def test_the_faulty_releases_of_sqlite_are_known(version: str, *, faulty: bool) -> None:
    assert bool(warning(version)) == faulty
    assert version in warning(version) or not faulty


def test_a_url_of_another_database_is_refused_by_name() -> None:
    with pytest.raises(SettingsInvalid, match="SQLite file or a PostgreSQL"):
        open_store("mysql://root:hunter2@localhost/x", anchor=None)
    with pytest.raises(ServiceUnavailable) as problem:
        open_store("postgresql://nobody:hunter2@127.0.0.1:1/x", anchor=None)
    assert "hunter2" not in str(problem.value)


def test_a_backup_is_restored_as_its_help_says_after_a_crash_too(store: Store, tmp_path: Path) -> None:
    """What a killed program left in the write-ahead log would be written over the restored file."""
    for number in range(3):
        store.decisions.append(draft(f"before {number}"))
    store.backup(tmp_path / "backup.db")
    store.decisions.append(draft("after"))
    crashed, home = tmp_path / "crashed", tmp_path / "home"
    shutil.copytree(home, crashed)  # as it lies there while a connection is open, and after a kill
    assert (crashed / "study.db-wal").stat().st_size

    with pytest.raises(SystemExit), contextlib.redirect_stdout(io.StringIO()) as told:
        main.main(["backup", "--help"])
    assert "every file beside it whose name begins so" in " ".join(told.getvalue().split())
    for path in crashed.glob("study.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", crashed / "study.db")
    with open_store(crashed / "study.db", anchor=None) as restored:
        assert [item.draft.key for item in restored.decisions.log("harbor")] == ["before 0", "before 1", "before 2"]


def test_once_closed_nothing_lies_beside_the_file(store: Store, tmp_path: Path) -> None:
    """Whoever copies the folder then copies all of it."""
    store.pulse()
    store.decisions.append(draft("k"))
    store.close()
    assert sorted(path.name for path in (tmp_path / "home").glob("study.db*")) == ["study.db"]
