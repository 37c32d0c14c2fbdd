"""Checkpoint 3 in the browser: numbers that their quotes stand behind, and themes that people make."""

import re

import pytest

from pipeline.domain.codebook import Code, Stance
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web import mapped
from pipeline.web.heat import heat
from pipeline.web.mapped import carried_in, map_of, within_group
from pipeline.work.mapping import current_map

from .conftest import Place
from .markup import Markup

BASE = "/studies/made/map"
AT = "2026-03-01T10:00:00+00:00"
ONE, TWO, THREE = "c-000000000001", "c-000000000002", "c-000000000003"


def code(place: Place, name: str, segments: list[str], title: str) -> None:
    payload = {"name": title, "segments": segments}
    place.study.decide(Draft(f"make {name}", "made", "mara", AT, Kind.CREATE, name, payload))


@pytest.fixture
def coded(place: Place) -> Place:
    """Three codes: one said in every group, one in two segments, one nowhere; and the map's first version."""
    with place.study.looking() as view:
        able = view.material.codable
    code(place, ONE, list(able[::4]), "No way to court")
    code(place, TWO, list(able[1:3]), "Nobody answers at night")
    code(place, THREE, [], "Said by nobody")
    freeze(place, [[ONE, TWO]])
    return place


def freeze(place: Place, proposals: list[list[str]]) -> None:
    themes = [
        {"id": f"t-{n:012x}", "name": "court · night", "codes": codes, "questions": ["Q1"], "cohesion": 0.5}
        for n, codes in enumerate(proposals)
    ]
    place.study.work.store.stages.freeze("made", "map", f"{proposals}", {"themes": themes}, AT)


def codes_are_signed_off(place: Place) -> None:
    place.study.decide(Draft("approve:codes", "made", "jo", AT, Kind.APPROVE, "codes", {"version": 1}))


def counted(place: Place, person: str = "ana"):
    with place.study.looking(person) as view:
        carried = carried_in(place.study, view)
    return carried, map_of(place.study, carried)


def themes(place: Place):
    with place.study.looking("ana") as view:
        return {item.name: (item.codes, item.note) for item in view.book.themes.values()}


def test_the_map_of_the_site_is_the_map_of_the_stage(coded: Place):
    """Counted code by code and put together, it equals what one count of everything gives."""
    _, found = counted(coded)
    whole, _ = current_map(coded.study.work)
    assert found.by_question == whole.by_question
    assert found.by_group == whole.by_group
    assert found.by_role == whole.by_role
    assert found.totals == whole.totals
    assert found.answers == whole.answers


def test_only_what_changed_is_counted_anew(coded: Place, monkeypatch: pytest.MonkeyPatch):
    counted(coded)
    rows: list[str] = []
    count = mapped._row
    monkeypatch.setattr(
        mapped, "_row", lambda carried, code, said: rows.append(code.id) or count(carried, code, said)
    )
    counted(coded)
    assert rows == []
    with coded.study.looking() as view:
        segment = view.material.codable[5]
    coded.study.decide(Draft("more", "made", "ben", AT, Kind.APPLY, segment, {"code": TWO}))
    _, found = counted(coded)
    assert rows == [TWO]
    assert segment in found.totals[TWO].segments


def test_a_coder_who_works_blind_has_a_map_of_their_own(coded: Place):
    with coded.study.looking() as view:
        segment = view.material.codable[5]
        sign = Signature("made", "jo", AT, "open")
        draft = rounds.open_candidates(sign, view.book, ["ana", "ben"])
    round_id = coded.study.decide(draft).subject
    before = coded.browser("ana").get(BASE).content
    own = f"{round_id}/ben"
    coded.study.decide(Draft("mine", "made", "ben", AT, Kind.APPLY, segment, {"code": TWO}, book=own))
    assert coded.browser("ana").get(BASE).content == before
    assert segment in counted(coded, "ben")[1].totals[TWO].segments
    assert segment not in counted(coded, "ana")[1].totals[TWO].segments
    assert segment not in counted(coded, "rea")[1].totals[TWO].segments


