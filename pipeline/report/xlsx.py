"""The findings as a workbook (openpyxl): one sheet a table, every number traceable to its codings by id."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.domain.cells import height, inert, put
from pipeline.domain.counted import counted
from pipeline.domain.said import Said
from pipeline.report.decisions import KINDS
from pipeline.report.findings import Findings
from pipeline.report.grids import Grid
from pipeline.report.methods import Rejected
from pipeline.report.repeatable import repeatable
from pipeline.report.source import Source
from pipeline.report.subjects import Names

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float

INK: Final = "1F2A37"
LONGEST_NAME: Final = 31
"""Letters in the name of a sheet."""
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\s]")
TINTS: Final = ("", "E3EEEC", "C3DCD9", "99C5C1", "6AA9A6", "1F6267")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet to be: headings with their widths in characters, and rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[Sequence[Value]]


def xlsx(findings: Findings, source: Source) -> bytes:
    """The workbook's bytes; the same findings give the same bytes."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    _table(workbook.create_sheet("Findings"), _findings(findings))
    for grid in findings.grids:
        _grid(workbook.create_sheet(_sheet_name(grid.title, workbook.sheetnames)), grid)
    for table in (_codings(source), _codebook(source), _decisions(source), *_agreement(findings), _methods(findings)):
        _table(workbook.create_sheet(table.name), table)
    packed = io.BytesIO()
    workbook.save(packed)
    return repeatable(packed.getvalue())


def _findings(findings: Findings) -> Table:
    columns = (("Question", 10), ("Text", 40), ("Stance", 10), ("Code", 30), ("Definition", 40), ("Speakers", 10))
    more = (("Groups", 9), ("Passages", 10), ("Which groups", 30), ("Which roles", 36), ("Quotes", 90))
    last = (("Dissent", 40), ("Memos", 40), ("Not confirmed", 14), ("Code id", 18))
    return Table("Findings", (*columns, *more, *last), _finding_rows(findings))


def _finding_rows(findings: Findings) -> Iterator[Sequence[Value]]:
    for answer in findings.answers:
        for item in answer.findings:
            cited = [f"“{quote.excerpt}” ({quote.speaker}, {quote.group})" for quote in item.quotes]
            yield (
                answer.question,
                answer.text,
                item.stance.value,
                item.name,
                item.definition,
                item.support.speakers,
                len(item.support.groups),
                item.support.segments,
                _listed(item.support.groups),
                _listed(item.support.roles),
                "\n\n".join(cited),
                "\n\n".join(memo.text for memo in item.dissent),
                "\n\n".join(f"{memo.text} ({memo.coder})" for memo in item.memos),
                item.unconfirmed,
                item.code,
            )


def _size(candidate: Rejected) -> str:
    if candidate.segments is None:
        return "offered no more"
    return counted(candidate.segments, "segment")


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts)


def _codings(source: Source) -> Table:
    titles = ("Code", "Code id", "Segment", "Group", "Speaker", "Role", "Question", "Excerpt", "Coder", "Decision")
    places = {item.segment.id: item for item in source.said}

    def rows() -> Iterator[Sequence[Value]]:
        for coding in source.book.codings.values():
            code, said = source.book.codes[coding.code], places.get(coding.segment)
            named = (code.name, code.id, coding.segment)
            placed = (said.group, said.speaker, said.role, said.question, said.excerpt) if said else ("",) * 5
            yield (*named, *placed, coding.coder, coding.seq)

    widths = (28, 18, 26, 14, 18, 18, 10, 90, 14, 10)
    return Table("Codings", tuple(zip(titles, widths, strict=True)), rows())


def _codebook(source: Source) -> Table:
    columns = (("Code", 30), ("Under", 24), ("Definition", 60), ("Includes", 40), ("Excludes", 40), ("Examples", 60))
    more = (("Stance", 10), ("Segments", 10), ("Went into", 20), ("Code id", 18), ("Came from", 18))
    places = {item.segment.id: item for item in source.said}
    rows = (
        (
            code.name,
            source.name_of(source.book.standing_under(code)),
            code.definition,
            code.includes,
            code.excludes,
            "\n\n".join(_cited(source, places[item]) for item in source.examples_of(code)),
            code.stance.value,
            len(source.book.segments_of(code.id)),
            code.retired_into,
            code.id,
            code.origin,
        )
        for code in source.book.codes.values()
    )
    return Table("Codebook", (*columns, *more), rows)


