"""PostgreSQL, for teams: by URL, through psycopg."""

from __future__ import annotations

import time
from typing import Any, Final

from psycopg import Error
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from pipeline.store.database import PATIENCE
from pipeline.store.jsontext import as_text

_CONNECT_SECONDS: Final = 10
IDLE: Final = 5.0
"""Seconds since it was last taken from the pool after which a connection is asked whether it still stands."""


def open_server(url: URL) -> Engine:
    """An engine on the server; nothing is asked of it yet."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": _CONNECT_SECONDS},
        hide_parameters=True,
        json_serializer=as_text,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", _ask_if_idle)
    return engine


def _ask_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """A server restarted overnight is noticed before a coder's decision is; not asked between two of them."""
    idle = time.monotonic() - record.info.get("used", -IDLE)
    record.info["used"] = time.monotonic()
    if idle < IDLE:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Error as error:
        raise InvalidatePoolError from error


def _set_up(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = '{PATIENCE:.0f}s'")
    connection.commit()
