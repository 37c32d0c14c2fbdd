"""Tables: a row is a turn; which column is which is told from the header, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import FileRefused
from pipeline.ingest import delimited
from pipeline.ingest.composing import Reading, ReadOptions


def read(source: str) -> Reading:
    return delimited.read(source.encode(), options=ReadOptions(".csv"))


def spoken(reading: Reading) -> list[tuple[str, str]]:
    assert reading.account.adds_up
    return [(turn.speaker, reading.text[turn.start : turn.end]) for turn in reading.turns]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_each_row_is_a_turn(mark):
    rows = [
        ["Time", "Speaker", "Text", "Tag"],
        ["00:00:02", "Ana", '"It rained, for; a ""week""\nor two."', "x"],
        ["12.5", "Ana", "It did.", ""],
        ["", "Jo", "Yes.", "y"],
    ]
    reading = read("\r\n".join(mark.join(row) for row in rows))

    assert spoken(reading) == [("Ana", 'It rained, for; a "week" or two.'), ("Ana", "It did."), ("Jo", "Yes.")]
    assert [turn.at for turn in reading.turns] == [2.0, 12.5, None]
    assert [turn.where for turn in reading.turns] == ["row 2", "row 3", "row 4"]
    assert reading.account.by_kind()['column "Tag"'] == 2


def test_rows_of_one_turn_join_and_a_row_without_a_speaker_goes_on():
    reading = read("turn,who,utterance\n1,Ana,It rained\n1,Ana,for a week.\n2,Ana,Yes.\n3,,Still.\n3,Jo,No.\n")

    assert spoken(reading) == [("Ana", "It rained for a week."), ("Ana", "Yes."), ("Ana", "Still."), ("Jo", "No.")]


def test_the_header_says_the_delimiter_whatever_the_talk_holds():
    assert spoken(read("Group 1\n\nspeaker;text\nAna;It rained, a lot, for, a week.\n")) == [
        ("Ana", "It rained, a lot, for, a week.")
    ]


def test_title_rows_above_the_header_are_dropped_as_header():
    assert spoken(read("Group 1,,\n\nname,words,note\nAna,It rained.,\n")) == [("Ana", "It rained.")]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("person,said\nAna,It rained.\n", 'the first row: "person", "said"'),
        ("Ana,It rained and it rained and it rained.\n", "a long text"),
        ("speaker,text,text\nAna,It rained.,x\n", 'Two columns of this table are titled "text"'),
        ('speaker,text\nAna,"It rained.\n', "quotes in this table do not close"),
        ("\n\n", "the first row"),
    ],
)
def test_a_table_that_does_not_say_its_columns_is_refused_with_what_was_found(source, said):
    with pytest.raises(FileRefused, match=said) as refused:
        read(source)

    assert "rained" not in str(refused.value)


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ana", "Jo", ""]), st.text(alphabet='a ,;"\n\t\r=ü', max_size=12)), max_size=12
    )
)
def test_any_table_keeps_or_itemises_every_character(rows):
    quoted = [f'{speaker},"{words.replace(chr(34), chr(34) * 2)}"' for speaker, words in rows]

    assert read("\n".join(["speaker,text", *quoted])).account.adds_up
