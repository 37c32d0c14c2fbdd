"""What the agreement figures of a round can carry, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.domain.codebook import RoundKind
from pipeline.domain.counted import counted
from pipeline.review.agreement.report import LEAST_CARRYING, LEAST_UNITS, AgreementReport, CodeAgreement, Figure
from pipeline.review.comparing import Comparison

FIRM: Final = 0.8
"""What alpha is asked for where conclusions rest on the codes (Krippendorff 2004, p. 241)."""
TENTATIVE: Final = 0.667
"""What it is asked for where conclusions are tentative (the same)."""
KAPPA_NAMES: Final = {"Cohen": "Cohen's kappa", "Fleiss": "Fleiss' kappa", "mean Cohen": "Mean of Cohen's kappas"}
"""What stands above a kappa, by the name that a report gives it."""


def in_plain_words(comparison: Comparison, report: AgreementReport) -> tuple[str, ...]:
    """What was measured, how sure it is, and what it is good for: a few sentences."""
    if comparison.round.kind is RoundKind.SAMPLE:
        return tuple(_of_sample(comparison, report))
    return tuple(_of_candidates(comparison, report))


def bearing(figure: Figure) -> str:
    """What an alpha with its interval is good for."""
    if figure.low is None or figure.high is None:
        return "No interval can be given for it, so it carries nothing by itself."
    if figure.low >= FIRM:
        return "Even the lower end reaches the 0.80 that is asked for where conclusions rest on such coding."
    if figure.low >= TENTATIVE:
        return "The lower end lies between 0.67 and 0.80: that carries tentative conclusions, not firm ones."
    if figure.high < TENTATIVE:
        return (
            "Even the upper end stays below the 0.67 that tentative conclusions need: coders do not mean the same "
            "yet. Settle the differences, sharpen the definitions, and have a new sample coded."
        )
    return (
        "The interval is too wide to tell whether the 0.67 that tentative conclusions need is reached: settle the "
        "differences, then have a new and larger sample coded."
    )


def shown(figure: Figure | None, form: str = "z.2f") -> str:
    """A figure with its interval, to two decimals or in another form; what rounds to nothing has no minus (`z`)."""
    if figure is None:
        return "not assessable"
    if figure.low is None or figure.high is None:
        return f"{figure.value:{form}}"
    return f"{figure.value:{form}} ({figure.low:{form}} to {figure.high:{form}})"


def too_few_candidates(choice: CodeAgreement) -> str:
    """What it takes to assess how alike coders judged candidates, and what there was."""
    return (
        f"it takes {LEAST_UNITS} candidates that two coders or more decided on, {LEAST_CARRYING} of them accepted by "
        f"somebody and {LEAST_CARRYING} rejected by somebody. Here two or more decided on {choice.n}, and somebody "
        f"accepted {choice.positives} of them."
    )


def _of_sample(comparison: Comparison, report: AgreementReport) -> Iterator[str]:
    past, overall = comparison.round, report.overall
    yield (
        f"{len(past.coders)} coders coded a random sample of {counted(len(past.segments), 'segment')}, each on their "
        f"own; {report.n} of them were coded by two or more, and the figures rest on those."
    )
    if overall.alpha is None:
        yield f"Over all codes together: {overall.why[0].lower()}{overall.why[1:]}"
    else:
        yield f"Over all codes together, Krippendorff's alpha is {shown(overall.alpha)}. {bearing(overall.alpha)}"
    used = [code for code in report.codes if code.positives]
    assessed = sum(code.assessable for code in used)
    if assessed < len(used):
        yield (
            f"Of {counted(len(used), 'code')} that somebody applied, {assessed} came up often enough to be assessed "
            "one by one. Of the others only the percentage is given; a high one means little where a code is rare."
        )


def _of_candidates(comparison: Comparison, report: AgreementReport) -> Iterator[str]:
    choice = report.codes[0]
    yield (
        f"{len(comparison.round.coders)} coders decided on the candidates, each on their own; "
        f"{counted(choice.n, 'candidate')} were decided on by two or more."
    )
    if choice.n == 0:
        return
    if choice.percent:
        yield f"They agreed on whether to accept in {choice.percent.value:.0%} of the cases."
    if choice.alpha:
        yield f"Beyond chance, Krippendorff's alpha is {shown(choice.alpha)}. {bearing(choice.alpha)}"
    else:
        yield f"That cannot be told from chance: {too_few_candidates(choice)}"
    yield (
        "Candidates are what the machine proposed, not a random sample of the talk: these figures say how alike the "
        "coders judge proposals, not how reliably they code."
    )
