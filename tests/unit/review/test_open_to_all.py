"""What a file or a command may show of a log while coders work blind."""

from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained
from pipeline.review.rounds import open_to_all


def taken(key: str, act: Kind, subject: str, book: str = "", **payload: object) -> Draft:
    return Draft(key, "study", "ana", "2026-03-01", act, subject, payload, "because", book=book)


def logged(*drafts: Draft) -> list[Decision]:
    log: list[Decision] = []
    for draft in drafts:
        log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
    return log


def test_what_coders_decide_blind_is_in_nobodys_file_until_their_round_is_closed():
    """The report and the command line read the log whole; whoever codes blind may read both."""
    opened = taken("k1", Kind.ROUND, "r-1", kind="candidates", coders=["ana", "ben"], codebook=0)
    blind = taken("k2", Kind.REJECT, "s-1", book="r-1/ben")
    corrected = taken("k3", Kind.OMIT, "a:t1")
    log = logged(opened, blind, corrected)
    assert [item.draft.key for item in open_to_all(log)] == ["k1", "k3"]
    closed = logged(opened, blind, corrected, taken("k4", Kind.CLOSE, "r-1"))
    assert [item.draft.key for item in open_to_all(closed)] == ["k1", "k2", "k3", "k4"]
