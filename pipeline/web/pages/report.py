"""The findings as a page of the site, and the files that were written of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from pipeline.domain.account import Role
from pipeline.domain.cells import inert
from pipeline.domain.errors import NotReady
from pipeline.domain.said import Said
from pipeline.report.findings import Answers, Findings, Quote
from pipeline.web.endpoints import READERS, Answer, Ask, Download, NotFound, Page, page
from pipeline.web.findings import findings_of
from pipeline.web.mapped import carried_in, map_of
from pipeline.web.out_of_date import files_out_of_date
from pipeline.web.places import path_of
from pipeline.web.waiting import checkpoint_waits
from pipeline.web.withholding import veiled
from pipeline.work.live_study import View
from pipeline.work.workplace import MAP

WHOLE: Final = 120
"""Findings that fit on one page; where there are more, there is a page for each question."""
WRITTEN: Final = {
    "report.html": "text/html; charset=utf-8",
    "report.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CODEBOOK: Final = "codebook.csv"
REST_WHILE_BLIND: Final = (
    "The files rest while you work blind: they may hold what others decided. Take them when the round is closed."
)
_ACTS_IN_SHEETS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run, were it the beginning of a cell."""


def show(ask: Ask) -> Answer:
    """What was said to each question, by how many of which groups, in whose words; and how it was made."""
    stand = findings_of(ask.study)
    found = stand.findings
    whole = sum(len(item.findings) for item in found.answers) <= WHOLE
    part = ask.query.get("part", "")
    answers = found.answers if whole else tuple(item for item in found.answers if item.question == part)
    themes, appendix = whole or part == "themes", whole or part == "methods"
    since = files_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        shown, files = _quotes(answers, found, themes=themes), _files(ask, view)
        context = {
            "title": "Report",
            "preview": _preview(view),
            "current": stand.current,
            "since": since if files else "",
            "paths": _paths(ask, view, shown),
            "files": files,
            "rests": REST_WHILE_BLIND if view.blind else "",
            "missing": _missing(ask, view),
        }
    parts = {"answers": answers, "themes": themes, "appendix": appendix, "whole": whole, "part": part}
    return Page("report_page.html.j2", {**context, **parts, "findings": found})


def download(ask: Ask) -> Answer:
    """A file that was written, to be saved: never shown, so that nothing in it acts here."""
    name = ask.params["file"]
    if name == CODEBOOK:
        return Download(_codebook(ask), CODEBOOK, "text/csv; charset=utf-8")
    if name not in WRITTEN:
        raise NotFound("There is no such file. The report page lists those there are.")
    with ask.study.looking(ask.person) as view:
        if view.blind:
            raise NotReady(REST_WHILE_BLIND)
        missing = _missing(ask, view)
    try:
        return Download((ask.study.work.outbox / name).read_bytes(), name, WRITTEN[name])
    except OSError:
        raise NotReady(missing or "That file is not there. Have the report written again.") from None


def _preview(view: View) -> bool:
    """Whether checkpoint 3 is still to be approved: what is shown may change yet."""
    return view.stages["map"] is None or checkpoint_waits(view, MAP)


def _quotes(answers: Sequence[Answers], found: Findings, *, themes: bool) -> Iterator[Quote]:
    """The quotes on the page."""
    in_answers = (quote for answer in answers for item in answer.findings for quote in item.quotes)
    return chain(in_answers, (quote for theme in found.themes if themes for quote in theme.quotes))


def _paths(ask: Ask, view: View, quotes: Iterator[Quote]) -> dict[str, str]:
    """The address of each segment quoted; what a coder is not to see coded before they coded it has none."""
    said, hidden = view.material.said, veiled(view)
    segments = dict.fromkeys(quote.segment for quote in quotes)
    return {item: path_of(ask.study.id, said[item]) for item in segments if item in said and item not in hidden}


def _files(ask: Ask, view: View) -> list[tuple[str, int, str]]:
    """The files there are to save: name, kilobytes, when written."""
    if view.blind:
        return []
    places = [ask.study.work.outbox / name for name in WRITTEN]
    return [_told(place) for place in places if place.is_file()]


def _told(place: Path) -> tuple[str, int, str]:
    about = place.stat()
    written = datetime.fromtimestamp(about.st_mtime, UTC).isoformat(timespec="seconds")
    return place.name, max(1, about.st_size // 1000), written


def _missing(ask: Ask, view: View) -> str:
    """Why there are no files to save yet; "" where there are, or where nothing is to be said of them."""
    if view.blind or all((ask.study.work.outbox / name).is_file() for name in WRITTEN):
        return ""
    if view.stages["map"] is None:
        return "The report is written at the end: the codebook is approved first, then the map."
    if checkpoint_waits(view, MAP):
        return "The report is written once the map (checkpoint 3) is approved."
    if Role.ANALYST in ask.roles:
        return "The map is approved, and the report is not written yet. Start “Write the report” on the overview."
    return "The map is approved, and the report is not written yet. The analyst can start that."


def _codebook(ask: Ask) -> bytes:
    """The team's codebook as a table for any spreadsheet. Who works blind is shown no passage that carries a code."""
    with ask.study.looking(ask.person) as view:
        blind = view.blind is not None
    with ask.study.looking() as view:
        carried, said = carried_in(ask.study, view), view.material.said
        under = {code.id: view.book.standing_under(code) for code in carried.codes}
    mapped, names = map_of(ask.study, carried), {code.id: code.name for code in carried.codes}
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(
        [
            *("Code", "Definition", "Includes", "Excludes", "Stance", "Under"),
            *("Segments", "Speakers", "Groups", "Code id", "Examples"),
        ]
    )
    for code in carried.codes:
        cell = mapped.totals[code.id]
        words = [code.name, code.definition, code.includes, code.excludes, code.stance.value]
        counts = [len(cell.segments), len(cell.speakers), len(cell.groups)]
        examples = "" if blind else _cited(said[item] for item in code.examples if item in cell.segments)
        placed = [*map(_plain, [*words, names.get(under[code.id], "")]), *counts, code.id]
        writer.writerow([*placed, _plain(examples)])
    return table.getvalue().encode("utf-8-sig")


def _cited(passages: Iterable[Said]) -> str:
    return "\n\n".join(f"“{item.excerpt}” ({item.speaker}, {item.group})" for item in passages)


def _plain(text: str) -> str:
    text = inert(text)
    return f"'{text}" if text.startswith(_ACTS_IN_SHEETS) else text


_PATH: Final = "/studies/{study}/report"
ENDPOINTS: Final = (
    page(_PATH, READERS, show),
    page(_PATH + "/files/{file}", READERS, download),
)
