"""How far coding was double-checked, in words for a reader who was not there: blind rounds, agreement, settling."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.domain.checked import NOT_CHECKED, Checked, CodeChecked, RoundChecked
from pipeline.domain.codebook import Codebook, RoundKind
from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.agreement.report import AgreementReport, CodeAgreement
from pipeline.review.bearing import KAPPA_NAMES, in_plain_words, shown, too_few_candidates
from pipeline.review.comparing import Comparison
from pipeline.review.influence import influence
from pipeline.review.settled import Settlement

GOES_ON: Final = "A blind round is open. What coders decide in it is in no report until it is closed."
BEFORE_TALK: Final = (
    "All figures are of independent coding, before coders talked about it. What they settled in discussion "
    "afterwards is counted apart: agreement after discussion is never called reliability."
)
NO_SAMPLE: Final = (
    "None of them was on a random sample of segments, so how reliably the codes are applied to the talk was not "
    "measured."
)
_FULL_STOP: Final = "."


@dataclass(frozen=True, slots=True)
class Shown:
    """What coders were shown of the machine's suggestions. `offered`: whether there are any; `withhold` and `share`
    as the settings of review have them; `proposed` are the codings proposed for late groups."""

    offered: bool = False
    withhold: bool = False
    share: float = 0.0
    proposed: Sequence[ProposedCoding] = ()


def checked(
    study: str, team: Codebook, rounds: Iterable[RoundChecked], decisions: Sequence[Decision], shown_to: Shown
) -> Checked:
    """How far the coding of a study was double-checked.

    Args:
        study: its id, by which the lot was drawn that keeps suggestions back.
        team: the team's codebook.
        rounds: the closed ones, oldest first (see `round_checked`).
        decisions: the log; only the team's decisions are read.
        shown_to: what coders were shown.
    """
    closed = tuple(rounds)
    return Checked((*_held(team, closed), *_suggestions(study, team, decisions, shown_to)), closed)


def round_checked(comparison: Comparison, report: AgreementReport, settled: Mapping[str, Settlement]) -> RoundChecked:
    """A closed round in words, with the figures that the Agreement page shows of it (`figures.figures`).

    `settled` is what the team settled of it since, by unit.
    """
    past = comparison.round
    sample = past.kind is RoundKind.SAMPLE
    what = f"a sample of {counted(len(past.segments), 'segment')}" if sample else "the candidates"
    told = codes_of_sample(comparison, report) if sample else (_choice(report.codes[0]),)
    used = [code for code in report.codes if code.positives or not sample]
    return RoundChecked(
        heading=f"Blind round on {what}, {past.at[:10]}",
        sentences=tuple(_of_round(comparison, report, settled)),
        kappa=" or ".join(sorted({KAPPA_NAMES[code.kappa_name] for code in used})) or "Kappa",
        codes=told,
    )


def codes_of_sample(comparison: Comparison, report: AgreementReport) -> tuple[CodeChecked, ...]:
    """The figures of each code that somebody applied, then those of all codes together; none where nobody did."""
    found = [_code(comparison.codes[code.code].name, code) for code in report.codes if code.positives]
    if not found:
        return ()
    alike = report.n - len(report.splits)
    whole = CodeChecked(
        name="All codes together",
        carried=str(report.n),
        percent=f"{alike / report.n:.0%}" if report.n else "",
        kappa="",
        alpha=shown(report.overall.alpha),
        why=report.overall.why,
    )
    return (*found, whole)


def _code(name: str, code: CodeAgreement) -> CodeChecked:
    return CodeChecked(
        name=name,
        carried=f"{code.positives} of {code.n}",
        percent=shown(code.percent, ".0%") if code.percent else "",
        kappa=shown(code.kappa),
        alpha=shown(code.alpha),
        why=code.why,
    )


def _choice(code: CodeAgreement) -> CodeChecked:
    """What coders made of the candidates: the same figures, of candidates and not of segments."""
    told = _code("Accepted or rejected", code)
    why = f"Not assessable: {too_few_candidates(code)}" if code.why else ""
    return replace(told, carried=f"{code.positives} of {code.n} candidates", why=why)


def _held(team: Codebook, closed: Sequence[RoundChecked]) -> Iterator[str]:
    """How many rounds were held, and what that leaves open."""
    past = [item for item in team.rounds.values() if not item.open]
    if not closed:
        yield NOT_CHECKED if team.open_round is None else f"{GOES_ON} No round was closed before."
        return
    samples = sum(item.kind is RoundKind.SAMPLE for item in past)
    kinds = ((samples, "on a random sample of segments"), (len(past) - samples, "on the candidates"))
    if len(past) == 1:
        held = f"was held and closed, {' '.join(kind for count, kind in kinds if count)}"
    else:
        held = f"were held and closed: {', '.join(f'{count} {kind}' for count, kind in kinds if count)}"
    yield (
        f"{counted(len(past), 'blind round')} {held}. In a blind round coders decide on the same talk without "
        f"seeing what the others do."
    )
    if not samples:
        yield NO_SAMPLE
    yield BEFORE_TALK
    if team.open_round:
        yield GOES_ON


def _of_round(comparison: Comparison, report: AgreementReport, settled: Mapping[str, Settlement]) -> Iterator[str]:
    past = comparison.round
    blind = " Nobody was shown a suggested code for a segment before having coded it."
    yield (
        f"Opened on {past.at[:10]} and closed on {comparison.closed_at[:10]}, with version {past.codebook} of the "
        f"codebook; {counted(len(past.coders), 'coder')}: {_named(past.coders)}"
    ) + (blind if past.kind is RoundKind.SAMPLE else "")
    yield from in_plain_words(comparison, report)
    if past.kind is RoundKind.SAMPLE and report.n:
        alike = report.n - len(report.splits)
        yield (
            f"On {alike} of {report.n} segments ({alike / report.n:.0%}) all who coded them gave just the same "
            f"codes, or none. Some of that is chance, which alpha takes into account and a percentage does not."
        )
    yield from _settling(comparison, settled)


def _settling(comparison: Comparison, settled: Mapping[str, Settlement]) -> Iterator[str]:
    """How many differences there were, and how many of them the team settled, who took part."""
    if not comparison.units:
        yield "Nobody did anything in it."
        return
    kind = "segment" if comparison.round.kind is RoundKind.SAMPLE else "candidate or code"
    left = [unit.subject for unit in comparison.divided]
    if not left:
        yield f"No {kind} was left to be settled: all coders made the same of each."
        return
    done = [settled[subject] for subject in left if subject in settled]
    were = "was" if len(left) == 1 else "were"
    yield (
        f"{counted(len(left), kind, 'candidates or codes' if kind != 'segment' else '')} {were} left to be settled, "
        f"because coders differed, or only one coder had come that far. {_outcome(len(left), done)}"
    )


def _outcome(left: int, done: Sequence[Settlement]) -> str:
    if not done:
        return f"The team has {'not settled it' if left == 1 else 'settled none of them'} so far."
    people = tuple(dict.fromkeys(name for item in done for name in item.took_part))
    some = "it" if left == 1 else f"{len(done)} of them" if len(done) < left else "all of them"
    alone = sum(len(item.took_part) == 1 for item in done)
    if alone == len(done) and len(people) == 1:
        return f"One person settled {some} alone: {_named(people)}"
    how = " in discussion"
    if alone:
        how = f", {len(done) - alone} in discussion and {alone} by one person alone"
    return f"The team settled {some}{how}. Who took part: {_named(people)}"


def _suggestions(study: str, team: Codebook, decisions: Sequence[Decision], shown_to: Shown) -> Iterator[str]:
    """Whether coders saw what the machine suggests, and how much that changes what they do."""
    if not shown_to.offered:
        return
    if shown_to.withhold:
        yield "Codes suggested for a segment are shown to coders only once they have coded it themselves."
    elif not shown_to.share:
        yield "Outside blind rounds on a sample, coders see what the machine suggests while they decide."
    else:
        yield (
            f"Outside blind rounds on a sample, coders see what the machine suggests while they decide; for "
            f"{100 * shown_to.share:g}% of the segments, drawn by lot, only once they have coded them."
        )
    # As on the Agreement page: while a round goes on, nothing is estimated.
    if shown_to.withhold or not shown_to.share or not shown_to.proposed or team.open_round:
        return
    found = influence(study, shown_to.proposed, decisions, team, shown_to.share)
    if found.difference is None:
        yield f"How much that changes what coders do is {found.sentence[0].lower()}{found.sentence[1:]}"
    else:
        yield found.sentence


def _named(people: Collection[str]) -> str:
    """Names as the end of a sentence, with one full stop: a name may bring its own ("Rosa Q.")."""
    told = ", ".join(people)
    return told if told.endswith(_FULL_STOP) else f"{told}."
