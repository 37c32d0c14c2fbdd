"""The overview names a map and a report that are out of date among what waits, in the order of their mends."""

import re

from pipeline.domain.decision import Kind
from pipeline.work.deciding import approve
from pipeline.work.reporting import report

from .conftest import Place
from .test_out_of_date import AT, BASE, CODE, decides, opened, written

__all__ = ["written"]

OLD_MAP = "“Write the report” would tell of a map that nobody approved as it is now."


def tasks(place: Place, person: str, path: str = BASE) -> list[tuple[str, str]]:
    """What waits, (where it is done, sentence) each."""
    page = place.browser(person).get(path).text.partition('<ul class="tasks')[2].partition("</ul>")[0]
    return re.findall(r'<a href="/studies/made([^"]*)"[^>]*>([^<]+)</a>', page)


def runs_are_done(place: Place) -> None:
    for message in place.study.work.store.outbox.pending("made"):
        place.study.work.store.outbox.sent(message.key, AT, "done here")


def mapped_again(place: Place) -> None:
    place.study.work.store.stages.freeze("made", "map", "another", {"themes": []}, AT)


def test_first_the_map_is_made_and_approved_and_then_the_report_is_written(written: Place):
    runs_are_done(written)
    assert tasks(written, "mara") == []
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    after_it = ("/report", "The report is out of date. It is written anew once the map is approved.")
    for path in (BASE, "/"):
        assert tasks(written, "mara", path) == [
            ("#stage", "The map is out of date. Start “Map the codes”. Then the map asks to be approved again."),
            after_it,
        ]
    ((_, told), _) = tasks(written, "rea")
    assert told.startswith("The map is out of date. The analyst can start “Map the codes”.")
    page = written.browser("mara").get(BASE).text
    assert OLD_MAP in page
    assert "approved, and out of date since" in page
    assert "Nothing waits" not in page

    written.browser("mara").post(f"{BASE}/runs", {"stage": "map_codes", "asked": ""})
    assert tasks(written, "mara") == [("#runs", "The map is out of date. It is being made anew now."), after_it]
    runs_are_done(written)
    mapped_again(written)
    assert tasks(written, "ana") == [("/map", "The map waits: codes by question, and themes."), after_it]
    assert OLD_MAP not in written.browser("mara").get(BASE).text

    approve(written.study.work, "map", "mara")
    runs_are_done(written)
    assert tasks(written, "mara") == [("#stage", "The report is out of date. Start “Write the report”.")]
    report(written.study.work)
    assert tasks(written, "mara") == []
    assert "Nothing waits for you." in written.browser("mara").get(BASE).text


def test_an_open_round_comes_before_both(written: Place):
    decides(written, Kind.STANCE, CODE, {"stance": "gap"})
    opened(written)
    assert ("/map", "The map is out of date. The blind round that is open is to be closed first.") in tasks(
        written, "mara"
    )
    assert not any(where == "#stage" for where, _ in tasks(written, "mara"))


def test_what_the_map_promises_of_later_changes_is_so(written: Place):
    """A theme asks for approval again by itself; anything else is told at once, and asks with a new map."""
    mapped_again(written)
    promise = "by itself after a change of themes, else once “Map the codes” was run again."
    assert promise in written.browser("ana").get(f"{BASE}/map").text
    approve(written.study.work, "map", "mara")
    decides(written, Kind.THEME, "t-000000000001", {"name": "Courts", "codes": [CODE]})
    assert ("/map", "The map waits: codes by question, and themes.") in tasks(written, "ana")
