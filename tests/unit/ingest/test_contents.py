"""What a file really is decides whether its name may be believed."""

import io
import zipfile

import pytest

from pipeline.ingest.composing import Composer, ReadOptions
from pipeline.ingest.contents import contradiction
from pipeline.ingest.docx import read
from pipeline.ingest.limits import Limits
from pipeline.ingest.turn_table import Row, is_turn_table, turn_table

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def packed(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_document_whose_main_part_has_another_name_is_read() -> None:
    """Some programs write word/document2.xml; what counts is what the package itself refers to."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in ("Ana: I stayed.", "Jo: I left."))
    data = packed(
        **{
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="r" Type="{OFFICE}" Target="main.xml"/></Relationships>',
            "main.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        }
    )
    assert contradiction(data, ".docx") is None
    assert [turn.speaker for turn in read(data, options=ReadOptions(".docx", limits=Limits())).turns] == ["Ana", "Jo"]


def test_an_opendocument_text_may_pack_its_type() -> None:
    data = packed(**{"mimetype": "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": "<m/>"})
    assert contradiction(data, ".odt") is None


@pytest.mark.parametrize(
    ("parts", "suffix", "says"),
    [
        ({"talk.txt": "Ana: I stayed."}, ".docx", "a ZIP archive"),
        ({"talk.txt": "Ana: I stayed."}, ".odt", "a ZIP archive"),
        ({"_rels/.rels": "<r/>", "xl/workbook.xml": "<w/>"}, ".docx", "holds a .xlsx file"),
        ({"_rels/.rels": "<r/>", "ppt/presentation.xml": "<p/>"}, ".docx", "a presentation"),
        ({"_rels/.rels": "<r/>"}, ".txt", "a ZIP archive"),
    ],
)
def test_what_is_plainly_something_else_is_said(parts: dict[str, str], suffix: str, says: str) -> None:
    assert says in str(contradiction(packed(**parts), suffix))


@pytest.mark.parametrize(
    "header", [("speaker", "text"), ("time", "text"), ("speaker", "speaker", "text"), ("name", "who", "words")]
)
def test_what_is_called_a_table_of_turns_is_read_as_one(header: tuple[str, ...]) -> None:
    rows = [Row(1, header), Row(2, tuple("x" for _ in header))]
    try:
        turn_table(rows, Composer())
    except Exception:  # noqa: BLE001 - whatever stops the reading
        assert not is_turn_table(rows)
    else:
        assert is_turn_table(rows)
