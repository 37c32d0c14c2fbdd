"""How much a suggestion changes what coders do, held against Newcombe's published intervals and a simulated truth."""

import random
from dataclasses import dataclass, field

import pytest

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.decision import Decision, Draft, Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.influence import (
    FEWEST,
    Arm,
    Influence,
    difference_interval,
    influence,
    is_control,
    open_proposals,
)

CODE, OTHER = Code("c-1", "waiting"), Code("c-2", "courts")
MERGED = Code("c-0", "queues", retired_into=CODE.id)
BOOK = Codebook(codes={code.id: code for code in (CODE, OTHER, MERGED)})
SHARE = 0.3


@dataclass
class Team:
    """What a team decides, one after the other."""

    log: list[Decision] = field(default_factory=list)

    def take(self, coder: str, kind: Kind, subject: str, book: str = "", **payload: object) -> str:
        key, seq = f"k-{len(self.log)}", len(self.log) + 1
        draft = Draft(key, "made", coder, "2026-03-01T10:00:00+00:00", kind, subject, payload, book=book)
        self.log.append(Decision(seq, draft, "", ""))
        return key

    def done(self, coder: str, segment: str, *codes: str, book: str = "") -> str:
        return self.take(coder, Kind.COMMIT, segment, book, codes=list(codes))

    def yes(self, coder: str, segment: str, code: str = CODE.id) -> str:
        return self.take(coder, Kind.APPLY, segment, code=code)

    def counted(self, proposed: list[ProposedCoding], share: float = SHARE) -> tuple[Arm, Arm]:
        found = self.estimate(proposed, share)
        return found.shown, found.control

    def estimate(self, proposed: list[ProposedCoding], share: float = SHARE) -> Influence:
        return influence("made", proposed, self.log, BOOK, share)


SEGMENTS = [f"t:{number}-{number + 9}" for number in range(200)]
SHOWN, HIDDEN = ([item for item in SEGMENTS if is_control("made", item, SHARE) is drawn] for drawn in (False, True))
NOBODY = Arm(0, 0)


def proposal(segment: str, confidence: float = 0.5, code: str = CODE.id) -> ProposedCoding:
    return ProposedCoding(segment, code, confidence)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Arm(56, 70), Arm(48, 80), 0.0524, 0.3339),
        (Arm(9, 10), Arm(3, 10), 0.1705, 0.8090),
        (Arm(10, 10), Arm(0, 20), 0.6791, 1.0000),
    ],
)
def test_intervals_of_newcombe_1998(one: Arm, other: Arm, low: float, high: float):
    """Newcombe (1998), table II, method 10, examples (a), (b) and (g)."""
    found = difference_interval(one, other)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_lot_falls_on_its_share_and_always_the_same():
    segments = [f"t:{number}-{number + 9}" for number in range(20_000)]
    drawn = [item for item in segments if is_control("made", item, 0.1)]
    assert len(drawn) / len(segments) == pytest.approx(0.1, abs=0.01)
    assert [item for item in reversed(segments) if is_control("made", item, 0.1)] == drawn[::-1]
    assert not any(is_control("made", item, 0.0) for item in segments)
    assert {is_control("made", item, 0.5) for item in segments} == {True, False}


def simulated(seed: int, *, effect: float, reach: float, again: float = 0.95) -> Influence:
    """Coders who give a proposed code the likelier the surer it is, and `effect` likelier where they see it.

    Ben answers the list of proposals, surest first, up to the share `reach` of it, and ana codes three in four
    segments whole afterwards, those that he answered mostly as he did. Then ben puts the code on the last hundred.
    """
    draw, team = random.Random(seed), Team()
    segments = [f"{seed}:{number}-{number + 9}" for number in range(400)]
    proposed = [proposal(item, draw.random()) for item in segments]
    listed = sorted(
        open_proposals("made", proposed, (), withhold=False, share=SHARE), key=lambda item: -item.confidence
    )
    answers: dict[str, bool] = {}
    for item in listed[: round(reach * len(listed))]:
        answers[item.segment] = draw.random() < 0.1 + effect + 0.6 * item.confidence
        team.take("ben", Kind.APPLY if answers[item.segment] else Kind.REMOVE, item.segment, code=CODE.id)
    for item in proposed:
        seen = effect * (not is_control("made", item.segment, SHARE))
        gives = draw.random() < 0.1 + seen + 0.6 * item.confidence
        if item.segment in answers and draw.random() < again:
            gives = answers[item.segment]
        if draw.random() < 0.75:
            team.done("ana", item.segment, *[CODE.id] * gives)
    for item in tuple(team.log[-100:]):
        team.yes("ben", item.subject)
        team.done("ben", item.subject, CODE.id)
    return team.estimate(proposed)


