"""Whatever a file holds, it is read or refused in a sentence, within little time and memory."""

import importlib
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import ReadOptions
from pipeline.ingest.limits import MIB, Limits
from pipeline.ingest.reading import READERS
from tests.unit.ingest.paper import column, pdf

SECONDS = 10.0
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>'
)
TALK = "<w:p><w:r><w:t>Ana: Yes.</w:t></w:r></w:p>"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in zip("bcdefghij", "abcdefghi", strict=True))
    + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def zipped(*parts: tuple[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def word(xml: str | bytes, *more: tuple[str, str | bytes]) -> bytes:
    return zipped(("_rels/.rels", RELS), ("word/document.xml", xml), *more)


def words(body: str, before: str = "") -> str:
    return f'{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def packed_bomb() -> bytes:
    return word(words(f"<w:p>{' ' * 30 * MIB}</w:p>"))


def many_parts() -> bytes:
    return word(words(TALK), *((f"word/{number}.xml", "") for number in range(6_000)))


def encrypted() -> bytes:
    """The flag that says "encrypted", set in every header."""
    data = bytearray(word(words(TALK)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    return bytes(data)


def lying_about_size() -> bytes:
    """A part whose header claims 10 bytes."""
    data = bytearray(word(words(TALK)))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def flipped_bits() -> bytes:
    data = bytearray(word(words(TALK * 50)))
    at = data.find(b"word/document.xml") + len("word/document.xml")
    data[at + 20 : at + 30] = bytes(255 - byte for byte in data[at + 20 : at + 30])
    return bytes(data)


def open_document(content: str, manifest: str = "<m/>") -> bytes:
    kind = ("mimetype", "application/vnd.oasis.opendocument.text")
    return zipped(kind, ("content.xml", content), ("META-INF/manifest.xml", manifest))


def nested_tables() -> bytes:
    opened, closed = "<t:table><t:table-row><t:table-cell>" * 5_000, "</t:table-cell></t:table-row></t:table>" * 5_000
    return open_document(f'<o:d xmlns:o="o" xmlns:t="t"><o:body><o:text>{opened}{closed}</o:text></o:body></o:d>')


def workbook(sheet: str) -> bytes:
    """A workbook saved by openpyxl, with the rows of its sheet replaced."""
    file, changed = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["Speaker", "Text"])
    book.save(file)
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                before, _, rest = content.partition(b"<sheetData>")
                content = (
                    before + b"<sheetData>" + sheet.encode() + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
                )
            target.writestr(name, content)
    return changed.getvalue()


def cell(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def titles() -> str:
    return f'<row r="1">{cell("A1", "Speaker")}{cell("B1", "Text")}</row>'


def a_million_rows() -> bytes:
    return workbook(f'{titles()}<row r="1048576">{cell("A1048576", "Ana")}</row>')


def many_written_rows() -> bytes:
    return workbook(titles() + "".join(f'<row r="{row}"/>' for row in range(2, 100_000)))


def endlessly_wide_rows() -> bytes:
    return workbook(titles() + "".join(f'<row r="{row}">{cell(f"XFD{row}", "Ana")}</row>' for row in range(2, 300)))


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(column("Ana: Yes.")))))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def looping_pages() -> bytes:
    return pdf(column("Ana: Yes.")).replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]")


