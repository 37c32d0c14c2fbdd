"""What fits nowhere is the same on the site, on the command line and in the report: no segment leaves every list."""

import pytest

from pipeline.cli.main import main
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.findings import team_source
from pipeline.web.segment_lists import unclear
from pipeline.work.deciding import codebook
from pipeline.work.reporting import gathered
from pipeline.work.suggesting import in_none

from .conftest import Place

BASE = "/studies/made"
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-aaaaaaaaaaaa"


def take(place: Place, kind: Kind, subject: str, payload=None, by: str = "ana", book: str = ""):
    count = len(place.study.work.store.decisions.log("made"))
    return place.study.decide(Draft(f"k-{count}", "made", by, AT, kind, subject, payload or {}, "thin", book=book))


def on_site(place: Place, person: str = "ana") -> tuple[str, ...]:
    with place.study.looking(person) as view:
        return unclear(place.study, view)


def test_segments_of_a_rejected_candidate_and_those_dropped_stay_in_a_list(
    place: Place, capsys: pytest.CaptureFixture
):
    with place.study.looking() as view:
        one, two, *_ = view.material.found.suggestions
        start = view.material.found.unclear
    assert set(on_site(place)) == set(start)
    take(place, Kind.REJECT, one.id)
    take(place, Kind.ACCEPT, two.id, {"code": CODE, "name": "courts", "segments": list(two.segments[1:])})
    wanted = {*start, *one.segments, two.segments[0]}
    assert set(on_site(place)) == wanted

    work, told = place.study.work, f"{len(wanted)} segments"
    assert [item.segment.id for item in in_none(work, codebook(work))] == list(on_site(place))
    assert gathered(work).unclear == team_source(place.study).unclear == on_site(place)
    ana = place.browser("ana")
    assert f"{told} in no candidate that waits, and with no code." in ana.get(f"{BASE}/segments").text
    assert f"{told} in no candidate that waits, and with no code:" in ana.get(f"{BASE}/segments/unclear").text
    assert main(["show", str(work.folder), "unclear"]) == 0
    assert capsys.readouterr().out.startswith(f"{told} with no code, and in no candidate that waits.")
    assert main(["status", str(work.folder)]) == 0
    assert f"{told} with no code, and in no candidate that waits: polyvocal show" in capsys.readouterr().out


def test_a_segment_of_which_somebody_said_that_no_code_fits_is_done_until_it_loses_a_code(place: Place):
    first, second, *_ = on_site(place)
    take(place, Kind.CREATE, CODE, {"name": "courts"})
    take(place, Kind.COMMIT, first, {"codes": []})
    take(place, Kind.COMMIT, second, {"codes": [CODE]})
    assert not {first, second} & set(on_site(place))
    take(place, Kind.REMOVE, second, {"code": CODE})
    assert {first, second} & set(on_site(place)) == {second}
    take(place, Kind.APPLY, first, {"code": CODE})
    take(place, Kind.REMOVE, first, {"code": CODE})
    assert {first, second} <= set(on_site(place))


def test_in_a_blind_round_nobody_learns_what_another_rejected(place: Place):
    with place.study.looking("mara") as view:
        sign = Signature("made", "mara", AT, "open")
        opened = rounds.open_candidates(sign, view.book, ["ana", "ben"])
        candidate = view.material.found.suggestions[0]
    round_ = place.study.decide(opened).subject
    before = on_site(place, "ben")
    take(place, Kind.REJECT, candidate.id, by="ana", book=f"{round_}/ana")
    assert set(on_site(place, "ana")) == {*before, *candidate.segments}
    assert on_site(place, "ben") == on_site(place, "mara") == gathered(place.study.work).unclear == before


def test_when_every_candidate_is_decided_the_page_says_how_much_talk_carries_no_code(place: Place):
    with place.study.looking() as view:
        offered = view.material.found.suggestions
    for item in offered:
        take(place, Kind.REJECT, item.id)
    page = place.browser("ana").get(f"{BASE}/candidates").text
    assert f"{len(on_site(place))} segments still carry no code." in page
    assert f'href="{BASE}/segments/unclear"' in page
