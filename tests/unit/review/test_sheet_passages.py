"""What stands under `Move to` is where the passage goes: corrected, back again, or to a code that it makes."""

import pytest
from openpyxl import load_workbook

from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.review import deciding
from pipeline.review.seen import Seen
from pipeline.review.sheet_drafts import Outcome
from pipeline.review.sheet_layout import COLUMNS, Tab
from tests.unit.mapping.conversation import logged
from tests.unit.review.test_sheet import HOUSING, OFFERED, PHONES, Desk, S, sign

PLACE = {column.title: number for number, column in enumerate(COLUMNS[Tab.SEGMENTS], start=1)}


def fill_beside(desk: Desk, segment: str, belongs_to: str, move_to: str) -> None:
    """Fill in the row of the passage that belongs to that candidate or code."""
    book = load_workbook(desk.path)
    sheet = book[Tab.SEGMENTS.value]
    row = next(row[0].row for row in sheet.iter_rows() if (row[0].value, row[2].value) == (segment, belongs_to))
    sheet.cell(row, PLACE["Move to"]).value = move_to
    book.save(desk.path)


def test_a_changed_cell_moves_the_passage_on_from_where_it_was_brought(tmp_path):
    """Coded nowhere, then under one code, then under the other and back: one code at a time, and no import of an
    unchanged workbook changes anything."""
    desk = Desk(tmp_path, offered=SuggestionSet((HOUSING, PHONES), S[4:]))
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name="Phones")
    for target in ("Rent", "phones", "Rent", "Phones"):
        desk.fill(Tab.SEGMENTS, S[4], Move_to=target)
        assert [outcome for outcome, _ in desk.bring_back()].count(Outcome.TAKEN) >= 1
        assert [desk.book.codes[code].name.lower() for code in desk.book.codes_of(S[4])] == [target.lower()]
        assert {outcome for outcome, _ in desk.bring_back()} == {Outcome.ALREADY}
    desk.fill(Tab.SEGMENTS, S[4], Move_to=None, Drop="yes")
    desk.bring_back()
    assert desk.book.codes_of(S[4]) == ()
    desk.fill(Tab.SEGMENTS, S[4], Move_to="Rent", Drop=None)
    desk.bring_back()
    assert [desk.book.codes[code].name for code in desk.book.codes_of(S[4])] == ["Rent"]


def test_a_passage_moved_between_codes_is_moved_on_when_its_cell_is_corrected(tmp_path):
    """In other capitals the same code is meant; a name that is none leaves it where the last import brought it."""
    log = logged([deciding.create(Seen(), sign(str(n)), name, segments=S[n : n + 1]) for n, name in enumerate("ABC")])
    one, two, three = (item.subject for item in log)
    desk = Desk(tmp_path, log, offered=SuggestionSet((), ()))
    desk.fill(Tab.SEGMENTS, S[0], Move_to="B")
    desk.bring_back()
    for wrong in ("b", "D"):
        desk.fill(Tab.SEGMENTS, S[0], Move_to=wrong)
        desk.bring_back()
        assert desk.book.codes_of(S[0]) == (two,)
    desk.fill(Tab.SEGMENTS, S[0], Move_to="C")

    assert [outcome for outcome, _ in desk.bring_back()] == [Outcome.TAKEN]
    assert desk.book.codes_of(S[0]) == (three,)
    assert (S[0], one) in desk.book.removed


def test_a_passage_that_somebody_took_elsewhere_since_is_not_coded_twice(tmp_path):
    desk = Desk(tmp_path, offered=SuggestionSet((HOUSING, PHONES), S[4:]))
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name="Phones")
    desk.fill(Tab.SEGMENTS, S[4], Move_to="Rent")
    desk.bring_back()
    (rent, _) = desk.book.active_codes
    desk.append(deciding.split(Seen(OFFERED, desk.book), sign("split"), rent.id, [deciding.Part("Motel", (S[4],))]))
    desk.fill(Tab.SEGMENTS, S[4], Move_to="Phones")

    (refusal,) = [sentence for outcome, sentence in desk.bring_back() if outcome is Outcome.REFUSED]
    assert "no longer where this row brought it" in refusal
    assert [desk.book.codes[code].name for code in desk.book.codes_of(S[4])] == ["Motel"]


