"""Approved codes onto the guide's questions, the groups and the roles, from where their segments stand."""

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


def _answers(book: Codebook, by_question: Matrix, question: str) -> tuple[Share, ...]:
    shares = [Share(code, book.codes[code].stance, by_question.cell(code, question)) for code in by_question.rows]
    given = [share for share in shares if share.cell.segments]
    return tuple(sorted(given, key=lambda share: share.cell.weight, reverse=True))
