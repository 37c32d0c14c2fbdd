"""The report says how far its coding was double-checked: on the page, in the workbook, and when it was not at all."""

import io
from dataclasses import replace

from openpyxl import load_workbook

from pipeline.domain.checked import NOT_CHECKED, Checked, CodeChecked, RoundChecked
from pipeline.report.findings import findings
from pipeline.report.html import html
from pipeline.report.source import Source
from pipeline.report.xlsx import xlsx
from tests.unit.report.made import source
from tests.unit.report.test_html import HOSTILE, Page

HELD = RoundChecked(
    "Blind round on a sample of 40 segments, 2026-03-01",
    ("2 coders: ana, ben.", "The team settled 3 of them."),
    "Cohen's kappa",
    (
        CodeChecked("rent", "20 of 40", "90% (80% to 97%)", "0.80 (0.61 to 0.95)", "0.80 (0.60 to 0.95)"),
        CodeChecked(HOSTILE, "2 of 40", "95%", "not assessable", "not assessable", "Not assessable: too few."),
    ),
)


def checked(**how) -> Source:
    return source(checked=Checked(("1 blind round was held.",), (replace(HELD, **how),)))


def sheet(made: Source, name: str) -> list[list[object]]:
    book = load_workbook(io.BytesIO(xlsx(findings(made), made)))
    assert name in book.sheetnames
    return [[cell.value for cell in row] for row in book[name].iter_rows(min_row=2)]


def test_where_nothing_was_double_checked_page_and_workbook_say_so():
    made = source()
    assert NOT_CHECKED in Page(html(findings(made))).text
    assert ["How far coding was double-checked", NOT_CHECKED] in [row[:2] for row in sheet(made, "Methods")]
    assert "Agreement" not in load_workbook(io.BytesIO(xlsx(findings(made), made))).sheetnames


def test_the_page_shows_every_round_with_its_sentences_and_figures():
    text = Page(html(findings(checked()))).text
    for said in (HELD.heading, *HELD.sentences, "1 blind round was held.", "Cohen's kappa", "0.80 (0.61 to 0.95)"):
        assert said in text
    assert "Not assessable: too few." in text
    assert "ends of 95% intervals" in text


def test_the_contents_lead_to_it():
    page = Page(html(findings(checked())))
    assert "#double-checked" in page.every("href")
    assert page.every("id").count("double-checked") == 1


def test_a_round_without_figures_shows_no_table():
    text = html(findings(checked(codes=())))
    assert "Agreement, round 1" not in text
    assert "2 coders: ana, ben." in text


def test_the_workbook_has_a_row_for_each_code_of_each_round():
    made = checked()
    rows = sheet(made, "Agreement")
    assert [row[1] for row in rows] == ["rent", HOSTILE]
    assert rows[0][2:5] == ["20 of 40", "90% (80% to 97%)", "0.80 (0.61 to 0.95)"]
    assert rows[0][5:7] == ["Cohen's kappa", "0.80 (0.60 to 0.95)"]
    assert rows[1][7] == "Not assessable: too few."
    assert [HELD.heading, "2 coders: ana, ben."] in [row[:2] for row in sheet(made, "Methods")]


def test_a_code_named_like_markup_is_shown_and_never_run():
    page = Page(html(findings(checked())))
    assert HOSTILE in page.text
    assert [tag for tag, _ in page.elements].count("script") == 1


def test_the_same_rounds_make_the_same_files():
    one, two = checked(), checked()
    assert html(findings(one)) == html(findings(two))
    assert xlsx(findings(one), one) == xlsx(findings(two), two)


def test_what_was_decided_after_the_map_was_approved_stands_among_the_limits():
    said = "Since ana approved the map on 2026-03-01, people took 3 decisions on what it shows."
    made = source()
    made = replace(made, making=replace(made.making, unsigned=said))
    assert said in findings(made).methods.limits
    assert not any("approved the map" in sentence for sentence in findings(source()).methods.limits)
