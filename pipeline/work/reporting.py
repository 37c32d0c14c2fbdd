"""The last stage: everything a report says, gathered from the store, and written to the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.domain.correction import corrections
from pipeline.domain.folding import fold
from pipeline.mapping.by_question import map_codes as mapped_codes
from pipeline.mapping.saturation import saturation
from pipeline.report.findings import findings
from pipeline.report.html import html
from pipeline.report.source import Making, Recorded, Source
from pipeline.report.xlsx import xlsx
from pipeline.review.rounds import open_to_all
from pipeline.review.worklist import unconfirmed
from pipeline.work import mapping, prepare, suggesting
from pipeline.work.talk import talk, warnings_of
from pipeline.work.workplace import MAP, Progress, Workplace, now, silent

STAGE: Final = "report"


@dataclass(frozen=True, slots=True)
class Reported:
    """The files written."""

    page: Path
    workbook: Path


def report(work: Workplace, progress: Progress = silent) -> Reported:
    """Write report.html and report.xlsx to the outbox.

    Raises:
        NotReady: the map was not made, or checkpoint 3 is not approved for its latest version.
    """
    suggesting.approved_version(work, mapping.STAGE, MAP)
    progress("reporting", 0, 2)
    source = gathered(work)
    found = findings(source)
    work.outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Reported(work.outbox / "report.html", work.outbox / "report.xlsx")
    _replace(made.page, html(found).encode())
    progress("reporting", 1, 2)
    _replace(made.workbook, xlsx(found, source))
    progress("reporting", 2, 2)
    return made


def gathered(work: Workplace, notes: Sequence[str] = ()) -> Source:
    """Everything there is to report, as decided so far."""
    log = open_to_all(work.store.decisions.log(work.study.id))  # a file may be read by whoever codes blind
    book, study, said = fold(log), mapping.full_study(work), talk(work).said
    found, proposed = suggesting.current(work)
    return Source(
        study=study,
        book=book,
        log=log,
        said=said,
        mapped=mapped_codes(study, book, said),
        transcripts=tuple(
            Recorded(item.group, item.transcript, item.filename, warnings_of(study, item, corrections(log)))
            for item in work.store.transcripts.of_study(work.study.id)
        ),
        making=Making(
            at=log[-1].draft.at if log else now(),
            version=__version__,
            parts=(
                ("Language model", work.model_key),
                ("Segments and questions", prepare.METHOD),
                ("Candidates", suggesting.METHOD),
                ("Map", mapping.METHOD),
            ),
            saturation=saturation(study, book, said).sentence,
            notes=tuple(notes),
        ),
        suggestions=found,
        unconfirmed=unconfirmed(proposed, book)[0],
    )


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader never opens half a report."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
