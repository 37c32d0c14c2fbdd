"""The studies: the description as its researchers wrote it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from pipeline.domain.study import FocusGroup, Participant, Question, Study
from pipeline.store.database import Database, insert_new
from pipeline.store.schema import STUDY


class Studies:
    """Study descriptions by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, study: Study) -> None:
        """Keep the description, in place of an earlier one. Writes nothing where it is the same."""
        if self.get(study.id) == study:
            return
        with self._database.writing(study.id) as connection:
            position = select(func.coalesce(func.max(STUDY.c.position), 0) + 1).scalar_subquery()
            body = _body(study)
            connection.execute(
                insert_new(connection, STUDY)
                .values(id=study.id, position=position, title=study.title, body=body)
                .on_conflict_do_update(index_elements=["id"], set_={"title": study.title, "body": body})
            )

    def get(self, study_id: str) -> Study | None:
        """The study, or None."""
        with self._database.reading() as connection:
            row = connection.execute(select(STUDY).where(STUDY.c.id == study_id)).first()
        return _study(row) if row else None

    def ids(self) -> tuple[str, ...]:
        """All studies in the order in which they came."""
        with self._database.reading() as connection:
            return tuple(connection.execute(select(STUDY.c.id).order_by(STUDY.c.position, STUDY.c.id)).scalars())


def _body(study: Study) -> dict[str, Any]:
    return {
        "questions": [[question.id, question.text] for question in study.questions],
        "groups": [
            [group.id, group.transcript, list(group.moderators), group.date, dict(group.attributes)]
            for group in study.groups
        ],
        "participants": [[item.id, item.group, item.role, dict(item.attributes)] for item in study.participants],
        "candidates": study.candidates,
    }


def _study(row: Any) -> Study:
    return Study(
        id=row.id,
        title=row.title,
        questions=tuple(Question(*fields) for fields in row.body["questions"]),
        groups=tuple(
            FocusGroup(group, transcript, tuple(moderators), date, attributes)
            for group, transcript, moderators, date, attributes in row.body["groups"]
        ),
        participants=tuple(Participant(*fields) for fields in row.body["participants"]),
        candidates=row.body.get("candidates"),
    )
