"""A reader of a report learns how far coding was double-checked: what was measured, and what was not."""

from collections.abc import Mapping, Sequence

import pytest

from pipeline.domain.checked import NOT_CHECKED, Checked, RoundChecked
from pipeline.domain.decision import Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review import deciding, settling
from pipeline.review.agreement.report import LEAST_UNITS
from pipeline.review.bearing import shown
from pipeline.review.double_checking import BEFORE_TALK, GOES_ON, NO_SAMPLE, Shown, checked, round_checked
from pipeline.review.figures import figures
from pipeline.review.influence import FEWEST, influence, is_control
from pipeline.review.signing import signed

from .blind_rounds import HOUSING, PHONES, Team

NONE_OFFERED = Shown()
MANY = tuple(f"bbbbbbbbbbbb:{start}-{start + 10}" for start in range(0, 400, 10))


def coded(team: Team, coder: str, codes: Mapping[str, Sequence[str]]) -> None:
    """A coder says of segments that these codes fit and no others."""
    for segment, given in codes.items():
        team.take(signed(team.sign(coder), Kind.COMMIT, segment, {"codes": list(given)}))


def with_codes() -> tuple[Team, str, str]:
    team = Team()
    rent, fear = (team.does("jo", deciding.create, name, segments=[]).subject for name in ("rent", "fear"))
    return team, rent, fear


def sampled(count: int = len(MANY), *, settle: int = 0) -> tuple[Team, str]:
    """Ana puts one code on every second segment, Ben the same but for each fifth; some are settled as Ana has it."""
    team, rent, _ = with_codes()
    round_id = team.opens_sample(MANY[:count], "ana", "ben")
    ana = {segment: [rent] if place % 2 else [] for place, segment in enumerate(MANY[:count])}
    ben = {segment: [] if place % 5 == 1 else codes for place, (segment, codes) in enumerate(ana.items())}
    coded(team, "ana", ana)
    coded(team, "ben", ben)
    compared = team.closes()
    for unit in compared.divided[:settle]:
        team.take(*settling.take(team.meets(round_id, "ana", "jo"), unit, "ana"))
    return team, round_id


def held(team: Team, *round_ids: str) -> list[RoundChecked]:
    return [
        round_checked(team.compared(each), figures(team.compared(each)), team.settled(each)) for each in round_ids
    ]


def told(team: Team, *round_ids: str, shown_to: Shown = NONE_OFFERED) -> Checked:
    return checked("study", team.book(), held(team, *round_ids), team.log, shown_to)


def test_where_no_round_was_held_it_is_said_that_coding_was_not_double_checked():
    team, _, _ = with_codes()
    assert told(team) == Checked((NOT_CHECKED,), ())
    assert Checked() == told(team), "whoever forgets to look does not claim more"


def test_a_sample_round_says_when_on_what_by_whom_and_with_which_codebook():
    team, round_id = sampled()
    said = told(team, round_id)
    (only,) = said.rounds
    assert "1 blind round was held and closed, on a random sample of segments." in said.sentences[0]
    assert only.heading == "Blind round on a sample of 40 segments, 2026-03-01"
    assert "Opened on 2026-03-01 and closed on 2026-03-01, with version 2 of the codebook" in only.sentences[0]
    assert "2 coders: ana, ben." in only.sentences[0]
    assert "Nobody was shown a suggested code" in only.sentences[0]
    assert BEFORE_TALK in said.sentences
    assert NO_SAMPLE not in said.sentences


def test_the_figures_are_those_of_the_agreement_page():
    """Nothing is computed a second time: value and interval are the report's own, to the letter."""
    team, round_id = sampled()
    (only,) = held(team, round_id)
    report = figures(team.compared(round_id))
    (rent,) = [code for code in report.codes if code.positives]
    assert rent.assessable
    assert (only.codes[0].name, only.codes[0].carried) == ("rent", "20 of 40")
    assert (only.codes[0].kappa, only.codes[0].alpha) == (shown(rent.kappa), shown(rent.alpha))
    assert only.codes[0].percent.startswith("90% (")
    assert only.kappa == "Cohen's kappa"
    assert only.codes[-1].name == "All codes together"
    assert only.codes[-1].alpha == shown(report.overall.alpha)
    assert any(f"Krippendorff's alpha is {shown(report.overall.alpha)}." in sentence for sentence in only.sentences)
    assert any("On 36 of 40 segments (90%)" in sentence for sentence in only.sentences)


def test_what_nobody_applied_has_no_row():
    team, round_id = sampled()
    assert [code.name for code in held(team, round_id)[0].codes] == ["rent", "All codes together"]


def test_too_small_a_sample_is_not_assessable_and_says_so():
    team, round_id = sampled(LEAST_UNITS - 1)
    (only,) = held(team, round_id)
    assert {code.alpha for code in only.codes} == {"not assessable"}
    assert all(code.why.startswith("Not assessable: only 19 segments were coded") for code in only.codes)
    assert any("Over all codes together: not assessable" in sentence for sentence in only.sentences)


