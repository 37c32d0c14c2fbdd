"""Every test here runs on SQLite and on PostgreSQL, each in a database of its own."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.domain.study import FocusGroup, Participant, Question, Study
from pipeline.store import Store, open_store

SERVER = os.environ.get("POLYVOCAL_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
STUDY = Study(
    id="harbor",
    title="Harbor study",
    questions=(Question("q1", "What is working?"), Question("q2", "What is missing?")),
    groups=(FocusGroup("north", "north.txt", ("Mod",), "2024-03-01", {"region": "north"}), FocusGroup("south")),
    participants=(Participant("Ana", "north", "advocate", {"years": "7"}), Participant("Ben", "north")),
    candidates=40,
)


@dataclass(frozen=True)
class Place:
    """Where a test's database is; `open()` opens it as another process would."""

    url: str
    anchor: Path
    sqlite: bool

    def open(self) -> Store:
        return open_store(self.url, anchor=self.anchor)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(str(tmp_path / "study.db"), tmp_path / "anchor.json", sqlite=True)
        return
    with _schema() as url:
        yield Place(url, tmp_path / "anchor.json", sqlite=False)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An open store that holds one study."""
    with place.open() as opened:
        opened.studies.save(STUDY)
        yield opened


class _schema:  # noqa: N801 - reads as `with _schema() as url`
    """A PostgreSQL schema of its own, dropped afterwards."""

    def __enter__(self) -> str:
        import psycopg

        try:
            self._connection = psycopg.connect(
                SERVER.replace("postgresql+psycopg", "postgresql"), autocommit=True, connect_timeout=3
            )
        except psycopg.OperationalError:
            _missing()
        self._name = "polyvocal_test_" + uuid.uuid4().hex[:12]
        self._connection.execute(f"CREATE SCHEMA {self._name}")
        return f"{SERVER}{'&' if '?' in SERVER else '?'}options={quote(f'-csearch_path={self._name}')}"

    def __exit__(self, *_: object) -> None:
        self._connection.execute("SET client_min_messages = warning")
        self._connection.execute(f"DROP SCHEMA {self._name} CASCADE")
        self._connection.close()


def _missing() -> None:
    sentence = (
        "No PostgreSQL answers, so half of the store's contract is untested. Start one with a database `test` "
        "(`docker run -e POSTGRES_HOST_AUTH_METHOD=trust -e POSTGRES_DB=test -p 5432:5432 postgres`, or "
        "`pg_ctlcluster 15 main start`) or name it in POLYVOCAL_TEST_POSTGRES."
    )
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
