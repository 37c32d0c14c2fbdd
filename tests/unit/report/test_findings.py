"""The findings say what was said, by how many of whom, and no more than that."""

from dataclasses import replace

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.report.findings import findings
from pipeline.report.methods import Rejected
from tests.unit.mapping.conversation import heard
from tests.unit.report.made import TALK, code_of, drafted, proposal, source, with_attributes


def test_a_finding_counts_speakers_by_group_and_role_and_quotes_across_groups():
    hidden = findings(source()).answers[0].findings[0]

    assert (hidden.support.segments, hidden.support.speakers) == (3, 3)
    assert hidden.support.groups == (("plains", 2), ("capital", 1))
    assert hidden.support.roles == (("advocate", 2), ("attorney", 1))
    assert [quote.group for quote in hidden.quotes] == ["plains", "capital"]


def test_strengths_gaps_and_neither_are_kept_apart():
    found = findings(source(more=[drafted(Kind.STANCE, code_of("table"), "s", stance="strength")]))

    assert [item.name for item in found.answers[1].of(Stance.STRENGTH)] == ["table"]
    assert [item.name for item in found.answers[0].of(Stance.NEITHER)] == ["hidden"]


def test_a_question_that_a_group_never_reached_is_said_so():
    assert [answer.unreached for answer in findings(source()).answers] == [(), ("capital",)]


def test_what_the_machine_proposed_counts_in_no_support():
    """An unconfirmed coding is counted apart; the code's own speakers and quotes stay as they were."""
    waiting = proposal("I keep my hand", "table")
    before, after = findings(source()).answers[1], findings(source(unconfirmed=(waiting,))).answers[1]

    assert (after.unconfirmed, after.findings[0].unconfirmed) == (1, 1)
    assert after.findings[0].support == before.findings[0].support
    assert after.coverage == before.coverage


def test_the_unclear_share_leaves_out_what_people_have_coded_since():
    unclear = (TALK.segment("It is quiet"), TALK.segment("Nobody sees it"))
    found = findings(source(unclear=unclear))
    answer = found.answers[0].coverage

    assert (answer.unclear, answer.segments) == (1, 4)
    assert answer.told("passage") == "4 passages of talk, 3 coded, 1 (25%) with no code: 1 in no candidate."
    assert "1 segment is in no candidate and carries no code: what" in found.methods.machine[2]


def test_what_carries_no_code_is_told_for_each_question_and_adds_up():
    """What fits nowhere, what people left without a code, and what waits: no passage is passed over in silence."""
    talk = (TALK.segment("It is quiet"), TALK.segment("I keep my hand"), TALK.segment("Is there more coffee"))
    left = drafted(Kind.COMMIT, talk[1], "none", codes=[])
    found = findings(source(more=[left], unclear=talk[2:]))

    first, second = (answer.coverage for answer in found.answers)
    assert (first.uncoded, first.unclear, first.left, first.waiting) == (1, 0, 0, 1)
    assert second.told("passage") == (
        "2 passages of talk, 1 coded, 1 (50%) with no code: 1 read and left without a code."
    )
    assert (
        "Talk that carries no code, and on which no finding rests: Q1 1 of 4 passages (25%); "
        "Q2 1 of 2 passages (50%); said beside the guide 1 of 1 passage (100%)."
    ) in found.methods.limits


def test_a_note_of_dissent_stands_with_its_finding():
    memo = drafted(Kind.MEMO, code_of("table"), "m", text="Dissent: Wade doubts task forces.")
    other = drafted(Kind.MEMO, code_of("table"), "n", text="Ask about Tuesdays.")

    assert [note.text for note in findings(source(more=[memo, other])).answers[1].findings[0].dissent] == [
        "Dissent: Wade doubts task forces."
    ]


def test_a_theme_spans_questions_and_is_no_answer():
    codes = [code_of("hidden"), code_of("table")]
    (theme,) = findings(source(more=[drafted(Kind.THEME, "t-1", "t", name="Eyes open", codes=codes)])).themes

    assert theme.questions == ("Q1", "Q2")
    assert (theme.support.segments, theme.support.speakers) == (4, 3)