@pytest.mark.parametrize(
    ("settle", "outcome"),
    [
        (0, "The team has settled none of them so far."),
        (3, "The team settled 3 of them in discussion. Who took part: ana, jo."),
        (4, "The team settled all of them in discussion. Who took part: ana, jo."),
    ],
)
def test_it_is_told_how_many_differences_were_settled_and_the_figures_stay(settle: int, outcome: str):
    """Agreement after discussion is none: settling changes one sentence and no figure."""
    team, round_id = sampled(settle=settle)
    (only,) = held(team, round_id)
    before, unsettled = sampled()
    assert only.sentences[-1].startswith("4 segments were left to be settled")
    assert only.sentences[-1].endswith(outcome)
    assert only.sentences[:-1] == held(before, unsettled)[0].sentences[:-1]
    assert only.codes == held(before, unsettled)[0].codes


def test_what_one_person_settled_alone_is_not_told_as_a_discussion():
    team, round_id = sampled()
    first, second, *_ = team.compared(round_id).divided
    team.take(*settling.take(team.meets(round_id, "jo"), first, "ana"))
    assert held(team, round_id)[0].sentences[-1].endswith("One person settled 1 of them alone: jo.")
    team.take(*settling.take(team.meets(round_id, "ana", "jo"), second, "ana"))
    told_of = "The team settled 2 of them, 1 in discussion and 1 by one person alone. Who took part: jo, ana."
    assert held(team, round_id)[0].sentences[-1].endswith(told_of)


def test_a_round_on_candidates_says_nothing_on_how_reliably_the_talk_is_coded():
    team = Team()
    round_id = team.opens_candidates("ana", "ben")
    for coder in ("ana", "ben"):
        team.accepts(coder, HOUSING)
    team.accepts("ana", PHONES)
    team.does("ben", deciding.reject, PHONES.id, reason="two ideas")
    team.closes()
    team.opens_candidates("ana", "ben")
    team.closes()
    said = told(team, round_id)
    (only,) = said.rounds
    assert "2 blind rounds were held and closed: 2 on the candidates." in said.sentences[0]
    assert NO_SAMPLE in said.sentences
    assert [code.name for code in only.codes] == ["Accepted or rejected"]
    assert only.codes[0].alpha == "not assessable"
    assert only.codes[0].carried == "2 of 2 candidates"
    assert only.codes[0].why == (
        "Not assessable: it takes 20 candidates that two coders or more decided on, 7 of them accepted by somebody "
        "and 7 rejected by somebody. Here two or more decided on 2, and somebody accepted 2 of them."
    )
    assert "Candidates are what the machine proposed" in " ".join(only.sentences)


def test_nothing_of_what_coders_decide_in_an_open_round_is_told():
    """Not who takes part, not how much is done, not what: only that a round is open."""
    team, first = sampled()
    team.opens_sample(MANY[:30], "cleo", "dov")
    before = told(team, first)
    coded(team, "cleo", {item: [] for item in MANY[:30]})
    assert told(team, first) == before
    assert GOES_ON in before.sentences
    assert len(before.rounds) == 1
    assert not any(name in repr(before) for name in ("cleo", "dov"))


def test_a_round_that_is_the_first_and_open_counts_for_nothing():
    team, rent, _ = with_codes()
    team.opens_sample(MANY, "ana", "ben")
    coded(team, "ana", {item: [rent] for item in MANY})
    assert told(team) == Checked((f"{GOES_ON} No round was closed before.",), ())


@pytest.mark.parametrize(
    ("shown_to", "sentence"),
    [
        (Shown(offered=False, share=0.1), None),
        (Shown(offered=True, withhold=True, share=0.1), "only once they have coded it themselves"),
        (Shown(offered=True, share=0.0), "coders see what the machine suggests while they decide."),
        (Shown(offered=True, share=0.1), "for 10% of the segments, drawn by lot, only once"),
    ],
)
def test_it_is_told_whether_coders_see_suggestions(shown_to: Shown, sentence: str | None):
    team, _, _ = with_codes()
    more = told(team, shown_to=shown_to).sentences[1:]
    assert len(more) == (sentence is not None)
    assert sentence is None or sentence in more[0]


def test_how_much_seeing_a_suggestion_changes_is_one_sentence_and_rests_in_an_open_round():
    """The estimate is that of the Agreement page."""
    team, rent, _ = with_codes()
    proposed = [ProposedCoding(segment, rent, 0.8) for segment in MANY]
    shown_to = Shown(offered=True, share=0.5, proposed=proposed)
    assert (
        told(team, shown_to=shown_to)
        .sentences[-1]
        .startswith(f"How much that changes what coders do is not assessable: it takes {FEWEST} segments")
    )
    coded(team, "ana", {item: [] if is_control("study", item, 0.5) else [rent] for item in MANY})
    estimate = influence("study", proposed, team.log, team.book(), 0.5)
    assert estimate.difference == 1.0
    assert told(team, shown_to=shown_to).sentences[-1] == estimate.sentence
    team.opens_sample(MANY, "ana", "ben")
    assert "percentage points" not in " ".join(told(team, shown_to=shown_to).sentences)
