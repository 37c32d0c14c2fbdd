"""What people do at the review site, told once for everybody, however they work it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.journeys.browser.looking import heading, mark_in_view
from tests.journeys.browser.visitor import Visitor
from tests.journeys.review_server import PASSWORD

STUDY = "Human trafficking in one state"
MADE = "A made-up study"
CANDIDATES = 40
SAMPLE = 20


def sign_in(who: Visitor, name: str, study: str = STUDY) -> None:
    who.open("/")
    who.write("Name", name)
    who.write("Password", PASSWORD)
    who.press("Sign in")
    who.follow(study)


def correct_a_transcript(who: Visitor) -> None:
    """A question boundary, a turn left out, another's question, one thing taken back, a speaker; then signed off."""
    who.follow("Transcripts")
    who.follow("northfork")
    turn, question = _second_span(who)
    who.begin_later(question, turn)
    assert _second_span(who) == (turn + 1, question)
    who.pick_turn(turn + 3)
    who.picture("transcript-turn-chosen")
    who.press(f"Leave turn {turn + 3} out")
    assert f"Take turn {turn + 3} back in" in who.text
    who.choose("the talk answers", "Q9")
    who.press("Say so")
    assert _question_of(who, turn + 3) == "Q9"
    who.press("Undo")
    assert _question_of(who, turn + 3) == question
    who.unfold("Speakers")
    who.write("Who is “Kelsey", "Kelsey Rowe")
    who.press("Rename", after="“Kelsey R.”")
    assert "Kelsey Rowe" in who.text
    who.picture("transcript-corrected")
    who.follow("Transcripts")
    who.press("Take the corrections in")
    assert "The corrections are taken in." in who.text
    who.press("Approve")
    assert "Signed off." in who.text


def _second_span(who: Visitor) -> tuple[int, str]:
    """The turn at which the second span of the talk begins, and its question."""
    span = who.page.query_selector_all("section.talk .stretch")[1]
    named = span.query_selector("h2")
    assert named
    return int(span.get_attribute("data-first") or 0), named.inner_text()


def _question_of(who: Visitor, turn: int) -> str:
    span = who.page.query_selector(f".stretch:has(#t{turn})")
    named = span and span.query_selector("h2")
    assert named
    return named.inner_text()


def decide_on_all(who: Visitor) -> int:
    """Forty candidates: accepted, rejected, renamed, merged, split, a segment moved, one undone; how many acts."""
    acts = decide_once_each(who)
    for number in range(CANDIDATES - DECIDED):
        _decide(who, reject if number % 7 == 3 else accept)
        acts += 1
    assert heading(who.page) == "Every candidate is decided"
    assert f"{CANDIDATES} of {CANDIDATES} decided" in who.text
    return acts


def decide_once_each(who: Visitor) -> int:
    """Each kind of decision on a candidate, and one taken back; how many acts."""
    who.follow("Candidates")
    for act in ONCE_EACH:
        _decide(who, act)
    return len(ONCE_EACH)


def _decide(who: Visitor, act: Callable[[Visitor], None]) -> None:
    """Every act leads to another candidate."""
    before = heading(who.page)
    act(who)
    assert heading(who.page) != before, act.__name__


def accept(who: Visitor) -> None:
    who.press("Accept")


def undo(who: Visitor) -> None:
    who.press("Undo")


def reject(who: Visitor) -> None:
    who.write("Reason to reject", "no single idea")
    who.press("Reject")


def rename(who: Visitor) -> None:
    """Under a name of the coder's own."""
    who.write("Name of the code", "No bus at night")
    who.press("Accept")
    assert "No bus at night" in who.text


def merge(who: Visitor) -> None:
    who.write("Merge into the code", "No bus at night")
    who.press("Merge", after="Merge into the code")


def split(who: Visitor) -> None:
    """Its first segment makes a code of its own."""
    who.follow("Split")
    who.write("Code A", "The court is far")
    who.write("Code B", "Nobody to ask")
    who.tick("B", after="say where each segment goes")
    who.press("Make both codes")