def test_transcripts_keep_every_word_and_mark_each_coded_passage_once():
    """The passages of each turn, joined, are the turn."""
    for script, transcript in zip(findings(source()).scripts, TALK.transcripts.values(), strict=True):
        for shown, turn in zip(script.turns, transcript.turns, strict=True):
            assert "".join(passage.text for passage in shown.passages) == transcript.said(turn)
    anchors = [p.anchor for s in findings(source()).scripts for t in s.turns for p in t.passages if p.anchor]
    assert len(anchors) == len(set(anchors)) == 4


def test_a_turn_that_people_left_out_is_marked_and_its_words_are_not_printed():
    talk = heard("== plains\nQ1 | Ruth: {a}Said for all.{/}\nQ1 | Sam: My sister's name is Jo.")
    made = source(talk)
    kept = tuple(item for item in made.said if item.speaker == "Ruth")
    without = type(made)(**{name: getattr(made, name) for name in made.__dataclass_fields__} | {"said": kept})
    (script,) = findings(without).scripts

    assert [turn.left_out for turn in script.turns] == [False, True]
    assert script.turns[1].passages == ()


def test_the_appendix_adds_up_and_says_that_saturation_cannot_be_assessed():
    found = findings(source()).methods

    assert all(item.characters_in == item.kept + sum(n for _, n in item.dropped) for item in found.accounts)
    assert any("not assessable with 2 groups" in sentence for sentence in found.limits)


def test_dissent_from_a_code_stands_with_the_code_it_was_merged_into():
    memo = drafted(Kind.MEMO, code_of("table"), "m", text="Dissent: Wade doubts task forces.")
    merge = drafted(Kind.MERGE, code_of("hidden"), "g", codes=[code_of("table")])

    notes = [note.text for note in findings(source(more=[memo, merge])).answers[0].findings[0].dissent]
    assert notes == ["Dissent: Wade doubts task forces."]


def test_a_passage_with_two_codes_is_one_coded_passage():
    both = drafted(Kind.APPLY, TALK.segment("Nobody sees it"), "b", code=code_of("table"))
    assert {what: number for number, what in findings(source(more=[both])).figures}["coded passages"] == 4


def test_memos_stand_with_their_finding_apart_from_dissent():
    """On the code, on the candidate it was, or on a passage that carries it here; not on what does not."""
    ask = drafted(Kind.MEMO, code_of("table"), "m", text="Ask about Tuesdays.")
    there = drafted(Kind.MEMO, TALK.segment("We sit at one table"), "n", text="He laughs.")
    other = drafted(Kind.MEMO, TALK.segment("I keep my hand"), "o", text="So does he.")
    found = findings(source(more=[ask, there, other]))

    assert [note.text for note in found.answers[1].findings[0].memos] == ["Ask about Tuesdays.", "He laughs."]
    assert found.answers[0].findings[0].memos == ()


def test_every_passage_of_a_finding_is_listed_with_its_place():
    hidden = findings(source()).answers[0].findings[0]

    assert len(hidden.passages) == hidden.support.segments > len(hidden.quotes)
    assert hidden.passages[0].begins == "Nobody sees it next door, and nobody says a word about a neighbor."
    assert (
        hidden.passages[1].begins == "They figure it cannot be going on out here, because somebody would have said."
    )
    assert {quote.anchor for quote in hidden.quotes} <= {passage.anchor for passage in hidden.passages}


def test_rejected_candidates_stand_in_the_appendix_with_their_reasons():
    """Also one that a newer run offers no more."""
    quiet = Suggestion("s-1", "quiet", (), (TALK.segment("It is quiet"),), (), (), 0.5)
    more = [
        Draft(str(n), "study", "Luis", "2026-03-02", Kind.REJECT, candidate, {}, "Too thin.")
        for n, candidate in enumerate(("s-1", "s-gone"))
    ]
    told = findings(source(more=more, suggestions=SuggestionSet((quiet,), ()))).methods.rejected

    assert told == (Rejected("s-1", "quiet", 1, "Too thin."), Rejected("s-gone", "s-gone", None, "Too thin."))


