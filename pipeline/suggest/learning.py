"""What people decided so far, learnt: which codes they would give to any other segment, and how surely."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.suggest.calibration import Covered, Curve
from pipeline.suggest.few_shot import MOST, FewShot, shares
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.one_thread import one_thread
from pipeline.suggest.points import Flags, Scores

LONGEST: Final = 700.0
"""Log-odds are held inside the range of a double's exponential."""

NameVectors = Mapping[str, Matrix]
"""Code ids to the unit vector (d,) of the code's name and definition."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Codes, sorted, for n segments in order of talk.

    `given` (n, codes): the chance of each code for a segment that people give a code at all; several may hold at
    once. `covered` (n,): the chance that people give it one of these codes. `novelty` (n,): how little all codes
    speak for it together, larger for newer (the free energy of Liu et al. 2020).
    """

    codes: tuple[str, ...]
    segments: tuple[str, ...]
    given: Scores
    covered: Scores
    novelty: Scores

    @property
    def chances(self) -> Scores:
        """The chance that people give each code to each segment, (n, codes), in [0, 1]."""
        found: Scores = self.given * self.covered[:, None]
        return found

    def of(self, segments: Collection[str]) -> Reading:
        """What is said of some of them."""
        rows = [row for row, segment in enumerate(self.segments) if segment in segments]
        kept = tuple(self.segments[row] for row in rows)
        return Reading(self.codes, kept, self.given[rows], self.covered[rows], self.novelty[rows])


@dataclass(frozen=True, slots=True)
class Learnt:
    """Codes learnt from coded segments; asked about any talk. `known` are the segments learnt from and `known_given`
    (m, codes) their chances, each learnt without its own group."""

    codes: tuple[str, ...]
    known: tuple[str, ...]
    known_given: Scores
    _by: FewShot
    _curve: Curve
    _covered: Covered

    @classmethod
    def of(
        cls,
        known: Material,
        codings: Mapping[str, tuple[str, ...]],
        *,
        bare: Collection[str] | None = None,
        names: NameVectors | None = None,
        seed: int = 0,
        most: int = MOST,
    ) -> Learnt | None:
        """From codes that people gave to segments of `known` (segment id → codes); None where there are none.

        `bare` are the segments of which people said that they carry no code: what no code covers is learnt from
        them. Without it all that is not coded counts as such. At most `most` coded segments are learnt from. The
        same whatever order segments come in.
        """
        talk = known.in_order()
        codes = tuple(sorted({code for segment in talk.ids for code in codings.get(segment, ())}))
        if not codes:
            return None
        carried = _carried(talk, codings, codes)
        said_bare = np.array([bare is None or segment in bare for segment in talk.ids], dtype=np.bool_)
        uncoded = np.logical_not(carried.any(axis=1)) & said_bare
        vectors = {place: names[code] for place, code in enumerate(codes) if code in names} if names else {}
        with one_thread():
            learnt = FewShot(talk, carried, uncoded, vectors, seed=seed, most=most)
            elsewhere = shares(learnt.elsewhere())
            curve = Curve.of(elsewhere, learnt.carried)
            covered = Covered.of(talk.at(learnt.asked.tolist()), learnt, np.asarray(~uncoded[learnt.asked]))
            known_ids = tuple(talk.ids[place] for place in learnt.places)
            return cls(codes, known_ids, curve.chances(elsewhere), learnt, curve, covered)

    def read(self, talk: Material) -> Reading:
        """What is thought of talk that stands together: what is said around a segment speaks for it too."""
        talk = talk.in_order()
        if not len(talk):
            return _nothing(talk, self.codes)
        with one_thread():
            points = self._by.eye.see(talk)
            judged = self._by.judge(points)
            return Reading(
                self.codes,
                talk.ids,
                self._curve.chances(shares(judged.odds)),
                self._covered.chances(talk, points, judged),
                -np.logaddexp.reduce(np.clip(judged.odds, -LONGEST, LONGEST), axis=1),
            )


def _carried(material: Material, codings: Mapping[str, tuple[str, ...]], codes: tuple[str, ...]) -> Flags:
    column = {code: place for place, code in enumerate(codes)}
    found = np.zeros((len(material), len(codes)), dtype=np.bool_)
    for row, segment in enumerate(material.ids):
        for code in codings.get(segment, ()):
            found[row, column[code]] = True
    return found


def read_codes(
    known: Material,
    codings: Mapping[str, tuple[str, ...]],
    new: Material,
    *,
    seed: int = 0,
    names: NameVectors | None = None,
) -> Reading:
    """What the codes given to segments of `known` say of `new`; without any coding, nothing."""
    learnt = Learnt.of(known, codings, names=names, seed=seed)
    return learnt.read(new) if learnt else _nothing(new.in_order(), ())


def _nothing(talk: Material, codes: tuple[str, ...]) -> Reading:
    count = len(talk)
    return Reading(codes, talk.ids, np.zeros((count, len(codes))), np.zeros(count), np.ones(count))
