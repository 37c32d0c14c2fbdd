"""What the .rtf reader promises: the words, not the formatting; what is hidden or deleted is not talk."""

import pytest

from pipeline.domain.errors import FileRefused
from pipeline.ingest import rtf
from pipeline.ingest.composing import Reading, ReadOptions

HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}"


def read(body: str, head: str = HEAD) -> Reading:
    return rtf.read((head + body + "}").encode("cp1252"), options=ReadOptions(".rtf"))


def conversation(reading: Reading) -> list[str]:
    return [f"{turn.speaker}: {reading.text[turn.start : turn.end]}" for turn in reading.turns]


def test_reads_words_accents_and_line_breaks() -> None:
    reading = read(
        r"\pard\b Moderator:\b0  Was it na\'efve?\par Ana: The caf\u233?\endash yes.\par "
        r"Moderator: Who\line helped?\par Ana: Eva.\par"
    )
    assert conversation(reading) == [
        "Moderator: Was it naïve?",
        "Ana: The café–yes.",
        "Moderator: Who helped?",
        "Ana: Eva.",
    ]


def test_reads_bytes_beyond_ascii_in_the_code_page_of_the_file() -> None:
    assert conversation(read(r"Ana: Café.\par Eva: Où?\par Ana: Là.\par"))[1] == "Eva: Où?"


def test_reads_rows_of_a_table_as_turns() -> None:
    rows = "".join(
        rf"\trowd {name}\cell {words}\cell\row " for name, words in [("Eva", "Why?"), ("Ana", "Debts.")] * 2
    )
    assert conversation(read(rows)) == ["Eva: Why?", "Ana: Debts."] * 2


def test_itemises_what_is_no_talk() -> None:
    """Deleted, hidden, notes, comments and headers are counted, warned of and left out; twice each here."""
    ana = r"Ana: We left.{\deleted  Never.} {\v secret }Yes.{\footnote note}{\*\annotation look}\par "
    once = ana + r"Eva: {\v x\v0}No.\par "
    reading = read(r"{\header Draft\par}" + once + once)
    assert conversation(reading) == ["Ana: We left. Yes.", "Eva: No."] * 2
    beside = ("deleted in tracked changes", "hidden text", "footnote", "comment", "page header")
    assert [reading.account.by_kind()[kind] for kind in beside] == [14, 16, 8, 8, 6]
    assert len(reading.account.warnings) == len(beside)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"Ana: hello", "no rich text"),
        (rb"{\rtf1 Ana: hello\par", "cut short"),
        (rb"{\rtf1\ansicpg9999 Ana: h\'e9\par}", "unknown code page"),
        (b"{\\rtf1\\ansicpg1252 Ana: \x81\\par}", "does not know"),
        (b"{\\rtf1 " + b"{" * 100_000 + b"}" * 100_000 + b"}", "nest over"),
    ],
)
def test_refuses_what_it_cannot_read(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        rtf.read(data, options=ReadOptions(".rtf"))


def test_reads_signs_beyond_the_first_plane() -> None:
    """Written as two halves; either alone is no character."""
    reading = read(r"Ana: Well \u-10179?\u-8704? yes.\par Eva: Ah.\par Ana: So \u-10179? no.\par Eva: Ah.\par ")
    assert conversation(reading)[::2] == ["Ana: Well \U0001f600 yes.", "Ana: So \ufffd no."]


def test_where_links_lead_and_numbers_of_lists_are_no_talk() -> None:
    link = r'{\field{\*\fldinst{HYPERLINK "http://x.org"}}{\fldrslt{\ul %s}}}'
    reading = read(
        rf"{{\listtext 1.\tab}}Ana: See {link % 'this page'} and {link % 'that one'}.\par "
        r"{\listtext 2.\tab}Eva: Yes.\par Ana: Why?\par Eva: So.\par "
    )
    assert conversation(reading)[:2] == ["Ana: See this page and that one.", "Eva: Yes."]
    assert {kind: reading.account.by_kind()[kind] for kind in ("field code", "list number")} == {
        "field code": 48,
        "list number": 6,
    }
    assert reading.account.warnings == ()
