"""The findings on the site, and the files that are saved from it."""

import csv
import io
import re

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web import findings
from pipeline.web.findings import findings_of
from pipeline.web.places import as_part
from pipeline.work.deciding import approve
from pipeline.work.reporting import gathered

from .conftest import Place

BASE = "/studies/made/report"
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-000000000001"


@pytest.fixture
def coded(place: Place) -> Place:
    with place.study.looking() as view:
        able = view.material.codable
    payload = {"name": "=No way to court", "definition": "Far away.", "segments": list(able[:6])}
    place.study.decide(Draft("make", "made", "mara", AT, Kind.CREATE, CODE, payload))
    place.study.work.store.stages.freeze("made", "map", "made", {"themes": []}, AT)
    return place


def open_round(place: Place) -> str:
    with place.study.looking() as view:
        draft = rounds.open_candidates(Signature("made", "jo", AT, "open"), view.book, ["ana", "ben"])
    return place.study.decide(draft).subject


def test_the_page_says_what_a_report_written_now_would_say(coded: Place):
    found = findings_of(coded.study)
    whole = findings.findings(gathered(coded.study.work))
    assert found.current
    assert found.findings.answers == whole.answers
    assert found.findings.themes == whole.themes
    assert found.findings.figures == whole.figures
    assert found.findings.methods == whole.methods


def test_findings_are_worked_out_once_for_each_state_of_the_teams_book(coded: Place, monkeypatch):
    times = []
    work_out = findings.findings
    monkeypatch.setattr(findings, "findings", lambda source: times.append(1) or work_out(source))
    for person in ("ana", "ben", "rea"):
        coded.browser(person).get(BASE)
    assert len(times) == 1
    coded.study.decide(Draft("s", "made", "mara", AT, Kind.STANCE, CODE, {"stance": "gap"}))
    assert "Gaps" in coded.browser("rea").get(BASE).text
    assert len(times) == 2


def test_it_is_a_preview_until_the_map_is_approved(coded: Place):
    assert "a preview" in coded.browser("rea").get(BASE).text
    for checkpoint in ("codes", "map"):
        approve(coded.study.work, checkpoint, "ana")
    assert "a preview" not in coded.browser("rea").get(BASE).text


def test_every_quote_leads_to_its_place_in_the_talk(coded: Place):
    page = coded.browser("rea").get(BASE).text
    quotes = re.findall(r'<figcaption><a href="(/studies/made/transcripts/[^"]+)"', page)
    assert len(quotes) == sum(len(item.quotes) for item in findings_of(coded.study).findings.answers[0].findings)
    with coded.study.looking() as view:
        anchors = {f"#s{item.segment.start}-{item.segment.end}" for item in view.material.said.values()}
    assert {"#" + path.partition("#")[2] for path in quotes} <= anchors


def test_where_there_are_many_findings_each_question_has_its_page(coded: Place, monkeypatch):
    monkeypatch.setattr("pipeline.web.pages.report.WHOLE", 0)
    page = coded.browser("rea").get(BASE).text
    assert "Far away." not in page
    assert f"{BASE}?part=Q1" in page
    assert "Far away." in coded.browser("rea").get(f"{BASE}?part=Q1").text
    assert "How this was made</h2>" in coded.browser("rea").get(f"{BASE}?part=methods").text


def test_what_coders_decide_blind_is_not_in_it_and_the_files_rest(coded: Place):
    coded.study.work.outbox.mkdir(parents=True, exist_ok=True)
    (coded.study.work.outbox / "report.html").write_bytes(b"<p>all decisions</p>")
    round_id = open_round(coded)
    before = coded.browser("ana").get(BASE).content
    findings._KEPT.clear()
    with coded.study.looking() as view:
        segment = view.material.codable[9]
    own = Draft("own", "made", "ben", AT, Kind.APPLY, segment, {"code": CODE}, book=f"{round_id}/ben")
    coded.study.decide(own)
    assert coded.browser("ana").get(BASE).content == before
    assert b"rest while you work blind" in before
    assert coded.browser("ana").get(f"{BASE}/files/report.html").status_code == 409
    assert coded.browser("rea").get(f"{BASE}/files/report.html").status_code == 200


def test_written_files_are_saved_and_never_shown(coded: Place):
    rea = coded.browser("rea")
    assert "once the map (checkpoint 3) is approved" in rea.get(BASE).text
    assert rea.get(f"{BASE}/files/report.html").status_code == 409
    coded.study.work.outbox.mkdir(parents=True, exist_ok=True)
    (coded.study.work.outbox / "report.html").write_bytes(b"<script>alert(1)</script>")
    answer = rea.get(f"{BASE}/files/report.html")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert rea.get(f"{BASE}/files/study.db").status_code == 404


def test_the_codebook_is_saved_as_a_table_in_which_nothing_acts(coded: Place):
    answer = coded.browser("rea").get(f"{BASE}/files/codebook.csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Code"] == "'=No way to court"
    assert (row["Segments"], row["Stance"], row["Code id"]) == ("6", "neither", CODE)


def test_older_findings_are_shown_while_newer_ones_are_worked_out(coded: Place, monkeypatch):
    findings_of(coded.study)
    coded.study.decide(Draft("s", "made", "mara", AT, Kind.STANCE, CODE, {"stance": "gap"}))
    monkeypatch.setattr(findings, "PATIENCE", -1.0)
    stand = findings_of(coded.study)
    assert not stand.current
    assert not stand.findings.answers[0].of("gap")
    monkeypatch.setattr(findings, "PATIENCE", 30.0)
    assert findings_of(coded.study).findings.answers[0].of("gap")


def test_the_examples_of_a_code_are_in_its_table_but_for_whoever_works_blind(coded: Place):
    """They are talk that carries a code."""
    with coded.study.looking() as view:
        example = view.material.said[view.book.segments_of(CODE)[0]]
    defined = {"examples": [example.segment.id]}
    coded.study.decide(Draft("d", "made", "mara", AT, Kind.DEFINE, CODE, defined))

    def examples(person: str) -> str:
        table = coded.browser(person).get(f"{BASE}/files/codebook.csv").content.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(table))
        return row["Examples"]

    assert examples("rea") == f"“{example.excerpt}” ({example.speaker}, {example.group})"
    open_round(coded)
    assert examples("ana") == ""


def test_wherever_a_memo_is_written_it_is_said_that_the_report_prints_it(coded: Place):
    with coded.study.looking("ana") as view:
        candidate, segment = view.material.found.suggestions[1].id, view.material.codable[0]
    for page in (f"candidates/{candidate}", f"codebook/{CODE}", f"segments/{as_part(segment)}"):
        text = coded.browser("ana").get(f"/studies/made/{page}").text
        assert text.count("Memos are part of the report, each with its author’s name.") == 1, page
