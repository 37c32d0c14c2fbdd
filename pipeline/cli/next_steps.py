"""What waits for whom, and the command that does it: the end of a run, and `polyvocal status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from pipeline.domain.counted import counted

if TYPE_CHECKING:
    from pipeline.work.workplace import Workplace

WHERE_CONFIRMED: Final = "sheet Applied of `polyvocal review export`"
"""Where proposed codings are answered from the command line."""


def after_run(work: Workplace, waits_at: str, study: str) -> Iterator[str]:
    """The checkpoint that a run stopped at, with what can be done there; or where the report is."""
    if not work.settings.store.url:
        yield f"The study database is {work.home / 'study.db'}."
    if waits_at == "transcripts":
        yield from _transcripts(work, study)
    elif waits_at == "codes":
        yield from _codes(work, study)
    elif waits_at == "map":
        yield from _map(study)
    else:
        yield f"The report is written: {work.outbox / 'report.html'} and {work.outbox / 'report.xlsx'}."
        return
    yield f"Or in the browser, as a team: polyvocal serve {study}"


def now(work: Workplace, study: str) -> Iterator[str]:
    """Every checkpoint and decision that waits, and whether a run has anything to do."""
    from pipeline.work.deciding import undecided, waiting
    from pipeline.work.proposed import unconfirmed_codings
    from pipeline.work.reopened import outdated, reasons

    waits, codings, candidates = waiting(work), unconfirmed_codings(work), undecided(work)
    if codings.all:
        yield codings.told(WHERE_CONFIRMED)
    outlived = tuple(_out_of_date(work, study, next(iter(waits), "")))
    yield from _run_due(work, study, anything=bool(waits or codings.all or candidates or outlived))
    if candidates and "codes" not in waits:
        yield f"{counted(candidates, 'candidate')} undecided: polyvocal show {study} candidates"
    for checkpoint, version in waits.items():
        more = f", {counted(candidates, 'candidate')} undecided" if checkpoint == "codes" else ""
        yield f"checkpoint `{checkpoint}` waits (version {version}{more})"
        if checkpoint == "codes":
            yield from _fits_nowhere(work, study)
        if checkpoint == "transcripts" and not outdated(work):
            yield from (f"  {group}: {why}" for group, why in reasons(work).items())
    yield from outlived


def _fits_nowhere(work: Workplace, study: str) -> Iterator[str]:
    from pipeline.work.deciding import codebook
    from pipeline.work.suggesting import in_none

    if left := len(in_none(work, codebook(work))):
        told = f"{counted(left, 'segment')} with no code, and in no candidate that waits"
        yield f"  {told}: polyvocal show {study} unclear"


def _run_due(work: Workplace, study: str, *, anything: bool) -> Iterator[str]:
    from pipeline.work.due import Due, due
    from pipeline.work.reopened import outdated

    next_run, anew = due(work), outdated(work)
    if anew:
        yield f"there is work to do: polyvocal run {study}"
        yield from (f"  it prepares {group}: {why}" for group, why in anew.items())
        yield "  then checkpoint `transcripts` waits for a look at it, before anything else goes on"
    elif next_run is Due.YES:
        yield f"there is work to do: polyvocal run {study}"
    elif next_run is Due.PERHAPS:
        yield f"decisions were taken since: polyvocal run {study} says whether anything new is due"
    elif not anything:
        yield "nothing waits for anybody"


def _out_of_date(work: Workplace, study: str, waits_at: str) -> Iterator[str]:
    """What changed since the map was approved and since the report was written, and what to do."""
    from pipeline.work.deciding import codebook
    from pipeline.work.since import map_since, since_signed_off, since_written

    first = f"approve checkpoint `{waits_at}`, then " if waits_at else ""
    if codebook(work).open_round:
        first = "close the blind round that is open, then "
    if signed := since_signed_off(work):
        yield f"the map is out of date. {map_since(signed)} To bring it up to date: {first}polyvocal run {study}"
    if written := since_written(work):
        when = written.at[:16].replace("T", " ")
        yield (
            f"the report of {when} is out of date. Since then {written.told()}. "
            f"To write it anew: {first}polyvocal run {study}"
        )


def _transcripts(work: Workplace, study: str) -> Iterator[str]:
    from pipeline.work.reopened import reasons

    yield "Checkpoint 1 waits for the analyst: are speakers, moderators and questions right?"
    for group, why in reasons(work).items():
        yield f"  {group} is to be looked at: {why}"
    yield f"  polyvocal show {study} transcript GROUP     read a transcript with its questions"
    yield f"  polyvocal decide {study} question GROUP:t12 ID   correct a turn's (also: speaker, moderator, omit)"
    yield f"  polyvocal approve {study} transcripts       then: polyvocal run {study}"


def _codes(work: Workplace, study: str) -> Iterator[str]:
    from pipeline.work.deciding import undecided
    from pipeline.work.proposed import unconfirmed_codings

    candidates, codings = undecided(work), unconfirmed_codings(work)
    if candidates:
        yield f"Checkpoint 2 waits for the coders: {counted(candidates, 'candidate')} undecided. Which are codes?"
        yield f"  polyvocal show {study} candidates           look at them"
    else:
        yield "Checkpoint 2 waits for the coders. No candidate is undecided."
    if codings.all:
        yield f"  {codings.told('say yes or no on the sheet Applied')}"
    yield from _fits_nowhere(work, study)
    yield f"  polyvocal review export {study} codes.xlsx  decide at your desk, then `review import`"
    if candidates:
        yield f"  polyvocal decide {study} accept CANDIDATE   or one at a time"
    yield f"  polyvocal approve {study} codes             then: polyvocal run {study}"


def _map(study: str) -> Iterator[str]:
    yield "Checkpoint 3 waits for the coders: codes by question, and proposed themes."
    yield f"  polyvocal show {study} map                  look at them; also: themes"
    yield f"  polyvocal decide {study} theme NAME CODE CODE   make a theme of codes, by their names or ids"
    yield f"  polyvocal approve {study} map               then: polyvocal run {study}"
