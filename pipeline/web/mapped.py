"""The map of a book as it stands: counted once for each state of it, and only for codes whose segments changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final
from weakref import WeakKeyDictionary

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.mapped import Cell, Mapped, Matrix, Share
from pipeline.domain.said import Said
from pipeline.domain.study import FocusGroup, Study
from pipeline.mapping.by_question import cell_of, map_codes
from pipeline.work.live_study import LiveStudy, Material, View

BOOKS: Final = 8
"""Books of a study whose maps are kept; the one not asked for longest goes."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a map is counted from, copied out of a view, so that nobody waits while it is counted: the codes in use
    and the segments of each."""

    study: Study
    book: str
    version: int
    material: Material
    codes: tuple[Code, ...]
    segments: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Kept:
    """The last map of a book, with the count of each code and the segments it was made from."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    of: tuple[int, Material] | None = None
    mapped: Mapped | None = None
    rows: dict[str, tuple[tuple[str, ...], Mapped]] = field(default_factory=dict)


_MAPS: Final[WeakKeyDictionary[LiveStudy, OrderedDict[str, _Kept]]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def carried_in(study: LiveStudy, view: View) -> Carried:
    """What the map of this view is counted from."""
    codes = view.book.active_codes
    return Carried(
        study=full_study(study.work.study, view.material),
        book=view.book_name,
        version=view.book.version,
        material=view.material,
        codes=codes,
        segments={code.id: view.book.segments_of(code.id) for code in codes},
    )


def full_study(described: Study, material: Material) -> Study:
    """The study with the groups that came by the inbox alone."""
    named = {group.id for group in described.groups}
    came = (FocusGroup(item.group, item.stored.filename) for item in material.recordings if item.group not in named)
    return replace(described, groups=(*described.groups, *came))


def map_of(study: LiveStudy, carried: Carried) -> Mapped:
    """Codes by question, group and role. Whoever asks while it is counted waits for the same."""
    with _LOCK:
        books = _MAPS.setdefault(study, OrderedDict())
        kept = books.setdefault(carried.book, _Kept())
        books.move_to_end(carried.book)
        while len(books) > BOOKS:
            books.popitem(last=False)
    with kept.turn:
        now = carried.version, carried.material
        if kept.mapped is None or kept.of != now:
            same_talk = kept.of is not None and kept.of[1] is carried.material
            kept.rows = _counted(carried, kept.rows if same_talk else {})
            kept.mapped, kept.of = _joined(carried, [row for _, row in kept.rows.values()]), now
        return kept.mapped


def within_group(carried: Carried, mapped: Mapped, group: str) -> Mapped:
    """The map of what was said in one group alone."""
    spoken = {code.id: mapped.by_group.cell(code.id, group).segments for code in carried.codes}
    book = Codebook(
        codes={code.id: code for code in carried.codes},
        by_code={code: dict.fromkeys(segments) for code, segments in spoken.items()},
    )
    return map_codes(carried.study, book, _in_order(carried.material, chain.from_iterable(spoken.values())))


def cell_in(carried: Carried, mapped: Mapped, code: str, question: str, group: str) -> Cell:
    """A code among the answers to a question: of all groups, or of one."""
    whole, said = mapped.by_question.cell(code, question), carried.material.said
    if not group:
        return whole
    return cell_of(said[item] for item in whole.segments if said[item].group == group)


def together(cells: Iterable[Cell]) -> Cell:
    """Several cells as one: every segment, speaker and group once."""
    listed = tuple(cells)
    return Cell(
        segments=tuple(dict.fromkeys(chain.from_iterable(cell.segments for cell in listed))),
        speakers=tuple(dict.fromkeys(chain.from_iterable(cell.speakers for cell in listed))),
        groups=tuple(dict.fromkeys(chain.from_iterable(cell.groups for cell in listed))),
    )


def _counted(
    carried: Carried, before: Mapping[str, tuple[tuple[str, ...], Mapped]]
) -> dict[str, tuple[tuple[str, ...], Mapped]]:
    """Each code's segments with the count of them; where they are what they were, the count is, too."""
    rows = {}
    for code in carried.codes:
        segments = carried.segments[code.id]
        known = before.get(code.id)
        rows[code.id] = known if known and known[0] == segments else (segments, _row(carried, code, segments))
    return rows


def _row(carried: Carried, code: Code, segments: Sequence[str]) -> Mapped:
    """The map of one code."""
    book = Codebook(codes={code.id: code}, by_code={code.id: dict.fromkeys(segments)})
    mapped = map_codes(carried.study, book, _in_order(carried.material, segments))
    counted = set(mapped.totals[code.id].segments)
    return replace(mapped, unplaced=tuple(item for item in segments if item not in counted))


def _in_order(material: Material, segments: Iterable[str]) -> list[Said]:
    """Segments as they were said, each once, in order of talk."""
    order = material.order_of_talk
    here = sorted({item for item in segments if item in order}, key=order.__getitem__)
    return [material.said[item] for item in here]


def _joined(carried: Carried, rows: Sequence[Mapped]) -> Mapped:
    """The maps of single codes as the map of all of them."""
    bare = map_codes(carried.study, Codebook(), ())
    by_question = _stacked(bare.by_question, [row.by_question for row in rows])
    return Mapped(
        by_question=by_question,
        by_group=_stacked(bare.by_group, [row.by_group for row in rows]),
        by_role=_stacked(bare.by_role, [row.by_role for row in rows]),
        totals={code: cell for row in rows for code, cell in row.totals.items()},
        answers={question: _answers(carried, by_question, question) for question in by_question.columns},
        unplaced=tuple(dict.fromkeys(chain.from_iterable(row.unplaced for row in rows))),
    )


def _stacked(bare: Matrix, matrices: Sequence[Matrix]) -> Matrix:
    columns = dict.fromkeys(chain(bare.columns, *(matrix.columns for matrix in matrices)))
    cells = {place: cell for matrix in matrices for place, cell in matrix.cells.items()}
    return Matrix(tuple(row for matrix in matrices for row in matrix.rows), tuple(columns), cells)


def _answers(carried: Carried, by_question: Matrix, question: str) -> tuple[Share, ...]:
    shares = [Share(code.id, code.stance, by_question.cell(code.id, question)) for code in carried.codes]
    given = [share for share in shares if share.cell.segments]
    return tuple(sorted(given, key=lambda share: share.cell.weight, reverse=True))
