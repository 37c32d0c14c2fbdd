"""Encodings are asked for, never guessed."""

import pytest

from pipeline.domain.errors import FileRefused
from pipeline.ingest.decoding import decode


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_byte_order_mark_or_utf8_says_enough(codec):
    assert decode("Ana: señor\n".encode(codec)).text == "Ana: señor\n"


def test_other_bytes_are_refused_with_place_and_both_candidates():
    with pytest.raises(FileRefused) as refused:
        decode("Ana: yes\nJo: señor".encode("cp1252"))

    message = str(refused.value)
    assert "line 2, byte 16" in message
    assert 'encoding = "cp1252"' in message
    assert 'encoding = "latin-1"' in message
    assert "señor" not in message


def test_what_a_person_says_is_followed():
    assert decode("“señor”".encode("cp1252"), "cp1252").text == "“señor”"


@pytest.mark.parametrize("said", ["klingon", "rot13", "base64", "", "utf-8\x00"])
def test_an_encoding_that_is_none_is_refused(said):
    with pytest.raises(FileRefused, match="no text encoding called"):
        decode(b"Ana: yes", said)


def test_bytes_that_are_not_in_the_encoding_given_are_refused():
    with pytest.raises(FileRefused, match="not text in ascii"):
        decode("señor".encode(), "ascii")


def test_nul_characters_are_no_text():
    with pytest.raises(FileRefused, match="NUL"):
        decode(b"Ana: \x00\x01\x02 yes")


def test_utf16_without_its_mark_is_recognised():
    with pytest.raises(FileRefused, match='encoding = "utf-16-le"'):
        decode("Ana: yes, I did.".encode("utf-16-le"))


@pytest.mark.parametrize("data", [b"\xff\xfeA", b"\xff\xfe\x00\xd8", b"\xfe\xff\x00"])
def test_a_cut_or_broken_utf16_file_is_refused(data):
    with pytest.raises(FileRefused):
        decode(data)


def test_old_line_ends_become_new_ones_and_are_counted():
    decoded = decode(b"a\r\nb\rc\n")

    assert decoded.text == "a\nb\nc\n"
    assert (decoded.characters, decoded.returns) == (7, 1)
