"""The decision log: in order, chained, refusing what is stale, telling when it was tampered with."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, first_break, versions
from pipeline.domain.errors import DecisionRefused, StaleDecision, StoreDamaged
from pipeline.domain.folding import fold
from pipeline.store import OutboxMessage, Store, anchor
from pipeline.store.anchor import Anchor, Head
from pipeline.store.ledger import Ledger

from .conftest import Place

_KEYS = count()


def draft(kind: Kind = Kind.APPLY, subject: str = "a:0-5", **more: object) -> Draft:
    fields = {
        "key": f"k{next(_KEYS)}",
        "study": "harbor",
        "coder": "ana",
        "at": "2026-11-23T10:00:00+00:00",
        "payload": {"code": "c1"},
    }
    return Draft(kind=kind, subject=subject, **(fields | more))  # type: ignore[arg-type]


def accept(code: str = "c1", **more: object) -> Draft:
    return draft(Kind.ACCEPT, f"s-{code}", payload={"code": code, "name": code, "segments": ("a:0-5",)}, **more)


def test_decisions_are_numbered_chained_and_read_back_as_returned(store: Store) -> None:
    made = [store.decisions.append(item) for item in (accept(), draft(reason="she says “so” 🙂"), draft())]
    assert [item.seq for item in made] == [1, 2, 3]
    assert made[0].prev_hash == GENESIS
    assert store.decisions.log("harbor") == tuple(made)
    assert first_break(made) is None
    assert store.decisions.head("harbor") == (3, made[-1].hash)
    assert store.decisions.head("elsewhere") == (0, GENESIS)
    store.decisions.verify("harbor")


def test_the_same_key_again_returns_the_decision_that_is_there(store: Store) -> None:
    first = store.decisions.append(accept(key="once"))
    again = store.decisions.append(accept(key="once", at="2026-11-24T00:00:00+00:00"))
    assert again == first
    with pytest.raises(DecisionRefused, match="used for another decision"):
        store.decisions.append(accept("c2", key="once"))
    assert store.decisions.head("harbor")[0] == 1


def test_a_stale_decision_is_refused_and_both_sides_are_named(store: Store) -> None:
    store.decisions.append(accept())
    store.decisions.append(draft(Kind.RENAME, "c1", payload={"name": "b"}, coder="ben", expected_version=1))
    with pytest.raises(StaleDecision) as refusal:
        store.decisions.append(draft(Kind.RENAME, "c1", payload={"name": "a"}, expected_version=1))
    assert "you saw version 1" in str(refusal.value)
    assert "now at version 2" in str(refusal.value)
    assert "`rename` by ben at 2026-11-23T10:00:00+00:00" in str(refusal.value)
    assert store.decisions.head("harbor")[0] == 2


def test_a_check_within_the_transaction_may_refuse(store: Store) -> None:
    def acts(read: Callable[[], tuple[Decision, ...]], candidate: Decision) -> str:
        return next((void.why for void in fold((*read(), candidate)).void if void.seq == candidate.seq), "")

    store.decisions.append(accept(), check=acts)
    with pytest.raises(DecisionRefused, match="exists already"):
        store.decisions.append(accept(), check=acts)
    assert store.decisions.append(draft(), check=acts).seq == 2


def test_of_many_drafts_a_refused_one_hinders_no_other(store: Store) -> None:
    drafts = [accept(), accept("c2", expected_version=9), draft(Kind.ACCEPT, "s-3", payload={}), draft(), draft()]
    one, stale, lacking, two, three = store.decisions.append_many(drafts)
    assert isinstance(stale, StaleDecision)
    assert isinstance(lacking, DecisionRefused)
    assert store.decisions.log("harbor") == (one, two, three)
    assert store.decisions.append_many([]) == ()
    store.decisions.verify("harbor")


@pytest.mark.parametrize(
    "odd",
    [
        lambda: draft(study="nowhere"),
        lambda: draft(reason="a\0b"),
        lambda: draft(coder="\ud800"),
        lambda: draft(key="a\0b"),
        lambda: draft(key="\ud800"),
        lambda: draft(subject="a\0b"),
        lambda: draft(subject="\udce9"),
        lambda: draft(payload={"code": "\udce9"}),
        lambda: draft(Kind.UNDO, "a\0b", payload={}),
        lambda: draft(book="a\0b"),
        lambda: draft(payload={"code": float("nan")}),
        lambda: draft(payload={"code": 7}),
        lambda: draft(Kind.MERGE, "c1", payload={"suggestions": [{}]}),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(store: Store, odd: Callable[[], Draft]) -> None:
    with pytest.raises(DecisionRefused):
        store.decisions.append(odd())
    assert store.decisions.log("harbor") == ()


def test_closing_a_checkpoint_writes_decision_and_message_together(store: Store) -> None:
    closing = draft(Kind.APPROVE, "codes", payload={"version": 1}, key="approve:harbor:codes:1:1")
    message = OutboxMessage("map:harbor:codes:1:1", "harbor", "map", {"study": "harbor"})
    first = store.decisions.append_with_outbox(closing, message)
    assert store.decisions.append_with_outbox(closing, message) == first
    assert store.outbox.pending("harbor") == (message,)
    stale = draft(Kind.APPROVE, "codes", payload={"version": 1}, expected_version=0)
    another = OutboxMessage("map:harbor:codes:1:2", "harbor", "map")
    with pytest.raises(StaleDecision):
        store.decisions.append_with_outbox(stale, another)
    assert len(store.outbox.pending("harbor")) == 1


def test_a_decision_undone_with_its_transaction_leaves_no_trace(store: Store) -> None:
    def append_and_fail() -> None:
        with store.atomically():
            store.decisions.append(accept())
            assert len(store.decisions.log("harbor")) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        append_and_fail()
    assert store.decisions.log("harbor") == ()
    kept = store.decisions.append(draft())
    assert store.decisions.log("harbor") == (kept,)
    store.decisions.verify("harbor")


_CODES = some.sampled_from(["c1", "c2", "c3"])
_SOME_DRAFTS = some.lists(
    some.one_of(
        some.builds(lambda code: accept(code, study=""), _CODES),
        some.builds(lambda code, into: draft(Kind.MERGE, into, payload={"codes": [code]}, study=""), _CODES, _CODES),
        some.builds(lambda a, b: draft(Kind.MOVE, "a:0-5", payload={"from": a, "to": b}, study=""), _CODES, _CODES),
        some.integers(0, 11),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_SOME_DRAFTS, some.booleans())
def test_the_versions_kept_beside_the_log_are_those_of_the_log(
    store: Store,
    items: list[Draft | int],
    at_once: bool,  # noqa: FBT001 - hypothesis passes by position
) -> None:
    """A number stands for undoing the decision of that place, be it an undo itself."""
    study = f"study {next(_KEYS)}"
    known = store.studies.get("harbor")
    assert known is not None
    store.studies.save(replace(known, id=study))
    drafts: list[Draft] = []
    for item in items:
        undone = drafts[item].key if isinstance(item, int) and item < len(drafts) else "nothing"
        drafts.append(
            draft(Kind.UNDO, undone, payload={}, study=study) if isinstance(item, int) else replace(item, study=study)
        )
    if at_once:
        store.decisions.append_many(drafts)
    else:
        for one in drafts:
            store.decisions.append(one)
    log = store.decisions.log(study)
    assert len(log) == len(drafts)
    with store._database.reading() as connection:
        kept = Ledger(connection, study, [draft(Kind.REJECT, subject) for subject in versions(log)])._version
    assert {subject: version for subject, version in kept.items() if subject in versions(log)} == versions(log)
    store.decisions.verify(study)


def _tamper(store: Store, statement: str) -> None:
    """What somebody with the database file could do."""
    with store._database.engine.connect() as connection:
        if store._database.is_sqlite:
            for name in ("changed", "deleted"):
                connection.execute(text(f"DROP TRIGGER decision_never_{name}"))
        else:
            connection.execute(text("ALTER TABLE decision DISABLE TRIGGER USER"))
        connection.execute(text(statement))
        connection.commit()


@pytest.mark.parametrize("statement", ["UPDATE decision SET reason = 'x'", "DELETE FROM decision"])
def test_the_database_itself_refuses_to_change_or_delete_a_decision(store: Store, statement: str) -> None:
    store.decisions.append(accept())
    with store._database.engine.connect() as connection, pytest.raises(DatabaseError, match="a decision is never"):
        connection.execute(text(statement))
    store.decisions.verify("harbor")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE decision SET reason = 'forged' WHERE seq = 2", "Decision 2 of study harbor does not follow"),
        (
            'UPDATE decision SET payload = \'{"code":"c2"}\' WHERE seq = 2',
            "Decision 2 of study harbor does not follow",
        ),
        ("UPDATE decision SET payload = '{' WHERE seq = 2", "Decision 2 of study harbor cannot be read"),
        ("UPDATE decision SET kind = 'aplly' WHERE seq = 3", "Decision 3 of study harbor cannot be read"),
        ("DELETE FROM decision WHERE seq = 2", "Decision 2 of study harbor does not follow"),
        ("DELETE FROM decision WHERE seq = 4", "4 decisions were safely stored, 3 are there"),
        ("DELETE FROM decision", "4 decisions were safely stored, 0 are there"),
        ("DELETE FROM touched WHERE seq = 4", "versions kept for study harbor do not match"),
    ],
)
def test_tampering_is_told_with_its_place(store: Store, statement: str, says: str) -> None:
    for item in (accept(), draft(), draft(), draft()):
        store.decisions.append(item)
    store.decisions.verify("harbor")
    _tamper(store, statement)
    with pytest.raises(StoreDamaged, match=says):
        store.decisions.verify("harbor")


def test_a_log_replaced_by_another_sound_one_is_told(store: Store) -> None:
    store.decisions.append(accept())
    _tamper(store, "DELETE FROM decision")
    with store._database.writing() as connection:
        connection.execute(text("DELETE FROM touched"))
    store.decisions.append(draft())
    with pytest.raises(StoreDamaged, match="is not the one that was stored: decision 1 differs"):
        store.decisions.verify("harbor")
    with pytest.raises(StoreDamaged, match="is not the one that was stored"):
        store.decisions.verify_end("harbor")


def test_the_anchor_is_written_once_for_all_that_a_transaction_appends(
    store: Store, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the commit, at the newest decision; a transaction that is undone leaves it as it was."""
    written: list[str] = []

    def keep(path: Path, content: str) -> None:
        written.append(content)
        path.write_text(content)

    monkeypatch.setattr(anchor, "_replace", keep)

    def append_some(*, fail: bool) -> None:
        with store.atomically():
            for _ in range(5):
                store.decisions.append(draft())
            store.decisions.append_many([draft(), draft()])
            assert written == []
            if fail:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        append_some(fail=True)
    assert written == []
    append_some(fail=False)
    assert len(written) == 1
    store.decisions.append(draft())
    assert len(written) == 2
    assert Anchor(place.anchor).read("harbor") == Head(*store.decisions.head("harbor"))


def test_an_anchor_behind_the_log_is_fine_and_brought_forward(store: Store, place: Place) -> None:
    store.decisions.append(accept())
    earlier = place.anchor.read_text()
    store.decisions.append(draft())
    later = place.anchor.read_text()
    place.anchor.write_text(earlier)
    store.decisions.verify("harbor")
    assert place.anchor.read_text() == later
    place.anchor.write_text("{")
    with pytest.raises(StoreDamaged, match=r"anchor file .* cannot be read"):
        store.decisions.verify("harbor")