def test_one_group_alone_is_counted_as_if_there_were_no_other(coded: Place):
    carried, whole = counted(coded)
    group = carried.material.recordings[1].group
    alone = within_group(carried, whole, group)
    assert {cell.groups for cell in alone.by_question.cells.values()} == {(group,)}
    for (name, question), cell in whole.by_question.cells.items():
        there = tuple(item for item in cell.segments if carried.material.said[item].group == group)
        assert alone.by_question.cell(name, question).segments == there


def test_shade_says_the_share_of_groups_and_nothing_is_white(coded: Place):
    carried, found = counted(coded)
    rows = {row.code: row for row in heat(carried.codes, found, groups=3)}
    assert [cell.shade for cell in rows[ONE].cells] == [5, 5, 5]
    assert max(cell.shade for cell in rows[TWO].cells) == 2
    assert {cell.shade for cell in rows[THREE].cells} == {0}
    assert rows[ONE].stance == Stance.NEITHER
    assert isinstance(carried.codes[0], Code)


def test_a_number_opens_the_quotes_behind_it(coded: Place):
    """The grid links to the cell; there every quote leads to its place in the talk."""
    page = coded.browser("rea").get(BASE).text
    link = re.search(rf'href="({BASE}/{TWO}/Q1)"[^>]*>(\d+)', page)
    assert link
    cell = coded.browser("rea").get(link[1]).text
    carried, found = counted(coded)
    said = [carried.material.said[item] for item in found.by_question.cell(TWO, "Q1").segments]
    assert int(link[2]) == len({item.speaker for item in said})
    for item in said:
        assert item.excerpt in cell
        assert f"#s{item.segment.start}-{item.segment.end}" in cell
    assert "Move to another code" not in cell


def test_a_segment_moves_to_another_code_from_its_quote(coded: Place):
    carried, found = counted(coded)
    segment = found.by_question.cell(TWO, "Q1").segments[0]
    form = {"segment": segment, "into": "no way", "at": carried.version, "seen": 0}
    assert coded.browser("ana").post(f"{BASE}/{TWO}/Q1/move", form).status_code == 303
    _, after = counted(coded)
    assert segment in after.totals[ONE].segments
    assert segment not in after.totals[TWO].segments
    again = coded.browser("ben").post(f"{BASE}/{TWO}/Q1/move", form | {"at": 99})
    assert again.status_code == 422
    assert "does not carry code" in again.text
    assert coded.browser("rea").post(f"{BASE}/{TWO}/Q1/move", form).status_code == 403


@pytest.mark.parametrize("where", ["c-none/Q1", f"{ONE}/Q9"])
def test_what_the_map_does_not_have_is_not_found(coded: Place, where: str):
    assert coded.browser("ana").get(f"{BASE}/{where}").status_code == 404


def test_answers_stand_by_question_with_strengths_and_gaps_apart(coded: Place):
    before = coded.browser("rea").get(f"{BASE}/answers").text
    assert "Neither strength nor gap" not in before, "nobody has said anything of the kind yet"
    coded.study.decide(Draft("s", "made", "mara", AT, Kind.STANCE, ONE, {"stance": "gap"}))
    page = coded.browser("rea").get(f"{BASE}/answers").text
    assert page.count('class="of-stance gap"') == 3
    assert "Neither strength nor gap" in page
    assert "What works between services?" in page
    assert "It is no theme" in page


def test_a_proposed_theme_becomes_one_when_somebody_makes_it(coded: Place):
    """Made twice by a double click it is one theme, and it is proposed no more."""
    ana = coded.browser("ana")
    page = ana.get(f"{BASE}/themes").text
    assert page.count("Make it a theme") == 1
    assert re.findall(r"<bdi>(Q\d)</bdi>", page) == ["Q1", "Q2", "Q3"]
    with coded.study.looking("ana") as view:
        at = view.book.version
    form = {"name": "Out of reach", "note": "Courts and nights.", "code": [ONE, TWO], "at": at}
    assert [ana.post(f"{BASE}/themes", form).status_code for _ in range(2)] == [303, 303]
    assert themes(coded) == {"Out of reach": ((ONE, TWO), "Courts and nights.")}
    assert "Make it a theme" not in ana.get(f"{BASE}/themes").text


