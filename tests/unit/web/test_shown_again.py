"""A form that is refused comes back as it was filled, with the sentence that says why; nothing typed is lost."""

import re

import pytest

from pipeline.web.refilling import refilled

from .conftest import Place
from .markup import Form, Markup
from .test_candidates import BASE, first

PAGE = """<form method="post" action="/other"><input name="name" value="theirs"></form>
<form id="f" method="post" action="/a%3Ab/send"><input type="hidden" name="seen" value="7">
<input name="name" value="as it was"><input name="typed"><input name="typed"><textarea name="note">old</textarea>
<input type="password" name="password"><input type="radio" name="part" value="a" checked>
<input type="radio" name="part" value="b"><input type="checkbox" name="box" value="x" checked>
<select name="chosen"><option value="1" selected>one</option><option value="2">two</option></select></form>
<details class="members"><summary>All</summary><input form="f" name="move:s1"></details>
<button form="f" formaction="/merge">Merge</button>"""
TYPED = {
    "name": ['my "own" <name>'],
    "typed": ["one", "two"],
    "note": ["</textarea><b>"],
    "password": ["secret"],
    "part": ["b"],
    "chosen": ["2"],
    "seen": ["3"],
    "move:s1": ["Rent"],
}


def form_sent_to(html: str, path: str) -> Form:
    return next(form for form in Markup(html).forms if form.action == path)


@pytest.mark.parametrize("path", ["/a:b/send", "/merge"])
def test_a_form_is_filled_with_all_that_was_typed_and_no_other_form_is(path: str):
    html = refilled(PAGE, path, TYPED)
    assert html
    sent = form_sent_to(html, "/a%3Ab/send").sent
    assert sent.pop("seen") == ["7"], "what the page shows now"
    assert sent.pop("password") == [""]
    assert sent == {name: values for name, values in TYPED.items() if name not in {"seen", "password"}}
    assert form_sent_to(html, "/other").sent == {"name": ["theirs"]}
    assert re.search(r'<details class="members" open="">', html), "what was typed is not folded away"


def test_of_several_forms_to_one_address_it_is_the_one_with_the_same_hidden_fields():
    one, two = (
        f'<form method="post" action="/s"><input type="hidden" name="of" value="{n}"><input name="a">' for n in "12"
    )
    html = refilled(f"{one}</form>{two}</form>", "/s", {"of": ["2"], "a": ["typed"]})
    assert html
    assert [form.sent["a"] for form in Markup(html).forms] == [[""], ["typed"]]
    assert refilled(f"{one}</form>{one}</form>", "/s", {"of": ["1"], "a": ["typed"]}) is None
    assert refilled(PAGE, "/nowhere", TYPED) is None


def test_a_refused_split_keeps_both_names_and_every_choice(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    path = f"{BASE}/{candidate}/split"
    form = form_sent_to(ana.get(path).text, path).sent
    one, *rest = [name for name in form if name.startswith("part:")]
    form |= {"name_a": ["First"], "name_b": ["Second"], one: ["out"]}
    answer = ana.post(path, form)
    assert answer.status_code == 422
    assert "Choose B for at least one" in answer.text
    again = form_sent_to(answer.text, path).sent
    assert (again["name_a"], again["name_b"], again[one]) == (["First"], ["Second"], ["out"])
    assert f">{one}" not in answer.text
    assert ana.post(path, again | {rest[0]: ["b"]}).status_code == 303


def test_a_code_that_is_unknown_in_move_to_loses_nothing_of_the_form(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    path = f"{BASE}/{candidate}/accept"
    form = form_sent_to(ana.get(f"{BASE}/{candidate}").text, path).sent
    one, two, *_ = [name for name in form if name.startswith("move:")]
    typed = {"name": ["Mine"], "definition": ["All of it"], one: ["nothing of that name"]}
    answer = ana.post(path, form | typed | {"without": [two.removeprefix("move:")]})
    assert answer.status_code == 422
    assert "No code in use is called “nothing of that name”. To make such a code first" in answer.text
    assert answer.headers["hx-push-url"] == f"{BASE}/{candidate}"
    again = form_sent_to(answer.text, path).sent
    assert {name: again[name] for name in typed} == typed
    assert again["without"] == [two.removeprefix("move:")]


@pytest.mark.parametrize(
    "back", ["/studies/other/candidates", "//elsewhere.eg", "/accounts", "/studies/made/log", ""]
)
def test_a_form_that_names_no_page_with_it_is_told_and_what_was_typed_listed(place: Place, back: str):
    answer = place.browser("ana").post(
        f"{BASE}/{first(place)}/accept", {"name": "Mine", "into": "none", "back": back}
    )
    assert answer.status_code == 422
    assert "<dd><bdi>Mine</bdi></dd>" in answer.text


def test_a_split_of_what_was_decided_on_meanwhile_leads_to_the_candidate(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    ana.post(f"{BASE}/{candidate}/accept", {"name": "Mine", "at": 1, "seen": 0})
    assert ana.get(f"{BASE}/{candidate}/split").headers["location"] == f"{BASE}/{candidate}"


def test_what_is_only_listed_is_listed_in_words(place: Place):
    """Of a form that came too late: its page leads on to what stands there now."""
    ana, ben, candidate = place.browser("ana"), place.browser("ben"), first(place)
    path = f"{BASE}/{candidate}/split"
    form = form_sent_to(ana.get(path).text, path).sent
    one = next(name for name in form if name.startswith("part:"))
    ben.post(f"{BASE}/{candidate}/accept", {"name": "Theirs", "at": 1, "seen": 0})
    answer = ana.post(path, form | {"name_b": ["Second"], one: ["b"]})
    assert answer.status_code == 422
    assert "<dt>code B</dt><dd><bdi>Second</bdi></dd>" in answer.text
    assert one.removeprefix("part:") not in answer.text
    assert "name_b" not in answer.text
