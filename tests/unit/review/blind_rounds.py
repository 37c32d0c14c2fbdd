"""A study of words only, in which coders decide blind to each other: every act is checked as the store checks it."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.codebook import Codebook, Round
from pipeline.domain.decision import TEAM, Decision, Draft, chained
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.review import deciding, rounds
from pipeline.review.comparing import Comparison, compare
from pipeline.review.deciding import check
from pipeline.review.rounds import book_of
from pipeline.review.seen import Seen
from pipeline.review.settled import Settlement, came_from, settlements
from pipeline.review.settling import Meeting
from pipeline.review.signing import Signature

SEGMENTS = tuple(f"aaaaaaaaaaaa:{start}-{start + 10}" for start in range(0, 120, 10))


def candidate(*segments: str, name: str) -> Suggestion:
    return Suggestion(suggestion_id(segments), name, (), segments, segments[:3], segments[-2:], 0.7)


HOUSING = candidate(*SEGMENTS[:4], name="nothing to rent")
PHONES = candidate(*SEGMENTS[4:8], name="phones at night")
BUSES = candidate(*SEGMENTS[8:10], name="no bus to court")
OFFERED = SuggestionSet((HOUSING, PHONES, BUSES), SEGMENTS[10:])


class Team:
    """Ana, Ben and Jo at work on one study."""

    def __init__(self) -> None:
        self.log: list[Decision] = []
        self.count = 0

    def book(self, coder: str = "") -> Codebook:
        """What a coder sees; the team's book for nobody."""
        return fold(self.log, book_of(fold(self.log), coder))

    def seen(self, coder: str = "") -> Seen:
        return Seen(OFFERED, self.book(coder), frozenset(SEGMENTS))

    def sign(self, coder: str, reason: str = "") -> Signature:
        self.count += 1
        book = book_of(fold(self.log), coder)
        return Signature(
            "study", coder, f"2026-03-01T10:{self.count // 60:02}:00", f"key-{self.count}", reason, book=book
        )

    def take(self, *drafts: Draft) -> Draft:
        """Append the drafts, each as the store would; answers the last."""
        for draft in drafts:
            decision = chained(draft, len(self.log) + 1, self.log[-1].hash if self.log else "0" * 64)
            assert check(lambda: self.log, decision) == ""
            self.log.append(decision)
        return drafts[-1]

    def why_not(self, draft: Draft) -> str:
        return check(lambda: self.log, chained(draft, len(self.log) + 1, "0" * 64))

    def does(self, coder: str, make, *args, reason: str = "", **how) -> Draft:
        """A coder decides with one of the functions of `deciding`."""
        return self.take(make(self.seen(coder), self.sign(coder, reason), *args, **how))

    def accepts(self, coder: str, item: Suggestion, **how) -> str:
        return self.does(coder, deciding.accept, item.id, **how).payload["code"]

    def accepts_namesake(self, coder: str, item: Suggestion, name: str) -> str:
        """As `accepts`, under the name of another code, as in a log that was written before names were held apart."""
        draft = deciding.accept(self.seen(coder), self.sign(coder), item.id, name=item.id)
        draft = replace(draft, payload={**draft.payload, "name": name})
        self.log.append(chained(draft, len(self.log) + 1, self.log[-1].hash))
        return draft.payload["code"]

    def opens_candidates(self, *coders: str) -> str:
        return self.take(rounds.open_candidates(self.sign("jo"), self.book(), coders)).subject

    def opens_sample(self, segments: Sequence[str], *coders: str) -> str:
        draft = rounds.open_sample(self.sign("jo"), self.book(), coders, segments, share=1.0, seed=1)
        return self.take(draft).subject

    def closes(self) -> Comparison:
        going_on = self.book().open_round
        assert going_on
        self.take(rounds.close(self.sign("jo"), self.book(), going_on.id))
        return self.compared(going_on.id)

    def past(self, round_id: str) -> Round:
        return self.book().rounds[round_id]

    def compared(self, round_id: str) -> Comparison:
        return compare(self.log, self.past(round_id))

    def settled(self, round_id: str) -> dict[str, Settlement]:
        return dict(settlements([item for item in self.log if item.draft.book == TEAM], round_id))

    def meets(self, round_id: str, *took_part: str, reason: str = "") -> Meeting:
        """The team at the table, with Jo writing down what they settle."""
        book = self.book()
        came = came_from(self.settled(round_id).values(), book)
        return Meeting(self.sign("jo", reason), book, round_id, took_part or ("ana", "ben"), came)

    def names(self) -> dict[str, set[str]]:
        """The team's codes in use by name, each with the segments that carry it."""
        book = self.book()
        return {code.name: set(book.segments_of(code.id)) for code in book.active_codes}
