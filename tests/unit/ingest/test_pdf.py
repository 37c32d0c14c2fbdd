"""What the .pdf reader promises: lines put together by place, furniture of pages itemised, pictures refused."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

from pipeline.domain.errors import FileRefused
from pipeline.ingest import pdf as reader
from pipeline.ingest.composing import Reading, ReadOptions
from tests.unit.ingest.paper import column, pdf

TALK = ("Mod: What helped you?", "Ana: A friend, who came", "every week.", "Mod: And then?", "Ana: I left.")
SAID = ["Mod: What helped you?", "Ana: A friend, who came every week.", "Mod: And then?", "Ana: I left."]


def read(data: bytes) -> Reading:
    return reader.read(data, options=ReadOptions(".pdf"))


def conversation(reading: Reading) -> list[str]:
    return [f"{turn.speaker}: {reading.text[turn.start : turn.end]}" for turn in reading.turns]


def test_reads_wrapped_lines_as_turns_and_warns_of_its_order() -> None:
    reading = read(pdf(column(*TALK)))
    assert conversation(reading) == SAID
    assert any("keeps no order of reading" in warning for warning in reading.account.warnings)


def test_words_drawn_one_by_one_are_one_line() -> None:
    """Some programs place every word by itself."""
    line = [(72 + 6 * start, 700, word) for start, word in [(0, "Ana:"), (5, "We"), (8, "left."), (0, "")]]
    reading = read(pdf([*line, *column("Mod: When?", "Ana: In May.", top=680)]))
    assert conversation(reading) == ["Ana: We left.", "Mod: When?", "Ana: In May."]


def test_itemises_running_heads_page_numbers_and_line_numbers() -> None:
    pages = [
        [(72, 760, "Study 7, confidential"), *column(*TALK), *column(*"12345", left=40), (300, 30, f"{page} of 3")]
        for page in (1, 2, 3)
    ]
    reading = read(pdf(*pages))
    assert conversation(reading) == SAID * 3
    kinds = reading.account.by_kind()
    assert (kinds["running head"], kinds["page number"], kinds["line number"]) == (63, 18, 15)
    assert reading.turns[4].where == "page 2"


def test_mends_broken_words_only_where_the_document_shows_how() -> None:
    reading = read(
        pdf(
            column(
                "Ana: It was a discus-",
                "sion, our discussion, well-",
                "known to a well-known i-",
                "diot. I th-",
                "they left.",
            )
        )
    )
    assert reading.text.endswith(
        "It was a discussion, our discussion, well-known to a well-known i- diot. I th- they left."
    )
    assert reading.account.by_kind()["hyphen at a line end"] == 1


def test_a_line_printed_on_both_sides_of_a_page_break_is_said_once() -> None:
    cut = "and this line is drawn on both pages."
    reading = read(pdf(column("Mod: How?", "Ana: Slowly,", cut), column(cut, "Mod: Why?", "Ana: Debts.")))
    assert conversation(reading)[1] == f"Ana: Slowly, {cut}"
    assert any("printed again on page 2" in warning for warning in reading.account.warnings)


def test_warns_of_two_columns_comments_and_what_is_drawn_outside() -> None:
    left, right = column(*TALK), column(*TALK, left=330)
    data = pdf([*left, *right, (72, -200, "beyond")])
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_annotation(0, FreeText(text="check", rect=(0, 0, 9, 9)))
    file = io.BytesIO()
    writer.write(file)
    reading = read(file.getvalue())
    assert any("two columns" in warning for warning in reading.account.warnings)
    assert (reading.account.by_kind()["comment"], reading.account.by_kind()["drawn outside the page"]) == (5, 6)


def test_names_the_pages_that_are_pictures() -> None:
    with pytest.raises(FileRefused, match="only pictures or nothing: 1, 2"):
        read(pdf([], [], picture=True))
    with pytest.raises(FileRefused, match="only pictures or nothing: 2"):
        read(pdf(column(*TALK), [], picture=True))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "numbered"), [("P1", 95), ("protocol", None)])
def test_loses_no_letter_of_real_files(shared_dir: Path, name: str, numbered: int | None) -> None:
    """Letters kept and itemised are those pypdf finds; P1 prints a number beside each paragraph: all are turns."""
    data = (shared_dir / "transcripts" / "pdpilot_pdf" / f"{name}.pdf").read_bytes()
    reading = read(data)
    found = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)
    said = "".join("".join(reading.text[turn.start : turn.end] for turn in reading.turns).split())
    dropped = sum(
        size for kind, size in reading.account.by_kind().items() if kind not in {"blank", "folded white space"}
    )
    assert reading.account.adds_up
    assert 0 <= len(found) - len(said) <= dropped
    if numbered is not None:
        assert len(reading.turns) == numbered - 1  # the heading is numbered too
        assert {turn.speaker for turn in reading.turns} == {"Dan", "Participant"}
