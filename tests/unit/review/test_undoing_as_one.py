"""Undoing all of an act as one comes to what undoing its decisions one by one would, on made-up logs."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from random import Random

import pytest

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained, effective, standing
from pipeline.domain.folding import fold
from pipeline.domain.live import LiveFold
from pipeline.review.undoing import undone_together, whole_act

SEGMENTS = tuple(f"a:{start}-{start + 9}" for start in range(0, 60, 10))


def content(book: Codebook) -> dict[str, object]:
    """A codebook as plain values, so that a window and a copy compare."""
    as_plain = {"removed": set, "memos": list, "void": list}
    return {item.name: as_plain.get(item.name, lambda it: it)(getattr(book, item.name)) for item in fields(book)}


class Desk:
    """People at work on one study; what could not act is never written."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.log: list[Decision] = []
        self.fold = LiveFold()
        self.count = 0

    def works(self, times: int) -> None:
        for _ in range(times):
            self.random.choice((self.accepts, self.accepts, self.decides, self.decides, self.undoes))()

    def accepts(self) -> None:
        """A candidate or a code of one's own, with what is to be done to it at once."""
        self.count += 1
        code = f"c-{self.count}"
        some = self.random.sample(SEGMENTS, 3)
        self.take(
            self.draft("", Kind.ACCEPT, f"s-{code}", {"code": code, "name": code, "segments": some[:2]}),
            self.draft("+1", Kind.STANCE, code, {"stance": "gap"}),
            self.draft(":1", Kind.APPLY, some[2], {"code": code}),
            self.draft(":2", Kind.MOVE, some[0], {"from": code, "to": self.some_code() or code}),
            self.draft(":2+1", Kind.MEMO, code, {"text": "note"}),
        )

    def decides(self) -> None:
        self.count += 1
        one, other, segment = self.some_code(), self.some_code(), self.random.choice(SEGMENTS)
        kind, subject, payload = self.random.choice(
            (
                (Kind.CREATE, f"c-{self.count}", {"name": "own"}),
                (Kind.RENAME, one, {"name": "anew"}),
                (Kind.APPLY, segment, {"code": one}),
                (Kind.REMOVE, segment, {"code": one}),
                (Kind.MOVE, segment, {"from": one, "to": other}),
                (Kind.MERGE, one, {"codes": [other]}),
                (Kind.THEME, "t-1", {"name": "t", "codes": [one, other]}),
                (Kind.COMMIT, segment, {"codes": [one]}),
                (Kind.PLACE, one, {"parent": other}),
                (Kind.MEMO, segment, {"text": "note"}),
            )
        )
        self.take(self.draft("", kind, subject, payload))

    def undoes(self) -> None:
        """A whole act, or a part of one alone."""
        if drafts := self.some_undo():
            self.take(*(drafts if self.random.random() < 0.6 else drafts[:1]))

    def some_undo(self) -> list[Draft]:
        self.count += 1
        there = [item.draft.key for item in standing(self.log)]
        return whole_act(self.log, self.draft("", Kind.UNDO, self.random.choice(there), {})) if there else []

    def some_code(self) -> str:
        return self.random.choice([*self.fold.book().codes, ""])

    def draft(self, behind: str, kind: Kind, subject: str, payload: dict[str, object]) -> Draft:
        return Draft(f"k{self.count}{behind}", "study", "ana", f"at {self.count}", kind, subject, payload)

    def chain(self, drafts: Sequence[Draft]) -> list[Decision]:
        log = list(self.log)
        for draft in drafts:
            log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
        return log[len(self.log) :]

    def take(self, *drafts: Draft) -> None:
        """Write what can act; of undos taken together all or none."""
        pieces = [drafts] if undone_together(drafts) else [(draft,) for draft in drafts]
        for piece in pieces:
            decisions = self.chain(piece)
            if not self.fold.problem(*decisions):
                self.log += decisions
                for decision in decisions:
                    self.fold.take(decision)


def one_by_one(log: Sequence[Decision], undos: Sequence[Decision]) -> str:
    """What is wrong with the first that cannot act where each acts on its own, by folding everything anew."""
    for undo in undos:
        after = [*log, undo]
        if effective(log) == effective(after):
            return "That was undone already."
        void = {item.seq for item in fold(log).void}
        if new := [item for item in fold(after).void if item.seq not in void]:
            return f"A later decision builds on that one; undo the later one first. ({new[0].why})"
        log = after
    return ""


def tried(seed: int) -> Iterator[tuple[Desk, list[Decision]]]:
    """Undos drafted on the log as it stands, and on what it was before others went on."""
    desk, stale = Desk(seed), list[Draft]()
    for _ in range(12):
        desk.works(4)
        fresh = desk.some_undo()
        yield from ((desk, desk.chain(drafts)) for drafts in (stale, fresh) if drafts)
        stale = fresh


@pytest.mark.parametrize("seed", range(60))
def test_the_outcome_and_every_refusal_are_those_of_one_by_one(seed: int):
    for desk, undos in tried(seed):
        before = content(desk.fold.book())
        assert desk.fold.problem(*undos) == one_by_one(desk.log, undos)
        assert content(desk.fold.book()) == before == content(fold(desk.log))
        fed = LiveFold(log=desk.log)
        for undo in undos:
            fed.take(undo)
        assert content(fed.book()) == content(fold([*desk.log, *undos]))


def test_the_made_up_logs_hold_what_is_to_be_tried():
    """Undos of one and of several, and of undos; ones that go, ones that others build on, and ones that come late."""
    seen = {
        (desk.fold.problem(*undos)[:7], len(undos) > 1, desk.fold.recent(undos[0].subject).kind is Kind.UNDO)
        for seed in range(60)
        for desk, undos in tried(seed)
    }
    assert seen == {
        (why, many, of_undo) for why in ("", "A later", "That wa") for many in (0, 1) for of_undo in (0, 1)
    }


def test_what_stands_in_the_end_counts_and_nothing_in_between():
    """A passage was taken off a code and put back in one act, and moved off it later: that stands without both."""
    desk = Desk(0)
    for key, kind, subject, payload in (
        ("a", Kind.CREATE, "c-1", {"name": "one", "segments": [SEGMENTS[0]]}),
        ("b", Kind.CREATE, "c-2", {"name": "two"}),
        ("k", Kind.REMOVE, SEGMENTS[0], {"code": "c-1"}),
        ("k+1", Kind.APPLY, SEGMENTS[0], {"code": "c-1"}),
        ("m", Kind.MOVE, SEGMENTS[0], {"from": "c-1", "to": "c-2"}),
    ):
        desk.take(Draft(key, "study", "ana", "noon" if key[0] == "k" else key, kind, subject, payload))
    undos = desk.chain(whole_act(desk.log, desk.draft("", Kind.UNDO, "k", {})))
    assert desk.fold.problem(undos[0]).endswith("does not carry code c-1.)")
    assert desk.fold.problem(*undos) == ""
    assert not fold([*desk.log, *undos]).void
