"""Map and report say calmly what changed since, and what to do; and nothing of what coders decide blind."""

import re

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import SuggestionSet
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web import findings, out_of_date
from pipeline.web.findings import findings_of
from pipeline.work.deciding import approve
from pipeline.work.reporting import gathered, report

from .conftest import Place

BASE = "/studies/made"
PAGES = (f"{BASE}/map", f"{BASE}/map/answers", f"{BASE}/map/themes", f"{BASE}/report")
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-000000000001"


def decides(place: Place, kind: Kind, subject: str, payload: dict, by: str = "ben", book: str = "") -> None:
    key = f"k-{len(place.study.work.store.decisions.log('made'))}"
    place.study.decide(Draft(key, "made", by, AT, kind, subject, payload, "because", book=book))


def segments(place: Place) -> tuple[str, ...]:
    with place.study.looking() as view:
        return view.material.codable


def opened(place: Place, count: int = 30) -> str:
    """A blind round of ana and ben on a sample."""
    with place.study.looking() as view:
        sign = Signature("made", "jo", AT, f"open-{view.book.version}")
        drawn = view.material.codable[:count]
        draft = rounds.open_sample(sign, view.book, ["ana", "ben"], drawn, share=0.5, seed=1)
    return place.study.decide(draft).subject


def coded_blind(place: Place, round_id: str, *coders: str) -> None:
    for coder in coders:
        for number, segment in enumerate(segments(place)[:30]):
            codes = [CODE] if number % 2 and not (coder == "ben" and number % 9 == 1) else []
            decides(place, Kind.COMMIT, segment, {"codes": codes}, coder, f"{round_id}/{coder}")


def closed(place: Place, round_id: str) -> None:
    with place.study.looking() as view:
        draft = rounds.close(Signature("made", "jo", AT, f"close-{round_id}"), view.book, round_id)
    place.study.decide(draft)


@pytest.fixture
def written(place: Place) -> Place:
    """A study with one code, codebook and map approved by mara, and the report written."""
    payload = {"name": "No way to court", "segments": list(segments(place)[:6])}
    decides(place, Kind.CREATE, CODE, payload, "mara")
    approve(place.study.work, "codes", "mara")
    place.study.work.store.stages.freeze("made", "map", "made", {"themes": []}, AT)
    approve(place.study.work, "map", "mara")
    report(place.study.work)
    return place


def notes(place: Place, person: str, path: str) -> list[str]:
    return re.findall(r'<p class="note"><bdi>(.*?)</bdi></p>', place.browser(person).get(path).text)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_said_where_nothing_changed(written: Place, path: str):
    assert notes(written, "rea", path) == []


@pytest.mark.parametrize("path", PAGES[:3])
def test_every_part_of_the_map_says_what_was_decided_since_it_was_approved(written: Place, path: str):
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    (said,) = notes(written, "ana", path)
    assert said.startswith("Since mara approved the map on ")
    assert "people took 1 decision on what it shows." in said
    assert "The analyst can start “Map the codes” on the overview." in said
    (told,) = notes(written, "mara", path)
    assert "Start “Map the codes” on the overview." in told


def test_the_report_page_says_that_the_files_are_older(written: Place):
    decides(written, Kind.MEMO, CODE, {"text": "Ask about Tuesdays."})
    (said,) = notes(written, "rea", f"{BASE}/report")
    assert said.startswith("The files were written on ")
    assert "Since then people took 1 decision." in said
    assert "“Write the report”" in said
    assert notes(written, "rea", f"{BASE}/map") == [], "a memo changes no map"


def test_what_was_written_again_is_out_of_date_no_more(written: Place):
    decides(written, Kind.MEMO, CODE, {"text": "Ask about Tuesdays."})
    assert notes(written, "rea", f"{BASE}/report")
    report(written.study.work)
    assert notes(written, "rea", f"{BASE}/report") == []