def _cited(source: Source, said: Said) -> str:
    return f"“{said.excerpt}” ({said.speaker}, {source.group_names.get(said.group, said.group)})"


def _decisions(source: Source) -> Table:
    columns = (("Number", 9), ("When", 22), ("Coder", 16), ("Decision", 30), ("About", 44), ("What", 60), ("Why", 40))
    names = Names(source)
    rows = (
        (
            item.seq,
            item.draft.at,
            item.draft.coder,
            KINDS[item.kind],
            names.subject(item),
            names.words(item),
            item.draft.reason,
            item.subject,
            item.hash,
        )
        for item in source.log
    )
    return Table("Decisions", (*columns, ("About, id", 26), ("Hash", 24)), rows)


def _agreement(findings: Findings) -> Iterator[Table]:
    """A row for each code of each closed blind round; no sheet where there was none."""
    columns = (("Round", 44), ("Code", 30), ("Carry it", 12), ("Agree", 20), ("Kappa", 24), ("Which kappa", 24))
    rows = [
        (item.heading, code.name, code.carried, code.percent, code.kappa, item.kappa, code.alpha, code.why)
        for item in findings.methods.checked.rounds
        for code in item.codes
    ]
    if rows:
        yield Table("Agreement", (*columns, ("Krippendorff's alpha", 24), ("Why not", 60)), rows)


def _methods(findings: Findings) -> Table:
    appendix = findings.methods
    told: list[Sequence[Value]] = []
    for heading, sentences in (
        ("What the machine did", appendix.machine),
        ("What people did", appendix.people),
        ("How far coding was double-checked", appendix.checked.sentences),
        *((item.heading, item.sentences) for item in appendix.checked.rounds),
        ("What this cannot carry", appendix.limits),
        ("Notes", appendix.notes),
    ):
        told += [(heading, sentence) for sentence in sentences]
    told += appendix.parts
    told += [
        ("Candidate rejected", f"{item.name} ({item.candidate}, {_size(item)}): {item.reason}")
        for item in appendix.rejected
    ]
    for account in appendix.accounts:
        dropped = _listed(account.dropped) or "nothing"
        sums = "" if account.adds_up else " It does not add up."
        sentence = f"{account.characters_in} characters read, {account.kept} kept; not talk: {dropped}.{sums}"
        told.append((account.file, " ".join((sentence, *account.warnings))))
    return Table("Methods", (("What", 30), ("", 110)), told)


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    """What a grid's sheet is called: without what no sheet may be called, and unlike any other."""
    shown = _NOT_IN_NAMES.sub(" ", inert(title.replace("Codes by", "Code \u00d7")))
    plain = " ".join(shown.split())[:LONGEST_NAME].strip(" '")
    name, number, others = plain, 1, {other.casefold() for other in taken}
    while name.casefold() in others:
        number += 1
        end = f" {number}"
        name = plain[: LONGEST_NAME - len(end)] + end
    return name


def _grid(sheet: Worksheet, grid: Grid) -> None:
    from openpyxl.styles import Font, PatternFill

    columns = (("Code", 34), ("Stance", 10), *((short, 12) for short, _ in grid.columns), ("All", 9))
    rows = [
        (row.name, row.stance.value, *(cell.speakers or "" for cell in row.cells), row.total.speakers)
        for row in grid.rows
    ]
    _table(sheet, Table(grid.title, columns, rows))
    for number, row in enumerate(grid.rows, start=2):
        for place, cell in enumerate(row.cells, start=3):
            if cell.shade:
                shaded = sheet.cell(number, place)
                shaded.fill = PatternFill("solid", fgColor=TINTS[cell.shade])
                shaded.font = Font(color="FFFFFF" if cell.shade == len(TINTS) - 1 else INK)
    put(sheet.cell(len(rows) + 3, 1), grid.legend)


def _table(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for place, (heading, width) in enumerate(table.columns, start=1):
        put(sheet.cell(1, place), heading)
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=INK)
        sheet.column_dimensions[get_column_letter(place)].width = width
    top = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(table.rows, start=2):
        for place, value in enumerate(row, start=1):
            put(sheet.cell(number, place), value)
            sheet.cell(number, place).alignment = top
        widths = (width for _, width in table.columns)
        sheet.row_dimensions[number].height = height(zip(map(str, row), widths, strict=False))
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
