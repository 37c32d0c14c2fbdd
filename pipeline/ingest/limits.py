"""How much one file may ask of the machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file.

    No more than `file_bytes` is taken in. `memory_bytes`, `cpu_seconds` and `wall_seconds` bound the process that
    parses it. `zip_entries`, `zip_bytes` (all parts unpacked) and `zip_ratio` (unpacked to packed, per part) bound
    .docx, .odt and .xlsx. `characters` bounds the text that comes out.
    """

    file_bytes: int = 100 * MIB
    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    zip_entries: int = 5_000
    zip_bytes: int = 200 * MIB
    zip_ratio: int = 200
    characters: int = 20_000_000