def move_one(who: Visitor) -> None:
    """Accepted without its first segment, which belongs to another code."""
    who.unfold("All ")
    who.write("move to", "No bus at night")
    who.press("Accept")


ONCE_EACH = (accept, undo, accept, reject, rename, merge, split, move_one)
DECIDED = 6
"""Candidates that are decided then."""


@dataclass
class Round:
    """Two coders at work blind to each other, and the adjudicator who opens and closes the round."""

    ana: Visitor
    ben: Visitor
    jo: Visitor

    def played(self) -> None:
        """From the first to the last step."""
        for step in (self.opened, self.coded, self.closed, self.compared, self.settled):
            step()

    def opened(self) -> None:
        self.jo.follow("Agreement")
        self.jo.follow("Draw a sample")
        self.jo.write("Share, in percent", "2")
        self.jo.write("At least, segments", str(SAMPLE))
        self.jo.press("Draw")
        self.jo.tick("ana")
        self.jo.tick("ben")
        self.jo.press("Open the round")
        assert "A blind round goes on" in self.jo.text

    def coded(self) -> None:
        """Both put two codes on most segments, alike but for a few."""
        for who in (self.ana, self.ben):
            who.follow("Segments")
            who.follow("The sample, blind to the others")
        for number in range(SAMPLE):
            for who in (self.ana, self.ben):
                _code(who, number, differs=who is self.ben and number in {3, 11})
                assert "ben" not in self.ana.text
        for who in (self.ana, self.ben):
            assert heading(who.page) == "The sample is coded"
            who.press("I am done with this round")

    def closed(self) -> None:
        self.jo.follow("Agreement")
        assert "has said so" in self.jo.text
        self.jo.unfold("Close the round")
        self.jo.press("Close it and compare")

    def compared(self) -> None:
        """Figures of the independent coding, to everybody."""
        assert heading(self.jo.page).startswith("How far ana and ben agreed")
        assert "Krippendorff" in self.jo.text
        self.ana.follow("Agreement")
        assert "A sample of 20 segments" in self.ana.text

    def settled(self) -> None:
        self.jo.follow("Settle: 0 of")
        self.jo.press("Take over the 5 on which all agree")
        self.jo.press("Take over these 13, and take those codes off")
        self.jo.follow("Begin with the first")
        for _ in range(2):
            self.jo.tick("ana", after="Who takes part")
            self.jo.tick("ben", after="Who takes part")
            self.jo.press("Take this version of ana")
        assert heading(self.jo.page) == "Everything is settled"


def _code(who: Visitor, number: int, *, differs: bool) -> None:
    if number % 4:
        who.tick("Hidden in plain sight" if number % 2 else "No typical case")
    if differs:
        who.tick("Unmonitored social media")
    who.press("Done: just these")


def make_a_theme(who: Visitor) -> None:
    """From the map to the talk behind one of its numbers, and to a theme across questions."""
    who.follow("Map")
    who.follow("9 speakers of 4 groups, 11 segments")
    assert "In answer to:" in who.text
    who.follow("Map")
    who.follow("Answers to each question")
    who.follow("Themes")
    who.follow("Make a theme")
    who.write("Name", "A place to sleep comes first")
    who.write("What it says", "Where nobody has a bed, nothing else holds.")
    who.tick("Lack of housing opportunities")
    who.tick("Unstable living conditions")
    who.press("Make the theme")
    assert "A place to sleep comes first" in who.text
    who.unfold("Checkpoint 3 waits")
    who.press("Approve version")
    assert "Approved by" in who.text


def read_the_report(who: Visitor) -> None:
    """Findings, the theme among them; a quote leads to where it was said, lit and on the screen."""
    who.follow("Report")
    assert "A place to sleep comes first" in who.text
    blockquote = who.page.query_selector("figure.quote blockquote")
    said_by = who.page.query_selector("figure.quote figcaption a")
    assert blockquote
    assert said_by
    words, speaker = blockquote.inner_text(), said_by.inner_text()
    who.follow(speaker, after=words[:40])
    assert mark_in_view(who.page)
    assert who.page.evaluate("() => document.querySelector('mark').textContent.trim().slice(0, 20)") in words
    who.picture("transcript-quote-lit")
