"""A coder's workbook goes out, is filled in at the desk, and comes back as decisions, row by row."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.decision import Decision, chained, versions
from pipeline.domain.errors import DecisionRefused, FileRefused
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.review import deciding
from pipeline.review.deciding import check
from pipeline.review.seen import Seen
from pipeline.review.sheet import Stamp, export_sheet
from pipeline.review.sheet_drafts import Outcome, drafts_of, import_report
from pipeline.review.sheet_layout import COLUMNS, GUIDANCE, Tab
from pipeline.review.sheet_reading import read_sheet
from pipeline.review.signing import Signature
from pipeline.review.worklist import in_none
from tests.unit.mapping.conversation import heard, logged

TALK = heard("""
== plains
Q1 | Ruth: There is nothing to rent.
Q1 | Sam: The list is two years long.
Q2 | Ruth: The phone is always on.
Q2 | Sam: Nobody watches the phone.
Q2 | Irene: The plant took the motel.
""")
S = tuple(item.segment.id for item in TALK.said)
HOUSING = Suggestion("s-1", "rent, list", ("rent",), S[:2], S[:2], (S[1],), 0.6)
PHONES = Suggestion("s-2", "phone", ("phone",), S[2:4], S[2:4], (S[3],), 0.5)
MOTEL = Suggestion("s-3", "motel", ("motel",), S[4:], S[4:], (), 0.5)
OFFERED = SuggestionSet((HOUSING, PHONES, MOTEL), ())


def sign(key: str, coder: str = "Ana") -> Signature:
    return Signature("study", coder, "2026-03-01T10:00:00Z", key)


class Desk:
    """A workbook on its way: exported from a log, filled in, imported into the log."""

    def __init__(
        self,
        folder: Path,
        log: tuple[Decision, ...] = (),
        proposed: tuple[ProposedCoding, ...] = (),
        offered: SuggestionSet = OFFERED,
    ) -> None:
        self.offered = offered
        self.path, self.log = folder / "desk.xlsx", list(log)
        export_sheet(
            self.path,
            TALK.study,
            Stamp("2026-03-02T08:00:00Z", "Luis"),
            suggestions=offered,
            unplaced=in_none(S, offered, proposed, fold(log)),
            book=fold(log),
            proposed=proposed,
            versions=versions(log),
            excerpt_of=TALK.by_id().__getitem__,
        )

    def fill(self, tab: Tab, row_id: str, **cells: str) -> None:
        book = load_workbook(self.path)
        sheet = book[tab.value]
        place = {column.title: number for number, column in enumerate(COLUMNS[tab], start=1)}
        row = next(cell.row for cell in sheet["A"] if cell.value == row_id)
        for title, value in cells.items():
            sheet.cell(row, place[title.replace("_", " ")]).value = value
        book.save(self.path)

    def bring_back(self) -> list[tuple[str, str]]:
        """Import it as it is; returns the report as (outcome, sentence)."""
        sheet, problems = read_sheet(self.path)
        assert problems == ()
        drafted, others = drafts_of(sheet, Seen(self.offered, self.book, set(S)), self.log, "2026-03-03T08:00:00Z")
        results = [self.append(item.draft) for item in drafted]
        return [(line.outcome, line.sentence) for line in import_report(drafted, results, others)]

    def append(self, draft) -> Decision | DecisionRefused:
        if draft.expected_version not in {None, versions(self.log)[draft.subject]}:
            return DecisionRefused("stale")
        decision = chained(draft, len(self.log) + 1, self.log[-1].hash if self.log else "0" * 64)
        if why := check(lambda: self.log, decision):
            return DecisionRefused(why)
        self.log.append(decision)
        return decision

    @property
    def book(self) -> Codebook:
        return fold(self.log)


def test_what_a_coder_writes_is_what_is_decided(tmp_path):
    """One workbook: accept under a new name, merge into that code, reject, drop one passage, move another."""
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="Accept ", Name="No place to live", Stance="gap", Memo="Ask Ruth.")
    desk.fill(Tab.CANDIDATES, "s-3", Decision="merge into", Merge_into="s-1")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="reject", Reason="Not about the question.")
    desk.fill(Tab.SEGMENTS, S[1], Drop="yes")
    desk.fill(Tab.SEGMENTS, S[3], Move_to="no place to LIVE")
    report = desk.bring_back()

    (code,) = desk.book.active_codes
    assert {outcome for outcome, _ in report} == {Outcome.TAKEN}
    assert (code.name, code.stance) == ("No place to live", Stance.GAP)
    assert set(desk.book.segments_of(code.id)) == {S[0], S[3], S[4]}
    assert desk.book.rejected == {"s-2": "Not about the question."}
    assert {item.draft.coder for item in desk.log} == {"Luis"}


def test_importing_the_same_workbook_twice_doubles_nothing(tmp_path):
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Stance="gap", Memo="Ask Ruth.")
    desk.fill(Tab.SEGMENTS, S[1], Drop="yes")
    desk.bring_back()
    once = tuple(desk.log)
    report = desk.bring_back()

    assert tuple(desk.log) == once
    assert Outcome.REFUSED not in {outcome for outcome, _ in report}


def test_a_passage_moved_to_no_code_stays_until_the_cell_is_mended(tmp_path):
    """A refused row takes nothing away; with the cell mended, the next import moves the passage."""
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent", Stance="gap")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name="Phones")
    desk.fill(Tab.SEGMENTS, S[1], Move_to="Lists")
    assert any("The passage stayed where it was" in sentence for _, sentence in desk.bring_back())
    rent, phones = desk.book.active_codes
    assert set(desk.book.segments_of(rent.id)) == {S[0], S[1]}

    desk.fill(Tab.SEGMENTS, S[1], Move_to="phones")
    assert Outcome.REFUSED not in {outcome for outcome, _ in desk.bring_back()}
    assert set(desk.book.segments_of(rent.id)) == {S[0]}
    assert set(desk.book.segments_of(phones.id)) == {S[1], S[2], S[3]}


def test_a_stale_passage_stays_in_the_code_its_candidate_becomes(tmp_path):
    desk = Desk(tmp_path)
    other = logged([deciding.create(Seen(OFFERED), sign("own"), "Own")])[0]
    desk.append(other.draft)
    desk.append(deciding.apply(Seen(OFFERED, desk.book, set(S)), sign("apply"), S[1], other.subject))
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept")
    desk.fill(Tab.SEGMENTS, S[1], Move_to="Own")
    report = desk.bring_back()

    assert [outcome for outcome, _ in report] == [Outcome.TAKEN, Outcome.REFUSED]
    assert set(desk.book.segments_of(desk.book.accepted["s-1"])) == {S[0], S[1]}


def test_dropping_moving_and_renaming_after_an_import_correct_what_was_taken(tmp_path):
    """Nothing long taken is refused for it, and no line of the report vanishes; a third import changes nothing."""
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent", Stance="gap")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name="Phones")
    before = desk.bring_back()
    desk.fill(Tab.CANDIDATES, "s-1", Name="No place")
    desk.fill(Tab.SEGMENTS, S[1], Drop="yes")
    desk.fill(Tab.SEGMENTS, S[2], Move_to="no place")
    report = desk.bring_back()

    rent, phones = desk.book.active_codes
    assert len(report) == len(before) + 3
    assert [outcome for outcome, _ in report].count(Outcome.TAKEN) == 3
    assert Outcome.REFUSED not in {outcome for outcome, _ in report}
    assert (rent.name, set(desk.book.segments_of(rent.id))) == ("No place", {S[0], S[2]})
    assert desk.book.segments_of(phones.id) == (S[3],)
    assert {outcome for outcome, _ in desk.bring_back()} == {Outcome.ALREADY}


def test_talk_that_no_candidate_took_can_be_coded(tmp_path):
    desk = Desk(tmp_path, offered=SuggestionSet((HOUSING, PHONES), S[4:]))
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent")
    desk.fill(Tab.SEGMENTS, S[4], Move_to="Rent")
    desk.bring_back()

    (code,) = desk.book.active_codes
    assert set(desk.book.segments_of(code.id)) == {S[0], S[1], S[4]}


def test_a_memo_makes_no_other_coders_row_stale(tmp_path):
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept")
    desk.append(deciding.memo(sign("note"), "s-1", "Read this one twice."))

    assert [outcome for outcome, _ in desk.bring_back()] == [Outcome.TAKEN]


def test_what_was_undone_since_is_not_told_as_if_it_stood(tmp_path):
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept")
    desk.bring_back()
    desk.append(deciding.undo(desk.log, sign("undo"), 1))

    assert desk.bring_back() == [(Outcome.ALREADY, "accept: taken before, and undone since: it does not stand.")]


def test_filling_in_more_and_importing_again_takes_only_what_is_new(tmp_path):
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept")
    desk.bring_back()
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept", Name="Phones")
    report = desk.bring_back()

    assert [outcome for outcome, _ in report] == [Outcome.ALREADY, Outcome.TAKEN]
    assert len(desk.log) == 2


def test_a_stale_row_is_refused_and_hinders_no_other(tmp_path):
    """Somebody else rejected a candidate after the export: that row is told so, the next is taken."""
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="accept")
    reason = Signature("study", "Ana", "2026-03-02T09:00:00Z", "other", "Too thin.")
    desk.append(deciding.reject(Seen(OFFERED), reason, "s-1"))
    report = desk.bring_back()

    assert [outcome for outcome, _ in report] == [Outcome.REFUSED, Outcome.TAKEN]
    assert "decided on since this workbook was exported" in report[0][1]
    assert desk.book.rejected == {"s-1": "Too thin."}


def test_every_wrong_row_is_told_its_mend(tmp_path):
    log = logged([deciding.accept(Seen(OFFERED), sign("1"), "s-1")])
    desk = Desk(tmp_path, log)
    desk.fill(Tab.CANDIDATES, "s-2", Decision="reject")
    desk.fill(Tab.CANDIDATES, "s-3", Decision="maybe")
    desk.fill(Tab.SEGMENTS, S[2], Drop="yes")
    desk.fill(Tab.CODEBOOK, log[0].payload["code"], Merge_into="Roofs")
    report = desk.bring_back()

    assert {outcome for outcome, _ in report} == {Outcome.REFUSED}
    for said, (_, sentence) in zip(
        ("needs a reason", "`maybe` is no decision", "was not accepted", "There is no code `Roofs`"),
        report,
        strict=True,
    ):
        assert said in sentence
    assert tuple(desk.log) == log


def test_what_a_row_holds_and_its_decision_has_no_use_for_is_told(tmp_path):
    """Taken all the same, now and when it was taken before."""
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="Rent")
    desk.fill(Tab.CANDIDATES, "s-2", Decision="merge into", Merge_into="Rent", Name="Phones", Stance="gap")
    unused = "What stands under Name and Stance was not used: the decision is merge into."

    assert desk.bring_back()[1] == (Outcome.TAKEN, f"merge. {unused}")
    assert desk.bring_back()[1] == (Outcome.ALREADY, f"merge: taken before. {unused}")


def test_codes_already_agreed_can_be_changed_and_merged(tmp_path):
    log = logged(
        [
            deciding.accept(Seen(OFFERED), sign("1"), "s-1", name="Housing"),
            deciding.accept(Seen(OFFERED), sign("2"), "s-2", name="Phones"),
        ]
    )
    housing, phones = (item.payload["code"] for item in log)
    desk = Desk(tmp_path, log)
    desk.fill(Tab.CODEBOOK, housing, Name="Home", Definition="A door that shuts.", Stance="gap")
    desk.fill(Tab.CODEBOOK, phones, Merge_into="Home")
    desk.fill(Tab.SEGMENTS, S[0], Drop="yes")
    desk.fill(Tab.SEGMENTS, S[1], Move_to="Phones")
    desk.bring_back()

    assert [(code.name, code.definition) for code in desk.book.active_codes] == [("Home", "A door that shuts.")]
    assert set(desk.book.segments_of(housing)) == set(S[1:4])


def test_proposed_codings_count_only_once_a_coder_says_yes(tmp_path):
    log = logged([deciding.accept(Seen(OFFERED), sign("1"), "s-1")])
    code = log[0].payload["code"]
    desk = Desk(tmp_path, log, tuple(ProposedCoding(segment, code, 0.7) for segment in S[2:4]))
    desk.fill(Tab.APPLIED, S[2], **{"Is it right?": "yes"})
    desk.fill(Tab.APPLIED, S[3], **{"Is it right?": "no"})
    desk.bring_back()

    assert S[2] in desk.book.segments_of(code)
    assert (S[3], code) in desk.book.removed


def test_a_workbook_without_a_name_or_of_another_kind_is_refused(tmp_path):
    other = tmp_path / "other.xlsx"
    Workbook().save(other)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    desk = Desk(tmp_path)
    book = load_workbook(desk.path)
    next(row[1] for row in book[Tab.COVER.value].iter_rows() if row[0].value == "Your name").value = None
    book.save(desk.path)

    for path, why in ((other, "not a workbook that"), (broken, "cannot be read"), (desk.path, "put a name")):
        with pytest.raises(FileRefused, match=why):
            read_sheet(path)


def test_a_formula_in_a_cell_to_fill_in_is_a_problem_with_its_place(tmp_path):
    desk = Desk(tmp_path)
    desk.fill(Tab.CANDIDATES, "s-1", Decision="accept", Name="=1+1")
    sheet, (problem,) = read_sheet(desk.path)

    assert sheet.rows == ()
    assert str(problem).startswith("Candidates, row 2: Name holds a formula.")


@settings(max_examples=15, deadline=None)
@given(st.sampled_from("=+-@\t\r").flatmap(lambda first: st.text(max_size=30).map(lambda rest: first + rest)))
def test_no_text_of_ours_becomes_a_formula(tmp_path_factory, hostile):
    """A candidate's name that begins like a formula is a locked text cell, without characters that act unseen."""
    path = tmp_path_factory.mktemp("sheet") / "desk.xlsx"
    named = Suggestion("s-1", f"{hostile}\u202e", (hostile,), S[:2], S[:2], (), 0.6)
    export_sheet(
        path,
        TALK.study,
        Stamp("2026-03-02T08:00:00Z"),
        suggestions=SuggestionSet((named,), ()),
        unplaced=(),
        book=Codebook(),
        proposed=(),
        versions={},
        excerpt_of=TALK.by_id().__getitem__,
    )
    cells = [cell for row in load_workbook(path)[Tab.CANDIDATES.value].iter_rows(min_row=2) for cell in row]

    assert all(cell.data_type != "f" for cell in cells)
    assert all("\u202e" not in str(cell.value) for cell in cells)
    assert [cell.protection.locked for cell in cells] == [not column.fill_in for column in COLUMNS[Tab.CANDIDATES]]


def test_the_workbook_says_that_the_report_prints_memos():
    assert any("Memos are part of the report" in paragraph for paragraph in GUIDANCE)
