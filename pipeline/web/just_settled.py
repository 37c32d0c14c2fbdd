"""What somebody is told once they settled something, on the page that comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision
from pipeline.review.comparing import Comparison
from pipeline.web.acting import act_of
from pipeline.web.closed_rounds import settled
from pipeline.web.endpoints import Ask
from pipeline.web.places import as_part, saying
from pipeline.web.side_by_side import label_of, outcome
from pipeline.web.withholding import veiled

SETTLED: Final = "settled"
"""What an address says it by which settling leads on: the key of the decision."""


@dataclass(frozen=True, slots=True)
class JustSettled:
    """In a sentence, and the page on which it can be undone; "" where that is none."""

    sentence: str
    path: str = ""


def leading_on(path: str, made: Decision) -> str:
    """The address of the page that comes next, which tells of what was decided."""
    return saying(path, **{SETTLED: made.draft.key})


def just_settled(ask: Ask, base: str, comparison: Comparison) -> JustSettled | None:
    """What this person settled just now, where the address says so and it still counts; None for all others."""
    key, study = ask.query.get(SETTLED, ""), ask.study
    made = study.work.store.decisions.by_key(study.id, key) if key else None
    if made is None or made.draft.coder != ask.person:
        return None
    done, keys = settled(study, comparison.round), {item.draft.key for item in act_of(study, made)}
    counting = [unit for unit, item in done.items() if item.decision.draft.key in keys]
    with study.looking(ask.person) as view:
        units = [comparison.by_subject[each] for each in counting if each not in veiled(view)]
        if len(units) > 1:
            return JustSettled(f"Taken over: {counted(len(units), 'thing')} on which all agree.")
        for unit in units:
            name, how = label_of(view.material, unit), outcome(done[unit.subject], view.book).sentence
            return JustSettled(f"Settled “{name}”: {how}.", f"{base}/{as_part(unit.subject)}")
    return None
