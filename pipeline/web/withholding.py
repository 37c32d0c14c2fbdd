"""What a coder is not to see of a segment before they have coded it: decided here, on the server, for every page."""

from __future__ import annotations

from pipeline.domain.codebook import Memo, Round, RoundKind
from pipeline.review.influence import kept_back
from pipeline.work.live_study import LiveStudy, View


def sample_of(view: View) -> Round | None:
    """The blind round on a sample in which this person takes part, if one goes on."""
    return view.blind if view.blind and view.blind.kind is RoundKind.SAMPLE else None


def coded_by_self(view: View, segment: str) -> bool:
    """Whether this person has said, in the book they write in, that they coded the segment whole."""
    return view.book.coded_whole(segment, view.person)


def withholds_suggestions(study: LiveStudy, view: View, segment: str) -> bool:
    """Whether suggested codes are kept back until this person has coded the segment: in a round on a sample, where
    the study says so for all, and for the segments that the lot fell on."""
    review = study.work.settings.review
    kept = kept_back(study.id, segment, withhold=review.withhold, share=review.control)
    return (kept or sample_of(view) is not None) and not coded_by_self(view, segment)


def veiled(view: View) -> frozenset[str]:
    """Segments of the sample that this person has yet to code: what codes the team put on them, and what others noted
    on them, is kept back too, or they would agree with the team and not with each other."""
    sample = sample_of(view)
    if sample is None:
        return frozenset()
    return frozenset(segment for segment in sample.segments if not coded_by_self(view, segment))


def memos_on(view: View, segment: str) -> list[Memo]:
    """The memos on a segment that this person may read: only their own while its codes are kept back."""
    own_alone = segment in veiled(view)
    found = (item for item in view.book.memos if item.subject == segment)
    return [item for item in found if not own_alone or item.coder == view.person]


def still_said(view: View, sample: Round) -> tuple[str, ...]:
    """The segments of a sample that the talk still has: what was left out since cannot be coded."""
    return tuple(segment for segment in sample.segments if segment in view.material.said)
