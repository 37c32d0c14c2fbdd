"""The transcripts as imported, and the files that were set aside with the reason why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, select

from pipeline.domain.errors import FileRefused
from pipeline.domain.transcript import Account, Dropped, Transcript, Turn
from pipeline.store.database import Database, insert_new, talk_of
from pipeline.store.jsontext import legible, storable
from pipeline.store.schema import REFUSED_FILE, SEGMENT, TRANSCRIPT, TURN_QUESTION


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """A transcript with the focus group it belongs to, its file's name and the moment it came."""

    transcript: Transcript
    group: str
    filename: str
    at: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file set aside: its name, its bytes' sha256, a sentence that says why, when."""

    filename: str
    sha256: str
    reason: str
    at: str


class Transcripts:
    """Transcripts by study and id. The text of one that is there never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, study_id: str, group: str, transcript: Transcript, filename: str, at: str) -> bool:
        """Keep a transcript; False where the study has it already (then nothing is written).

        Raises:
            FileRefused: the text holds a NUL character, which is no text.
        """
        if not storable(transcript.text):
            raise FileRefused(f"{filename} holds a NUL character or half a character; save it again as plain UTF-8.")
        with self._database.writing(study_id) as connection:
            after = select(func.coalesce(func.max(TRANSCRIPT.c.position), 0) + 1).where(
                TRANSCRIPT.c.study == study_id
            )
            inserted = connection.execute(
                insert_new(connection, TRANSCRIPT)
                .values(
                    study=study_id,
                    id=transcript.id,
                    position=after.scalar_subquery(),
                    group_id=group,
                    filename=legible(filename),
                    at=at,
                    format=transcript.format,
                    text=transcript.text,
                    turns=[_fields(turn) for turn in transcript.turns],
                    account=_account_body(transcript.account),
                )
                .on_conflict_do_nothing()
                .returning(TRANSCRIPT.c.id)
            )
            return inserted.first() is not None

    def get(self, study_id: str, transcript_id: str) -> StoredTranscript | None:
        """The transcript, or None."""
        with self._database.reading() as connection:
            query = select(TRANSCRIPT).where(TRANSCRIPT.c.study == study_id, TRANSCRIPT.c.id == transcript_id)
            row = connection.execute(query).first()
        return _stored(row) if row else None

    def ids(self, study_id: str) -> frozenset[str]:
        """The ids of the study's transcripts."""
        with self._database.reading() as connection:
            return frozenset(
                connection.execute(select(TRANSCRIPT.c.id).where(TRANSCRIPT.c.study == study_id)).scalars()
            )

    def of_study(self, study_id: str) -> tuple[StoredTranscript, ...]:
        """All transcripts of the study in the order in which they came."""
        with self._database.reading() as connection:
            query = select(TRANSCRIPT).where(TRANSCRIPT.c.study == study_id).order_by(TRANSCRIPT.c.position)
            return tuple(_stored(row) for row in connection.execute(query))

    def forget(self, study_id: str, transcript_id: str) -> None:
        """Delete a transcript with its segments and question spans."""
        with self._database.writing(study_id, talk_of(study_id)) as connection:
            for made in (TURN_QUESTION, SEGMENT):
                of_it = and_(made.c.study == study_id, made.c.transcript == transcript_id)
                connection.execute(delete(made).where(of_it))
            itself = and_(TRANSCRIPT.c.study == study_id, TRANSCRIPT.c.id == transcript_id)
            connection.execute(delete(TRANSCRIPT).where(itself))

    def refuse(self, study_id: str, filename: str, sha256: str, reason: str, at: str) -> None:
        """Note a file that was set aside; the same file again updates the note."""
        with self._database.writing(study_id) as connection:
            connection.execute(
                insert_new(connection, REFUSED_FILE)
                .values(study=study_id, filename=legible(filename), sha256=sha256, reason=legible(reason), at=at)
                .on_conflict_do_update(
                    index_elements=["study", "sha256", "filename"], set_={"reason": legible(reason), "at": at}
                )
            )

    def refused(self, study_id: str) -> tuple[Refused, ...]:
        """The files set aside, earliest first."""
        columns = REFUSED_FILE.c
        query = select(columns.filename, columns.sha256, columns.reason, columns.at)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(columns.study == study_id).order_by(columns.at, columns.filename))
            return tuple(Refused(*row) for row in rows)


def _fields(turn: Turn) -> list[Any]:
    return [turn.index, turn.speaker, turn.start, turn.end, turn.where, turn.at]


def _account_body(account: Account) -> dict[str, Any]:
    return {
        "characters_in": account.characters_in,
        "kept": account.kept,
        "dropped": [[drop.kind, drop.characters, drop.where] for drop in account.dropped],
        "warnings": list(account.warnings),
    }


def _stored(row: Any) -> StoredTranscript:
    body = row.account
    account = Account(
        characters_in=body["characters_in"],
        kept=body["kept"],
        dropped=tuple(Dropped(*fields) for fields in body["dropped"]),
        warnings=tuple(body["warnings"]),
    )
    turns = tuple(Turn(*fields) for fields in row.turns)
    return StoredTranscript(
        Transcript(row.id, row.text, turns, account, row.format), row.group_id, row.filename, row.at
    )
