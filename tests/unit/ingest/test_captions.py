"""Captions: every word is kept, whatever is wrong with the cues; what is wrong is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import FileRefused
from pipeline.ingest import captions
from pipeline.ingest.composing import Reading, ReadOptions


def read(source: str, suffix: str = ".vtt") -> Reading:
    return captions.read(source.encode(), options=ReadOptions(suffix))


def spoken(reading: Reading) -> list[tuple[str, str]]:
    assert reading.account.adds_up
    return [(turn.speaker, reading.text[turn.start : turn.end]) for turn in reading.turns]


def cue(times: str, words: str) -> str:
    return f"{times}\n{words}\n\n"


def test_cues_of_one_speaker_are_one_turn():
    reading = read(
        "WEBVTT\n\nintro-1\n00:00:01.000 --> 00:00:02.000\nAna Ruiz: It rained\n\n"
        "2\n00:00:02.000 --> 00:00:04.000\nAna Ruiz: for a week.\n\n"
        "3\n00:00:04.000 --> 00:00:05.000\nJo Li: It did.\n\n"
        "4\n00:00:09.000 --> 00:00:10.000\nAll of it.\n"
    )

    assert spoken(reading) == [("Ana Ruiz", "It rained for a week."), ("Jo Li", "It did. All of it.")]
    assert [turn.at for turn in reading.turns] == [1.0, 4.0]
    assert [turn.where for turn in reading.turns] == ["cue 1", "cue 3"]


def test_voices_tags_and_references():
    reading = read(
        "WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE not talk\n\n00:01.000 --> 00:02.000 align:start\n"
        "<v.loud Ana Ruiz>Salt <i>&amp;</i> <00:01.500>water</v>\n<v Jo>a &lt; b\n"
    )

    assert spoken(reading) == [("Ana Ruiz", "Salt & water"), ("Jo", "a < b")]
    assert {"style block", "note block", "caption tag", "character reference"} <= set(reading.account.by_kind())


def test_captions_that_name_nobody_are_cut_at_pauses():
    reading = read(
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nIt rained\n\n00:00:02.500 --> 00:00:03.000\nfor a week.\n\n"
        "00:00:05.000 --> 00:00:06.000\nThen it stopped.\n"
    )

    assert spoken(reading) == [("", "It rained for a week."), ("", "Then it stopped.")]


def test_subrip_with_commas_and_positions():
    reading = read(
        "1\r\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2\r\n{\\an8}<font color='red'>It rained</font>\r\n\r\n"
        "2\r\n00:00:02,100 --> 00:00:03,000\r\nfor a week.\r\n",
        ".srt",
    )

    assert spoken(reading) == [("", "It rained for a week.")]


@pytest.mark.parametrize(
    ("beside", "kind"),
    [
        ("WEBVTT\nKind: captions\nLanguage: en", "header"),
        ("WEBVTT - Group 1", "header"),
        ("WEBVTT\n\nNOTE from the transcriber,\nwho was tired", "note block"),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }", "style block"),
    ],
)
def test_a_forgotten_blank_line_costs_no_word_of_the_first_cue(beside, kind):
    """What stands before it is still no talk."""
    reading = read(f"{beside}\n1\n00:01.000 --> 00:02.000\nIt rained.\n")

    assert spoken(reading) == [("", "It rained.")]
    assert kind in reading.account.by_kind()
    assert any("No blank line before a cue: cue 1" in sentence for sentence in reading.account.warnings)


def test_blanks_and_marks_of_direction_written_as_references_are_read():
    reading = read("WEBVTT\n\n00:01.000 --> 00:02.000\nIt&nbsp;rained&rlm; &nbsp;\n")

    assert spoken(reading) == [("", "It rained\u200f")]


ODD = {
    "ends before it starts": (cue("00:05.000 --> 00:04.000", "kept"), "ends before it starts: cue 1"),
    "out of order": (
        cue("00:05.000 --> 00:06.000", "one") + cue("00:01.000 --> 00:02.000", "kept"),
        "out of order: cue 2",
    ),
    "overlapping": (
        cue("00:05.000 --> 00:06.000", "one") + cue("00:05.500 --> 00:07.000", "kept"),
        "overlaps the one before it: cue 2",
    ),
    "an unreadable time": (
        cue("00:05.000 --> 00:06.000", "one") + cue("00:0x.000 --> 00:07.000", "kept"),
        "time cannot be read: cue 2",
    ),
    "a blank line inside": (cue("00:05.000 --> 00:06.000", "one\n\nkept"), "has no time: cue 2"),
    "no blank line between": (
        "1\n00:05.000 --> 00:06.000\none\n2\n00:06.000 --> 00:07.000\nkept\n",
        "No blank line before a cue: cue 2",
    ),
    "a number without a cue": (cue("00:05.000 --> 00:06.000", "kept") + "7\n", "has a number and no time: cue 2"),
    "an arrow in talk": (cue("00:05.000 --> 00:06.000", "one\n\na --> kept"), "has no time: cue 2"),
    "no words": (cue("00:05.000 --> 00:06.000", "kept") + "00:06.000 --> 00:07.000\n", "holds no words: cue 2"),
    "words before the time": (
        cue("00:01.000 --> 00:02.000", "one") + "kept\nand kept\n00:05.000 --> 00:06.000\ntwo\n",
        "has no time: cue 2",
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_odd_cues_are_reported_and_their_words_kept(oddity):
    source, warning = ODD[oddity]
    reading = read("WEBVTT\n\n" + source)

    assert "kept" in reading.text
    assert any(warning in sentence for sentence in reading.account.warnings)
    assert reading.account.adds_up


@pytest.mark.parametrize(
    ("source", "suffix"),
    [("1\n00:00:01,000 --> 00:00:02,000\nhi\n", ".vtt"), ("just talk\n", ".srt"), ("WEBVTT\n", ".vtt")],
)
def test_what_holds_no_captions_is_refused(source, suffix):
    with pytest.raises(FileRefused):
        read(source, suffix)


BLOCKS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                "1",
                "00:01.000 --> 00:02.000",
                "00:00:09,000 --> 00:00:01,000",
                "-->",
                "a --> b",
                "NOTE x",
                "STYLE",
                "<v Ana>hi</v> &amp; <b>",
                "Ana: yes",
                "&bogus; &#0; &#13;",
                "<v >",
                " ",
                "WEBVTT",
            ]
        ),
        st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=30,
)


@given(BLOCKS)
def test_any_captions_keep_or_itemise_every_character(lines):
    source = "\n".join(["WEBVTT", "", "00:00.000 --> 00:01.000", "Well.", "", *lines])

    assert read(source).account.adds_up
