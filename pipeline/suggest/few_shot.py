"""Codes learnt from a few examples each: simple witnesses, weighed by how they did on held-out groups.

The witnesses are a kernel ridge classifier over meaning, manner, words and question (Saunders, Gammerman & Vovk
1998), the most alike coded segment by meaning, by words and by manner, how often a question, and a time of the
discussion, was given a code, the code's own name, and what the talk around looks like. Each is asked of every
training segment without its group; a conditional logit (McFadden 1974) then learns one weight per witness, shared by
all codes, so that a dozen numbers are learnt from all examples at once and stacking does not overfit (Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.points import Eye, Flags, Places, Points, Scores

RIDGE: Final = 1.0
"""What is added to the kernel's diagonal, whose own entries are about 4, about 5 where manner is known."""
PRIOR: Final = 5.0
"""How many pretended codings at a question spread as in the whole study."""
SHRINK: Final = 0.01
"""The L2 penalty on the witnesses' weights, per training segment."""
WITNESSES: Final = (
    "ridge", "question", "time", "alike in meaning", "alike in words", "alike in manner", "name",
    "ridge around", "meaning around", "name around",
)  # fmt: skip
BY_ITSELF: Final = 7
"""The first so many of them look at a segment alone; the others at what the first say of the talk around."""
AROUND: Final = 12
"""Segments, and turns, on either side that speak for a segment: an idea takes more than one sentence."""
FADING: Final = 0.85
"""What each further segment counts, beside the one before."""
MOMENT: Final = 0.05
"""How far apart, as a share of the discussion, two moments are that have little to do with each other."""
MOST: Final = 3000
"""Coded segments learnt from; more are drawn at random, since the work grows with their cube."""
PARTS: Final = 3
"""The least number of parts that are left out in turn."""
SILENT: Final = 1e-9
"""The spread of a witness that tells no code from another."""
ROWS: Final = 512
"""Segments judged at a time, which bounds memory at 100,000 segments."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is thought of n segments: `odds` (n, codes), log-odds up to a constant per segment, and `likeness` (n, 2),
    the largest cosine to any coded segment in meaning and in words."""

    odds: Scores
    likeness: Scores


