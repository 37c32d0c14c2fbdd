"""Why a run found few candidates, where it did: the command line and the review site say it alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.counted import counted, noun

_MUCH: Final = 0.4
"""The share of segments in no candidate from which on people are pointed to them."""


def little_found(counts: Mapping[str, int], questions: int) -> bool:
    """Whether people had better read what no candidate took: much of the talk, or candidates fewer than questions.

    `counts` holds the segments that were looked through, the candidates, and the segments left `unclear`.
    """
    return bool(counts["unclear"]) and (
        counts["unclear"] >= _MUCH * counts["segments"] or counts["candidates"] < questions
    )


def why_few(counts: Mapping[str, int], questions: int) -> str:
    """How much talk there was and what it takes to become a candidate, in one sentence; "" where enough was found."""
    if not little_found(counts, questions):
        return ""
    segments, unclear = counts["segments"], counts["unclear"]
    return (
        f"{unclear:,} of {counted(segments, 'segment')} of talk "
        f"{noun(unclear, 'fits', 'fit')} no candidate: an idea becomes one only where it recurs, and the less "
        "talk there is, the fewer do."
    )
