"""The codebook is what the decisions amount to; a decision that cannot act says why and harms nothing."""

from typing import Any

import pytest

from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained
from pipeline.domain.folding import fold


def decided(*acts: tuple[Any, ...]) -> Codebook:
    """The codebook after (kind, subject, payload, reason?) acts; their keys are k1, k2, …"""
    log: list[Decision] = []
    for number, (kind, subject, payload, *reason) in enumerate(acts, start=1):
        draft = Draft(f"k{number}", "harbor", "ana", f"day {number}", kind, subject, payload, "".join(reason))
        log.append(chained(draft, number, log[-1].hash if log else GENESIS))
    return fold(log)


def accept(code: str, *segments: str) -> tuple[Kind, str, dict[str, Any]]:
    return Kind.ACCEPT, f"s-{code}", {"code": code, "name": f" {code} ", "segments": list(segments)}


def codings(book: Codebook) -> set[tuple[str, str]]:
    return set(book.codings)


def test_accepting_makes_a_code_of_a_suggestion_with_its_segments() -> None:
    book = decided(accept("beds", "a", "b"))
    code = book.codes["beds"]
    assert (code.name, code.origin, code.active) == ("beds", "s-beds", True)
    assert book.segments_of("beds") == ("a", "b")
    assert book.codings["a", "beds"].coder == "ana"
    assert book.decided("s-beds")


def test_a_coder_may_create_a_code_that_no_suggestion_offered() -> None:
    book = decided((Kind.CREATE, "trust", {"name": "trust", "segments": ["a"]}))
    assert (book.codes["trust"].origin, book.segments_of("trust")) == ("", ("a",))


def test_a_rejection_stands_until_the_suggestion_is_accepted() -> None:
    assert decided((Kind.REJECT, "s-beds", {}, "two ideas in one")).rejected == {"s-beds": "two ideas in one"}
    book = decided((Kind.REJECT, "s-beds", {}, "two ideas in one"), accept("beds"))
    assert (book.rejected, book.accepted) == ({}, {"s-beds": "beds"})


def test_merging_gathers_every_coding_and_retires_the_merged_codes() -> None:
    merge = {"codes": ["rooms"], "suggestions": [{"id": "s-9", "segments": ["d"]}]}
    book = decided(accept("beds", "a", "b"), accept("rooms", "b", "c"), (Kind.MERGE, "beds", merge))
    assert book.segments_of("beds") == ("a", "b", "c", "d")
    assert book.codes["rooms"].retired_into == "beds"
    assert book.accepted["s-9"] == "beds"
    assert [code.id for code in book.active_codes] == ["beds"]
    assert book.codings["b", "beds"].seq == 1, "who coded it first stays"


def test_splitting_moves_the_named_segments_and_keeps_the_rest() -> None:
    parts = [{"code": "nights", "name": "nights", "segments": ["a"]}]
    book = decided(accept("beds", "a", "b"), (Kind.SPLIT, "beds", {"parts": parts}))
    assert codings(book) == {("a", "nights"), ("b", "beds")}
    assert book.codes["nights"].origin == "beds"


def test_splitting_all_of_a_code_retires_it_into_its_parts() -> None:
    parts = [{"code": "x", "name": "x", "segments": ["a"]}, {"code": "y", "name": "y", "segments": ["b"]}]
    book = decided(
        accept("beds", "a", "b"), (Kind.STANCE, "beds", {"stance": "gap"}), (Kind.SPLIT, "beds", {"parts": parts})
    )
    assert book.codes["beds"].retired_into == "x,y"
    assert book.codes["x"].stance is Stance.GAP


def test_moving_and_removing_are_remembered_so_that_the_machine_does_not_propose_it_again() -> None:
    book = decided(
        accept("beds", "a", "b"),
        accept("money"),
        (Kind.MOVE, "a", {"from": "beds", "to": "money"}),
        (Kind.REMOVE, "b", {"code": "beds"}),
        (Kind.REMOVE, "z", {"code": "money"}),
    )
    assert codings(book) == {("a", "money")}
    assert book.removed == {("a", "beds"), ("b", "beds"), ("z", "money")}


def test_undoing_gives_back_what_was_there() -> None:
    merged = (accept("beds", "a"), accept("rooms", "c"), (Kind.MERGE, "beds", {"codes": ["rooms"]}))
    book = decided(*merged, (Kind.UNDO, "k3", {}))
    assert codings(book) == {("a", "beds"), ("c", "rooms")}
    assert book.codes["rooms"].active


def test_what_rested_on_something_undone_becomes_void_with_its_reason() -> None:
    book = decided(accept("beds"), (Kind.APPLY, "a", {"code": "beds"}), (Kind.UNDO, "k1", {}))
    assert [(void.seq, void.why) for void in book.void] == [(2, "There is no code beds.")]
    assert book.version == 3


