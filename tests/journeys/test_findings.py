"""The bundled study, coded as its reference says: the report shows the findings a reader knows, and a fifth group
that arrives late touches nothing that was decided."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.decision import canonical
from pipeline.domain.folding import fold
from pipeline.domain.segment import normalised
from pipeline.report.findings import findings
from pipeline.work import deciding, suggesting
from pipeline.work.mapping import map_codes
from pipeline.work.prepare import prepare
from pipeline.work.reporting import gathered, report
from pipeline.work.running import run
from pipeline.work.talk import talk
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS
from tests.conftest import ROOT
from tests.reference_coder import code_as_reference, foreign, listening

REFERENCE = ROOT / "configs" / "sample" / "reference.json"


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """A copy of the bundled study, coded as its reference says and approved up to checkpoint 2."""
    folder = tmp_path_factory.mktemp("coded") / "sample"
    shutil.copytree(ROOT / "configs" / "sample", folder / "configs" / "sample")
    shutil.copytree(ROOT / "data" / "sample", folder / "data" / "sample")
    study = folder / "configs" / "sample"
    with open_workplace(study) as work:
        prepare(work)
        deciding.approve(work, TRANSCRIPTS, "analyst")
        suggesting.suggest(work)
        made = code_as_reference(work, study / "reference.json")
        deciding.approve(work, CODES, "reference")
        map_codes(work)
    return study, made


def test_the_report_shows_every_known_finding_under_its_question_with_strengths_and_gaps_apart(coded):
    study, made = coded
    content = json.loads(REFERENCE.read_text(encoding="utf-8"))
    known = [code for code in content["codes"] if code["finding"] and code["id"] in made]
    assert len({code["finding"] for code in known}) >= 20
    with open_workplace(study) as work:
        answers = {answer.question: answer for answer in findings(gathered(work)).answers}
    shown = {
        (question, str(item.stance), item.code): item.support.segments
        for question, answer in answers.items()
        for stance in ("strength", "gap", "neither")
        for item in answer.of(stance)
    }
    for code in known:
        place = (code["question"], code["stance"], made[code["id"]])
        elsewhere = [count for (_, _, which), count in shown.items() if which == made[code["id"]]]
        assert shown.get(place, 0) == max(elsewhere), code["id"]


def test_the_page_is_one_offline_file_whose_quotes_open_at_their_place(coded):
    study, _ = coded
    with open_workplace(study) as work:
        deciding.approve(work, MAP, "reference")
        made = report(work)
    page = made.page.read_text(encoding="utf-8")
    links = set(re.findall(r'href="#(seg-[^"]+)"', page))
    anchors = set(re.findall(r'id="(seg-[^"]+)"', page))
    assert len(links) > 100
    assert links <= anchors
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"', page), "a link out of the file"
    assert "not assessable with 4 groups" in page
    assert made.workbook.stat().st_size > 10_000


def test_a_fifth_group_touches_no_decision_and_embeds_only_its_own_talk(coded, tmp_path: Path):
    """Approved codes are applied to it with a confidence; only what they leave uncovered becomes new candidates."""
    folder = tmp_path / "sample"
    shutil.copytree(coded[0].parents[1], folder)
    study = folder / "configs" / "sample"
    with open_workplace(study) as work:
        before = [canonical(item.seq, item.draft) + item.hash for item in work.store.decisions.log(work.study.id)]
        segments = {segment.id for segment in work.store.segments.of_study(work.study.id)}
        candidates = {item.id for item in suggesting.current(work)[0].suggestions}
    (study / "study.toml").write_text(
        (study / "study.toml").read_text(encoding="utf-8")
        + "\n"
        + (study / "held_back.toml").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    with open_workplace(study) as opened:
        work, heard = listening(opened)
        first = run(work, "analyst")
        new = {segment.id for segment in work.store.segments.of_study(work.study.id)} - segments
        assert first.waits_at == TRANSCRIPTS
        assert first.stages["prepare"].groups == ("delta",)
        assert heard
        assert foreign(work, heard, "delta") == []
        deciding.approve(work, TRANSCRIPTS, "analyst")
        second = run(work, "analyst")
        others = {normalised(said.excerpt) for said in talk(work).codable if said.group != "delta"}
        assert others.isdisjoint(heard)
        summary = second.stages["suggest"].summary
        found, proposed = suggesting.current(work)
        log = work.store.decisions.log(work.study.id)
        book = fold(log)
        assert [canonical(item.seq, item.draft) + item.hash for item in log][: len(before)] == before
        assert summary["mode"] == "added"
        assert summary["decisions_touched"] == 0
        assert second.stages["suggest"].embedded == 0
        assert candidates <= {item.id for item in found.suggestions}
        assert proposed
        assert {item.segment for item in proposed} <= new
        assert {item.code for item in proposed} <= {code.id for code in book.active_codes}
        assert all(0 < item.confidence <= 1 for item in proposed)
        added = [item for item in found.suggestions if item.id not in candidates]
        assert {segment for item in added for segment in item.segments} <= new
        assert second.waits_at == CODES
