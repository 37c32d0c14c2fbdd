"""Plain text: who speaks is told from the file's own habit, and the text stays the whole file."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import text
from pipeline.ingest.composing import Reading, ReadOptions


def read(conversation: str, *known: str) -> Reading:
    return text.read(textwrap.dedent(conversation).encode(), options=ReadOptions(".txt", known_speakers=known))


def spoken(reading: Reading) -> list[tuple[str, str]]:
    return [(turn.speaker, reading.text[turn.start : turn.end]) for turn in reading.turns]


HABITS = {
    "name and colon, blank lines between": (
        """\
        Moderator: What helped you most?

        Ana: My neighbours.
        They came every day.

        Moderator: And after that?

        Jo: Nobody came.
        """,
        [
            ("Moderator", "What helped you most?"),
            ("Ana", "My neighbours.\nThey came every day."),
            ("Moderator", "And after that?"),
            ("Jo", "Nobody came."),
        ],
    ),
    "an abbreviated surname": (
        """\
        Hank D.: I still answer to vice.
        Erin V.: All right.
        Hank D.: Fine.
        """,
        [("Hank D.", "I still answer to vice."), ("Erin V.", "All right."), ("Hank D.", "Fine.")],
    ),
    "name in square brackets": (
        "[id1] hello, I like the course.\n\n[id2] I am struggling. [laughs] Really.\n\n[id1] No.\n\n[id2] Yes.\n",
        [
            ("id1", "hello, I like the course."),
            ("id2", "I am struggling. [laughs] Really."),
            ("id1", "No."),
            ("id2", "Yes."),
        ],
    ),
    "name, tab, time, words on the next line": (
        "Ana Smith\t0:03\nI stayed.\nJo Ray\t0:09\nI left.\nAna Smith\t1:10\nWhy?\n",
        [("Ana Smith", "I stayed."), ("Jo Ray", "I left."), ("Ana Smith", "Why?")],
    ),
    "name, tab, time in brackets": (
        "Ana Smith\t[0:03] I stayed.\nJo Ray\t[0:09] I left.\nAna Smith\t[1:10] Why?\n",
        [("Ana Smith", "I stayed."), ("Jo Ray", "I left."), ("Ana Smith", "Why?")],
    ),
    "name, tab, words that end with a time": (
        "Ana\tI stayed.\nJo\tI left at 3:45\nAna\tWhy?\nJo\tThe water.\n",
        [("Ana", "I stayed."), ("Jo", "I left at 3:45"), ("Ana", "Why?"), ("Jo", "The water.")],
    ),
    "names alone, so short that one speaks once": (
        "EVA\nI stayed.\n\nTOM\nI left.\n\nTOM\nThe water.\n",
        [("EVA", "I stayed."), ("TOM", "I left."), ("TOM", "The water.")],
    ),
    "name, colon, tab": (
        "Ana:\tI stayed.\nJo:\tI left.\nAna:\tWhy?\nJo:\tThe water.\n",
        [("Ana", "I stayed."), ("Jo", "I left."), ("Ana", "Why?"), ("Jo", "The water.")],
    ),
    "time before words, nobody named": (
        "00:00:00 It rained.\n\n00:00:08 For a week.\n",
        [("", "It rained."), ("", "For a week.")],
    ),
    "Zoom chat": (
        "00:21:14\tAna Ruiz:\tHello: all\r\n00:21:35\tJo Li:\tHi\r\n00:21:36\tAna Ruiz:\tGood\r\n",
        [("Ana Ruiz", "Hello: all"), ("Jo Li", "Hi"), ("Ana Ruiz", "Good")],
    ),
    "a time, a name, then the words": (
        (
            "00:01\nAna Ruiz\nIt rained.\n\n00:09\nJo Li\nFor a week.\n\n"
            "00:12\nAna Ruiz\nYes.\n\n00:15\nJo Li\nIt did.\n"
        ),
        [("Ana Ruiz", "It rained."), ("Jo Li", "For a week."), ("Ana Ruiz", "Yes."), ("Jo Li", "It did.")],
    ),
    "an upper-case name on its own line": (
        "MARIA\nIt rained.\n\nTOM\nFor a week.\n\nMARIA\nYes.\n\nTOM\nIt did.\n",
        [("MARIA", "It rained."), ("TOM", "For a week."), ("MARIA", "Yes."), ("TOM", "It did.")],
    ),
    "speaker numbers with a time, words below": (
        "Speaker 1 (00:12:03)\nIt rained.\n\nSpeaker 2 (00:12:09)\nFor a week.\n",
        [("Speaker 1", "It rained."), ("Speaker 2", "For a week.")],
    ),
    "a time between name and colon": (
        "Ana [00:01:02]: It rained.\nJo [00:01:09]: For a week.\nAna [00:01:12]: Yes.\n",
        [("Ana", "It rained."), ("Jo", "For a week."), ("Ana", "Yes.")],
    ),
    "a name with a time at the end of its line": (
        "Ana Ruiz  0:03\nIt rained.\n\nJo Li  0:09\nFor a week.\n\nAna Ruiz  0:12\nYes.\n",
        [("Ana Ruiz", "It rained."), ("Jo Li", "For a week."), ("Ana Ruiz", "Yes.")],
    ),
    "a time after the colon, words below": (
        "Speaker 1: (00:12)\nIt rained.\n\nSpeaker 2: (00:19)\nFor a week.\n",
        [("Speaker 1", "It rained."), ("Speaker 2", "For a week.")],
    ),
    "a title block": (
        "Interview 4\nInterviewee: Ana Ruiz\nVenue: Town hall\n\nI: Why?\nR: The water.\nI: And then?\nR: We left.\n",
        [("I", "Why?"), ("R", "The water."), ("I", "And then?"), ("R", "We left.")],
    ),
    "two who speak once at the beginning": (
        "Ana: Hello all.\n\nJo: Hello.\n\nModerator: Welcome.\n\nBo: Hi.\n\nModerator: Let us begin.\n",
        [
            ("Ana", "Hello all."),
            ("Jo", "Hello."),
            ("Moderator", "Welcome."),
            ("Bo", "Hi."),
            ("Moderator", "Let us begin."),
        ],
    ),
    "only the moderator is named": (
        (
            "Alright, I have logged in.\n\nMODERATOR: Please start.\n\nOkay, yes.\nIt is fine.\n\n"
            "And this.\n\nMODERATOR:\nGo on.\n"
        ),
        [
            ("", "Alright, I have logged in."),
            ("MODERATOR", "Please start."),
            ("", "Okay, yes.\nIt is fine."),
            ("", "And this."),
            ("MODERATOR", "Go on."),
        ],
    ),
    "one person, named once": (
        "P1: It rained.\n\nFor a week.\n\nWe left.\n",
        [("P1", "It rained.\n\nFor a week.\n\nWe left.")],
    ),
    "a time and a name, then the words": (
        "00:01 Ana Ruiz\nIt rained.\n\n00:09 Jo Li\nFor a week.\n\n00:12 Ana Ruiz\nYes.\n\n00:15 Jo Li\nIt did.\n",
        [("Ana Ruiz", "It rained."), ("Jo Li", "For a week."), ("Ana Ruiz", "Yes."), ("Jo Li", "It did.")],
    ),
    "bold names": (
        "**Ana:** It rained.\n\n**Jo**: For a week.\n\n**Ana:** Yes.\n\n**Jo**: It did.\n",
        [("Ana", "It rained."), ("Jo", "For a week."), ("Ana", "Yes."), ("Jo", "It did.")],
    ),
    "name and tab": (
        "Ana\tIt rained.\nJo\tFor: a week.\nAna\tYes.\nJo\tIt did.\n",
        [("Ana", "It rained."), ("Jo", "For: a week."), ("Ana", "Yes."), ("Jo", "It did.")],
    ),
    "letters": (
        "I: Why?\nP1: The water.\nI: And then?\nP1: We left.\n",
        [("I", "Why?"), ("P1", "The water."), ("I", "And then?"), ("P1", "We left.")],
    ),
    "question and answer": (
        "Q: Why?\nA: The water.\nQ: And then?\nA: We left.\n",
        [("Q", "Why?"), ("A", "The water."), ("Q", "And then?"), ("A", "We left.")],
    ),
    "header lines": (
        "12-May-2023 - 10:36 - 1h09m31s\nResearcher 1: Perfect.\nAna: Yes.\nResearcher 1: The methods.\n",
        [("Researcher 1", "Perfect."), ("Ana", "Yes."), ("Researcher 1", "The methods.")],
    ),
    "a moderator inside another's label": (
        (
            "Task: 1.a Was it enough?\n\nP1: Yeah.\n\nP1: MODERATOR: Please start.\n\n"
            "P1: Case study: fine.\n\nTask: 2 Login\n"
        ),
        [
            ("Task", "1.a Was it enough?"),
            ("P1", "Yeah."),
            ("MODERATOR", "Please start."),
            ("P1", "Case study: fine."),
            ("Task", "2 Login"),
        ],
    ),
    "somebody who speaks once": (
        "The Chair: Go on.\n\nMr. Chris d'Entremont (West Nova, CPC): Thank you.\n\nThe Chair: Next.\n",
        [
            ("The Chair", "Go on."),
            ("Mr. Chris d'Entremont (West Nova, CPC)", "Thank you."),
            ("The Chair", "Next."),
        ],
    ),
    "names without letter case": (
        "主持人：请开始。\n李明：好的。\n主持人：然后呢？\n李明：没有了。\n",
        [("主持人", "请开始。"), ("李明", "好的。"), ("主持人", "然后呢？"), ("李明", "没有了。")],
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_reads_speakers_as_people_write_them(habit):
    conversation, expected = HABITS[habit]
    reading = read(conversation)

    assert expected == spoken(reading)
    assert reading.account.adds_up


TALK = {
    "a clause": "So here's the thing: we never had water.",
    "a capitalised clause": "The Red Cross said this: leave.",
    "a clock": "10:30 was when we left.",
    "an address": "https://example.org was down.",
    "a list": "First: water. Second: food.",
    "a note": "Note: the alarm rang.",
}


@pytest.mark.parametrize("kind", TALK)
def test_a_colon_inside_talk_makes_no_speaker(kind):
    reading = read(f"Ana: I stayed.\n{TALK[kind]}\nJo: I left.\nAna: Why?\nJo: The water.\n")

    assert [turn.speaker for turn in reading.turns] == ["Ana", "Jo", "Ana", "Jo"]
    assert TALK[kind] in spoken(reading)[0][1]


def test_names_the_study_lists_always_count():
    """One line of one person in a file that is otherwise unlabelled."""
    conversation = "We talked for long.\nand on.\nand on.\nmaria from the north: I stayed.\n"

    assert {""} == {turn.speaker for turn in read(conversation).turns}
    assert spoken(read(conversation, "Maria from the North"))[-1] == ("maria from the north", "I stayed.")


def test_talk_that_names_nobody_is_kept_by_paragraph_and_said_so():
    reading = read("It rained\nfor a week.\n\nThen it stopped.\n")

    assert spoken(reading) == [("", "It rained\nfor a week."), ("", "Then it stopped.")]
    assert "names no speakers" in reading.account.warnings[0]


def test_a_long_beginning_without_a_name_is_talk_not_header():
    """Nothing long disappears as a header."""
    opening = "We were all in the hall that night. " * 60
    reading = read(f"{opening}\nAna: I stayed.\nJo: I left.\nAna: Why?\nJo: The water.\n")

    assert opening.strip() == spoken(reading)[0][1]
    assert any("names no speaker" in warning for warning in reading.account.warnings)


def test_text_is_the_whole_file_so_that_foreign_offsets_hold():
    data = b"\xef\xbb\xbfTitle\r\n\r\nAna: Hi \xf0\x9f\x8c\x8a\r\nJo: Yes\r\nAna: No\r\n"
    reading = text.read(data, options=ReadOptions(".txt"))

    assert reading.text == "Title\n\nAna: Hi 🌊\nJo: Yes\nAna: No\n"
    assert {kind: count for kind, count in reading.account.by_kind().items() if kind != "blank"} == {
        "byte order mark": 1,
        "carriage return": 5,
        "header": 5,
        "speaker label": 11,
    }
    assert reading.account.adds_up


def test_times_are_kept_in_seconds():
    reading = read("Speaker 1 (01:02:03)\nIt rained.\n\n[00:10]\nStill.\n\nSpeaker 2 (12:09)\nFor a week.\n")

    assert [turn.at for turn in reading.turns] == [3723.0, 10.0, 729.0]
    assert [turn.speaker for turn in reading.turns] == ["Speaker 1", "Speaker 1", "Speaker 2"]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                " ",
                "Ana: yes",
                "JO",
                "[id1] so",
                "00:01:02",
                "00:00:08 well",
                "Ana [00:01]:",
                "P1: Moderator: go",
                "\tAna :  x ",
                "a:b:c",
                "Speaker 1 (00:12:03)",
                "\x0b",
                "\u2028",
                "\ufeff",
                "::",
                "[]:",
                "Ana: ",
            ]
        ),
        st.text(st.characters(exclude_characters="\x00"), max_size=30),
    ),
    max_size=25,
)


@given(LINES)
def test_any_text_keeps_or_itemises_every_character(lines):
    """Characters in = kept + dropped; turns are in order, apart, not blank, and trimmed."""
    source = "\n".join(lines)
    reading = text.read(source.encode("utf-8", "replace"), options=ReadOptions(".txt"))

    assert reading.account.adds_up
    position = 0
    for turn in reading.turns:
        assert position <= turn.start < turn.end <= len(reading.text)
        words = reading.text[turn.start : turn.end]
        assert words == words.strip()
        position = turn.end
