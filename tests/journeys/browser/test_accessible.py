"""Nothing on any page stands in the way of somebody who sees, hears, points or types otherwise (WCAG 2.2 AA)."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from pipeline.domain.account import Role
from tests.journeys.browser import everywhere, sites
from tests.journeys.browser import review_work as work
from tests.journeys.browser.barriers import barriers
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.keyboard import Keyboard
from tests.journeys.browser.looking import heading, look_for
from tests.journeys.browser.visitor import NARROW, WIDE, Scheme, Visitor

pytestmark = pytest.mark.slow
PEOPLE = {"ana": tuple(Role), "ben": (Role.CODER,)}
REFUSAL = "Failed to load resource: the server responded with a status of 4"
KEYS = string.ascii_lowercase + string.digits + "/?"
STOPS = 60
WENT_ON = """() => {
  const at = document.activeElement, last = window.lastStop;
  if (at === document.body || at === document.documentElement) return "round";
  if (last && at.matches(".skip")) return "round";
  window.lastStop = at;
  if (last && last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_PRECEDING) {
    return "back to " + at.outerHTML.slice(0, 120);
  }
  const {top, bottom, width} = at.getBoundingClientRect();
  const seen = width > 0 && bottom > 0 && top < innerHeight;
  return seen ? "on" : "unseen " + at.outerHTML.slice(0, 120);
}"""
"""Whether the focus went on in the order of the document, to something on the screen."""
MIRRORED = """() => {
  const stops = (node) => node.matches("a[href], button, input, select, textarea, summary")
    || node.querySelector("a[href], button, input, select, textarea, summary");
  const found = [];
  for (const row of document.querySelectorAll("body *")) {
    const {display} = getComputedStyle(row);
    if (!/flex|grid/.test(display) || !row.checkVisibility()) continue;
    const lies = (node) => !/absolute|fixed/.test(getComputedStyle(node).position) && node.tagName !== "ASIDE";
    const shown = (node) => node.checkVisibility() && lies(node) && stops(node);
    const children = [...row.children].filter(shown);
    for (let place = 1; place < children.length; place++) {
      const one = children[place - 1].getBoundingClientRect(), two = children[place].getBoundingClientRect();
      const above = two.bottom <= one.top + 1, left = two.right <= one.left + 1 && two.top < one.bottom;
      if (above || left) found.push(children[place].outerHTML.slice(0, 120));
    }
  }
  return found;
}"""
"""What is laid out before something that comes earlier in the document; an aside may stand in either margin."""
SAID = "() => document.getElementById('said').textContent.trim()"
"""What a screen reader hears of a page that came in."""
IN_FOCUS = "() => document.activeElement.matches('[autofocus], [data-focus]')"


@pytest.fixture(scope="session")
def furnished(late_group: Path) -> Path:
    place = late_group.parent / "furnished"
    everywhere.furnished(place, late_group)
    return place


@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide and light", "narrow and dark"]
)
def test_no_page_has_a_barrier(
    serve: Serve, comes: Comes, furnished: Path, forty: Path, size: ViewportSize, scheme: Scheme
):
    """On every page of the site, of a full study and of one just begun, and on every refusal: axe finds nothing,
    there is one h1, targets measure 24 px or more, and nothing scrolls sideways."""
    ana = comes(Keyboard, serve(PEOPLE, sample=furnished, made=forty))
    ana.look(size, scheme)
    ana.open("/sign-in")
    found = barriers(ana.page)
    work.sign_in(ana, "ana")
    for path in (*everywhere.addresses(furnished), *everywhere.JUST_BEGUN, *everywhere.REFUSED):
        ana.open(path)
        found += barriers(ana.page)
    _forgive_refusals(ana)
    assert found == [], "\n".join(found)


def test_no_barrier_while_a_blind_round_goes_on_or_before_any_talk_was_read(
    serve: Serve, comes: Comes, furnished: Path, tmp_path: Path
):
    """What shows only then: the sample, what rests, and every page with nothing to show."""
    everywhere.going_on(tmp_path / "blind", furnished)
    (tmp_path / "begun").mkdir()
    sites.empty(tmp_path / "begun")
    ana = comes(Keyboard, serve(PEOPLE, sample=tmp_path / "blind", empty=tmp_path / "begun"))
    ana.look(NARROW, "light")
    work.sign_in(ana, "ana")
    found = []
    for path in (*everywhere.BLIND, *everywhere.NO_TALK):
        ana.open(path)
        found += barriers(ana.page)
    _forgive_refusals(ana)
    assert found == [], "\n".join(found)


def test_tab_goes_through_a_page_as_it_is_read(serve: Serve, comes: Comes, furnished: Path):
    """The focus only ever goes on, and every stop is on the screen when it has the focus."""
    ana = comes(Keyboard, serve(PEOPLE, sample=furnished))
    work.sign_in(ana, "ana")
    for path in everywhere.addresses(furnished):
        ana.open(path)
        assert ana.page.evaluate(MIRRORED) == [], ana.page.url
        ana.page.evaluate(
            "() => { document.activeElement.blur(); getSelection().collapse(document.body, 0); scrollTo(0, 0); }"
        )
        for stop in range(STOPS):
            ana.page.keyboard.press("Tab")
            where = ana.page.evaluate(WENT_ON)
            if where == "round":
                break
            assert where == "on", f"{ana.page.url}, stop {stop}: {where}"
    _forgive_refusals(ana)


def test_a_refused_form_has_no_barrier_and_keeps_what_was_typed(serve: Serve, comes: Comes, forty: Path):
    """Merged into a code that is none: the page says so, holds what was sent, and lets nobody be stuck."""
    ana = _at_a_candidate(serve, comes, forty)
    ana.write("Merge into the code", "A code of no book")
    ana.press("Merge", after="Merge into the code")
    assert "A code of no book" in ana.text
    assert barriers(ana.page) == []
    _forgive_refusals(ana)


def test_keys_that_are_switched_off_do_nothing(serve: Serve, comes: Comes, forty: Path):
    """Once somebody switches single keys off, no letter, digit or sign acts or moves the focus, on any page."""
    ana = _at_a_candidate(serve, comes, forty)
    here = ana.page.url
    ana.open("/keys")
    look_for(ana.page, "box", "Single keys are on").uncheck()
    ana.press("Keep these keys")
    ana.page.goto(here)
    before = _state(ana)
    for key in KEYS:
        ana.page.keyboard.press(key)
    ana.page.wait_for_timeout(500)
    assert _state(ana) == before
    assert "Undo" not in ana.text


def test_a_key_that_was_changed_acts_and_the_old_one_does_not(serve: Serve, comes: Comes, forty: Path):
    ana = _at_a_candidate(serve, comes, forty)
    here = ana.page.url
    ana.open("/keys")
    ana.write("Accept the candidate", "z")
    ana.press("Keep these keys")
    ana.page.goto(here)
    first = _state(ana)
    ana.page.keyboard.press("a")
    ana.page.wait_for_timeout(500)
    assert _state(ana) == first
    ana.key("z")
    assert heading(ana.page) != first[1]


def test_after_a_decision_the_focus_is_where_the_next_is_made(serve: Serve, comes: Comes, forty: Path):
    """Accepted, rejected or taken back: the next page comes in with its first act in focus."""
    ana = _at_a_candidate(serve, comes, forty)
    for act in (work.accept, work.reject, work.undo, work.accept):
        act(ana)
        assert ana.page.evaluate(IN_FOCUS), act.__name__


def test_an_undo_is_said_in_the_status_line_and_a_stray_key_undoes_nothing(serve: Serve, comes: Comes, forty: Path):
    """On a page that shows no such act the key is nobody's, and a sign-off is undone only by the page that asks."""
    ana = comes(Keyboard, serve(PEOPLE, made=forty))
    work.sign_in(ana, "ana", work.MADE)
    ana.follow("Candidates")
    work.reject(ana)
    work.undo(ana)
    assert ana.page.evaluate(SAID).startswith("Undone: rejected “idea number")
    work.accept(ana)
    ana.open("/studies/made/codebook")
    _nothing_comes_of(ana, "u")
    ana.press("Approve the codebook")
    for part in ("candidates", "segments", "codebook"):
        ana.open(f"/studies/made/{part}")
        assert ("Undo" in ana.text) == (part == "codebook")
        _nothing_comes_of(ana, "u")
    ana.follow("Undo")
    assert heading(ana.page) == "Undo this?"
    assert barriers(ana.page) == []
    ana.press("Undo it")
    assert ana.page.evaluate(SAID).startswith("Undone: approved checkpoint 2")


def _nothing_comes_of(who: Visitor, key: str) -> None:
    before = who.page.url, who.text
    who.page.keyboard.press(key)
    who.page.wait_for_timeout(500)
    assert (who.page.url, who.text) == before


def _at_a_candidate(serve: Serve, comes: Comes, forty: Path) -> Visitor:
    ana = comes(Keyboard, serve(made=forty))
    work.sign_in(ana, "ana", work.MADE)
    ana.follow("Candidates")
    return ana


def _state(who: Visitor) -> tuple[str, str, str]:
    """The address, the heading and what is in focus."""
    return who.page.url, heading(who.page), who.page.evaluate("() => document.activeElement.outerHTML")


def _forgive_refusals(who: Visitor) -> None:
    """A browser notes each refused address as an error; here they are meant."""
    who.problems = [problem for problem in who.problems if REFUSAL not in problem]
