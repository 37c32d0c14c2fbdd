"""What was decided so far speaks for the codes of the rest, beside the coders; in a blind round nothing is said."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.correction import Corrections
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import SuggestionSet
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.suggest.lesson import ASKED, LIKELY
from pipeline.work.learning import FEWEST, by_lot, caught_up, lots_of, taught
from pipeline.work.live_study import LiveStudy, Material
from tests.made_study import Size, made_study

AT = "2026-03-01T10:00:00+00:00"
SIZE = Size(groups=4, turns=40, topics=3, dimension=384)
CODES = ("c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb", "c-cccccccccccc")


@pytest.fixture
def study(tmp_path: Path) -> Iterator[LiveStudy]:
    with made_study(tmp_path / "study", SIZE) as work:
        yield LiveStudy(work)


def topics(study: LiveStudy) -> dict[str, int]:
    """The topic that each segment's vector lies around: known, since the study is made up."""
    directions = np.random.default_rng(3).standard_normal((SIZE.topics, SIZE.dimension))
    with study.looking() as view:
        rows, places = study.vectors(view, view.material.codable)
        names = [view.material.codable[place] for place in places]
    return dict(zip(names, (rows @ directions.T).argmax(axis=1).tolist(), strict=True))


def take(study: LiveStudy, kind: Kind, subject: str, payload: dict, book: str = "") -> None:
    key = f"k-{len(study.work.store.decisions.log('made'))}"
    study.decide(Draft(key, "made", "ana", AT, kind, subject, payload, book=book))


def coded(study: LiveStudy, count: int, known: int = SIZE.topics, groups: int = SIZE.groups) -> dict[str, int]:
    """`count` segments of each of the first `groups`, from all over the talk, coded by their topic; of topics that
    are not among the first `known` none. Answers the topics of the rest."""
    truth = topics(study)
    for code in CODES[:known]:
        take(study, Kind.CREATE, code, {"name": code})
    with study.looking() as view:
        spread = [members[:: max(1, len(members) // count)] for members in view.material.codable_of.values()]
    chosen = {item for members in spread[:groups] for item in members[:count] if truth.get(item, known) < known}
    for segment in sorted(chosen):
        take(study, Kind.APPLY, segment, {"code": CODES[truth[segment]]})
    return {segment: topic for segment, topic in truth.items() if segment not in chosen}


def test_the_rest_is_offered_the_codes_of_what_is_like_it(study: LiveStudy):
    rest = coded(study, 15)
    learnt = caught_up(study)
    tops = {segment: fits[0][0] for segment, fits in learnt.fits.items()}
    right = sum(CODES[rest[segment]] == code for segment, code in tops.items())
    assert len(tops) > 0.5 * len(rest)
    assert right > 0.8 * len(tops)


def test_ideas_without_a_code_do_not_all_seem_covered_by_the_first_codes(study: LiveStudy):
    """With codes for one topic of three, less is suggested for talk of the other two than for talk of the first."""
    rest = coded(study, 30, known=1)
    likely = {item for item, ((_, chance), *_) in caught_up(study).fits.items() if chance >= LIKELY}
    share = {
        own: sum(item in likely for item, topic in rest.items() if (topic == 0) == own)
        / sum((topic == 0) == own for topic in rest.values())
        for own in (True, False)
    }
    assert share[False] < 0.25
    assert share[True] > 2 * share[False]


def test_one_group_that_is_coded_teaches_the_others(study: LiveStudy):
    rest = coded(study, 40, groups=1)
    tops = {segment: fits[0][0] for segment, fits in caught_up(study).fits.items()}
    assert len(tops) > 0.2 * len(rest)
    assert sum(CODES[rest[segment]] == code for segment, code in tops.items()) > 0.8 * len(tops)


def test_the_lot_of_a_segment_is_its_own():
    names = [f"t:{number}" for number in range(500)]
    few, more = (
        Material((), SuggestionSet((), ()), (), Corrections()),
        Material((), SuggestionSet((), ()), (), Corrections()),
    )
    few.said, more.said = dict.fromkeys(names), dict.fromkeys(["t:more", *names])
    drawn = by_lot(lots_of(few), names, 100)
    assert by_lot(lots_of(few), reversed(names), 100) == drawn
    assert len(set(by_lot(lots_of(more), [*names, "t:more"], 100)) & set(drawn)) >= 99


def test_a_code_gathers_the_surest_first(study: LiveStudy):
    rest = coded(study, 15)
    for code, found in caught_up(study).gathers.items():
        chances = [chance for _, chance in found]
        assert chances == sorted(chances, reverse=True)
        assert {segment for segment, _ in found} <= rest.keys()
        assert code in CODES


def test_what_teaches_most_is_uncoded_and_in_order_of_talk(study: LiveStudy):
    rest = coded(study, 15)
    asked = caught_up(study).asks
    with study.looking() as view:
        order = view.material.order_of_talk
    assert 0 < len(asked) <= ASKED
    assert set(asked) <= rest.keys()
    assert list(asked) == sorted(asked, key=order.__getitem__)


def test_a_refused_code_is_not_offered_again(study: LiveStudy):
    coded(study, 15)
    before = caught_up(study)
    segment, ((code, _), *_) = next(iter(before.fits.items()))
    take(study, Kind.REMOVE, segment, {"code": code})
    after = caught_up(study)
    assert code not in dict(after.fits.get(segment, ()))
    assert segment not in dict(after.gathers.get(code, ()))


def test_more_decisions_are_learnt_and_the_same_ones_teach_the_same(study: LiveStudy):
    coded(study, 15)
    one = caught_up(study)
    assert caught_up(LiveStudy(study.work)) == one
    with study.looking() as view:
        segment = next(item for item in view.material.codable if not view.book.codes_of(item))
    take(study, Kind.APPLY, segment, {"code": CODES[0]})
    assert caught_up(study).version > one.version


def test_too_few_codings_teach_nothing(study: LiveStudy):
    coded(study, FEWEST // SIZE.groups - 1)
    assert caught_up(study) is None


def test_nothing_is_said_while_a_blind_round_goes_on(study: LiveStudy):
    """Whoever is in it, or looks on, is shown the same whatever the others decide."""
    coded(study, 15)
    assert caught_up(study) is not None
    with study.looking() as view:
        sign = Signature("made", "ana", AT, "open")
        draft = rounds.open_sample(sign, view.book, ["ana", "ben"], view.material.codable[:4], share=0.1, seed=1)
    study.decide(draft)
    for person in ("", "ana", "ben"):
        with study.looking(person) as view:
            assert taught(study, view) is None


def fails(*_: object) -> None:
    raise ValueError("the words that somebody said")


def test_a_lesson_that_fails_leaves_the_last_one_and_says_no_talk(study: LiveStudy, monkeypatch: pytest.MonkeyPatch):
    coded(study, 15)
    before, said = caught_up(study), list[str]()

    class Log:
        def warning(self, sentence: str, *values: object) -> None:
            said.append(sentence % values)

    monkeypatch.setattr("pipeline.work.learning.teach", fails)
    monkeypatch.setattr("pipeline.work.learning._LOGGER", Log())
    segment = next(iter(before.fits))
    take(study, Kind.APPLY, segment, {"code": CODES[0]})
    assert caught_up(study) == before
    assert said == ["what was decided in study made could not be learnt: ValueError"]
