"""The candidates of each run of suggest, and the codings it proposed; frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import insert, select

from pipeline.domain.errors import NotReady
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.store.database import Database
from pipeline.store.errors import FrozenAlready
from pipeline.store.jsontext import plain
from pipeline.store.schema import SUGGESTION_SET

_PARTS: Final = ("suggestions", "unclear", "proposed")


class Suggestions:
    """Candidate sets by study and version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(
        self, study_id: str, version: int, found: SuggestionSet, proposed: tuple[ProposedCoding, ...] = ()
    ) -> None:
        """Keep what was found as this version; the same again writes nothing.

        Raises:
            FrozenAlready: the version holds something else.
        """
        body = plain(
            {
                "suggestions": [_fields(item) for item in found.suggestions],
                "unclear": found.unclear,
                "proposed": [[item.segment, item.code, float(item.confidence)] for item in proposed],
            }
        )
        with self._database.writing(study_id) as connection:
            stored = self._body(study_id, version)
            if stored is None:
                connection.execute(insert(SUGGESTION_SET).values(study=study_id, version=version, **body))
            elif stored != body:
                raise FrozenAlready(
                    f"Version {version} of the suggestions is frozen; what differs needs a new version."
                )

    def of_version(self, study_id: str, version: int) -> SuggestionSet:
        """The candidates of a version, best evidence first.

        Raises:
            NotReady: there is no such version.
        """
        found, unclear = self._existing(study_id, version, "suggestions", "unclear")
        return SuggestionSet(tuple(_suggestion(fields) for fields in found), tuple(unclear))

    def proposed(self, study_id: str, version: int) -> tuple[ProposedCoding, ...]:
        """The codings proposed in a version.

        Raises:
            NotReady: there is no such version.
        """
        (found,) = self._existing(study_id, version, "proposed")
        return tuple(ProposedCoding(*fields) for fields in found)

    def _existing(self, study_id: str, version: int, *names: str) -> Sequence[Any]:
        body = self._body(study_id, version, *names)
        if body is None:
            raise NotReady(f"There is no version {version} of the suggestions of study {study_id}.")
        return tuple(body[name] for name in names)

    def _body(self, study_id: str, version: int, *names: str) -> Mapping[str, Any] | None:
        """The named parts of a version: each is long, and read only where it is wanted."""
        columns = SUGGESTION_SET.c
        query = select(*(columns[name] for name in names or _PARTS)).where(
            columns.study == study_id, columns.version == version
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return dict(row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def _fields(item: Suggestion) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "keywords": item.keywords,
        "segments": item.segments,
        "typical": item.typical,
        "edge": item.edge,
        "cohesion": float(item.cohesion),
        "questions": item.questions,
        "groups": item.groups,
        "speakers": item.speakers,
        "roles": item.roles,
        "stability": float(item.stability),
    }


def _suggestion(fields: Mapping[str, Any]) -> Suggestion:
    def counted(name: str) -> tuple[tuple[str, int], ...]:
        return tuple((key, count) for key, count in fields[name])

    return Suggestion(
        id=fields["id"],
        name=fields["name"],
        keywords=tuple(fields["keywords"]),
        segments=tuple(fields["segments"]),
        typical=tuple(fields["typical"]),
        edge=tuple(fields["edge"]),
        cohesion=fields["cohesion"],
        questions=counted("questions"),
        groups=counted("groups"),
        speakers=counted("speakers"),
        roles=counted("roles"),
        stability=fields.get("stability", 0.0),  # versions frozen before it was kept have none
    )
