"""What holds for every log that people could make, however wild."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.correction import corrections
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained, effective, first_break, versions
from pipeline.domain.folding import fold

CODES = some.sampled_from(["c1", "c2", "c3", "c4"])
SEGMENTS = some.sampled_from(["a", "b", "c", "d", "e"])
SUGGESTIONS = some.sampled_from(["s-1", "s-2", "s-3"])
NAMES = some.sampled_from(["beds", "money", " "])
MANY_SEGMENTS = some.lists(SEGMENTS, max_size=4)
TURNS = some.integers(0, 5)

PARTS = some.lists(some.fixed_dictionaries({"code": CODES, "name": NAMES, "segments": MANY_SEGMENTS}), max_size=3)
MERGED = some.lists(some.fixed_dictionaries({"id": SUGGESTIONS, "segments": MANY_SEGMENTS}), max_size=2)
TURN_IDS = TURNS.map("abcdef012345:t{}".format)

ACTS = some.one_of(
    *(
        some.tuples(some.just(kind), subject, some.fixed_dictionaries(payload))
        for kind, subject, payload in (
            (Kind.ACCEPT, SUGGESTIONS, {"code": CODES, "name": NAMES, "segments": MANY_SEGMENTS}),
            (Kind.ACCEPT, SUGGESTIONS, {"code": CODES, "name": some.just("beds"), "segments": MANY_SEGMENTS}),
            (Kind.CREATE, CODES, {"name": NAMES, "segments": MANY_SEGMENTS}),
            (Kind.REJECT, SUGGESTIONS, {}),
            (Kind.RENAME, CODES, {"name": NAMES}),
            (Kind.MERGE, CODES, {"codes": some.lists(CODES, max_size=3), "suggestions": MERGED}),
            (Kind.SPLIT, CODES, {"parts": PARTS}),
            (Kind.MOVE, SEGMENTS, {"from": CODES, "to": CODES}),
            (Kind.APPLY, SEGMENTS, {"code": CODES}),
            (Kind.REMOVE, SEGMENTS, {"code": CODES}),
            (Kind.MEMO, CODES, {"text": NAMES}),
            (Kind.STANCE, CODES, {"stance": some.sampled_from([*Stance, "good"])}),
            (Kind.THEME, some.just("t1"), {"name": NAMES, "codes": some.lists(CODES, max_size=2)}),
            (Kind.APPROVE, some.just("codes"), {"version": some.integers(1, 3)}),
            (Kind.UNDO, some.integers(0, 30).map("k{}".format), {}),
            (Kind.SPEAKER, some.just("abcdef012345"), {"label": NAMES, "name": NAMES}),
            (Kind.MODERATOR, some.just("abcdef012345"), {"name": NAMES, "is": some.booleans()}),
            (Kind.QUESTION, TURN_IDS, {"question": NAMES, "through": TURNS}),
            (Kind.OMIT, TURN_IDS, {"omit": some.booleans()}),
        )
    )
)


def as_log(acts: list[tuple[Kind, str, dict[str, object]]]) -> tuple[Decision, ...]:
    log: tuple[Decision, ...] = ()
    for kind, subject, payload in acts:
        log = then(log, kind, subject, payload)
    return log


def then(log: tuple[Decision, ...], kind: Kind, subject: str, payload: dict[str, object]) -> tuple[Decision, ...]:
    """The log with one more decision; its key is k0, k1, … by place."""
    draft = Draft(f"k{len(log)}", "harbor", "ana", "now", kind, subject, payload, reason="because")
    return (*log, chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))


def but_for_its_version(book: Codebook) -> Codebook:
    return replace(book, version=0)


LOGS = some.lists(ACTS, max_size=30).map(as_log)


@given(LOGS)
def test_folding_never_fails_and_its_parts_agree(log: tuple[Decision, ...]) -> None:
    book = fold(log)
    corrections(log)
    assert book.version == len(log)
    assert all(book.codes[code].active for _, code in book.codings), "only codes in use carry codings"
    assert book.removed.isdisjoint(book.codings)
    assert set(book.accepted).isdisjoint(book.rejected)
    assert {(coding.segment, coding.code) for coding in book.codings.values()} == set(book.codings)
    assert all(code in book.codes for code in book.accepted.values())
    assert all(log[void.seq - 1].seq == void.seq and void.why.endswith(".") for void in book.void)


@given(LOGS)
def test_folding_again_gives_the_same_and_leaves_the_log_alone(log: tuple[Decision, ...]) -> None:
    assert fold(log) == fold(log)
    assert first_break(log) is None


@given(LOGS, CODES, some.lists(CODES, min_size=1, max_size=3))
def test_merging_codes_loses_no_coding(log: tuple[Decision, ...], into: str, merged: list[str]) -> None:
    before, after = fold(log), fold(then(log, Kind.MERGE, into, {"codes": merged}))
    assert {segment for segment, _ in after.codings} == {segment for segment, _ in before.codings}
    if after.void == before.void:
        gathered = {segment for code in (into, *merged) for segment in before.segments_of(code)}
        assert set(after.segments_of(into)) == gathered


@given(LOGS, CODES, PARTS)
def test_splitting_a_code_loses_no_coding(
    log: tuple[Decision, ...], code: str, parts: list[dict[str, object]]
) -> None:
    before, after = fold(log), fold(then(log, Kind.SPLIT, code, {"parts": parts}))
    assert {segment for segment, _ in after.codings} == {segment for segment, _ in before.codings}


@given(LOGS, ACTS)
def test_undoing_the_last_decision_is_as_if_it_had_never_been(
    log: tuple[Decision, ...], act: tuple[Kind, str, dict[str, object]]
) -> None:
    undone = then(then(log, *act), Kind.UNDO, f"k{len(log)}", {})
    assert effective(undone) == effective(log)
    assert but_for_its_version(fold(undone)) == but_for_its_version(fold(log))


@given(LOGS, some.integers(0, 30))
def test_undoing_an_undo_gives_back_everything(log: tuple[Decision, ...], place: int) -> None:
    twice = then(then(log, Kind.UNDO, f"k{place}", {}), Kind.UNDO, f"k{len(log)}", {})
    if place < len(log):
        assert but_for_its_version(fold(twice)) == but_for_its_version(fold(log))


@given(LOGS, ACTS)
def test_versions_only_grow_and_the_subjects_always_does_but_for_a_memo(
    log: tuple[Decision, ...], act: tuple[Kind, str, dict[str, object]]
) -> None:
    before, after = versions(log), versions(then(log, *act))
    assert before <= after
    assert after[act[1]] == before[act[1]] + (act[0] is not Kind.MEMO)


@given(LOGS.filter(bool), some.data())
@settings(max_examples=50)
def test_a_decision_taken_out_is_noticed_unless_it_was_the_last(
    log: tuple[Decision, ...], data: some.DataObject
) -> None:
    """The last one missing leaves a sound log: that is what the anchor outside the database is for."""
    place = data.draw(some.integers(0, len(log) - 1))
    expected = place + 1 if place < len(log) - 1 else None
    assert first_break((*log[:place], *log[place + 1 :])) == expected