def private_letters() -> bytes:
    """Letters whose font says nothing of their meaning, as some programs subset them."""
    return pdf(column("(Ana)")).replace(b"\\(Ana\\)", b"\\001\\002\\3")


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a part that unpacks a thousandfold": (".docx", packed_bomb, "over 200 times its size"),
    "six thousand parts": (".docx", many_parts, "more than 5000 parts"),
    "an entity that reads a file": (".docx", lambda: word(words("<w:p>&e;</w:p>", XXE)), "declares XML entities"),
    "a billion laughs": (".docx", lambda: word(words("<w:p>&j;</w:p>", LAUGHS)), "declares XML entities"),
    "laughs in UTF-16": (".docx", lambda: word(words("&j;", LAUGHS).encode("utf-16")), "declares XML entities"),
    "a text file by another name": (".docx", lambda: b"Ana: Yes.\nEva: No.\n", "not what its name says"),
    "nothing": (".docx", lambda: b"", "not what its name says"),
    "a file cut short": (".docx", lambda: word(words(TALK * 99))[:-200], "cut short"),
    "flipped bits": (".docx", flipped_bits, "is damaged"),
    "a header that lies": (".docx", lying_about_size, "is damaged"),
    "a part outside the file": (".docx", lambda: word(words(TALK), ("../../x.xml", "")), "parts outside itself"),
    "an absolute part": (".docx", lambda: word(words(TALK), ("/etc/x", "")), "parts outside itself"),
    "an encrypted zip": (".docx", encrypted, "password"),
    "an old Office file": (".docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "password"),
    "XML 5,000 deep": (".docx", lambda: word(words("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000)), "nests over"),
    "XML that is none": (".docx", lambda: word("<w:document"), "not well-formed"),
    "an OpenDocument file by another name": (".docx", lambda: open_document("<d/>"), "no Word document"),
    "a zip in a zip": (".docx", lambda: zipped(("talk.docx", word(words(TALK)))), "no Word document"),
    "an encrypted OpenDocument": (".odt", lambda: open_document("\x00", "<encryption-data/>"), "password"),
    "an entity in an OpenDocument": (".odt", lambda: open_document(f"{XXE}<d>&e;</d>"), "declares XML entities"),
    "tables in tables": (".odt", nested_tables, "nests over"),
    "a spreadsheet as text": (
        ".odt",
        lambda: open_document("<d><body><spreadsheet/></body></d>"),
        "no text document",
    ),
    "a million rows by one number": (".xlsx", a_million_rows, "empty rows"),
    "100,000 rows written": (".xlsx", many_written_rows, "empty rows|over 200 times"),
    "16,384 columns in every row": (".xlsx", endlessly_wide_rows, "more than 2,000,000 cells"),
    "a word document as a workbook": (".xlsx", lambda: word(words(TALK)), "no Excel workbook"),
    "laughs in a workbook": (".xlsx", lambda: zipped(("xl/workbook.xml", f"{LAUGHS}<w>&j;</w>")), "declares XML"),
    "a workbook of nothing": (".xlsx", lambda: zipped(("xl/workbook.xml", "<w/>")), "damaged"),
    "a locked PDF": (".pdf", locked_pdf, "protected"),
    "a PDF of pictures": (".pdf", lambda: pdf([], [], picture=True), "only pictures or nothing: 1, 2"),
    "a PDF cut short": (".pdf", lambda: pdf(column("Ana: Yes."))[:200], "damaged|no text"),
    "no PDF": (".pdf", lambda: b"Ana: Yes." * 99, "damaged"),
    "pages that hold themselves": (".pdf", looping_pages, "damaged|no text"),
    "letters without meaning": (".pdf", private_letters, "carry no meaning"),
    "groups 100,000 deep": (".rtf", lambda: b"{\\rtf1 " + b"{" * 100_000, "nest over"),
    "rich text cut short": (".rtf", lambda: b"{\\rtf1 Ana: Yes.\\par", "cut short"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_in_a_sentence_and_in_time(name: str) -> None:
    suffix, make, sentence = HOSTILE[name]
    data, started = make(), time.monotonic()
    with pytest.raises(FileRefused, match=sentence):
        importlib.import_module(READERS[suffix]).read(data, options=ReadOptions(suffix))
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize(
    "name", ["a part that unpacks a thousandfold", "a billion laughs", "a million rows by one number"]
)
def test_stops_before_it_takes_the_memory(name: str) -> None:
    suffix, make, _ = HOSTILE[name]
    data, reader = make(), importlib.import_module(READERS[suffix])
    tracemalloc.start()
    with pytest.raises(FileRefused):
        reader.read(data, options=ReadOptions(suffix))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * MIB


def test_adds_up_what_all_parts_unpack_to() -> None:
    """Parts that each pack well enough may still be too much together."""
    limits = replace(Limits(), zip_bytes=1_000)
    with pytest.raises(FileRefused, match="unpacks to more than"):
        importlib.import_module(READERS[".docx"]).read(word(words(TALK * 50)), options=ReadOptions(limits=limits))
