"""PostgreSQL, for teams: by URL, through psycopg."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event

from pipeline.store.database import PATIENCE
from pipeline.store.jsontext import as_text

_CONNECT_SECONDS: Final = 10


def open_server(url: URL) -> Engine:
    """An engine on the server; nothing is asked of it yet."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": _CONNECT_SECONDS},
        hide_parameters=True,
        json_serializer=as_text,
        pool_pre_ping=True,  # a server restarted overnight is noticed before a coder's decision is
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = '{PATIENCE:.0f}s'")
    connection.commit()
