"""What the site writes to its log: of an error its kind and place. Its text, and a traceback, may hold talk."""

from __future__ import annotations

import logging
import sys
from typing import Final

from pipeline.domain.errors import kind_and_place

_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Wordless(logging.Formatter):
    """One line for each record: without an error's text, and without what a message says below its first line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = record.exc_info[1] if record.exc_info else None
        first = record.getMessage().partition("\n")[0]
        said = f"{first} ({kind_and_place(error)})" if error else first
        return super().format(
            logging.LogRecord(record.name, record.levelno, record.pathname, record.lineno, said, None, None)
        )


def log_without_words() -> None:
    """Send what every library has to say, from a warning on, to standard error in that form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless(_LINE))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
