"""What a library makes of a damaged file becomes a refusal: a sentence, and nothing of the file's contents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.domain.errors import FileRefused


@contextmanager
def damage_refused(what: str, mend: str) -> Iterator[None]:
    """Inside, any error but a refusal or a want of memory is `FileRefused`: "{what} ({its kind}). {mend}"."""
    try:
        yield
    except (FileRefused, MemoryError):
        raise
    except Exception as broken:  # noqa: BLE001 - a library raises whatever a damaged part makes it stumble over
        raise FileRefused(f"{what} ({type(broken).__name__}). {mend}") from None