def test_two_rows_that_bring_a_passage_to_one_code_do_not_take_it_from_each_other(tmp_path):
    """Corrected in one of them, it stays for the other."""
    log = logged(
        [
            *(deciding.create(Seen(), sign(name), name, segments=S[:1]) for name in "AB"),
            *(deciding.create(Seen(), sign(name), name) for name in "CD"),
        ]
    )
    codes = {item.payload["name"]: item.subject for item in log}
    desk = Desk(tmp_path, log, offered=SuggestionSet((), ()))
    fill_beside(desk, S[0], codes["A"], "C")
    fill_beside(desk, S[0], codes["B"], "C")
    desk.bring_back()
    fill_beside(desk, S[0], codes["B"], "D")
    desk.bring_back()

    assert desk.book.codes_of(S[0]) == (codes["C"], codes["D"])


def test_an_answer_changed_and_changed_back_is_what_the_workbook_says_last(tmp_path):
    """A proposed coding confirmed, refused and confirmed; a code renamed twice and back again."""
    log = logged([deciding.accept(Seen(OFFERED), sign("1"), "s-1", name="Housing")])
    code = log[0].payload["code"]
    desk = Desk(tmp_path, log, (ProposedCoding(S[2], code, 0.7),))
    for answer, name in (("yes", "Rent"), ("no", "Home"), ("yes", "Rent")):
        desk.fill(Tab.APPLIED, S[2], **{"Is it right?": answer})
        desk.fill(Tab.CODEBOOK, code, Name=name)
        desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name=f"{name} 2")
        desk.bring_back()
        assert (S[2] in desk.book.segments_of(code)) is (answer == "yes")
        assert [item.name for item in desk.book.active_codes] == [name, f"{name} 2"]


def test_a_code_that_is_not_there_yet_is_made_once_for_all_rows_that_name_it(tmp_path):
    """`new: NAME` under Move to; the same workbook again makes no second one."""
    desk = Desk(tmp_path, offered=SuggestionSet((HOUSING, PHONES), S[4:]))
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent")
    desk.fill(Tab.SEGMENTS, S[1], Move_to="new: Waiting lists")
    desk.fill(Tab.SEGMENTS, S[4], Move_to="New:waiting  Lists")
    desk.fill(Tab.SEGMENTS, S[2], Move_to="Waiting lists")
    desk.bring_back()
    once = tuple(desk.log)

    assert {code.name: set(desk.book.segments_of(code.id)) for code in desk.book.active_codes} == {
        "Rent": {S[0]},
        "Waiting lists": {S[1], S[2], S[4]},
    }
    assert {outcome for outcome, _ in desk.bring_back()} == {Outcome.ALREADY}
    assert tuple(desk.log) == once


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("Roofs", "or `new: Roofs` to make a code of that name. The passage stayed where it was"),
        ("new:", "Write the name of the new code after `new:`."),
        ("new: rent", "There is a code `rent` already: write its name without `new:`."),
        ("Rant", "Did you mean `Rent` (c-"),
    ],
)
def test_a_move_to_nowhere_says_how_a_code_is_made(tmp_path, cell, says):
    desk = Desk(tmp_path, logged([deciding.accept(Seen(OFFERED), sign("1"), "s-1", name="Rent")]))
    desk.fill(Tab.SEGMENTS, S[2], Move_to=cell)
    ((outcome, sentence),) = desk.bring_back()

    assert outcome is Outcome.REFUSED
    assert says in sentence
    assert len(desk.log) == 1
