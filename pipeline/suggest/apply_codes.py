"""Approved codes applied to new segments, with a confidence; what they do not cover is left for new candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.domain.suggestion import ProposedCoding
from pipeline.suggest.calibration import Covered, Curve
from pipeline.suggest.candidates import SuggestSettings
from pipeline.suggest.few_shot import FewShot, Flags, Scores, shares
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.one_thread import one_thread

LONGEST: Final = 700.0
"""Log-odds are held inside the range of a double's exponential."""

NameVectors = Mapping[str, Matrix]
"""Code ids to the unit vector (d,) of the code's name and definition."""


@dataclass(frozen=True, slots=True)
class Applied:
    """`proposed` codings, in the order of talk and then by confidence; segments that no code covers with enough
    confidence are `uncovered`. Every new segment is in one of the two."""

    proposed: tuple[ProposedCoding, ...]
    uncovered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Codes, sorted, for n segments in order of talk.

    `given` (n, codes): the chance of each code for a segment that people give a code at all; several may hold at
    once. `covered` (n,): the chance that people give it one of these codes. `novelty` (n,): how little all codes
    speak for it together, larger for newer (the free energy of Liu et al. 2020). `known` are the segments learnt
    from and `known_given` (m, codes) their chances, each learnt without its own group.
    """

    codes: tuple[str, ...]
    segments: tuple[str, ...]
    given: Scores
    covered: Scores
    novelty: Scores
    known: tuple[str, ...]
    known_given: Scores

    @property
    def chances(self) -> Scores:
        """The chance that people give each code to each segment, (n, codes), in [0, 1]."""
        found: Scores = self.given * self.covered[:, None]
        return found


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
    read = read_codes(known, codings, new, seed=seed, names=names)
    proposed: list[ProposedCoding] = []
    uncovered: list[str] = []
    for segment, row in zip(read.segments, read.chances, strict=True):
        found = [place for place in np.argsort(-row, kind="stable") if row[place] >= settings.confidence]
        proposed += [ProposedCoding(segment, read.codes[place], round(float(row[place]), 4)) for place in found]
        if not found:
            uncovered.append(segment)
    return Applied(tuple(proposed), tuple(uncovered))


def read_codes(
    known: Material,
    codings: Mapping[str, tuple[str, ...]],
    new: Material,
    *,
    seed: int = 0,
    names: NameVectors | None = None,
) -> Reading:
    """What the codes given to segments of `known` say of `new`; the same whatever order segments come in."""
    given, talk = known.in_order(), new.in_order()
    codes = tuple(sorted({code for segment in given.ids for code in codings.get(segment, ())}))
    if not codes or not len(talk):
        nothing = np.zeros((len(talk), len(codes)))
        return Reading(
            codes, talk.ids, nothing, np.zeros(len(talk)), np.ones(len(talk)), (), np.zeros((0, len(codes)))
        )
    carried = _carried(given, codings, codes)
    vectors = {place: names[code] for place, code in enumerate(codes) if code in names} if names else {}
    with one_thread():
        learnt = FewShot(given, carried, vectors, seed)
        points = learnt.eye.see(talk)
        judged = learnt.judge(points)
        elsewhere = shares(learnt.elsewhere())
        curve = Curve.of(elsewhere, learnt.carried)
        covered = Covered.of(given.at(learnt.asked.tolist()), learnt, np.asarray(carried[learnt.asked].any(axis=1)))
        return Reading(
            codes,
            talk.ids,
            curve.chances(shares(judged.odds)),
            covered.chances(talk, points, judged),
            -np.logaddexp.reduce(np.clip(judged.odds, -LONGEST, LONGEST), axis=1),
            tuple(given.ids[place] for place in learnt.places),
            curve.chances(elsewhere),
        )


def _carried(material: Material, codings: Mapping[str, tuple[str, ...]], codes: tuple[str, ...]) -> Flags:
    column = {code: place for place, code in enumerate(codes)}
    found = np.zeros((len(material), len(codes)), dtype=np.bool_)
    for row, segment in enumerate(material.ids):
        for code in codings.get(segment, ()):
            found[row, column[code]] = True
    return found
