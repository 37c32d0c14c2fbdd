"""The last stage: everything a report says, gathered from the store, and written to the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.domain.checked import Checked
from pipeline.domain.codebook import Codebook
from pipeline.domain.correction import corrections
from pipeline.domain.decision import TEAM, Decision
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.mapping.by_question import map_codes as mapped_codes
from pipeline.mapping.saturation import saturation
from pipeline.report.findings import findings
from pipeline.report.html import html
from pipeline.report.source import Making, Recorded, Source
from pipeline.report.xlsx import xlsx
from pipeline.review.comparing import compare
from pipeline.review.double_checking import Shown, checked, round_checked
from pipeline.review.figures import figures
from pipeline.review.rounds import open_to_all
from pipeline.review.settled import settlements
from pipeline.review.worklist import unconfirmed
from pipeline.work import mapping, prepare, suggesting
from pipeline.work.since import REPORT, unsigned
from pipeline.work.talk import talk, warnings_of
from pipeline.work.workplace import MAP, Progress, Workplace, fingerprint, now, silent

STAGE: Final = REPORT


@dataclass(frozen=True, slots=True)
class Reported:
    """The files written."""

    page: Path
    workbook: Path


def report(work: Workplace, progress: Progress = silent) -> Reported:
    """Write report.html and report.xlsx to the outbox, and note of which decisions and which talk they tell.

    Raises:
        NotReady: the map was not made, or checkpoint 3 is not approved for its latest version.
    """
    suggesting.approved_version(work, mapping.STAGE, MAP)
    progress("reporting", 0, 2)
    prepared = work.store.stages.latest(work.study.id, prepare.STAGE)  # before the look: what comes meanwhile is news
    source = gathered(work)
    found = findings(source)
    work.outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Reported(work.outbox / "report.html", work.outbox / "report.xlsx")
    _replace(made.page, html(found).encode())
    progress("reporting", 1, 2)
    _replace(made.workbook, xlsx(found, source))
    _note(work, source, prepared.version if prepared else 0)
    progress("reporting", 2, 2)
    return made


def gathered(work: Workplace, notes: Sequence[str] = ()) -> Source:
    """Everything there is to report, as decided so far."""
    log = open_to_all(work.store.decisions.log(work.study.id))  # a file may be read by whoever codes blind
    book, study, said = fold(log), mapping.full_study(work), talk(work).said
    found, proposed = suggesting.current(work)
    unclear = tuple(item.segment.id for item in suggesting.in_none(work, book))
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
                ("Language model", work.models),
                ("Segments and questions", prepare.METHOD),
                ("Candidates", suggesting.METHOD),
                ("Map", mapping.METHOD),
            ),
            saturation=saturation(study, book, said).sentence,
            unsigned=unsigned(work),
            notes=tuple(notes),
        ),
        suggestions=found,
        unclear=unclear,
        unconfirmed=unconfirmed(proposed, book)[0],
        checked=_checked(work, book, log, shown_to_coders(work, found, proposed)),
    )


def shown_to_coders(work: Workplace, found: SuggestionSet, proposed: Sequence[ProposedCoding]) -> Shown:
    """What coders are shown of what the machine suggests, as the settings stand."""
    review = work.settings.review
    return Shown(bool(found.suggestions or proposed), review.withhold, review.control, proposed)


def _checked(work: Workplace, book: Codebook, log: Sequence[Decision], shown: Shown) -> Checked:
    """How far coding was double-checked. The log holds what coders did in closed rounds, and nothing of an open
    one."""
    team = [item for item in log if item.draft.book == TEAM]
    rounds = []
    for past in book.rounds.values():
        if not past.open:
            comparison = compare(log, past)
            rounds.append(round_checked(comparison, figures(comparison), settlements(team, past.id)))
    return checked(work.study.id, book, rounds, team, shown)


def _note(work: Workplace, source: Source, prepared: int) -> None:
    """Freeze what the report was made from: later it can be told what changed since."""
    summary = {"seq": source.log[-1].seq if source.log else 0, "prepared": prepared}
    mapped = work.store.stages.latest(work.study.id, mapping.STAGE)
    inputs = fingerprint([__version__, summary, mapped.version if mapped else 0])
    work.store.stages.freeze(work.study.id, STAGE, inputs, summary, now())


def _replace(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader never opens half a report."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
