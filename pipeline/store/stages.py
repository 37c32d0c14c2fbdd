"""What each stage made, frozen as a version with the fingerprint of everything it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, insert, select, update

from pipeline.store.database import Database
from pipeline.store.jsontext import plain
from pipeline.store.schema import STAGE_VERSION


@dataclass(frozen=True, slots=True)
class StageVersion:
    """Version `version` (from 1) of a stage's result. `summary` is JSON: counts and ids, no talk."""

    stage: str
    version: int
    fingerprint: str
    summary: Mapping[str, Any]
    at: str


class Stages:
    """Versions by study and stage; none is ever changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(
        self, study_id: str, stage: str, fingerprint: str, summary: Mapping[str, Any], at: str
    ) -> StageVersion:
        """Freeze the next version; where the latest has this fingerprint already, return that one."""
        with self._database.writing(study_id) as connection:
            latest = self.latest(study_id, stage)
            if latest and latest.fingerprint == fingerprint:
                return latest
            number = latest.version + 1 if latest else 1
            frozen = StageVersion(stage, number, fingerprint, plain(dict(summary)), at)
            connection.execute(
                insert(STAGE_VERSION).values(
                    study=study_id,
                    stage=stage,
                    version=frozen.version,
                    fingerprint=fingerprint,
                    summary=frozen.summary,
                    at=at,
                )
            )
            return frozen

    def strike(self, study_id: str, stage: str, group: str) -> None:
        """Take what is said of a focus group out of every version; each keeps its number and fingerprint."""
        columns = STAGE_VERSION.c
        with self._database.writing(study_id) as connection:
            for version in self.history(study_id, stage):
                if group not in version.summary["groups"]:
                    continue
                groups = {name: made for name, made in version.summary["groups"].items() if name != group}
                itself = and_(columns.study == study_id, columns.stage == stage, columns.version == version.version)
                summary = {**version.summary, "groups": groups}
                connection.execute(update(STAGE_VERSION).where(itself).values(summary=summary))

    def latest(self, study_id: str, stage: str) -> StageVersion | None:
        """The newest version, or None where the stage has not run."""
        found = self._found(_of(study_id, stage).order_by(STAGE_VERSION.c.version.desc()).limit(1))
        return found[0] if found else None

    def newest(self, study_id: str) -> dict[str, int]:
        """The number of the newest version of each stage that has run."""
        columns = STAGE_VERSION.c
        query = select(columns.stage, func.max(columns.version)).where(columns.study == study_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.group_by(columns.stage))
            return {str(stage): int(number) for stage, number in rows}

    def history(self, study_id: str, stage: str) -> tuple[StageVersion, ...]:
        """All versions, oldest first."""
        return self._found(_of(study_id, stage).order_by(STAGE_VERSION.c.version))

    def _found(self, query: Select[Any]) -> tuple[StageVersion, ...]:
        with self._database.reading() as connection:
            return tuple(StageVersion(*row) for row in connection.execute(query))


def _of(study_id: str, stage: str) -> Select[Any]:
    columns = STAGE_VERSION.c
    return select(columns.stage, columns.version, columns.fingerprint, columns.summary, columns.at).where(
        columns.study == study_id, columns.stage == stage
    )
