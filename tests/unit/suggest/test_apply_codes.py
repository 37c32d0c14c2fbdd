"""Approved codes on a new group: proposed where they fit, silent where they do not."""

from pipeline.suggest.apply_codes import apply_codes
from pipeline.suggest.candidates import SuggestSettings
from tests.unit.suggest.conversation import COURT, SHELTER, TRAINING, discussion, material

SETTINGS = SuggestSettings()


def codings():
    talk = discussion()
    return {
        segment: ("beds",) if "shelter" in text else ("courts",)
        for segment, text in zip(talk.ids, talk.excerpts, strict=True)
        if "training" not in text
    }


def test_a_new_group_gets_the_codes_its_talk_fits():
    new = material(
        [
            "all the shelter beds in town are taken before night",
            "the witness in the court case was afraid of the judge",
            "my garden grows tomatoes and pumpkins",
        ],
        transcript="new",
    )
    found = apply_codes(discussion(), codings(), new, settings=SETTINGS)
    assert [(item.segment, item.code) for item in found.proposed] == [(new.ids[0], "beds"), (new.ids[1], "courts")]
    assert found.uncovered == (new.ids[2],)
    assert all(SETTINGS.confidence <= item.confidence <= 1 for item in found.proposed)


def test_what_people_left_uncoded_stays_uncovered():
    new = material(["officers need police training on how to interview a victim"], transcript="new")
    assert apply_codes(discussion(), codings(), new, settings=SETTINGS).uncovered == new.ids


def test_without_codes_everything_is_uncovered():
    new = material(COURT, transcript="new")
    found = apply_codes(discussion(), {}, new, settings=SETTINGS)
    assert (found.proposed, found.uncovered) == ((), new.ids)


def test_nothing_new_gives_nothing():
    found = apply_codes(discussion(), codings(), discussion().only(()), settings=SETTINGS)
    assert (found.proposed, found.uncovered) == ((), ())


def test_every_new_segment_is_proposed_for_or_uncovered():
    new = material([*SHELTER, *TRAINING, *COURT], transcript="new")
    found = apply_codes(discussion(), codings(), new, settings=SETTINGS)
    assert {item.segment for item in found.proposed} | set(found.uncovered) == set(new.ids)
    assert not {item.segment for item in found.proposed} & set(found.uncovered)
