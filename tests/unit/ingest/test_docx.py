"""What the .docx reader promises: talk in order, every character accounted for, changes told exactly."""

import io
import re
import zipfile
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from pipeline.domain.errors import FileRefused
from pipeline.ingest import docx, text
from pipeline.ingest.composing import Reading, ReadOptions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def document(body: str, **asides: str) -> bytes:
    """A .docx with a body and, by relationship type, other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELS}"><Relationship Type="{R}/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
        )
        related = "".join(f'<Relationship Type="{R}/{kind}" Target="{kind}1.xml"/>' for kind in asides)
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{RELS}">{related}</Relationships>')
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>'
        )
        for kind, content in asides.items():
            archive.writestr(f"word/{kind}1.xml", f'<w:{kind} xmlns:w="{W}">{content}</w:{kind}>')
    return file.getvalue()


def run(words: str, settings: str = "") -> str:
    return f'<w:r><w:rPr>{settings}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p><w:pPr><w:tabs><w:tab w:pos='1'/></w:tabs></w:pPr>{''.join(runs)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def read(body: str, **asides: str) -> Reading:
    return docx.read(document(body, **asides), options=ReadOptions(".docx"))


def conversation(reading: Reading) -> list[str]:
    return [f"{turn.speaker}: {reading.text[turn.start : turn.end]}" for turn in reading.turns]


def test_reads_names_with_a_colon() -> None:
    reading = read(
        paragraph(run("Moderator: ", "<w:b/>"), run("What helped?"))
        + paragraph(run("Ana: An advocate."))
        + paragraph(run("She called every week."))
        + paragraph(run("Moderator: And then?"))
        + paragraph(run("Ana: I left."))
    )
    assert conversation(reading) == [
        "Moderator: What helped?",
        "Ana: An advocate. She called every week.",
        "Moderator: And then?",
        "Ana: I left.",
    ]
    assert [turn.where for turn in reading.turns] == ["paragraph 1", "paragraph 2", "paragraph 4", "paragraph 5"]


@pytest.mark.parametrize("settings", ["<w:b/>", '<w:rStyle w:val="Speaker"/>', '<w:u w:val="single"/>'])
def test_reads_names_set_apart_without_a_colon(settings: str) -> None:
    reading = read(
        "".join(
            paragraph(run(name, settings), run(f" {words}"))
            for name, words in [("Dr Lee", "What helped?"), ("Ana", "A friend."), ("Dr Lee", "Who?"), ("Ana", "Eva.")]
        )
    )
    assert conversation(reading) == ["Dr Lee: What helped?", "Ana: A friend.", "Dr Lee: Who?", "Ana: Eva."]


def test_reads_what_python_docx_passes_over() -> None:
    """Insertions, content controls, smart tags, hyperlinks and tables are talk, in the order they stand."""
    reading = read(
        paragraph(run("Ana: I "), f'<w:ins w:id="1">{run("really ")}</w:ins>', run("left."))
        + f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(run('Eva: When?'))}</w:sdtContent></w:sdt>"
        + paragraph(f"<w:smartTag>{run('Ana: In May. ')}</w:smartTag>", f"<w:hyperlink>{run('See')}</w:hyperlink>")
        + table(("Eva", "Why?"), ("Ana", "Debts."), ("Eva", "Whose?"), ("Ana", "Mine."))
    )
    assert conversation(reading) == [
        "Ana: I really left.",
        "Eva: When?",
        "Ana: In May. See",
        "Eva: Why?",
        "Ana: Debts.",
        "Eva: Whose?",
        "Ana: Mine.",
    ]


def test_reads_a_table_of_turns_with_its_times() -> None:
    reading = read(
        paragraph(run("Group 3"))
        + table(("Time", "Speaker", "Text"), ("00:12", "Moderator", "Who helped?"), ("00:15", "P4", "Nobody."))
    )
    assert conversation(reading) == ["Moderator: Who helped?", "P4: Nobody."]
    assert [(turn.at, turn.where) for turn in reading.turns] == [(12.0, "table 1, row 2"), (15.0, "table 1, row 3")]


def test_reads_a_table_without_titles() -> None:
    """A column of names that recur speaks its rows, a time beside a name is its time."""
    reading = read(table(("00:12", "Ana", "Yes."), ("00:14", "Eva", "When?"), ("00:16", "Ana", "In May.")))
    assert conversation(reading) == ["Ana: Yes.", "Eva: When?", "Ana: In May."]
    assert [turn.at for turn in reading.turns] == [12.0, 14.0, 16.0]


def test_tells_exactly_which_tracked_changes_it_found() -> None:
    reading = read(
        paragraph(
            run("Ana: We were "), '<w:del w:id="1"><w:r><w:delText>never </w:delText></w:r></w:del>', run("told.")
        )
        + paragraph(run("Eva: By "), f'<w:ins w:id="2">{run("whom")}</w:ins>', run("?"))
    )
    assert conversation(reading) == ["Ana: We were told.", "Eva: By whom?"]
    assert reading.account.by_kind()["deleted in tracked changes"] == 6
    assert (
        "Tracked changes: 1 insertion (4 characters: paragraph 2) read as accepted; "
        "1 deletion (6 characters: paragraph 1) left out." in reading.account.warnings[0]
    )


def test_a_deleted_paragraph_mark_runs_the_next_paragraph_on() -> None:
    first = f"<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{run('Ana: We ')}</w:p>"
    reading = read(first + paragraph(run("left.")) + paragraph(run("Eva: Ah.")))
    assert conversation(reading) == ["Ana: We left.", "Eva: Ah."]


def test_a_deleted_paragraph_mark_at_the_end_loses_no_word() -> None:
    """At the end of the document, and before a table, there is nothing to run on into."""
    last = f"<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{run('Eva: We left.')}</w:p>"
    rows = table(("Ana", "When?"), ("Eva", "In May."), ("Ana", "Ah."))
    assert conversation(read(paragraph(run("Ana: And?")) + last)) == ["Ana: And?", "Eva: We left."]
    assert conversation(read(last + rows))[:2] == ["Eva: We left.", "Ana: When?"]


def test_what_is_left_out_of_a_paragraph_is_told_once_with_its_first_place() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(run('Boxed'))}</w:txbxContent></w:pict></w:r>"
    reading = read(
        paragraph(run("Ana: Yes"))
        + paragraph(run("Eva: No"), box, run("!", "<w:vanish/>"))
        + paragraph(run("Ana: Why"), box, run("!", "<w:vanish/>"))
        + paragraph(run("Eva: So."))
    )
    assert reading.account.warnings == (
        "Text boxes were left out, first in paragraph 2.",
        "Text formatted as hidden was left out, first in paragraph 2.",
    )


def test_the_gloss_over_a_word_is_no_part_of_it() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('kaze')}</w:rt><w:rubyBase>{run('wind')}</w:rubyBase></w:ruby></w:r>"
    reading = read(paragraph(run("Ana: The "), ruby) + paragraph(run("Eva: Ah.")))
    assert conversation(reading) == ["Ana: The wind", "Eva: Ah."]
    assert reading.account.by_kind()["ruby gloss"] == 4


def test_itemises_what_stands_beside_the_talk() -> None:
    """Comments, notes, headers, text boxes, field codes and hidden text are left out, never silently."""
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(run('Boxed'))}</w:txbxContent></w:pict></w:r>"
    reading = read(
        paragraph(
            run("Ana: Yes"),
            '<w:r><w:commentReference w:id="7"/></w:r>',
            "<w:r><w:instrText>PAGE</w:instrText></w:r>",
            run("!", "<w:vanish/>"),
            box,
        )
        + paragraph(run("Eva: No")),
        comments=f'<w:comment w:id="7">{paragraph(run("check"))}</w:comment>',
        footnotes=f'<w:footnote w:id="2">{paragraph(run("see p. 3"))}</w:footnote>',
        header=paragraph(run("Draft")),
    )
    assert conversation(reading) == ["Ana: Yes", "Eva: No"]
    beside = {drop.kind: (drop.characters, drop.where) for drop in reading.account.dropped}
    assert beside["comment"] == (5, "comment 7, paragraph 1")
    assert beside["footnote"][0] == 8
    assert beside["page header"] == (5, "header1.xml")
    assert beside["text box"] == (5, "paragraph 1")
    assert beside["field code"] == (4, "paragraph 1")
    assert beside["hidden text"] == (1, "paragraph 1")
    assert any("1 page header, 1 footnote, 1 comment" in warning for warning in reading.account.warnings)


def test_reads_alternate_content_once() -> None:
    """Word saves some paragraphs twice, for newer and older programs."""
    said = paragraph(run("Ana: Yes."))
    both = "<x:AlternateContent xmlns:x='x'><x:Choice>{0}</x:Choice><x:Fallback>{0}</x:Fallback></x:AlternateContent>"
    reading = read(both.format(said) + paragraph(run("Eva: No.")))
    assert conversation(reading) == ["Ana: Yes.", "Eva: No."]
    assert reading.account.by_kind()["second copy of a drawing"] == 9


def test_signs_become_their_characters() -> None:
    signs = "<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t><w:tab/><w:t>a</w:t><w:softHyphen/><w:t>b\u00a0c</w:t>"
    reading = read(paragraph(run("Ana: "), signs + "<w:br/><w:t>end</w:t></w:r>") + paragraph(run("Eva: No")))
    assert conversation(reading)[0] == "Ana: co\u2011op ab c end"


def test_leaves_out_printed_line_numbers() -> None:
    lines = ["Mod: How?", "Ana: So.", "Mod: When?", "Ana: Then.", "Mod: Why?", "Ana: Debts."]
    reading = read("".join(paragraph(run(f"{number}  {line}")) for number, line in enumerate(lines, start=41)))
    assert conversation(reading) == lines
    assert reading.account.by_kind()["line number"] == 24


def test_refuses_a_document_inside_a_document() -> None:
    with pytest.raises(FileRefused, match="another document inside"):
        read('<w:altChunk xmlns:r="x" r:id="1"/>' + paragraph(run("Ana: Yes")))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sheffield/Ana", "sheffield/David", "sheffield/Kelly", "qualcoder_ID1"])
def test_loses_no_character_of_real_documents(shared_dir: Path, name: str) -> None:
    """Words kept and labels dropped are, letter for letter, what a plain search for <w:t> finds."""
    data = (shared_dir / "transcripts" / f"{name}.docx").read_bytes()
    reading = docx.read(data, options=ReadOptions(".docx"))
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    found = unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml)))
    dropped = reading.account.by_kind()
    assert reading.account.adds_up
    assert reading.account.characters_in - dropped.get("comment", 0) == len(found)
    said = Counter("".join(reading.text.split()))
    written = Counter("".join(found.split()))
    assert said - written == Counter()
    assert (written - said).total() <= dropped.get("header", 0)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "share"), [("David", 1.0), ("Kelly", 1.0), ("Ana", 0.99)])
def test_agrees_with_the_same_talk_saved_as_text(shared_dir: Path, name: str, share: float) -> None:
    """Words by speaker are those of the .txt; Ana's two files differ in 21 places by their authors' editing."""
    folder = shared_dir / "transcripts" / "sheffield"
    spoken = _words(docx.read((folder / f"{name}.docx").read_bytes(), options=ReadOptions(".docx")))
    written = _words(text.read((folder / f"{name}.txt").read_bytes(), options=ReadOptions(".txt")))
    assert (spoken & written).total() >= share * max(spoken.total(), written.total())


def _words(reading: Reading) -> Counter[tuple[str, str]]:
    return Counter(
        (turn.speaker, word) for turn in reading.turns for word in reading.text[turn.start : turn.end].split()
    )