@pytest.mark.parametrize(("effect", "reach"), [(0.15, 0.0), (0.15, 0.4), (0.0, 0.4)])
def test_the_interval_covers_the_simulated_truth_at_its_nominal_rate(effect: float, reach: float):
    """300 studies: 95% of the intervals hold what seeing a proposal adds, or nearly."""
    found = [simulated(seed, effect=effect, reach=reach) for seed in range(300)]
    inside = sum(item.low <= effect <= item.high for item in found)
    assert 0.92 <= inside / len(found) <= 0.98
    assert sum(item.difference for item in found) / len(found) == pytest.approx(effect, abs=0.01)


def test_a_segment_counts_once_by_its_surest_code_and_only_coded_whole():
    team, (one, two, three, *_) = Team(), SHOWN
    proposed = [proposal(one, 0.4, OTHER.id), proposal(one, 0.8), proposal(two), proposal(three)]
    team.done("ana", one, OTHER.id)
    team.yes("ana", two)
    assert team.counted(proposed) == (Arm(0, 1), NOBODY)
    team.done("ana", two, CODE.id)
    assert team.counted(proposed) == (Arm(1, 2), NOBODY)


def test_what_comes_after_the_first_who_coded_it_whole_changes_nothing():
    team, segment = Team(), HIDDEN[0]
    team.done("ana", segment)
    before = team.counted([proposal(segment)])
    team.yes("ben", segment)
    team.done("ben", segment, CODE.id)
    team.done("ana", segment, CODE.id)
    assert team.counted([proposal(segment)]) == before == (NOBODY, Arm(0, 1))


def test_what_was_taken_back_or_stands_in_a_coders_own_book_does_not_count():
    team, segment = Team(), SHOWN[0]
    team.done("ben", segment, book="r-1/ben")
    team.take("ana", Kind.UNDO, team.done("ana", segment))
    assert team.counted([proposal(segment)]) == (NOBODY, NOBODY)
    team.take("ben", Kind.UNDO, team.yes("ben", segment))
    team.done("ana", segment, CODE.id)
    assert team.counted([proposal(segment)]) == (Arm(1, 1), NOBODY)


def test_a_code_that_was_merged_since_is_the_one_it_went_into():
    team, (one, two, *_) = Team(), SHOWN
    team.done("ana", one, MERGED.id)
    team.done("ana", two, CODE.id)
    assert team.counted([proposal(one), proposal(two, code=MERGED.id)]) == (Arm(2, 2), NOBODY)


def test_what_another_had_answered_is_left_out_and_what_is_as_sure_on_either_side():
    team, (one, two, three, *_), (hidden, surer, *_) = Team(), SHOWN, HIDDEN
    proposed = [
        proposal(one, 0.7),
        proposal(two, 0.6),
        proposal(three, 0.9, OTHER.id),
        proposal(hidden, 0.6),
        proposal(surer, 0.8),
    ]
    for item in proposed:
        team.done("ana", item.segment, CODE.id)
    assert team.counted(proposed) == (Arm(2, 3), Arm(2, 2))
    early = Team()
    early.yes("ben", one)
    early.yes("ana", two)
    for item in proposed:
        early.done("ana", item.segment, CODE.id)
    assert early.counted(proposed) == (Arm(1, 2), Arm(1, 1))


def test_too_few_segments_are_not_assessable():
    team = Team()
    for segment in (*SHOWN[:FEWEST], *HIDDEN[: FEWEST - 1]):
        team.done("ana", segment, CODE.id)
    found = team.estimate([proposal(item) for item in SEGMENTS])
    assert found.difference is None
    assert found.sentence.startswith("Not assessable: it takes 10 segments")
    assert found.sentence.endswith("there are 10 and 9.")


def test_the_sentence_says_how_much_and_from_how_many():
    found = Influence(Arm(56, 70), Arm(48, 80), 0.2, 0.0524, 0.3339)
    assert found.sentence == (
        "A proposed code is given 20 percentage points more often where coders see it (95% interval +5 to +33): on "
        "56 of 70 segments where they did, on 48 of 80 where they did not."
    )
    assert "1 percentage point less often" in Influence(Arm(5, 10), Arm(5, 10), -0.01, -0.1, 0.1).sentence


def test_proposals_of_control_segments_are_kept_back_until_they_are_coded_and_all_where_the_study_says_so():
    proposed = [proposal(item) for item in SEGMENTS]

    def shown(coded: tuple[str, ...] = (), *, withhold: bool = False) -> set[str]:
        return {item.segment for item in open_proposals("made", proposed, coded, withhold=withhold, share=SHARE)}

    assert shown() == set(SHOWN)
    assert shown((HIDDEN[0],)) == {*SHOWN, HIDDEN[0]}
    assert shown((SHOWN[0], HIDDEN[0]), withhold=True) == {SHOWN[0], HIDDEN[0]}
