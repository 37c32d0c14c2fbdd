"""What waits for whom in a study, in sentences that lead to the page where it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pipeline.domain.account import Role
from pipeline.domain.codebook import Round, RoundKind
from pipeline.domain.counted import counted
from pipeline.web.closed_rounds import to_settle
from pipeline.web.endpoints import DECIDERS, JUDGES
from pipeline.web.places import as_part
from pipeline.web.proposals import proposals_counted
from pipeline.web.withholding import coded_by_self, sample_of, still_said
from pipeline.work.deciding import STAGE_OF
from pipeline.work.live_study import LiveStudy, View
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: the sentence, the page below the study's address, and whether it is this person's;
    `place` is the id of what it is about on that page, "" for all of it."""

    sentence: str
    part: str
    mine: bool
    place: str = ""

    @property
    def path(self) -> str:
        """Where it is done, to be put behind the study's address."""
        return (f"/{self.part}" if self.part else "") + (f"#{self.place}" if self.place else "")


def checkpoint_waits(view: View, checkpoint: str) -> bool:
    """Whether the latest version at a checkpoint has not been approved."""
    stage, approval = view.stages[STAGE_OF[checkpoint]], view.book.approvals.get(checkpoint)
    return bool(stage and (approval is None or approval.version < stage.version))


def waiting_for(study: LiveStudy, person: str, roles: Collection[Role]) -> tuple[Task, ...]:
    """What waits in a study, this person's own first. Not to be asked while looking."""
    with study.looking(person) as view:
        tasks, past = tuple(_tasks(study, view, frozenset(roles))), _settled_now(view, frozenset(roles))
    differences = [(round_, to_settle(study, round_)) for round_ in past]
    settling = [_of_settling(round_, left) for round_, left in differences if left]
    return tuple(sorted([*settling, *tasks], key=lambda task: not task.mine))


def undecided(view: View) -> tuple[str, ...]:
    """Candidates that nobody decided on in this person's book, best evidence first."""
    return tuple(item.id for item in view.material.found.suggestions if not view.book.decided(item.id))


def left_to_code(view: View) -> int:
    """Segments of the sample that this person has yet to code in the round that goes on; 0 where there is none."""
    sample = sample_of(view)
    return sum(not coded_by_self(view, segment) for segment in still_said(view, sample)) if sample else 0


def _tasks(study: LiveStudy, view: View, roles: frozenset[Role]) -> Iterator[Task]:
    analyst, decider = Role.ANALYST in roles, bool(roles & DECIDERS)
    if view.stages[STAGE_OF[TRANSCRIPTS]] is None:
        if analyst:
            yield Task("Nothing has been read yet: start a run.", "", mine=True, place="stage")
        else:
            yield Task("Nothing has been read yet: an analyst starts a run.", "", mine=False, place="runs")
        return
    if checkpoint_waits(view, TRANSCRIPTS):
        yield Task(
            "Transcripts wait for confirmation: speakers, questions, what was left out.", "transcripts", analyst
        )
    going_on = view.book.open_round
    if going_on:
        yield from _of_round(view, going_on, roles)
    elif checkpoint_waits(view, CODES):
        yield from _of_codes(study, view, decider)
    if not going_on and checkpoint_waits(view, MAP):
        yield Task("The map waits: codes by question, and themes.", "map", decider)


def _of_round(view: View, going_on: Round, roles: frozenset[Role]) -> Iterator[Task]:
    if not view.blind:
        yield Task("Coders are at work blind to each other.", "agreement", Role.ADJUDICATOR in roles)
        return
    if (going_on.id, view.person) in view.book.finished:
        yield Task("You are done with the blind round; it waits to be closed.", "agreement", mine=False)
    elif going_on.kind is RoundKind.CANDIDATES:
        left = len(undecided(view))
        yield Task(f"{counted(left, 'candidate')} to decide on, blind to the others.", "candidates", mine=True)
    else:
        yield Task(
            f"{counted(left_to_code(view), 'segment')} of the sample to code, blind to the others.",
            "segments/sample",
            mine=True,
        )


def _settled_now(view: View, roles: frozenset[Role]) -> tuple[Round, ...]:
    """The rounds that this person may settle: none while another goes on, and the team's codebook rests."""
    return () if view.book.open_round or not roles & JUDGES else tuple(view.book.rounds.values())


def _of_settling(past: Round, left: int) -> Task:
    sentence = f"{counted(left, 'disagreement')} to settle, from the blind round of {past.at[:10]}."
    return Task(sentence, f"agreement/{as_part(past.id)}/settle", mine=True)


def _of_codes(study: LiveStudy, view: View, decider: bool) -> Iterator[Task]:  # noqa: FBT001 - whose it is, named at the one call
    if left := len(undecided(view)):
        yield Task(f"{counted(left, 'candidate')} to decide on.", "candidates", decider)
    if (proposed := proposals_counted(study, view)).all:
        yield Task(f"Late groups: {proposed.told()}.", "segments/proposed", decider)
    yield Task("The codebook waits for approval.", "codebook", decider)