def test_the_appendix_is_written_as_people_write():
    """One of a kind, one day, and a name that brings its own full stop."""
    rosa = [Draft("r", "study", "Rosa Q.", "2026-03-01T11:00:00Z", Kind.MEMO, "plains", {"text": "Cold."})]
    told = findings(source(more=rosa)).methods

    assert told.people[0] == "2 people took 3 decisions on 2026-03-01: Ana, Rosa Q."
    later = findings(source(more=[drafted(Kind.MEMO, "plains", "m", text="Cold.")])).methods
    assert later.people[0] == "2 people took 3 decisions between 2026-03-01 and 2026-03-02: Ana, Luis."
    one = findings(source(unconfirmed=(proposal("I keep my hand", "table"),))).methods
    assert any("neither confirmed nor removed: 1. No count" in sentence for sentence in one.limits)


def test_each_attribute_that_is_used_has_its_table():
    """With what the study does not state as a column of its own; without attributes there is none."""
    talk = with_attributes(TALK, Ruth={"years_here": "9"}, Nadia={"years_here": "2"})
    table = findings(source(talk)).grids[-1]

    assert (table.title, [short for short, _ in table.columns]) == ("Codes by years here", ["9", "2", "not stated"])
    assert [[cell.speakers for cell in row.cells] for row in table.rows] == [[1, 1, 1], [0, 0, 1]]
    assert [grid.title for grid in findings(source()).grids][-1] == "Codes by role"


def test_a_short_answer_that_people_coded_is_talk_that_carries_a_code():
    """ "Mm-hm." counts as noise until somebody codes it; the numbers of an answer and of its findings then agree."""
    talk = heard("== plains\nQ1 | Moderator: Is it so?\nQ1 | Ruth: {so}Mm-hm.{/}\nQ1 | Sam: Uh.")
    said = tuple(
        replace(item, segment=replace(item.segment, noise=item.speaker != "Moderator")) for item in talk.said
    )
    found = findings(source(replace(talk, said=said)))
    answer = found.answers[0]

    assert (answer.coverage.segments, answer.coverage.coded, answer.findings[0].support.segments) == (1, 1, 1)
    assert (
        "can carry a code: 1. Their short noises of agreement, which are kept and shown but carry none: 1."
        in (found.methods.machine[0])
    )


def test_a_moderators_mm_hm_is_no_noise_of_the_participants():
    talk = heard("== plains\nQ1 | Moderator: Mm-hm.\nQ1 | Ruth: {so}It is so here.{/}")
    said = tuple(
        replace(item, segment=replace(item.segment, noise=item.speaker == "Moderator")) for item in talk.said
    )
    told = findings(source(replace(talk, said=said))).methods.machine[0]
    assert "Their short noises of agreement, which are kept and shown but carry none: 0." in told


def test_what_a_moderator_said_is_marked_with_no_code():
    """It was coded before people found who moderates: no count rests on it, and no mark in the transcript."""
    found = findings(source(heard("== plains\nQ1 | Moderator: {so}Is it so?{/}\nQ1 | Ruth: {so}It is so here.{/}")))
    marked = [(turn.speaker, turn.codes) for turn in found.scripts[0].turns]

    assert marked == [("Moderator", ()), ("Ruth", ("so",))]
    assert found.answers[0].findings[0].support.segments == 1


def test_groups_called_alike_are_told_apart():
    named = tuple(replace(group, attributes={"name": "Advocates"}) for group in TALK.study.groups)
    found = findings(source(replace(TALK, study=replace(TALK.study, groups=named))))

    assert found.answers[0].findings[0].support.groups == (("Advocates (plains)", 2), ("Advocates (capital)", 1))
    assert [short for short, _ in found.grids[1].columns] == ["Advocates (plains)", "Advocates (capital)"]


