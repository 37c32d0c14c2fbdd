"""Segments are spans of one idea; nothing that was said is lost between them."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.segment import Segment
from pipeline.domain.transcript import Account, Transcript, Turn
from pipeline.segment.noise import is_noise
from pipeline.segment.sentences import SentenceSplitter
from pipeline.segment.units import SIZES, segments

SPLITTER = SentenceSplitter()


def transcript(*conversation: str) -> Transcript:
    """A transcript from "Speaker: words" lines."""
    text, turns = "", []
    for index, line in enumerate(conversation):
        speaker, _, words = line.partition(": ")
        start = len(text) + len(speaker) + 2
        turns.append(Turn(index, speaker, start, start + len(words), f"line {index + 1}"))
        text += line + "\n\n"
    return Transcript(
        hashlib.sha256(text.encode()).hexdigest(), text, tuple(turns), Account(len(text), len(text)), "txt"
    )


def cut(
    talk: Transcript, moderators: frozenset[str] = frozenset(), omitted: frozenset[int] = frozenset()
) -> tuple[Segment, ...]:
    return segments(talk, moderators, omitted, SPLITTER)


def words_of(talk: Transcript, found: tuple[Segment, ...]) -> list[str]:
    return [talk.text[segment.start : segment.end] for segment in found]


def test_an_agreement_noise_stands_alone() -> None:
    talk = transcript(
        "Ana: Mm-hm.",
        "Ben: Yeah. We never get called before the hearing, and by then the family has usually left the county.",
        "Ana: Right, exactly.",
    )
    found = cut(talk)
    expected = [
        ("Mm-hm.", True),
        ("Yeah.", True),
        ("We never get called before the hearing, and by then the family has usually left the county.", False),
        ("Right, exactly.", True),
    ]
    assert expected == [(words, segment.noise) for words, segment in zip(words_of(talk, found), found, strict=True)]


@pytest.mark.parametrize(
    "words",
    [
        "Mm - hmm .",
        "Uh-huh.",
        "Yeah, yeah.",
        "That’s right.",
        "...",
        "I agree.",
        "No problem.",
        "Happy to.",
        "Thank you so much.",
    ],
)
def test_noise(words: str) -> None:
    assert is_noise(words)


@pytest.mark.parametrize(
    "words",
    ["Yes, I called.", "Housing.", "I agree with the first point.", "No idea.", "I had no problem.", "Not happy to."],
)
def test_talk_is_no_noise(words: str) -> None:
    assert not is_noise(words)


def test_short_sentences_join_until_they_make_an_idea() -> None:
    talk = transcript("Ana: We tried. It took weeks. Nobody answered the phone. In the end I drove there myself.")
    assert [talk.said(talk.turns[0])] == words_of(talk, cut(talk))


@pytest.mark.parametrize("comma", [",", ""], ids=["with commas", "without any punctuation"])
def test_a_page_without_full_stops_is_cut_between_clauses(comma: str) -> None:
    clause = f"and then they told us to wait for the advocate{comma} but she was out with another case that day "
    talk = transcript("Ana: " + (clause * 12).strip())
    found = words_of(talk, cut(talk))
    assert len(found) > 2
    assert all(SIZES.alone <= len(words) <= SIZES.longest for words in found)
    assert all(words.split()[0] in {"and", "but"} for words in found)


def test_moderators_are_marked_and_omitted_turns_are_left_out() -> None:
    talk = transcript("M: What helped you most?", "Ana: My neighbour helped me.", "Ana: Please strike this.")
    found = cut(talk, frozenset({"M"}), frozenset({2}))
    assert [(segment.turn, segment.moderator) for segment in found] == [(0, True), (1, False)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abcI .,!?\n\t -–’é漢。😀", max_size=300), max_size=4))
def test_every_character_is_in_exactly_one_segment(said: list[str]) -> None:
    """Also a character outside the basic plane, a lone line end, a turn of white space."""
    talk = transcript(*(f"P{which}: {words}" for which, words in enumerate(said)))
    covered = [place for segment in cut(talk) for place in range(segment.start, segment.end)]
    spoken = {place for turn in talk.turns for place in range(turn.start, turn.end) if not talk.text[place].isspace()}
    assert len(covered) == len(set(covered))
    assert spoken == {place for place in covered if not talk.text[place].isspace()}
    assert all(words == words.strip() != "" for words in words_of(talk, cut(talk)))


@pytest.mark.parametrize(
    "words",
    [
        "[laughs] Yes, the banana leaflets.",
        "We waited (the bus. Never came.) for hours.",
        "(crosstalk) No. — We never got one.",
        "... And then she said: “Come. Sit down.” So I sat.",
    ],
)
def test_a_bracket_stays_with_the_talk_beside_it(words: str) -> None:
    talk = transcript(f"Ana: {words}")
    assert words_of(talk, cut(talk)) == [words]


PAIRS = {"[": "]", "(": ")", "{": "}", "“": "”"}


@st.composite
def spoken(draw: st.DrawFn) -> str:
    """Sentences with short balanced brackets and quotations among them."""
    plain = st.sampled_from(["yes", "No.", "we never got one.", "And then?", "...", "—", "the leaflets were yellow,"])
    said = draw(st.lists(plain, min_size=1, max_size=40))
    for opening in draw(st.lists(st.sampled_from(sorted(PAIRS)), max_size=8)):
        inner = draw(st.sampled_from(["laughs", "crosstalk. Loud.", "So. He left!", " what? ", "...", "one\ntwo"]))
        said.insert(draw(st.integers(0, len(said))), f"{opening}{inner}{PAIRS[opening]}")
    gaps = st.sampled_from([" ", " ", " ", "\n", ""])
    return "".join(words + draw(gaps) for words in said).strip()


@settings(max_examples=60, deadline=None)
@given(spoken())
def test_no_cut_falls_beside_a_bracket_that_is_open(said: str) -> None:
    talk = transcript(f"Ana: {said}")
    found = words_of(talk, cut(talk))
    assert "".join("".join(found).split()) == "".join(said.split())
    for words in found:
        assert words[0] not in PAIRS.values()
        assert words[-1] not in PAIRS
        assert all(
            words.count(opening) == words.count(closing) for opening, closing in PAIRS.items() if opening != "“"
        )
        assert len(found) == 1 or any(letter.isalnum() for letter in words)


def test_an_hour_without_speakers_is_one_turn_and_still_cut() -> None:
    talk = transcript("P: " + "we waited for a long time and nobody came to the shelter that night " * 900)
    found = cut(talk)
    assert max(segment.end - segment.start for segment in found) <= SIZES.longest + SIZES.alone
    assert "".join(talk.said(talk.turns[0]).split()) == "".join(
        "".join(words.split()) for words in words_of(talk, found)
    )