def test_memos_themes_and_approvals_are_kept() -> None:
    book = decided(
        accept("beds"),
        (Kind.MEMO, "beds", {"text": " ask the shelter "}),
        (Kind.THEME, "t1", {"name": "nowhere to go", "codes": ["beds"], "note": "n"}),
        (Kind.THEME, "t2", {"name": "short", "codes": ["beds"]}),
        (Kind.THEME, "t2", {"codes": []}),
        (Kind.APPROVE, "codes", {"version": 2}),
    )
    assert book.memos[0].text == "ask the shelter"
    assert {theme.name for theme in book.themes.values()} == {"nowhere to go"}
    assert (book.approvals["codes"].version, book.approvals["codes"].at) == (2, "day 6")


@pytest.mark.parametrize(
    ("act", "why"),
    [
        ((Kind.ACCEPT, "s-2", {"code": "beds", "name": "again"}), "Code beds exists already."),
        ((Kind.ACCEPT, "s-beds", {"code": "c9", "name": "again"}), "s-beds was accepted already, as beds."),
        ((Kind.ACCEPT, "s-2", {"code": "c9", "name": " "}), "A code needs a name."),
        ((Kind.CREATE, "beds", {"name": "again"}), "Code beds exists already."),
        ((Kind.CREATE, "c9", {}), "A code needs a name."),
        ((Kind.REJECT, "s-2", {}), "A rejection needs a reason."),
        ((Kind.REJECT, "s-beds", {}, "no"), "s-beds was accepted as beds; undo that first."),
        ((Kind.RENAME, "nothing", {"name": "x"}), "There is no code nothing."),
        ((Kind.RENAME, "beds", {"name": ""}), "A code needs a name."),
        ((Kind.MERGE, "beds", {"codes": ["beds"]}), "Code beds cannot be merged into itself."),
        ((Kind.MERGE, "beds", {}), "Nothing was named to merge."),
        ((Kind.SPLIT, "beds", {}), "A split needs at least one part."),
        (
            (Kind.SPLIT, "beds", {"parts": [{"code": "x", "name": "x", "segments": ["q"]}]}),
            "Segment q does not carry",
        ),
        (
            (Kind.SPLIT, "beds", {"parts": [{"code": "x", "name": n, "segments": ["a"]} for n in ("one", "two")]}),
            "Code x is named twice.",
        ),
        ((Kind.MOVE, "q", {"from": "beds", "to": "money"}), "Segment q does not carry code beds."),
        ((Kind.STANCE, "beds", {"stance": "good"}), "A stance is one of: strength, gap, neither."),
        ((Kind.MEMO, "beds", {"text": " "}), "A memo needs a text."),
        ((Kind.THEME, "t1", {"name": "", "codes": ["beds"]}), "A theme needs a name."),
        ((Kind.THEME, "t1", {}), "There is no theme t1."),
    ],
)
def test_an_act_that_cannot_be_done_says_why_and_changes_nothing(act: tuple[Any, ...], why: str) -> None:
    before, after = decided(accept("beds", "a"), accept("money")), decided(accept("beds", "a"), accept("money"), act)
    assert [void.seq for void in after.void] == [3]
    assert after.void[0].why.startswith(why)
    assert (after.codes, after.codings, after.accepted) == (before.codes, before.codings, before.accepted)
    assert (after.rejected, after.removed, after.themes) == (before.rejected, before.removed, before.themes)


def test_a_theme_keeps_the_codings_of_a_code_that_was_merged_or_split_up() -> None:
    theme = (Kind.THEME, "t-1", {"name": "Nights", "codes": ["beds", "rooms"]})
    parts = [{"code": "nights", "name": "nights", "segments": ["c"]}]
    book = decided(
        accept("beds", "a"),
        accept("rooms", "b"),
        accept("hours", "c"),
        theme,
        (Kind.MERGE, "hours", {"codes": ["rooms"]}),
    )
    assert book.themes["t-1"].codes == ("beds", "hours")
    book = decided(
        accept("rooms", "c"), (*theme[:2], {"name": "N", "codes": ["rooms"]}), (Kind.SPLIT, "rooms", {"parts": parts})
    )
    assert book.themes["t-1"].codes == ("nights",)


def test_the_forebears_of_a_code_are_all_that_went_into_it() -> None:
    merges = [(Kind.MERGE, "rooms", {"codes": ["beds"]}), (Kind.MERGE, "hours", {"codes": ["rooms"]})]
    book = decided(accept("beds", "a"), accept("rooms", "b"), accept("hours", "c"), *merges)
    assert book.forebears("hours") == {"beds", "rooms", "hours", "s-beds", "s-rooms", "s-hours"}
    assert book.forebears("beds") == {"beds", "s-beds"}


def test_a_merge_or_a_split_makes_nobody_the_author_of_what_others_coded() -> None:
    merge = (Kind.MERGE, "beds", {"codes": ["rooms"]})
    parts = (Kind.SPLIT, "beds", {"parts": [{"code": "nights", "name": "nights", "segments": ["b"]}]})
    book = decided(accept("beds", "a"), accept("rooms", "b"), merge, parts)
    assert (book.codings["b", "nights"].code, book.codings["b", "nights"].seq) == ("nights", 2)
