"""Codings that the machine proposed: those that may be shown to a person, and those held back from them."""

from __future__ import annotations

from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.worklist import unconfirmed
from pipeline.web.withholding import withholds_suggestions
from pipeline.work.live_study import LiveStudy, View
from pipeline.work.proposed import Proposals


def proposals(study: LiveStudy, view: View) -> tuple[list[ProposedCoding], list[ProposedCoding]]:
    """What may be shown, and what this person is told of once they coded the segment themselves."""
    waiting, _ = unconfirmed(view.material.proposed, view.book)
    there = [item for item in waiting if item.segment in view.material.said]
    kept = {item.segment for item in there if withholds_suggestions(study, view, item.segment)}
    return [item for item in there if item.segment not in kept], [item for item in there if item.segment in kept]


def proposals_counted(study: LiveStudy, view: View) -> Proposals:
    """How many there are of both."""
    return Proposals.of(*proposals(study, view))
