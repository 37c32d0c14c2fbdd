"""Approved codes onto the guide's questions, the groups and the roles, from where their segments stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.segment import OFF_GUIDE, Segment
from pipeline.domain.study import Study

NO_ROLE: Final = "role not stated"
"""The column of speakers whose role the study does not say."""


class Placed(Protocol):
    """A segment in its place."""

    @property
    def segment(self) -> Segment:
        """The span."""

    @property
    def group(self) -> str:
        """The focus group's id."""

    @property
    def speaker(self) -> str:
        """Who said it."""

    @property
    def role(self) -> str:
        """The speaker's role, "" where the study does not say."""

    @property
    def question(self) -> str:
        """The guide question's id, or OFF_GUIDE."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands behind a number: segment ids in order of talk; speakers as "group/speaker"; group ids."""

    segments: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[int, int, int]:
        """How widely it is shared: groups before speakers before segments."""
        return len(self.groups), len(self.speakers), len(self.segments)


EMPTY: Final = Cell()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Codes (rows, by id) against questions, groups or roles (columns). A cell that is not there is empty."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, row: str, column: str) -> Cell:
        """What the code of a row has in a column."""
        return self.cells.get((row, column), EMPTY)


@dataclass(frozen=True, slots=True)
class Share:
    """A code among the answers to a question, with its stance."""

    code: str
    stance: Stance
    cell: Cell


@dataclass(frozen=True, slots=True)
class Mapped:
    """Codes by question, group and role. `totals` are per code over all talk; `answers` per question, codes most
    groups first, then speakers, then segments. `unplaced` are coded segments whose text is no longer there."""

    by_question: Matrix
    by_group: Matrix
    by_role: Matrix
    totals: Mapping[str, Cell]
    answers: Mapping[str, tuple[Share, ...]]
    unplaced: tuple[str, ...]


def map_codes(study: Study, book: Codebook, said: Iterable[Placed]) -> Mapped:
    """Count every coding of a code in use once per segment, by who said it and what it answers."""
    places = {item.segment.id: item for item in said}
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


def cell_of(items: Iterable[Placed]) -> Cell:
    """The segments, the distinct speakers and the distinct groups of some talk."""
    listed = tuple(items)
    return Cell(
        segments=tuple(item.segment.id for item in listed),
        speakers=tuple(dict.fromkeys(f"{item.group}/{item.speaker}" for item in listed)),
        groups=tuple(dict.fromkeys(item.group for item in listed)),
    )


def _matrix(
    carried: Mapping[str, list[Placed]], columns: tuple[str, ...], column_of: Callable[[Placed], str]
) -> Matrix:
    sorted_out: dict[tuple[str, str], list[Placed]] = {}
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
