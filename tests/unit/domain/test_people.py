"""What study.toml says of a participant stays with whoever it is, whatever they are called at checkpoint 1."""

from collections.abc import Mapping

import pytest

from pipeline.domain.correction import Corrections
from pipeline.domain.people import People, people_of
from pipeline.domain.study import Participant, Study
from tests.unit.mapping.conversation import heard

TALK = heard("""
== north
Q1 | Moderator: What is missing?
Q1 | P1: Beds.
Q1 | P2: A ride.
Q1 | p1: I said beds.
Q1 | Guest: I only listen.
""").transcripts["north"]
P1 = Participant("P1", "north", "advocate", {"older": "yes"})
P2 = Participant("P2", "north", "attorney", {"older": "no"})


def people(names: Mapping[str, str], *listed: Participant) -> People:
    fixed = Corrections({(TALK.id[:12], label): name for label, name in names.items()})
    return people_of(Study("s", "A study", participants=listed or (P1, P2)), "north", TALK, fixed)


def test_who_is_renamed_keeps_what_is_said_of_their_label():
    found = people({"P1": "Arthur"})
    assert (found.participants["Arthur"], found.role("Arthur"), found.listed_as("Arthur")) == (P1, "advocate", "P1")
    assert found.doubts == ()


def test_a_name_that_is_listed_is_that_participant():
    assert people({"P1": "P2"}).participants["P2"] == P2
    arthur = Participant("Arthur", "north", "sheriff")
    assert people({"P1": "Arthur"}, P1, P2, arthur).participants["Arthur"] == arthur


def test_two_labels_that_swap_names_swap_participants():
    found = people({"P1": "P2", "P2": "P1"})
    assert (found.participants, found.doubts) == ({"P1": P1, "P2": P2}, ())


def test_a_label_that_nobody_listed_shares_what_is_said_of_the_other():
    """The file writes P1 in two ways; both are Arthur."""
    assert people({"P1": "Arthur", "p1": "Arthur"}).participants["Arthur"] == P1


def test_who_is_not_listed_has_no_role_and_goes_by_their_own_name():
    found = people({})
    assert (found.role("Guest"), found.listed_as("Guest")) == ("", "Guest")


def test_of_two_participants_in_one_nothing_counts_and_it_is_said():
    found = people({"P1": "Arthur", "P2": "Arthur"})
    assert "Arthur" not in found.participants
    (doubt,) = found.doubts
    assert doubt == (
        "“Arthur” stands for “P1” and “P2”, of whom study.toml says different things; none of it is counted for "
        "“Arthur”. Add a [[participant]] with id “Arthur” to study.toml."
    )


def test_what_is_said_of_a_name_is_not_said_of_two():
    """P2 is called P1 now, and has what is said of P1: the one who was P1 in the file has not."""
    found = people({"P1": "Arthur", "P2": "P1"})
    assert (found.participants, len(found.doubts)) == ({"P1": P1}, 1)
    assert found.doubts[0].startswith("“P1” is the name of another speaker now")


@pytest.mark.parametrize(
    "same",
    [Participant("P2", "north", "advocate", {"older": "yes"}), Participant("P2", "south")],
    ids=["alike", "away"],
)
def test_there_is_no_doubt_where_nothing_hangs_on_it(same: Participant):
    found = people({"P1": "Arthur", "P2": "Arthur"}, P1, same)
    assert (found.role("Arthur"), found.doubts) == ("advocate", ())
