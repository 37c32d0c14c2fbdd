"""What changed since the map was approved and since the report was written, with what is to be done about it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from weakref import WeakKeyDictionary

from pipeline.domain.account import Role
from pipeline.domain.decision import TEAM, Decision
from pipeline.web.endpoints import Ask
from pipeline.web.rendering import when
from pipeline.web.waiting import Task, checkpoint_waits, waiting_for
from pipeline.work.live_study import LiveStudy, View
from pipeline.work.since import REPORT, Since, map_since, since_signed_off, since_written
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS

MAP_AGAIN: Final = "Map the codes"
REPORT_AGAIN: Final = "Write the report"
"""The runs on the overview that bring map and report up to date."""


@dataclass(slots=True)
class _Kept:
    """What is known of one study at one state of it; `read` are the team's decisions after a number, as far as they
    were read: they are looked at again after each decision, and only what is new is read."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    of: object = None
    since: tuple[Since | None, Since | None] = (None, None)
    read: dict[int, tuple[Decision, ...]] = field(default_factory=dict)


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def map_out_of_date(ask: Ask) -> str:
    """What changed since people approved the map, and what to do; "" where nothing did. Reads the log: not to be
    asked while looking."""
    since, _ = _since(ask.study)
    if since is None:
        return ""
    with ask.study.looking() as view:
        return f"{map_since(since)} The numbers here show that already. {_map_next(ask.roles, view)}"


def files_out_of_date(ask: Ask) -> str:
    """What changed since the files of the report were written, and what to do; "" where nothing did. As above."""
    _, since = _since(ask.study)
    if since is None:
        return ""
    with ask.study.looking() as view:
        waits = any(checkpoint_waits(view, item) for item in (TRANSCRIPTS, CODES, MAP))
        later = _map_next(ask.roles, view) if waits or view.book.open_round else _run(ask.roles, REPORT_AGAIN)
    written = f"The files were written on {when(since.at)}. Since then {since.told()}."
    return f"{written} This page shows that, the files do not yet. {later}"


def all_that_waits(
    study: LiveStudy, person: str, roles: Collection[Role], going: Collection[str] = ()
) -> tuple[Task, ...]:
    """What waits in a study, and what is to be made anew, this person's own first. `going` are the titles of the runs
    that go on. Not to be asked while looking."""
    of_the_map, of_the_report = _since(study)
    with study.looking() as view:
        again = tuple(_again(view, roles, the_map=bool(of_the_map), the_report=bool(of_the_report)))
    again = tuple(_under_way(task, going) for task in again)
    return tuple(sorted([*waiting_for(study, person, roles), *again], key=lambda task: not task.mine))


def map_is_out_of_date(study: LiveStudy) -> bool:
    """Whether anything changed since people approved the map. Not to be asked while looking."""
    return _since(study)[0] is not None


def _again(view: View, roles: Collection[Role], *, the_map: bool, the_report: bool) -> Iterator[Task]:
    """The map first, then the report: what is written of an old map is old again."""
    held_up = view.book.open_round or any(checkpoint_waits(view, item) for item in (TRANSCRIPTS, CODES, MAP))
    if the_map and not checkpoint_waits(view, MAP):
        said = f"The map is out of date. {_map_next(roles, view, here=True)}"
        yield Task(said, "map", mine=False) if held_up else _a_run(said, roles)
    if the_report and (the_map or held_up):
        yield Task("The report is out of date. It is written anew once the map is approved.", "report", mine=False)
    elif the_report:
        yield _a_run(f"The report is out of date. {_run(roles, REPORT_AGAIN, here=True)}", roles)


def _under_way(task: Task, going: Collection[str]) -> Task:
    """The same; where the run that it asks for goes on already, that nobody need start it."""
    if not task.place or not any(f"“{title}”" in task.sentence for title in going):
        return task
    return Task(f"{task.sentence.partition('.')[0]}. It is being made anew now.", "", mine=False, place="runs")


def _a_run(sentence: str, roles: Collection[Role]) -> Task:
    analyst = Role.ANALYST in roles
    return Task(sentence, "", mine=analyst, place="stage" if analyst else "runs")


def _map_next(roles: Collection[Role], view: View, *, here: bool = False) -> str:
    """What stands first between now and a map that is approved again; `here` where the runs are on the same page."""
    if view.book.open_round:
        return "The blind round that is open is to be closed first."
    if checkpoint_waits(view, TRANSCRIPTS):
        return "First the analyst confirms the transcripts (checkpoint 1)."
    if checkpoint_waits(view, CODES):
        return "First the coders approve the codebook (checkpoint 2); then the map is made anew."
    if checkpoint_waits(view, MAP):
        return "Look through the map and approve it again (checkpoint 3); the report is written next."
    return f"{_run(roles, MAP_AGAIN, here=here)} Then the map asks to be approved again."


def _run(roles: Collection[Role], title: str, *, here: bool = False) -> str:
    place = "" if here else " on the overview"
    return f"{'Start' if Role.ANALYST in roles else 'The analyst can start'} “{title}”{place}."


def _since(study: LiveStudy) -> tuple[Since | None, Since | None]:
    """Since the map was approved, and since the report was written; worked out once for each state of the study."""
    with _LOCK:
        kept = _KEPT.setdefault(study, _Kept())
    with study.looking() as view:
        made = tuple(item and item.version for item in view.stages.values())
        now = view.book.version, made
    written = study.work.store.stages.latest(study.id, REPORT)
    with kept.turn:
        if kept.of != (now, written):
            read = partial(_read, study, kept)
            kept.since = since_signed_off(study.work, read), since_written(study.work, read)
            kept.of = now, written
        return kept.since


def _read(study: LiveStudy, kept: _Kept, after: int) -> Sequence[Decision]:
    """The team's decisions after a number."""
    known = kept.read.get(after, ())
    news = study.work.store.decisions.since(study.id, known[-1].seq if known else after, books={TEAM})
    found = (*known, *news) if news else known
    kept.read.pop(after, None)
    kept.read[after] = found
    for number in tuple(kept.read)[:-2]:  # of the map and of the report: what came after older ones is asked no more
        del kept.read[number]
    return found
