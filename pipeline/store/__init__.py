"""The study database: the truth."""

from pipeline.store.errors import BackupRefused, FrozenAlready, StoreTooNew, VectorsMissing
from pipeline.store.opening import Store, open_store
from pipeline.store.outbox import OutboxMessage
from pipeline.store.stages import StageVersion
from pipeline.store.transcripts import Refused, StoredTranscript

__all__ = [
    "BackupRefused",
    "FrozenAlready",
    "OutboxMessage",
    "Refused",
    "StageVersion",
    "Store",
    "StoreTooNew",
    "StoredTranscript",
    "VectorsMissing",
    "open_store",
]