def test_participants_without_a_name_are_called_so_and_their_number_is_not_claimed():
    said = tuple(replace(item, speaker="") for item in TALK.said)
    found = findings(source(replace(TALK, said=said)))
    hidden = found.answers[0].findings[0]

    assert {item.speaker for item in (*hidden.quotes, *hidden.passages)} == {"Unnamed"}
    assert any("not name (2 groups) count as one speaker of their group" in line for line in found.methods.limits)
    assert not any("not name" in line for line in findings(source()).methods.limits)


def test_the_appendix_counts_what_stands_and_not_what_was_undone():
    made = drafted(Kind.CREATE, "c-oops", "c", name="Oops")
    left = drafted(Kind.OMIT, "t:1", "o", omit=True)
    undone = [drafted(Kind.UNDO, key, f"u-{key}") for key in ("c", "o")]
    people = findings(source(more=[made, left, *undone])).methods.people

    assert "made 2 codes of their own" in people[1]
    assert people[2].startswith("They made 0 corrections")


def test_who_has_no_role_is_counted_as_such_so_that_the_roles_add_up():
    """Only where the study states roles at all."""
    talk = heard("""
== plains
Q1 | Ruth, advocate: {hidden}Nobody sees it.{/}
Q1 | Sam: {hidden}Nor do I.{/}
""")
    support = findings(source(talk)).answers[0].findings[0].support
    assert support.roles == (("advocate", 1), ("role not stated", 1))
    silent = heard("== plains\nQ1 | Sam: {hidden}Nobody sees it.{/}")
    assert findings(source(silent)).answers[0].findings[0].support.roles == ()


def test_a_memo_on_a_code_that_was_split_stands_once_among_the_answers():
    """With the code itself where that is left, else with one of those it was split into."""
    memo = drafted(Kind.MEMO, code_of("hidden"), "m", text="Ask about Tuesdays.")
    first, second = (TALK.segment(words) for words in ("Nobody sees it", "They figure"))
    parts = [{"code": f"c-{at}", "name": at, "segments": [at]} for at in (first, second)]
    for taken, holder in ((parts[:1], code_of("hidden")), (parts, code_of("hidden"))):
        split = drafted(Kind.SPLIT, code_of("hidden"), "s", parts=taken)
        answers = findings(source(more=[memo, split])).answers[0]
        assert [item.code for item in answers.findings if item.memos] == [holder]
    third = TALK.segment("People think")
    gone = [*parts, {"code": "c-third", "name": "third", "segments": [third]}]
    split = drafted(Kind.SPLIT, code_of("hidden"), "s", parts=gone)
    found = findings(source(more=[memo, split])).answers[0].findings
    assert sum(len(item.memos) for item in found) == 1


def test_a_code_is_shown_with_where_it_ends_what_it_stands_under_and_its_examples():
    shown = TALK.segment("They figure")
    defined = drafted(
        Kind.DEFINE, code_of("hidden"), "d", includes="What is unseen", excludes="Rent", examples=[shown, "gone:0-1"]
    )
    placed = drafted(Kind.PLACE, code_of("hidden"), "p", parent=code_of("table"))
    found = findings(source(more=[defined, placed])).answers[0].findings[0]

    assert (found.includes, found.excludes, found.under) == ("What is unseen", "Rent", "table")
    assert [(item.speaker, item.begins[:11]) for item in found.examples] == [("Sam", "They figure")]


def test_codes_of_their_own_and_those_that_a_split_made_are_told_apart():
    split = drafted(
        Kind.SPLIT,
        code_of("hidden"),
        "s",
        parts=[{"code": "c-1", "name": "unseen", "segments": [TALK.segment("They figure")]}],
    )
    assert "made 2 codes of their own." in findings(source()).methods.people[1]
    told = findings(source(more=[split])).methods
    assert "made 2 codes of their own and 1 by splitting codes." in told.people[1]
    assert ("Split a code", 1) in told.decisions
    assert ("Made a code", 2) in told.decisions