class FewShot:
    """Learnt from coded segments of some groups; asked about any segment.

    `places` are the coded segments learnt from and `carried` (m, codes) their codes; `held` is what is thought
    of the segments `asked` (places: the coded ones and the bare), each learnt without its own group; `weights` says
    how much each of the WITNESSES counts.
    """

    def __init__(
        self,
        known: Material,
        carried: Flags,
        bare: Flags,
        name_vectors: Mapping[int, Matrix] | None = None,
        *,
        seed: int = 0,
        most: int = MOST,
    ) -> None:
        """`known` in order of talk; `carried` (n, codes), every code carried at least once; `bare` (n,): what is
        known to carry none; `name_vectors` maps code places to unit vectors (d,) of their names, where they have
        one; at most `most` of the coded segments, and of the bare, are learnt from."""
        self.eye = Eye.of(known)
        points = self.eye.see(known)
        coded = _at_most(most, np.flatnonzero(carried.any(axis=1)).astype(np.intp), seed)
        self._coded, self.carried = points.at(coded), carried[coded]
        self.places = coded
        self._all_groups = _left_out_together(known.groups, coded)
        self._groups = self._all_groups[coded]
        self._parts = self.carried / self.carried.sum(axis=1, keepdims=True)
        self._mean = self._parts.mean(axis=0)
        self._names = _name_matrix(name_vectors or {}, carried.shape[1], known.vectors.shape[1])
        inner = _kernel(self._coded, self._coded)
        inner[np.diag_indices_from(inner)] += RIDGE
        self._inverse = np.linalg.inv(inner)
        self._ridge = self._inverse @ (self._parts - self._mean)
        self.asked = np.union1d(coded, _at_most(most, np.flatnonzero(bare).astype(np.intp), seed))
        said = self._held_out(points, self.asked)
        inside = said[:, np.searchsorted(self.asked, coded)]
        spread = inside.std(axis=(1, 2))
        self._scale = np.where(spread > SILENT, spread, np.inf)  # a witness that said nothing here says nothing later
        self.weights = _conditional_logit(inside / self._scale[:, None, None], self._parts)
        self.held = self._weighed(said)

    def judge(self, points: Points) -> Judged:
        """Of talk in order, with what was said around it."""
        if not len(points.meaning):
            return Judged(np.zeros((0, self.carried.shape[1])), np.zeros((0, 2)))
        parts = [
            self._ask(points.at(np.arange(start, min(start + ROWS, len(points.meaning)), dtype=np.intp)))
            for start in range(0, len(points.meaning), ROWS)
        ]
        return self._weighed(_with_around(np.concatenate(parts, axis=1), points))

    def elsewhere(self) -> Scores:
        """Held-out log-odds of the coded segments, (m, codes), -inf for codes that no other group carries: of a new
        group too, some of what is said has a code that nobody has given yet."""
        odds = self.held.odds[np.searchsorted(self.asked, self.places)].copy()
        for group in np.unique(self._groups):
            odds[np.ix_(self._groups == group, ~self.carried[self._groups != group].any(axis=0))] = -np.inf
        return odds

    def _ask(self, points: Points) -> Scores:
        """What the witnesses that look at a segment alone say where no group is left out, (BY_ITSELF, n, codes)."""
        meaning, words = _alike(points, self._coded)
        ridge = _kernel_of(points, self._coded, meaning, words) @ self._ridge + self._mean
        return np.stack([ridge, *self._by_themselves(points, self._coded, self.carried, meaning, words)])

    def _by_themselves(
        self, points: Points, coded: Points, carried: Flags, meaning: Matrix, words: Matrix
    ) -> Iterator[Scores]:
        """All of these but the ridge, asked with some of the coded segments and their codes."""
        overall = carried.sum(axis=0) + 0.1
        overall = overall / overall.sum()
        yield _oftener(_same_question(points, coded) @ carried, overall)
        apart = points.times[:, None] - coded.times[None, :]
        yield _oftener(np.exp(-((apart / MOMENT) ** 2) / 2) @ carried, overall)
        yield _nearest(meaning, carried)
        yield _nearest(words, carried)
        yield _nearest(points.manner @ coded.manner.T, carried)
        yield (points.meaning @ self._names).astype(np.float64)

    def _weighed(self, said: Scores) -> Judged:
        odds: Scores = np.tensordot(self.weights / self._scale, said, axes=1)
        nearest = said[[WITNESSES.index("alike in meaning"), WITNESSES.index("alike in words")]]
        return Judged(odds, nearest.max(axis=2).T)

    def _held_out(self, points: Points, asked: Places) -> Scores:
        """What the witnesses say of the segments asked, each without its own group, (witnesses, k, codes).

        The ridge of all groups but one follows from the inverse of all (the block form of leave-one-out).
        """
        said = np.zeros((BY_ITSELF, len(self._all_groups), self.carried.shape[1]))
        reach = np.arange(-AROUND, AROUND + 1)
        near = np.unique(np.clip(asked[:, None] + reach[None, :], 0, len(self._all_groups) - 1))
        for group in np.unique(self._all_groups[near]):
            out = np.flatnonzero(self._groups == group)
            left = np.flatnonzero(self._groups != group)
            rows = near[self._all_groups[near] == group]
            if not len(left):
                continue
            block = np.linalg.solve(self._inverse[np.ix_(out, out)], self._ridge[out])
            without = self._ridge - self._inverse[:, out] @ block
            here, others = points.at(rows), self._coded.at(left)
            meaning, words = _alike(here, others)
            said[0, rows] = _kernel_of(here, others, meaning, words) @ without[left] + self._mean
            for place, witness in enumerate(self._by_themselves(here, others, self.carried[left], meaning, words)):
                said[1 + place, rows] = witness
        return _with_around(said, points)[:, asked]


def _nearest(alike: Matrix, carried: Flags) -> Scores:
    """The largest likeness to a segment that carries each code, (n, codes)."""
    found = np.zeros((len(alike), carried.shape[1]))
    for code in np.flatnonzero(carried.any(axis=0)):
        found[:, code] = alike[:, carried[:, code]].max(axis=1)
    return found


def _same_question(one: Points, other: Points) -> Scores:
    """1 where both answer the same question, else 0, (n, m)."""
    same: Flags = (one.questions[:, None] == other.questions[None, :]) & (one.questions[:, None] >= 0)
    return same.astype(np.float64)


def _oftener(counts: Scores, overall: Scores) -> Scores:
    """How much oftener each code is given than in all the talk, as a logarithm, (n, codes)."""
    shares_here: Scores = (counts + PRIOR * overall) / (counts.sum(axis=1, keepdims=True) + PRIOR)
    return np.log(shares_here) - np.log(overall)


