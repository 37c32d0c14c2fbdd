"""Real transcripts with what human coders did: read whole, measured, run again, and one interview arriving late."""

import json
import time
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.decision import canonical
from pipeline.work import deciding, suggesting
from pipeline.work.evaluating import evaluate
from pipeline.work.running import run
from pipeline.work.workplace import CODES, TRANSCRIPTS
from tests.conftest import ROOT
from tests.reference_coder import code_as_reference, foreign, listening

pytestmark = [pytest.mark.shared, pytest.mark.slow]
CODED = ("world_after_covid", "serdif_usability")
LATE = "Ardelt"


@pytest.mark.parametrize("name", CODED)
def test_a_real_study_runs_to_checkpoint_two_and_again_in_no_time(shared_dir: Path, tmp_path: Path, name: str):
    """Every file's account adds up; an unchanged study takes at most 5 % of the first run, embeds nothing, and
    changes no id."""
    folder = shared_dir / "corpora" / name
    with open_workplace(folder, home=tmp_path) as work:
        start = time.perf_counter()
        first = run(work, "analyst", accept_as_read=True)
        took = time.perf_counter() - start
        ids = _ids(work)
    assert first.waits_at == CODES
    assert first.stages["prepare"].summary["refused"] == {}
    for group in first.stages["prepare"].summary["groups"].values():
        assert group["characters_in"] == group["kept"] + sum(group["dropped"].values())
    with open_workplace(folder, home=tmp_path) as work:
        start = time.perf_counter()
        again = run(work, "analyst", accept_as_read=True)
        assert time.perf_counter() - start <= 0.05 * took
        assert _ids(work) == ids
    assert (again.stages["prepare"].embedded, again.stages["suggest"].embedded) == (0, 0)
    assert not again.stages["prepare"].changed
    assert not again.stages["suggest"].changed


def _ids(work):
    found, _ = suggesting.current(work)
    segments = [segment.id for segment in work.store.segments.of_study(work.study.id)]
    return segments, [item.id for item in found.suggestions], sorted(found.unclear)


@pytest.mark.parametrize(("name", "accuracy"), [("world_after_covid", 0.97), ("serdif_usability", 0.90)])
def test_spans_and_suggestions_reach_what_is_promised(shared_dir: Path, tmp_path: Path, name: str, accuracy: float):
    with open_workplace(shared_dir / "corpora" / name, home=tmp_path) as work:
        figures = evaluate(work)
    assert figures["question_spans"]["turn_accuracy"] >= accuracy
    for suggestions in (figures["suggestions"], figures["suggestions_by_itself"]):
        assert suggestions["coverage_f30"] >= 0.50
        assert suggestions["n"] <= 1.2 * suggestions["codes"]
    assert figures["suggestions"]["n"] <= figures["suggestions"]["codes"]
    late = figures["new_group"]
    assert late["recall_at_1"] >= late["plain_logistic"]["recall_at_1"] + 0.06
    assert late["recall_at_5"] >= late["plain_logistic"]["recall_at_5"] + 0.04
    assert late["ece"] <= 0.05


def test_spans_of_the_bundled_study_reach_what_is_promised(tmp_path: Path):
    with open_workplace(ROOT / "configs" / "sample", home=tmp_path) as work:
        figures = evaluate(work)
    assert figures["question_spans"]["turn_accuracy"] >= 0.97


def test_spans_of_meetings_beat_carrying_the_nearest_question_forward(shared_dir: Path, tmp_path: Path):
    """Twelve meetings where nobody reads the topics aloud; the mean over meetings, side by side."""
    ours, plain = [], []
    for folder in sorted((shared_dir / "corpora").glob("qmsum_train_*")):
        with open_workplace(folder, home=tmp_path / folder.name) as work:
            spans = evaluate(work)["question_spans"]
        ours.append(spans["turn_accuracy"])
        plain.append(spans["forward_fill"]["turn_accuracy"])
    assert len(ours) == 12
    assert sum(ours) > sum(plain)


def test_one_interview_that_arrives_late_touches_no_decision(shared_dir: Path, tmp_path: Path):
    """56 interviews coded as their team coded them, then the 57th: only its talk is embedded, the log stays byte for
    byte what it was, and what no code covers becomes new candidates or stays unclear."""
    source = shared_dir / "corpora" / "world_after_covid"
    study = tmp_path / "study"
    study.mkdir()
    (study / "transcripts").symlink_to(source / "transcripts")
    described = (source / "study.toml").read_text(encoding="utf-8")
    entry = f'[[group]]\nid = "{LATE}"\ntranscript = "transcripts/{LATE}.txt"\nmoderators = ["Interviewer"]\n'
    assert entry in described
    (study / "study.toml").write_text(described.replace(entry, ""), encoding="utf-8")
    content = json.loads((source / "reference.json").read_text(encoding="utf-8"))
    content["codings"] = [coding for coding in content["codings"] if coding["group"] != LATE]
    (study / "reference.json").write_text(json.dumps(content), encoding="utf-8")
    with open_workplace(study) as work:
        assert run(work, "analyst", accept_as_read=True).waits_at == CODES
        code_as_reference(work, study / "reference.json")
        deciding.approve(work, CODES, "coder")
        before = [canonical(item.seq, item.draft) + item.hash for item in work.store.decisions.log(work.study.id)]
        known = {segment.id for segment in work.store.segments.of_study(work.study.id)}
    (study / "study.toml").write_text(described, encoding="utf-8")
    with open_workplace(study) as opened:
        work, heard = listening(opened)
        first = run(work, "analyst")
        assert first.waits_at == TRANSCRIPTS
        assert first.stages["prepare"].groups == (LATE,)
        new = {segment.id for segment in work.store.segments.of_study(work.study.id)} - known
        assert heard
        assert foreign(work, heard, LATE) == []
        summary = run(work, "analyst", accept_as_read=True).stages["suggest"].summary
        _, proposed = suggesting.current(work)
        log = work.store.decisions.log(work.study.id)
    assert [canonical(item.seq, item.draft) + item.hash for item in log][: len(before)] == before
    assert (summary["mode"], summary["decisions_touched"]) == ("added", 0)
    assert {item.segment for item in proposed} <= new
