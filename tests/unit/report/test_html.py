"""One file that opens anywhere, asks for nothing, and shows what people typed without doing it."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.decision import Kind
from pipeline.report.findings import findings
from pipeline.report.html import html
from pipeline.report.transcripts import anchor
from tests.unit.mapping.conversation import heard
from tests.unit.report.made import TALK, code_of, drafted, source

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """The elements of a page, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def every(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]


def test_nothing_is_fetched_and_nothing_runs_but_the_page_itself():
    text = html(findings(source()))
    page = Page(text)
    policy = next(attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv"))

    assert not {"img", "link", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.elements}
    assert all(target.startswith("#") for target in page.every("href"))
    assert not page.every("src") + page.every("style") + page.every("onclick")
    assert "http://" not in text
    assert "https://" not in text
    assert "url(" not in text
    assert policy.startswith("default-src 'none';")
    for block in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.DOTALL):
        assert base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() in policy


def test_every_link_opens_at_a_place_that_is_there_once():
    memo = drafted(Kind.MEMO, code_of("table"), "m", text="Dissent: no.")
    theme = drafted(Kind.THEME, "t-1", "t", name="Eyes", codes=[code_of("table")])
    page = Page(html(findings(source(more=[memo, theme]))))
    places = page.every("id")

    assert len(places) == len(set(places))
    assert {target[1:] for target in page.every("href")} <= set(places)
    assert any(target.startswith("#seg-") for target in page.every("href"))


def test_no_two_parts_of_the_page_are_called_alike():
    """Whoever goes from part to part by ear has nothing but what they are called."""
    page = Page(html(findings(source())))
    called = [*page.every("aria-labelledby"), *page.every("aria-label")]
    assert sum(attrs.get("role") == "region" for _, attrs in page.elements) > 1
    assert len(called) == len(set(called))


def test_what_people_typed_is_shown_and_never_run():
    talk = heard(f"== {HOSTILE}\nQ1 | {HOSTILE}: {{a}}{HOSTILE} and so on.{{/}}", title=HOSTILE)
    more = [
        drafted(Kind.RENAME, code_of("a", talk), "r", name=HOSTILE, definition=HOSTILE),
        drafted(Kind.MEMO, code_of("a", talk), "m", text=f"Dissent {HOSTILE}"),
        drafted(Kind.THEME, "t-1", "t", name=HOSTILE, codes=[code_of("a", talk)], note=HOSTILE),
    ]
    page = Page(html(findings(source(talk, more))))

    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not page.every("onerror")
    assert HOSTILE in page.text


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_no_name_changes_what_the_page_is_made_of(name):
    """Whatever a code is called, the page has the same elements in the same order, and no turned direction."""
    plain = Page(html(findings(source(more=[renamed("plain")]))))
    text = html(findings(source(more=[renamed(name + "\u202egnp.exe")])))

    assert [tag for tag, _ in Page(text).elements] == [tag for tag, _ in plain.elements]
    assert "\u202e" not in text


def renamed(name: str):
    return drafted(Kind.RENAME, code_of("hidden"), "r", name=name)


def test_the_same_findings_make_the_same_page():
    assert html(findings(source())) == html(findings(source()))


def test_one_speaker_is_not_counted_as_several():
    assert not re.search(
        r"\b1 (?:speakers|groups|passages|turns|segments|candidates|codes)\b", Page(html(findings(source()))).text
    )


def test_all_passages_of_a_finding_open_at_their_place():
    page = html(findings(source()))
    (listed,) = re.findall(r'<details class="all">(.*?)</details>', page, re.DOTALL)

    assert "All 3 passages" in listed
    assert len(re.findall(r'<a href="#seg-', listed)) == 3


def test_what_is_only_read_aloud_makes_no_page_wider():
    """Words for screen readers lie in the box that scrolls, and not beside it."""
    style = re.search(r"\.scroll \{([^}]*)\}", html(findings(source())))

    assert style
    assert "position: relative" in style[1]


def test_a_finding_shows_its_bounds_and_its_examples_open_at_their_place():
    example = TALK.segment("They figure")
    said = {"includes": "What is unseen", "excludes": "Rent", "examples": [example]}
    more = [drafted(Kind.DEFINE, code_of("hidden"), "d", **said)]
    page = html(findings(source(more=more)))
    (listed,) = re.findall(r'<details class="all examples">(.*?)</details>', page, re.DOTALL)

    assert "1 example that the coders chose" in listed
    assert f'href="#{anchor(example)}"' in listed
    assert "Includes: What is unseen" in Page(page).text
    assert "Excludes: Rent" in Page(page).text
    assert "Stands under" not in page


def test_nothing_is_called_neither_strength_nor_gap_until_somebody_said_what_is():
    """As long as nobody took a stance, a heading that each finding stands under would only seem to."""
    said = drafted(Kind.STANCE, code_of("table"), "s", stance="gap")
    pages = [html(findings(source(more=more))) for more in ([], [said])]
    assert ["<h3>Neither strength nor gap</h3>" in page for page in pages] == [False, True]
    assert ["<h3>Answers</h3>" in page for page in pages] == [True, False]


def test_decisions_are_counted_in_words_that_a_reader_knows():
    text = Page(html(findings(source(more=[drafted(Kind.STANCE, code_of("table"), "s", stance="gap")])))).text
    assert "Said strength, gap or neither" in text
    assert "Made a code" in text
