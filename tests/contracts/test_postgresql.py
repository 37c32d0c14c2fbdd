"""What holds for PostgreSQL alone: what the server refuses is said in a sentence."""

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import ServiceUnavailable
from pipeline.store import open_store, postgresql

from .conftest import STUDY, Place


@pytest.fixture(autouse=True)
def _there(place: Place) -> None:
    if place.sqlite:
        pytest.skip("PostgreSQL alone")


def test_a_user_who_may_not_write_is_told_so(place: Place) -> None:
    """The usual one: PostgreSQL 15 lets nobody but a database's owner make tables in it."""
    with pytest.raises(ServiceUnavailable, match=r"does not let Polyvocal write to it \(cannot execute CREATE TABLE"):
        open_store(place.url + "%20-cdefault_transaction_read_only%3Don", anchor=None)


def test_a_wait_for_another_writer_that_took_too_long_is_told_as_such(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PATIENCE", 1.0)
    with place.open() as one, place.open() as other:
        one.studies.save(STUDY)
        with one.atomically("harbor"), pytest.raises(ServiceUnavailable, match="Another program has been writing"):
            other.decisions.append(Draft("k", "harbor", "ana", "", Kind.MEMO, "north", {"text": "Ask."}))
