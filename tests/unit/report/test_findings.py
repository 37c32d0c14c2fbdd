"""The findings say what was said, by how many of whom, and no more than that."""

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Kind
from pipeline.domain.suggestion import SuggestionSet
from pipeline.report.findings import findings
from tests.unit.mapping.conversation import heard
from tests.unit.report.made import TALK, code_of, drafted, proposal, source


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
    assert after.coded == before.coded


def test_the_unclear_share_leaves_out_what_people_have_coded_since():
    unclear = SuggestionSet((), (TALK.segment("It is quiet"), TALK.segment("Nobody sees it")))
    found = findings(source(suggestions=unclear))
    answer = found.answers[0]

    assert (answer.unclear, answer.segments) == (1, 4)
    assert "1 segment fitted nowhere and carries no code." in found.methods.machine[2]


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
