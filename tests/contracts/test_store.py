"""The study database keeps what it is given: one suite over SQLite and PostgreSQL."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from pipeline.domain.errors import FileRefused, NotReady
from pipeline.domain.segment import OFF_GUIDE, Segment, TurnQuestion
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.domain.transcript import Account, Dropped, Transcript, Turn
from pipeline.store import FrozenAlready, OutboxMessage, Refused, Store, VectorsMissing

AT = "2026-11-23T10:00:00+00:00"


def transcript_of(*lines: str) -> Transcript:
    """A conversation, one "Speaker: words" per line, as an imported transcript."""
    text = "\n".join(lines)
    turns, start = [], 0
    for index, line in enumerate(lines):
        speaker, said = line.split(": ", 1)
        begin = start + len(speaker) + 2
        turns.append(Turn(index, speaker, begin, begin + len(said), f"line {index + 1}", at=index * 1.5))
        start += len(line) + 1
    kept = sum(turn.end - turn.start for turn in turns)
    account = Account(len(text), kept, (Dropped("label", len(text) - kept, "everywhere"),), ("Cues out of order.",))
    return Transcript(hashlib.sha256(text.encode()).hexdigest(), text, tuple(turns), account, "txt")


NORTH = transcript_of("Mod: What is working?", "Ana: The hotline — it “works” 🙂.", "Ben: Mm-hm.")
SOUTH = transcript_of("Mod: What is missing?", "Cleo: Beds. There are no beds.")


def test_a_study_comes_back_as_saved_and_saving_again_replaces_it(store: Store) -> None:
    study = store.studies.get("harbor")
    assert study is not None
    assert study.questions[1].text == "What is missing?"
    assert study.participants[0].attributes == {"years": "7"}
    renamed = replace(study, title="Harbor, second year")
    store.studies.save(renamed)
    store.studies.save(replace(study, id="inland"))
    assert store.studies.get("harbor") == renamed
    assert store.studies.ids() == ("harbor", "inland")
    assert store.studies.get("nowhere") is None


def test_a_transcript_comes_back_character_for_character_and_is_added_once(store: Store) -> None:
    assert store.transcripts.add("harbor", "south", SOUTH, "south.txt", AT)
    assert store.transcripts.add("harbor", "north", NORTH, "north.txt", AT)
    assert not store.transcripts.add("harbor", "other", NORTH, "copy.txt", AT)
    stored = store.transcripts.get("harbor", NORTH.id)
    assert stored is not None
    assert (stored.transcript, stored.group, stored.filename, stored.at) == (NORTH, "north", "north.txt", AT)
    assert [item.group for item in store.transcripts.of_study("harbor")] == ["south", "north"]
    assert store.transcripts.get("harbor", "unknown") is None


def test_what_is_no_text_or_belongs_to_no_study_is_refused_by_name(store: Store) -> None:
    with pytest.raises(FileRefused, match="NUL"):
        store.transcripts.add("harbor", "north", replace(NORTH, text="a\0b"), "bad.txt", AT)
    with pytest.raises(NotReady, match="save the study"):
        store.transcripts.add("nowhere", "north", NORTH, "north.txt", AT)


def test_a_file_set_aside_is_noted_once_with_its_latest_reason(store: Store) -> None:
    store.transcripts.refuse("harbor", "b.docx", "ab" * 32, "It is encrypted.", AT)
    store.transcripts.refuse("harbor", "b.docx", "ab" * 32, "It is encrypted; save it without a password.", AT)
    expected = (Refused("b.docx", "ab" * 32, "It is encrypted; save it without a password.", AT),)
    assert store.transcripts.refused("harbor") == expected


def test_segments_are_replaced_as_a_whole_and_stand_in_the_order_of_talk(store: Store) -> None:
    for transcript, group in ((SOUTH, "south"), (NORTH, "north")):
        store.transcripts.add("harbor", group, transcript, f"{group}.txt", AT)
    south = (Segment.of(SOUTH.id, 1, 28, 33), Segment.of(SOUTH.id, 1, 34, 52))
    north = (Segment.of(NORTH.id, 0, 5, 21, moderator=True), Segment.of(NORTH.id, 2, 60, 66, noise=True))
    store.segments.put("harbor", NORTH.id, north)
    store.segments.put("harbor", SOUTH.id, south)
    store.segments.put("harbor", SOUTH.id, south)
    assert store.segments.of_study("harbor") == south + north
    store.segments.put("harbor", NORTH.id, north[:1])
    assert store.segments.of_transcript("harbor", NORTH.id) == north[:1]


def test_question_spans_are_replaced_for_their_transcript_alone(store: Store) -> None:
    for transcript, group in ((SOUTH, "south"), (NORTH, "north")):
        store.transcripts.add("harbor", group, transcript, f"{group}.txt", AT)
        store.questions.put("harbor", transcript.id, (TurnQuestion(0, "q1", 0.75), TurnQuestion(1, OFF_GUIDE, 0.1)))
    store.questions.put("harbor", NORTH.id, (TurnQuestion(0, "q2", 1.0),))
    assert store.questions.of_transcript("harbor", NORTH.id) == (TurnQuestion(0, "q2", 1.0),)
    assert len(store.questions.of_transcript("harbor", SOUTH.id)) == 2


def test_vectors_come_back_bit_for_bit_in_the_order_asked_and_the_first_one_stays(store: Store) -> None:
    vectors = np.random.default_rng(0).normal(size=(5, 8)).astype(np.float32)
    hashes = ["e", "a", "d", "b", "c"]
    store.vectors.put("mini", hashes, vectors)
    store.vectors.put("mini", ["a", "f"], np.zeros((2, 8), dtype=np.float32))
    assert store.vectors.known("mini", ["a", "f", "g"]) == {"a", "f"}
    assert store.vectors.known("other", ["a"]) == set()
    assert np.array_equal(store.vectors.get("mini", ["c", "e", "a", "c"]), vectors[[4, 0, 1, 4]])
    assert store.vectors.get("mini", []).shape[0] == 0
    with pytest.raises(VectorsMissing, match="1 of 2 texts have no vector of model mini"):
        store.vectors.get("mini", ["a", "g"])
    with pytest.raises(KeyError):
        store.vectors.get("other", ["a"])


def test_a_stage_is_frozen_once_per_change_of_its_inputs(store: Store) -> None:
    first = store.stages.freeze("harbor", "prepare", "aaa", {"groups": {"north": {"turns": 3}}, "of": ("x",)}, AT)
    again = store.stages.freeze("harbor", "prepare", "aaa", {"other": 1}, "later")
    second = store.stages.freeze("harbor", "prepare", "bbb", {}, AT)
    back = store.stages.freeze("harbor", "prepare", "aaa", {}, AT)
    assert (first.version, again, second.version, back.version) == (1, first, 2, 3)
    assert first.summary == {"groups": {"north": {"turns": 3}}, "of": ["x"]}
    assert store.stages.history("harbor", "prepare") == (first, second, back)
    assert store.stages.latest("harbor", "prepare") == back
    assert store.stages.latest("harbor", "suggest") is None


def test_suggestions_are_frozen_whole_and_never_rewritten(store: Store) -> None:
    one = Suggestion(
        "s-1", "no beds", ("beds", "nights"), ("a:0-5", "a:6-9"), ("a:0-5",), ("a:6-9",), 0.625, (("q2", 2),),
        (("south", 2),), (("south/Cleo", 2),), (("advocate", 2),),
    )  # fmt: skip
    found, proposed = SuggestionSet((one,), ("b:1-2",)), (ProposedCoding("b:3-4", "c1", 0.5),)
    store.suggestions.freeze("harbor", 1, found, proposed)
    store.suggestions.freeze("harbor", 1, found, proposed)
    assert store.suggestions.of_version("harbor", 1) == found
    assert store.suggestions.proposed("harbor", 1) == proposed
    with pytest.raises(FrozenAlready):
        store.suggestions.freeze("harbor", 1, SuggestionSet((), ()))
    with pytest.raises(NotReady, match="no version 2"):
        store.suggestions.of_version("harbor", 2)


def test_a_message_stays_pending_through_failures_until_it_was_sent(store: Store) -> None:
    message = OutboxMessage("suggest:harbor:transcripts:1:1", "harbor", "suggest", {"study": "harbor"})
    store.outbox.add(message)
    store.outbox.add(message)
    store.outbox.failed(message.key, "The Prefect server does not answer.")
    (waiting,) = store.outbox.pending("harbor")
    assert (waiting.attempts, waiting.problem) == (1, "The Prefect server does not answer.")
    assert store.outbox.pending("elsewhere") == ()
    store.outbox.sent(message.key, AT, "run-1")
    store.outbox.add(message)
    assert store.outbox.pending() == ()


def test_a_message_sent_is_running_until_its_end_was_seen(store: Store) -> None:
    one, other = (OutboxMessage(f"report:harbor:map:{version}:1", "harbor", "report") for version in (1, 2))
    store.outbox.add(one)
    store.outbox.add(other)
    store.outbox.sent(one.key, AT, "run-1")
    assert [(item.key, item.flow_run) for item in store.outbox.running("harbor")] == [(one.key, "run-1")]
    assert [(item.key, item.flow_run) for item in store.outbox.pending("harbor")] == [(other.key, "")]
    store.outbox.ended(one.key, "COMPLETED")
    assert store.outbox.running() == ()


def test_only_the_newest_run_of_a_stage_counts_as_stopped(store: Store) -> None:
    """Whatever started it; a run for one focus group says nothing of another's."""

    def run(number: int, outcome: str, stage: str = "report", **parameters: list[str]) -> str:
        message = OutboxMessage(f"{stage}:harbor:asked:{number}:1", "harbor", stage, parameters)
        store.outbox.begun(message, AT, f"run-{number}")
        store.outbox.ended(message.key, outcome)
        return message.key

    def stopped() -> list[str]:
        return [item.key for item in store.outbox.stopped("harbor")]

    failed = run(1, "FAILED")
    assert stopped() == [failed]
    run(2, "COMPLETED")
    assert stopped() == []
    north = run(3, "FAILED", "prepare", groups=["north"])
    run(4, "COMPLETED", "prepare", groups=["south"])
    assert stopped() == [north]
    run(5, "COMPLETED", "prepare")
    assert stopped() == []


def test_why_a_run_stopped_is_kept_with_it_alone(store: Store) -> None:
    for name in ("one", "other"):
        store.outbox.begun(OutboxMessage(f"report:harbor:{name}:1:1", "harbor", "report"), AT, f"run-{name}")
    store.outbox.stopped_because("harbor", "run-one", "The map waits.")
    store.outbox.stopped_because("harbor", "", "Nobody's.")
    assert [item.problem for item in store.outbox.running("harbor")] == ["The map waits.", ""]


def test_what_is_done_atomically_is_done_together_or_not_at_all(store: Store) -> None:
    def freeze_both(*, fail: bool) -> None:
        with store.atomically():
            store.stages.freeze("harbor", "suggest", "f", {}, AT)
            assert store.stages.latest("harbor", "suggest") is not None, "a transaction sees its own writes"
            store.suggestions.freeze("harbor", 1, SuggestionSet((), ("a",)))
            if fail:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        freeze_both(fail=True)
    assert store.stages.latest("harbor", "suggest") is None
    freeze_both(fail=False)
    assert store.suggestions.of_version("harbor", 1).unclear == ("a",)
