"""Approved codes applied to new segments, with a confidence; what they do not cover is left for new candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.domain.suggestion import ProposedCoding
from pipeline.suggest.candidates import SuggestSettings
from pipeline.suggest.learning import NameVectors, read_codes
from pipeline.suggest.material import Material


@dataclass(frozen=True, slots=True)
class Applied:
    """`proposed` codings, in the order of talk and then by confidence; segments that no code covers with enough
    confidence are `uncovered`. Every new segment is in one of the two."""

    proposed: tuple[ProposedCoding, ...]
    uncovered: tuple[str, ...]


def apply_codes(
    known: Material,
    codings: Mapping[str, tuple[str, ...]],
    new: Material,
    *,
    settings: SuggestSettings,
    seed: int = 0,
    names: NameVectors | None = None,
) -> Applied:
    """Proposals for `new`, learnt from the codes that people gave to segments of `known` (segment id → codes).

    Segments of `known` without a code teach what no code covers. A code is proposed from a confidence of
    `settings.confidence`, which estimates how often such a proposal is right on a group that was not learnt from.
    """
    read = read_codes(known, codings, new, names=names, seed=seed)
    proposed: list[ProposedCoding] = []
    uncovered: list[str] = []
    for segment, row in zip(read.segments, read.chances, strict=True):
        found = [place for place in np.argsort(-row, kind="stable") if row[place] >= settings.confidence]
        proposed += [ProposedCoding(segment, read.codes[place], round(float(row[place]), 4)) for place in found]
        if not found:
            uncovered.append(segment)
    return Applied(tuple(proposed), tuple(uncovered))
