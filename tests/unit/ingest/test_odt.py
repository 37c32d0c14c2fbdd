"""What the .odt reader promises: talk in order, every character accounted for, changes told exactly."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.ingest import odt
from pipeline.ingest.composing import Reading, ReadOptions

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(
    f'xmlns:{short}="{OASIS}:{name}:1.0"'
    for short, name in [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
    ]
)
BOLD = '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'


def document(body: str, page: str = "") -> bytes:
    """A .odt with a body and, if given, a page style."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{BOLD}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        archive.writestr("styles.xml", f"<office:document-styles {NAMES}>{page}</office:document-styles>")
    return file.getvalue()


def read(body: str, page: str = "") -> Reading:
    return odt.read(document(body, page), options=ReadOptions(".odt"))


def conversation(reading: Reading) -> list[str]:
    return [f"{turn.speaker}: {reading.text[turn.start : turn.end]}" for turn in reading.turns]


def test_reads_paragraphs_headings_spans_and_signs() -> None:
    reading = read(
        "<text:p>Mod:<text:tab/>What <text:span>hel<text:span>ped</text:span></text:span>?</text:p>"
        "<text:list><text:list-item><text:p>Ana: A<text:s text:c='3'/>friend\n   of mine.</text:p></text:list-item>"
        "</text:list><text:h>Mod: Who?</text:h><text:p>Ana: Eva,<text:line-break/>my sister.</text:p>"
    )
    assert conversation(reading) == [
        "Mod: What helped?",
        "Ana: A friend of mine.",
        "Mod: Who?",
        "Ana: Eva, my sister.",
    ]


def test_reads_bold_names_and_tables() -> None:
    bold = '<text:p><text:span text:style-name="T1">{}</text:span> {}</text:p>'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    reading = read(
        "".join(
            bold.format(*turn) for turn in [("Eva", "When?"), ("Ana", "In May."), ("Eva", "Ah."), ("Ana", "Yes.")]
        )
        + "<table:table>"
        + "".join(
            f"<table:table-row>{cell.format(name)}{cell.format(words)}</table:table-row>"
            for name, words in [("Eva", "Why?"), ("Ana", "Debts.")]
        )
        + "</table:table>"
    )
    assert conversation(reading) == [
        "Eva: When?",
        "Ana: In May.",
        "Eva: Ah.",
        "Ana: Yes.",
        "Eva: Why?",
        "Ana: Debts.",
    ]


def test_tells_exactly_which_tracked_changes_it_found() -> None:
    reading = read(
        '<text:tracked-changes><text:changed-region text:id="d"><text:deletion>'
        "<text:p>never </text:p></text:deletion>"
        '</text:changed-region><text:changed-region text:id="i"><text:insertion/></text:changed-region>'
        "</text:tracked-changes>"
        '<text:p>Ana: We were <text:change text:change-id="d"/>told.</text:p>'
        '<text:p>Eva: By <text:change-start text:change-id="i"/>whom<text:change-end text:change-id="i"/>?</text:p>'
    )
    assert conversation(reading) == ["Ana: We were told.", "Eva: By whom?"]
    assert (
        "1 insertion (4 characters: paragraph 2) read as accepted; 1 deletion (6 characters: paragraph 1) left out"
        in reading.account.warnings[0]
    )


def test_itemises_what_stands_beside_the_talk() -> None:
    reading = read(
        "<text:p>Ana: Yes<office:annotation><text:p>check</text:p></office:annotation>"
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>see</text:p></text:note-body></text:note>"
        "<draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box></draw:frame></text:p>"
        '<text:section text:display="none"><text:p>secret</text:p></text:section><text:p>Eva: No</text:p>',
        '<style:master-page style:name="Standard"><style:header><text:p>Draft</text:p></style:header>'
        "</style:master-page>",
    )
    assert conversation(reading) == ["Ana: Yes", "Eva: No"]
    dropped = {kind: reading.account.by_kind()[kind] for kind in ("comment", "footnote", "text box", "page header")}
    assert dropped == {"comment": 5, "footnote": 4, "text box": 5, "page header": 5}
    assert reading.account.by_kind()["hidden text"] == 6
    assert "1 comment, 1 footnote, 1 text box, 1 hidden text" in reading.account.warnings[0]


@pytest.mark.shared
def test_loses_no_character_of_real_documents(shared_dir: Path) -> None:
    """The letters of the transcript are those a plain walk over all text of the body finds, less the header."""
    files = sorted((shared_dir / "transcripts").rglob("*.odt"))
    assert len(files) >= 10
    for file in files:
        reading = odt.read(file.read_bytes(), options=ReadOptions(".odt"))
        root = ET.fromstring(zipfile.ZipFile(file).read("content.xml"))
        body = next(element for element in root.iter() if element.tag.endswith("}body"))
        found = "".join("".join(body.itertext()).split())
        assert reading.account.adds_up
        said = "".join("".join(reading.text[turn.start : turn.end] for turn in reading.turns).split())
        dropped = reading.account.by_kind()
        assert 0 <= len(found) - len(said) <= dropped.get("header", 0) + dropped.get("speaker label", 0), file.name


def test_what_a_style_hides_is_left_out_and_told() -> None:
    """As in .docx and .rtf."""
    hidden = '<style:style style:name="H1"><style:text-properties text:display="none"/></style:style>'
    reading = read(
        "<text:p>Ana: Yes.<text:span text:style-name='H1'> Never.</text:span></text:p><text:p>Eva: No.</text:p>"
        "<text:p text:style-name='H1'>Ask her again.</text:p><text:p>Ana: So.</text:p>",
        hidden,
    )
    assert conversation(reading) == ["Ana: Yes.", "Eva: No.", "Ana: So."]
    assert reading.account.by_kind()["hidden text"] == 21
    assert "2 hidden text" in reading.account.warnings[0]
