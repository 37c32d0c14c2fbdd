"""A code off a segment, or a no to one that the machine proposed for it: the log keeps the two apart."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.decision import Draft
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.told import PROPOSED
from pipeline.work.live_study import View


def taken_off(view: View, sign: Signature, segment: str, code: str) -> Draft:
    """The draft; it says of a code that was not on the segment that it was only proposed."""
    draft = deciding.remove(view.seen, sign, segment, code)
    if draft.payload["code"] in view.book.codes_of(segment):
        return draft
    return replace(draft, payload={**draft.payload, PROPOSED: True})
