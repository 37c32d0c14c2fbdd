"""A PostgreSQL database that can be put back as it was: each trial gets a copy made from a template."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import make_url


@dataclass(frozen=True, slots=True)
class Server:
    """Makes databases on a server, all of one name's family, and drops them at the end."""

    url: str
    connection: Any
    family: str

    def database(self, name: str, template: str = "") -> str:
        """The URL of a new database, empty or a copy of another of the family."""
        source = f" TEMPLATE {self.family}_{template}" if template else ""
        self.connection.execute(f"CREATE DATABASE {self.family}_{name}{source}")
        return make_url(self.url).set(database=f"{self.family}_{name}").render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self.connection.execute(f"DROP DATABASE IF EXISTS {self.family}_{name} WITH (FORCE)")


@contextmanager
def server(url: str) -> Iterator[Server]:
    """A connection that may make databases.

    Raises:
        psycopg.OperationalError: no server answers.
    """
    import psycopg

    plain = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True, connect_timeout=3) as connection:
        made = Server(url, connection, "polyvocal_kill_" + uuid.uuid4().hex[:8])
        try:
            yield made
        finally:
            names = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [made.family]
            ).fetchall()
            for (name,) in names:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
