"""The composer: one canonical text for every format, and an account that cannot be wrong unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import Composer
from pipeline.ingest.paragraphs import Paragraph, compose_paragraphs


def test_turns_span_only_the_words():
    composer = Composer()
    composer.turn("Ana", "  It rained \n", "row 1", 3.0)
    composer.turn("Ana", "for\u00a0a week.", "row 2", joins_previous=True)
    composer.turn("", "(a door)", "row 3")
    reading = composer.done(13 + 11 + 8)

    assert reading.text == "Ana: It rained for a week.\n\n(a door)"
    assert [reading.text[turn.start : turn.end] for turn in reading.turns] == ["It rained for a week.", "(a door)"]
    assert reading.account.by_kind() == {"folded white space": 4}


def test_a_lost_character_stops_the_import():
    composer = Composer()
    composer.turn("Ana", "Yes.", "row 1")

    with pytest.raises(FileRefused, match="Of 5 characters in this file 4 are accounted for"):
        composer.done(5)


def test_half_a_surrogate_pair_can_be_stored():
    composer = Composer()
    composer.turn("A\ud800", "b\udfff", "row 1")

    assert composer.done(2).text.encode() == "A\ufffd: b\ufffd".encode()


WORDS = st.text(max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["Ana", "Jo", ""]), WORDS, st.booleans())), st.integers(0, 5))
def test_whatever_is_handed_over_is_kept_or_itemised(said, dropped):
    composer = Composer()
    composer.drop("comment", dropped, "row 0")
    for speaker, words, joins in said:
        composer.turn(speaker, words, "row 1", joins_previous=joins)
    reading = composer.done(dropped + sum(len(words) for _, words, _ in said))

    assert reading.account.adds_up
    assert all(reading.text[turn.start : turn.end].strip() for turn in reading.turns)


def test_paragraphs_are_read_by_the_habits_of_text():
    paragraphs = [
        Paragraph("Group 1, March", "paragraph 1"),
        Paragraph("Moderator: [00:12] What helped?", "paragraph 2"),
        Paragraph("Ana: Neighbours.\nJo: Nobody.", "paragraph 3"),
        Paragraph("", "paragraph 4"),
        Paragraph("Nobody came.", "paragraph 5"),
        Paragraph("Moderator: Thank you.", "paragraph 6"),
    ]
    composer = Composer()
    compose_paragraphs(paragraphs, composer)
    reading = composer.done(sum(len(paragraph.text) for paragraph in paragraphs))

    assert reading.text == (
        "Moderator: What helped?\n\nAna: Neighbours.\n\nJo: Nobody. Nobody came.\n\nModerator: Thank you."
    )
    assert reading.account.by_kind()["header"] == 14


@given(st.lists(st.one_of(st.sampled_from(["Ana: yes", "JO", "00:01:02", "[x] y", "a\nAna: b"]), WORDS), max_size=12))
def test_any_paragraphs_are_kept_or_itemised(texts):
    composer = Composer()
    compose_paragraphs([Paragraph(text, "paragraph 1") for text in texts], composer)

    assert composer.done(sum(map(len, texts))).account.adds_up