def _with_around(said: Scores, points: Points) -> Scores:
    """What the first witnesses say, (BY_ITSELF, n, codes), then what three of them say of the talk around."""
    around = [_around(said[WITNESSES.index(name)], points) for name in ("ridge", "alike in meaning", "name")]
    return np.concatenate([said, np.stack(around)])


def _alike(one: Points, other: Points) -> tuple[Matrix, Matrix]:
    """Cosines of meaning and of words, both (n, m)."""
    return one.meaning @ other.meaning.T, np.asarray((one.words @ other.words.T).todense(), dtype=np.float32)


def _kernel(one: Points, other: Points) -> Scores:
    return _kernel_of(one, other, *_alike(one, other))


def _kernel_of(one: Points, other: Points, meaning: Matrix, words: Matrix) -> Scores:
    """Alike in meaning, the more so under one question; in words; in manner; in what was said right before and after,
    (n, m)."""
    same = _same_question(one, other)
    around = one.before @ other.before.T + one.after @ other.after.T
    found: Scores = (meaning * (1.0 + same) + same / 2 + words + one.manner @ other.manner.T + around / 4).astype(
        np.float64
    )
    return found


def _around(said: Scores, points: Points) -> Scores:
    """The mean of what is said of the segments before and after in the same transcript, the nearer the more, (n,
    codes); 0 where there is none. What stands next to each other here may lie far apart in the talk."""
    total, weight = np.zeros_like(said), np.zeros((len(said), 1))
    for step in range(1, min(AROUND, len(said) - 1) + 1):
        together = points.transcripts[step:] == points.transcripts[:-step]
        together &= points.turns[step:] - points.turns[:-step] <= AROUND
        counts = FADING**step * together[:, None]
        total[step:] += counts * said[:-step]
        total[:-step] += counts * said[step:]
        weight[step:] += counts
        weight[:-step] += counts
    found: Scores = total / np.where(weight > 0, weight, 1)
    return found


def _name_matrix(vectors: Mapping[int, Matrix], codes: int, size: int) -> Matrix:
    """(d, codes); a code without a vector has the mean of all, so that it is neither favoured nor put back."""
    found = np.zeros((size, codes), dtype=np.float32)
    for code, vector in vectors.items():
        found[:, code] = vector
    named = sorted(vectors)
    if named:
        others = [code for code in range(codes) if code not in vectors]
        found[:, others] = found[:, named].mean(axis=1, keepdims=True)
    return found


def _conditional_logit(said: Scores, parts: Scores) -> Scores:
    """One weight of at least 0 per witness: the likeliest under which segments got the codes they got.

    `said` (w, n, c); `parts` (n, c), each row summing to 1.
    """
    from scipy.optimize import minimize

    count = len(parts)

    def loss(weights: Scores) -> tuple[float, Scores]:
        odds = np.tensordot(weights, said, axes=1)
        odds -= odds.max(axis=1, keepdims=True)
        chances = np.exp(odds)
        chances /= chances.sum(axis=1, keepdims=True)
        gap = chances - parts
        value = -(parts * np.log(chances + 1e-12)).sum() / count + SHRINK * float(weights @ weights) / 2
        return value, np.tensordot(said, gap, axes=2) / count + SHRINK * weights

    start = np.full(len(said), 0.1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(said))
    weights: Scores = found.x
    return weights


def shares(log_odds: Scores) -> Scores:
    """Chances that sum to 1 per segment, (n, codes); 0 where the log-odds are -inf."""
    highest = log_odds.max(axis=1, keepdims=True, initial=-np.inf)
    raised: Scores = np.exp(log_odds - np.where(np.isfinite(highest), highest, 0.0))
    found: Scores = raised / np.maximum(raised.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return found


def _left_out_together(groups: Sequence[str], coded: Places) -> Places:
    """A number per segment: its group; where fewer than PARTS groups hold `coded` segments, one of so many stretches
    of the talk, each with as many coded segments."""
    names = {group: place for place, group in enumerate(sorted(set(groups)))}
    if len({groups[place] for place in coded}) >= PARTS:
        return np.array([names[group] for group in groups], dtype=np.intp)
    before = np.searchsorted(coded, np.arange(len(groups)))
    return np.minimum(before * PARTS // len(coded), PARTS - 1).astype(np.intp)


def _at_most(most: int, places: Places, seed: int) -> Places:
    """The places, or a random draw of `most` of them, in order."""
    if len(places) <= most:
        return places
    return np.sort(np.random.default_rng(seed).choice(places, most, replace=False))