def test_what_comes_first_is_said_first(written: Place):
    """A version that waits is approved before anything is made anew of it; an open round is closed first."""
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    written.study.work.store.stages.freeze("made", "map", "another", {"themes": []}, AT)
    for path in (PAGES[0], PAGES[3]):
        assert "approve it again (checkpoint 3)" in notes(written, "ana", path)[0]
    store = written.study.work.store
    latest = {stage: store.stages.latest("made", stage) for stage in ("suggest", "prepare")}
    for stage, first in (("suggest", "the coders approve the codebook"), ("prepare", "the analyst confirms")):
        again = store.stages.freeze("made", stage, "another", latest[stage].summary, AT)
        if stage == "suggest":
            store.suggestions.freeze("made", again.version, SuggestionSet((), ()), ())
        for path in (PAGES[0], PAGES[3]):
            assert f"First {first}" in notes(written, "ana", path)[0]
    opened(written)
    for path in (PAGES[0], PAGES[3]):
        assert "The blind round that is open is to be closed first." in notes(written, "rea", path)[0]


def test_without_files_nothing_is_said_of_their_age(written: Place):
    decides(written, Kind.MEMO, CODE, {"text": "Ask about Tuesdays."})
    for name in ("report.html", "report.xlsx"):
        (written.study.work.outbox / name).unlink()
    assert notes(written, "rea", f"{BASE}/report") == []


def test_the_state_is_looked_up_once_and_only_new_decisions_are_read(written: Place, monkeypatch):
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    notes(written, "rea", PAGES[0])
    read: list[int] = []
    log = written.study.work.store.decisions
    since = log.since
    monkeypatch.setattr(log, "since", lambda study, after, **how: read.append(after) or since(study, after, **how))
    notes(written, "rea", PAGES[0])
    assert [after for after in read if after < log.head("made")[0]] == []
    decides(written, Kind.STANCE, CODE, {"stance": "strength"})
    (said,) = notes(written, "rea", PAGES[0])
    assert "people took 2 decisions" in said
    assert min(read) >= log.head("made")[0] - 1


def test_page_and_file_say_the_same_of_a_closed_round(written: Place):
    round_id = opened(written)
    coded_blind(written, round_id, "ana", "ben")
    closed(written, round_id)
    differed = segments(written)[1]
    settled = {"round": round_id, "settles": differed, "took_part": ["ana", "jo"], "codes": [CODE]}
    decides(written, Kind.SETTLE, differed, settled, "jo")
    page = findings_of(written.study).findings.methods
    assert page == findings.findings(gathered(written.study.work)).methods
    (held,) = page.checked.rounds
    assert held.codes[0].name == "No way to court"
    assert held.codes[0].alpha != "not assessable"
    assert held.sentences[-1].endswith("The team settled 1 of them in discussion. Who took part: ana, jo.")
    shown = written.browser("rea").get(f"{BASE}/report").text
    for said in (held.heading, held.codes[0].alpha, held.codes[-1].alpha, "never called reliability"):
        assert said in shown
    figures = written.browser("rea").get(f"{BASE}/agreement/{round_id}").text
    value, interval = held.codes[0].alpha.split(" ", 1)
    assert f"<b>{value}</b>" in figures
    assert interval.strip("()").replace(" to ", "&nbsp;to&nbsp;") in figures


def test_page_and_file_say_the_same_while_a_later_round_goes_on(written: Place):
    round_id = opened(written)
    coded_blind(written, round_id, "ana", "ben")
    closed(written, round_id)
    coded_blind(written, opened(written), "ana")
    assert findings_of(written.study).findings.methods == findings.findings(gathered(written.study.work)).methods


def test_not_a_byte_tells_what_coders_decide_blind(written: Place):
    """The pages of map and report, for who takes part and who does not, and the files written meanwhile."""
    first = opened(written)
    coded_blind(written, first, "ana", "ben")
    closed(written, first)
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    second = opened(written)
    people = ("ana", "jo", "rea", "mara")

    def seen() -> list[bytes]:
        report(written.study.work)
        files = [(written.study.work.outbox / name).read_bytes() for name in ("report.html", "report.xlsx")]
        findings._KEPT.clear()
        out_of_date._KEPT.clear()
        pages = [written.browser(person).get(path).content for person in people for path in PAGES]
        return files + [re.sub(rb"written <time.*?</time>", b"", page) for page in pages]

    before = seen()
    assert b"A blind round is open." in before[0]
    coded_blind(written, second, "ben")
    decides(written, Kind.FINISH, second, {}, "ben", f"{second}/ben")
    assert seen() == before
    coded_blind(written, second, "ana")
    closed(written, second)
    assert seen() != before
