"""The segments of each transcript, as spans."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, select

from pipeline.domain.segment import Segment
from pipeline.store.database import Database, talk_of
from pipeline.store.schema import SEGMENT, TRANSCRIPT

_FIELDS = tuple(SEGMENT.c[name] for name in ("id", "transcript", "turn", "start", "end", "noise", "moderator"))


class Segments:
    """Segments by study and transcript, in the order of talk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, study_id: str, transcript_id: str, segments: Sequence[Segment]) -> None:
        """Keep these as the transcript's segments, in place of what was there; the same again writes nothing."""
        if self.of_transcript(study_id, transcript_id) == tuple(segments):
            return
        rows = [_row(study_id, position, segment) for position, segment in enumerate(segments)]
        with self._database.writing(talk_of(study_id)) as connection:
            connection.execute(delete(SEGMENT).where(_is(study_id, transcript_id)))
            if rows:
                connection.execute(insert(SEGMENT), rows)

    def of_transcript(self, study_id: str, transcript_id: str) -> tuple[Segment, ...]:
        """The segments of one transcript."""
        with self._database.reading() as connection:
            query = select(*_FIELDS).where(_is(study_id, transcript_id)).order_by(SEGMENT.c.position)
            return _segments(connection, query)

    def of_study(self, study_id: str) -> tuple[Segment, ...]:
        """All segments: transcripts in the order in which they came, each in the order of talk."""
        place = and_(TRANSCRIPT.c.study == SEGMENT.c.study, TRANSCRIPT.c.id == SEGMENT.c.transcript)
        query = select(*_FIELDS).join_from(SEGMENT, TRANSCRIPT, place).where(SEGMENT.c.study == study_id)
        with self._database.reading() as connection:
            return _segments(connection, query.order_by(TRANSCRIPT.c.position, SEGMENT.c.position))


def _is(study_id: str, transcript_id: str) -> ColumnElement[bool]:
    return and_(SEGMENT.c.study == study_id, SEGMENT.c.transcript == transcript_id)


def _segments(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[Segment, ...]:
    return tuple(Segment(*row) for row in connection.execute(query))


def _row(study_id: str, position: int, segment: Segment) -> dict[str, object]:
    return {
        "study": study_id,
        "transcript": segment.transcript,
        "position": position,
        "id": segment.id,
        "turn": segment.turn,
        "start": segment.start,
        "end": segment.end,
        "noise": segment.noise,
        "moderator": segment.moderator,
    }
