"""The database's form, brought up to date when it is opened; Alembic is loaded only when there is work for it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from pipeline.store.database import Database
from pipeline.store.errors import StoreTooNew

HEAD: Final = "0004"
"""The newest revision: a change of form is one more file under migrations/versions, and its number here."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database) -> None:
    """Run the migrations that the database lacks.

    Raises:
        StoreTooNew: a newer Polyvocal has already changed it.
    """
    with database.reading() as connection:
        if _revision(connection) == HEAD:
            return
    with database.writing("migration") as connection:
        revision = _revision(connection)  # another process may have done it meanwhile
        if revision != HEAD:
            _upgrade(connection, revision)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision and revision not in known:
        raise StoreTooNew(
            f"The study database was last used by a newer Polyvocal (form {revision}, this one knows {HEAD}). "
            f"Update Polyvocal to open it."
        )
    command.upgrade(config, "head")
