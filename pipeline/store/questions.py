"""Which guide question each turn answers, as the machine found it."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from pipeline.domain.segment import TurnQuestion
from pipeline.store.database import Database, talk_of
from pipeline.store.schema import TURN_QUESTION


class Questions:
    """Question spans by study and transcript."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, study_id: str, transcript_id: str, questions: tuple[TurnQuestion, ...]) -> None:
        """Keep these for the transcript, in place of what was there; the same again writes nothing."""
        if self.of_transcript(study_id, transcript_id) == tuple(sorted(questions, key=lambda item: item.turn)):
            return
        columns = TURN_QUESTION.c
        rows = [
            {
                "study": study_id,
                "transcript": transcript_id,
                "turn": item.turn,
                "question": item.question,
                "confidence": float(item.confidence),
            }
            for item in questions
        ]
        with self._database.writing(talk_of(study_id)) as connection:
            connection.execute(
                delete(TURN_QUESTION).where(columns.study == study_id, columns.transcript == transcript_id)
            )
            if rows:
                connection.execute(insert(TURN_QUESTION), rows)

    def of_transcript(self, study_id: str, transcript_id: str) -> tuple[TurnQuestion, ...]:
        """One entry per turn, in order of turns."""
        columns = TURN_QUESTION.c
        query = (
            select(columns.turn, columns.question, columns.confidence)
            .where(columns.study == study_id, columns.transcript == transcript_id)
            .order_by(columns.turn)
        )
        with self._database.reading() as connection:
            return tuple(TurnQuestion(*row) for row in connection.execute(query))
