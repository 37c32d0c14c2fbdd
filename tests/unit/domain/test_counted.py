"""Every sentence that counts something counts alike."""

from pipeline.domain.counted import counted, noun


def test_one_is_not_counted_as_several() -> None:
    assert [counted(number, "new candidate") for number in (0, 1, 2)] == [
        "0 new candidates",
        "1 new candidate",
        "2 new candidates",
    ]


def test_what_has_a_plural_of_its_own_is_given_it_and_thousands_are_set_apart() -> None:
    assert [counted(number, "person", "people") for number in (1, 12_000)] == ["1 person", "12,000 people"]
    assert [noun(number, "difference waits", "differences wait") for number in (1, 0)] == [
        "difference waits",
        "differences wait",
    ]
