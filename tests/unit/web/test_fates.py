"""What became of a candidate is told as it was: accepted, merged, split, rejected."""

import re

import pytest

from pipeline.cli.main import main
from pipeline.domain.decision import Draft, Kind, chained
from pipeline.domain.folding import fold
from pipeline.review.fates import fates

from .conftest import Place

BASE = "/studies/made/candidates"


def became(*acts: tuple[Kind, str, dict], candidate: str = "s-1") -> tuple[str, list[str]]:
    """The word and the codes after these decisions."""
    log = [
        chained(Draft(f"k{n}", "x", "ana", "now", kind, subject, payload, "a reason"), n, "")
        for n, (kind, subject, payload) in enumerate(acts, start=1)
    ]
    fate = fates(fold(log), [candidate])[candidate]
    return fate.word, [code.id for code in fate.codes]


def accept(candidate: str, code: str, *segments: str) -> tuple[Kind, str, dict]:
    return Kind.ACCEPT, candidate, {"code": code, "name": code, "segments": list(segments)}


def split(code: str, into: str, *segments: str) -> tuple[Kind, str, dict]:
    return Kind.SPLIT, code, {"parts": [{"code": into, "name": into, "segments": list(segments)}]}


def gather(into: str, candidate: str, *segments: str) -> tuple[Kind, str, dict]:
    return Kind.MERGE, into, {"suggestions": [{"id": candidate, "segments": list(segments)}]}


def merge(into: str, *codes: str) -> tuple[Kind, str, dict]:
    return Kind.MERGE, into, {"codes": list(codes)}


def test_nobody_decided():
    assert became() == ("", [])


def test_rejected():
    assert became((Kind.REJECT, "s-1", {})) == ("rejected", [])


def test_accepted_as_a_code_of_its_own():
    assert became(accept("s-1", "a", "x")) == ("accepted", ["a"])


def test_gathered_under_a_code_that_was_there():
    assert became(accept("s-2", "b", "y"), gather("b", "s-1", "x")) == ("merged into", ["b"])


def test_its_code_was_merged_later():
    acts = accept("s-1", "a", "x"), accept("s-2", "b", "y"), merge("b", "a")
    assert became(*acts) == ("merged into", ["b"])


def test_split_in_two():
    assert became(accept("s-1", "a", "x", "y"), split("a", "b", "y")) == ("split into", ["a", "b"])


def test_split_in_two_of_which_one_was_merged_on():
    acts = accept("s-1", "a", "x", "y"), split("a", "b", "y"), accept("s-2", "c", "z"), merge("c", "b")
    assert became(*acts) == ("split into", ["a", "c"])


def test_what_was_split_and_gathered_again_is_one_code():
    assert became(accept("s-1", "a", "x", "y"), split("a", "b", "y"), merge("a", "b")) == ("accepted", ["a"])


def test_a_split_of_the_code_that_gathered_it_says_nothing_of_the_candidate():
    acts = accept("s-2", "b", "y", "z"), gather("b", "s-1", "x"), split("b", "c", "z")
    assert became(*acts) == ("merged into", ["b"])


def test_list_and_page_name_and_link_what_it_became(place: Place):
    ana = place.browser("ana")
    with place.study.looking() as view:
        one, two, three, four, *_ = (item.id for item in view.material.found.suggestions)
        second = view.material.suggestions[three].segments[0]
    ana.post(f"{BASE}/{one}/accept", {"name": "Rent", "at": 1, "seen": 0})
    ana.post(f"{BASE}/{two}/merge", {"into": "Rent", "at": 2, "seen": 0})
    parts = {"name_a": "Court", "name_b": "Bus", f"part:{second}": "b"}
    ana.post(f"{BASE}/{three}/split", {**parts, "at": 3, "seen": 0})
    ana.post(f"{BASE}/{four}/reject", {"reason": "small talk", "at": 5, "seen": 0})
    page = ana.get(f"{BASE}/{two}").text
    states = [re.sub("<[^>]+>", "", item) for item in re.findall('class="state">(.*?)</span>', page)]
    assert states == ["accepted", "merged into Rent", "split into Court and Bus", "rejected"]
    codes = {code.name: code.id for code in _codes(place)}
    assert f'merged into <a href="/studies/made/codebook/{codes["Rent"]}"><bdi>Rent</bdi></a>.' in page
    apart = ana.get(f"{BASE}/{three}").text
    assert f'<a href="/studies/made/codebook/{codes["Court"]}"><bdi>Court</bdi></a> and <a ' in apart
    assert "was accepted as <a" in ana.get(f"{BASE}/{one}").text
    assert "Rejected: <bdi>small talk</bdi>" in ana.get(f"{BASE}/{four}").text


def _codes(place: Place):
    with place.study.looking() as view:
        return view.book.active_codes


def test_the_command_line_names_every_code_that_a_candidate_became(place: Place, capsys: pytest.CaptureFixture):
    ana = place.browser("ana")
    with place.study.looking() as view:
        one, two, *_ = (item.id for item in view.material.found.suggestions)
        second = view.material.suggestions[one].segments[0]
    ana.post(f"{BASE}/{one}/split", {"name_a": "Court", "name_b": "Bus", f"part:{second}": "b", "at": 1, "seen": 0})
    codes = {code.name: code.id for code in _codes(place)}
    ana.post(f"{BASE}/{two}/merge", {"into": "Bus", "at": 3, "seen": 0})
    assert main(["show", str(place.study.work.folder), "candidates"]) == 0
    shown = capsys.readouterr().out
    assert f"(split into {codes['Court']}  Court, {codes['Bus']}  Bus)" in shown
    assert f"(merged into {codes['Bus']}  Bus)" in shown
