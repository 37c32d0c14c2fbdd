"""From a form to a decision: who signs it, in whose book, and under which key, so that a double click counts once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pipeline.domain.acts import act_at, may_begin_before, split_off
from pipeline.domain.decision import TEAM, Decision, Draft, Kind
from pipeline.domain.errors import StaleDecision
from pipeline.review.signing import Signature
from pipeline.review.undoing import whole_act
from pipeline.store import OutboxMessage
from pipeline.web.endpoints import Ask
from pipeline.work.live_study import LiveStudy, View
from pipeline.work.workplace import now

Build = Callable[[View, Signature], Draft | Sequence[Draft]]
OTHER_BOOK: Final = (
    "A blind round began or ended since this page was shown, so it may not mean now what it meant then. Nothing was "
    "changed: look again, then decide."
)
_UNSAID: Final = frozenset({"back"})
"""Fields that say where to go, and nothing of what was decided."""


def decide(ask: Ask, build: Build, *, for_all: bool = False, message: OutboxMessage | None = None) -> Decision:
    """Take what a form asks for: one decision, or several that stand or fall together; answers the last of them.

    The same form sent again answers what was decided with it. Forms carry `at`, the version and the name of the book
    that their page showed, and `seen`, the version of their subject. `for_all` writes in the team's book, whoever
    works blind.

    Raises:
        DecisionRefused, StaleDecision: nothing was written.
    """
    study = ask.study
    with study.looking(ask.person) as view:
        book = TEAM if for_all else _shown(ask, view.book_name)
        key = _key(ask, book)
        if earlier := study.work.store.decisions.by_key(study.id, key):
            return earlier
        if not for_all and book != view.book_name:
            raise StaleDecision(OTHER_BOOK)
        sign = Signature(study.id, ask.person, now(), key, ask.value("reason"), ask.number("seen"), book)
        built = build(view, sign)
    drafts = _whole(study, built) if isinstance(built, Draft) else list(built)
    return study.decide(*drafts, message=message)


def act_of(study: LiveStudy, decision: Decision) -> tuple[Decision, ...]:
    """All that was decided in one act with a decision, in order."""
    log = _back_to_its_act(study, decision)
    return act_at(log, log.index(decision))


def parted_from(study: LiveStudy, accepted: Decision) -> tuple[Mapping[str, Any], ...]:
    """The codes that were split off a candidate in the same act in which it was accepted; none of anything else."""
    if accepted.kind is not Kind.ACCEPT:
        return ()
    beside = study.work.store.decisions.by_key(study.id, further_key(accepted.draft.key, 1))
    return split_off([beside]) if beside and beside.subject == accepted.payload["code"] else ()


def further_key(key: str, place: int) -> str:
    """The key of one more decision that the same form asks for."""
    return f"{key}:{place}"


def _whole(study: LiveStudy, draft: Draft) -> list[Draft]:
    """The draft alone; the undo of a decision with that of all that was decided in one act with it."""
    log = study.work.store.decisions
    undone = log.by_key(study.id, draft.subject) if draft.kind is Kind.UNDO else None
    if undone is None:
        return [draft]
    return whole_act(_back_to_its_act(study, undone), draft)


def _back_to_its_act(study: LiveStudy, decision: Decision) -> tuple[Decision, ...]:
    """The end of the log of a decision's book, with all of its act: most are short, and few need a second reading."""
    back = 64
    while True:
        after = max(0, decision.seq - back)
        log = study.work.store.decisions.since(study.id, after, books={decision.draft.book})
        if not after or not may_begin_before(log, log.index(decision)):
            return log
        back *= 8


def _shown(ask: Ask, now_written_in: str) -> str:
    """The book that the form's page showed; the present one where the form says nothing of it."""
    _, said, book = ask.value("at").partition("@")
    return book if said else now_written_in


def _key(ask: Ask, book: str) -> str:
    """The same for the same form, content and page, and for nothing else."""
    said = {name: list(values) for name, values in ask.form.items() if name not in _UNSAID}
    whole = json.dumps([ask.person, book, ask.path, said], sort_keys=True, ensure_ascii=False)
    return "web:" + hmac.new(ask.site.secret, whole.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
