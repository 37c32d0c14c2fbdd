"""What can go wrong in the study database beyond the errors every part shares."""

from __future__ import annotations

from typing import Final

from pipeline.domain.errors import PolyvocalError

RESTORE: Final = "Restore the newest backup: `polyvocal backup --help` says how."


class VectorsMissing(PolyvocalError, KeyError):
    """A vector was asked for that is not stored; run the embedding of that text first."""

    __str__ = PolyvocalError.__str__


class FrozenAlready(PolyvocalError):
    """A version that is frozen was to be written again with other content."""


class StoreTooNew(PolyvocalError):
    """The database was written by a newer Polyvocal than this one."""


class BackupRefused(PolyvocalError):
    """A backup cannot be made here; the message says how to make one."""
