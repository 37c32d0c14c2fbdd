"""What is learnt of codes listens to the time of the discussion and to the talk around."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.suggest.features import unit
from pipeline.suggest.few_shot import AROUND, WITNESSES, _kernel
from pipeline.suggest.learning import Learnt
from pipeline.suggest.material import Material

LENGTH, GROUPS, CLEARLY = 40, 5, 5
DRAW = np.random.default_rng(8)
CLEAR = {"early": DRAW.standard_normal(64), "late": DRAW.standard_normal(64)}


def noise(count: int) -> np.ndarray:
    return DRAW.standard_normal((count, 64))


def talk(group: str, vectors: np.ndarray, turns: range) -> Material:
    """One focus group that says nothing in words, one segment a turn, all of it in answer to one question."""
    count = len(turns)
    return Material(
        ids=tuple(f"{group}:{100 * turn}-{100 * turn + 50}" for turn in turns),
        excerpts=tuple(f"{group}{turn}" for turn in turns),
        vectors=unit(vectors.astype(np.float32)),
        questions=("Q1",) * count,
        groups=(group,) * count,
        speakers=("P1",) * count,
        roles=("",) * count,
        turns=tuple(f"{group}:{turn}" for turn in turns),
    )


def together(parts: list[Material]) -> Material:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.beside(part)
    return whole


def codes(count: int, *, swapped: bool = False) -> list[str]:
    first, second = ("late", "early") if swapped else ("early", "late")
    return [first] * (count // 2) + [second] * (count - count // 2)


def test_a_code_of_the_beginning_is_expected_at_the_beginning():
    """Where words and vectors say nothing, when it was said does."""
    parts = [talk(f"g{number}", noise(LENGTH), range(LENGTH)) for number in range(GROUPS)]
    given = {item: (code,) for part in parts[1:] for item, code in zip(part.ids, codes(LENGTH), strict=True)}
    reading = Learnt.of(together(parts[1:]), given).read(parts[0])
    top = [reading.codes[place] for place in reading.given.argmax(axis=1)]
    assert np.mean([one == other for one, other in zip(top, codes(LENGTH), strict=True)]) > 0.9


def test_what_is_meant_alike_is_told_apart_by_how_it_is_said():
    """Codes take turns, so that neither the time nor the talk around tells; asked without manner, nothing does."""
    order = ["early", "late"] * (LENGTH // 2)
    parts = []
    for number in range(GROUPS):
        manner = unit((noise(LENGTH) + np.stack([CLEAR[code] for code in order])).astype(np.float32))
        parts.append(replace(talk(f"g{number}", noise(LENGTH), range(LENGTH)), manner=manner))
    given = {item: (code,) for part in parts[1:] for item, code in zip(part.ids, order, strict=True)}
    learnt = Learnt.of(together(parts[1:]), given)

    def right(new: Material) -> float:
        top = learnt.read(new).given.argmax(axis=1)
        return float(np.mean([learnt.codes[place] == code for place, code in zip(top, order, strict=True)]))

    assert learnt
    assert learnt._by.weights[WITNESSES.index("alike in manner")] > 0
    points = learnt._by.eye.see(parts[0])
    gained = _kernel(points, points) - _kernel(*[replace(points, manner=0 * points.manner)] * 2)
    assert np.allclose(gained, points.manner @ points.manner.T, atol=1e-5)
    assert right(parts[0]) > 0.9
    assert right(replace(parts[0], manner=None)) < 0.75


@pytest.fixture(scope="module")
def of_runs():
    """Ideas that people stay with for half a discussion, either one first; one segment in five is clear."""
    parts, given = [], {}
    for number in range(2 * GROUPS):
        order = codes(LENGTH, swapped=number % 2 == 1)
        vectors = noise(LENGTH)
        for place in range(0, LENGTH, CLEARLY):
            vectors[place] += 3 * CLEAR[order[place]]
        parts.append(talk(f"g{number}", vectors, range(LENGTH)))
        given |= {item: (code,) for item, code in zip(parts[-1].ids, order, strict=True)}
    return Learnt.of(together(parts), given)


def group_of_runs(name: str, step: int = 1) -> tuple[Material, list[str]]:
    order, vectors = codes(LENGTH, swapped=True), noise(LENGTH)
    for place in range(0, LENGTH, CLEARLY):
        vectors[place] += 3 * CLEAR[order[place]]
    return talk(name, vectors, range(0, step * LENGTH, step)), order


def test_unclear_talk_is_read_by_the_talk_around_it(of_runs: Learnt):
    new, order = group_of_runs("new")
    reading = of_runs.read(new)
    top = [reading.codes[place] for place in reading.given.argmax(axis=1)]
    unclear = [place for place in range(LENGTH) if place % CLEARLY in {2, 3}]  # nothing clear right before or after
    assert np.mean([top[place] == order[place] for place in unclear]) > 0.8


def test_what_lies_far_apart_or_in_another_transcript_is_not_around(of_runs: Learnt):
    """Unclear segments are read as they are alone, whatever stands next to them in what was handed in."""
    new, _ = group_of_runs("new", step=AROUND + 1)
    alone = of_runs.read(new.at([LENGTH - 1]))  # the last: alone too it is said at the end
    assert np.allclose(of_runs.read(new).given[-1], alone.given[0])
    one, _ = group_of_runs("one")
    last = talk("two", noise(1), range(7, 8))
    assert np.allclose(of_runs.read(one.beside(last)).given[-1], of_runs.read(last).given[0])