def test_a_theme_is_renamed_given_other_codes_and_dissolved(coded: Place):
    ana = coded.browser("ana")
    ana.post(f"{BASE}/themes", {"name": "Out of reach", "code": [ONE, TWO], "at": 1})
    with coded.study.looking("ana") as view:
        (theme,) = view.book.themes
    assert re.search(rf'value="{ONE}" checked', ana.get(f"{BASE}/themes/{theme}").text)
    change = {"name": "Far away", "code": [TWO, THREE], "at": 2, "seen": 1}
    assert ana.post(f"{BASE}/themes/{theme}", change).status_code == 303
    assert themes(coded) == {"Far away": ((TWO, THREE), "")}
    assert ana.post(f"{BASE}/themes/{theme}/dissolve", {"at": 2, "seen": 1}).status_code == 409
    assert ana.post(f"{BASE}/themes/{theme}", {"name": "None", "at": 3, "seen": 2}).status_code == 422
    assert ana.post(f"{BASE}/themes/{theme}/dissolve", {"at": 3, "seen": 2}).status_code == 303
    assert themes(coded) == {}
    assert ana.get(f"{BASE}/themes/{theme}").status_code == 404


def test_themes_that_were_changed_since_the_page_was_shown_are_not_approved_unseen(coded: Place):
    codes_are_signed_off(coded)
    ana, ben = coded.browser("ana"), coded.browser("ben")
    form = next(form for form in Markup(ana.get(BASE).text, BASE).forms if form.action == f"{BASE}/approve")
    assert ben.post(f"{BASE}/themes", {"name": "Alone at night", "code": [ONE], "at": 4}).status_code == 303
    assert ana.post(form.action, form.sent).status_code == 409
    again = next(form for form in Markup(ana.get(BASE).text, BASE).forms if form.action == f"{BASE}/approve")
    assert ana.post(again.action, again.sent).status_code == 303


def test_the_version_that_was_looked_at_is_approved_and_the_report_follows(coded: Place):
    ana = coded.browser("ana")
    said = Markup(ana.get(BASE).text).shown
    assert "Checkpoint 2, the codebook, waits too, and the map is made anew after it: approve that one first" in said
    assert "Approve version" not in said
    assert ana.post(f"{BASE}/approve", {"version": 1}).status_code == 409
    codes_are_signed_off(coded)
    assert "Approve version 1" in ana.get(BASE).text
    freeze(coded, [])
    assert ana.post(f"{BASE}/approve", {"version": 1}).status_code == 409
    assert ana.post(f"{BASE}/approve", {}).status_code == 422
    assert ana.post(f"{BASE}/approve", {"version": 2}).status_code == 303
    with coded.study.looking() as view:
        assert view.book.approvals["map"].version == 2
    assert [item.deployment for item in coded.study.work.store.outbox.pending("made")] == ["report"]
    assert "Approved by <bdi>ana</bdi>" in ana.get(BASE).text


def test_while_coders_work_blind_themes_and_the_checkpoint_rest(coded: Place):
    with coded.study.looking() as view:
        draft = rounds.open_candidates(Signature("made", "jo", AT, "open"), view.book, ["ana", "ben"])
    coded.study.decide(draft)
    for person in ("ana", "jo"):
        browser = coded.browser(person)
        page = browser.get(f"{BASE}/themes").text
        assert "Make it a theme" not in page
        assert "Approve version" not in page
        assert browser.post(f"{BASE}/themes", {"name": "T", "code": [ONE], "at": 1}).status_code == 422
        assert browser.post(f"{BASE}/approve", {"version": 1}).status_code == 422
