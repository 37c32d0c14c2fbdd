"""Approved codes onto the guide's questions, the groups, the roles and whatever else the study says of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.mapped import Cell, Mapped, Matrix, Share
from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.study import Study

NO_ROLE: Final = "role not stated"
"""The column of speakers whose role the study does not say."""
NOT_STATED: Final = "not stated"
"""The column of speakers of whom the study does not say the attribute, nor of their group."""

_NOT_COMPARED: Final = frozenset({"name", "note", "encoding"})
"""Attributes that tell apart and do not gather."""


def map_codes(study: Study, book: Codebook, said: Iterable[Said]) -> Mapped:
    """Count every coding of a code in use once per segment, by who said it and what it answers.

    What a moderator says carries no code, even where it was coded before people found who moderates.
    """
    places = {item.segment.id: item for item in said if not item.segment.moderator}
    codes = tuple(code.id for code in book.active_codes)
    carried = {code: [places[item] for item in book.segments_of(code) if item in places] for code in codes}
    order = {segment: place for place, segment in enumerate(places)}
    for items in carried.values():
        items.sort(key=lambda item: order[item.segment.id])
    questions = (*(question.id for question in study.questions), OFF_GUIDE)
    by_question = _matrix(carried, questions, lambda item: item.question)
    return Mapped(
        by_question=by_question,
        by_group=_matrix(carried, tuple(group.id for group in study.groups), lambda item: item.group),
        by_role=_matrix(carried, _roles(study), lambda item: item.role or NO_ROLE),
        totals={code: cell_of(items) for code, items in carried.items()},
        answers={question: _answers(book, by_question, question) for question in by_question.columns},
        unplaced=tuple(dict.fromkeys(segment for segment, code in book.codings if segment not in places)),
        by_attribute={
            key: matrix
            for key, values in _attributes(study).items()
            if len((matrix := _matrix(carried, values, _said_of(study, key))).columns) > 1
        },
    )


def cell_of(items: Iterable[Said]) -> Cell:
    """The segments, the distinct speakers and the distinct groups of some talk."""
    listed = tuple(items)
    return Cell(
        segments=tuple(item.segment.id for item in listed),
        speakers=tuple(dict.fromkeys(f"{item.group}/{item.speaker}" for item in listed)),
        groups=tuple(dict.fromkeys(item.group for item in listed)),
    )


def _matrix(carried: Mapping[str, list[Said]], columns: tuple[str, ...], column_of: Callable[[Said], str]) -> Matrix:
    sorted_out: dict[tuple[str, str], list[Said]] = {}
    for code, items in carried.items():
        for item in items:
            sorted_out.setdefault((code, column_of(item)), []).append(item)
    found = dict.fromkeys(column for _, column in sorted_out)
    used = (*columns, *(column for column in found if column not in columns))
    return Matrix(tuple(carried), used, {key: cell_of(items) for key, items in sorted_out.items()})


def _roles(study: Study) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.role for person in study.participants if person.role))


def _attributes(study: Study) -> dict[str, tuple[str, ...]]:
    """What the study says of participants and groups beside role and date, and the values there are."""
    found: dict[str, dict[str, None]] = {}
    stated = [person.attributes for person in study.participants] + [group.attributes for group in study.groups]
    for attributes in stated:
        for key, value in attributes.items():
            if value and key not in _NOT_COMPARED:
                found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _said_of(study: Study, key: str) -> Callable[[Said], str]:
    """The value of an attribute for whoever speaks: their own, else their group's."""
    people = {(person.group, person.id): person.attributes.get(key) for person in study.participants}
    groups = {group.id: group.attributes.get(key) for group in study.groups}
    return lambda item: people.get((item.group, item.participant)) or groups.get(item.group) or NOT_STATED


def _answers(book: Codebook, by_question: Matrix, question: str) -> tuple[Share, ...]:
    shares = [Share(code, book.codes[code].stance, by_question.cell(code, question)) for code in by_question.rows]
    given = [share for share in shares if share.cell.segments]
    return tuple(sorted(given, key=lambda share: share.cell.weight, reverse=True))
