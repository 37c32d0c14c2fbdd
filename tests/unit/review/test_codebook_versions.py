"""Between two versions of a codebook: what came, what went and into what, and what changed of what stayed."""

from pipeline.domain.codebook import Codebook
from pipeline.domain.folding import fold
from pipeline.review import deciding
from pipeline.review.codebook_versions import difference, went_into
from pipeline.review.deciding import Part
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature
from tests.unit.mapping.conversation import coded, heard, logged

TALK = heard("""
== plains
Q1 | Ruth: {rent}There is nothing to rent.{/}
Q1 | Sam: {rent}The list is two years long.{/}
Q2 | Ruth: {phone}The phone is always on.{/}
Q2 | Sam: Nobody watches the phone.
""")
LOG, IDS = coded(TALK)
BOOK = fold(LOG)
RENT, PHONE = IDS["rent"], IDS["phone"]


def after(*builds) -> Codebook:
    """The codebook once more decisions are taken, each drafted on what the ones before it left."""
    drafts = [decision.draft for decision in LOG]
    for number, build in enumerate(builds):
        sign = Signature("study", "Ana", "2026-03-02T10:00:00Z", f"later-{number}")
        drafts.append(build(Seen(book=fold(logged(drafts))), sign))
    return fold(logged(drafts))


def names(codes) -> list[str]:
    return [code.name for code in codes]


def test_nothing_lies_between_a_version_and_itself():
    assert difference(BOOK, BOOK).none


def test_a_first_version_is_new_altogether():
    found = difference(Codebook(), BOOK)
    assert names(found.new) == ["rent", "phone"]
    assert (found.came, found.went) == ({RENT: 2, PHONE: 1}, {})


def test_a_merged_code_is_gone_into_the_one_that_gathered_it():
    found = difference(BOOK, after(lambda seen, sign: deciding.merge(seen, sign, RENT, codes=[PHONE])))
    assert [(item.code.name, names(item.into)) for item in found.gone] == [("phone", ["rent"])]
    assert (found.came, found.went, found.new) == ({RENT: 1}, {PHONE: 1}, ())


def test_a_code_is_followed_through_split_and_merge_to_what_is_in_use():
    book = after(
        lambda seen, sign: deciding.split(
            seen, sign, RENT, [Part("prices", (TALK.segment("nothing"),)), Part("lists", (TALK.segment("list"),))]
        ),
        lambda seen, sign: deciding.merge(seen, sign, PHONE, codes=[_called(seen.book, "lists")]),
    )
    assert sorted(names(went_into(book, RENT))) == ["phone", "prices"]
    (gone,) = difference(BOOK, book).gone
    assert sorted(names(gone.into)) == ["phone", "prices"]


def test_what_was_undone_is_gone_into_nothing():
    (gone, *_) = difference(BOOK, Codebook()).gone
    assert (gone.code.name, gone.into) == ("rent", ())


def test_renamed_redefined_and_moved_are_told_with_what_was_and_what_is():
    found = difference(
        BOOK,
        after(
            lambda seen, sign: deciding.rename(seen, sign, RENT, "nothing to rent"),
            lambda seen, sign: deciding.define(
                seen, sign, PHONE, definition="always on", examples=[TALK.segment("always")]
            ),
            lambda seen, sign: deciding.stance(seen, sign, PHONE, "gap"),
            lambda seen, sign: deciding.place(seen, sign, PHONE, RENT),
        ),
    )
    assert [(item.before, item.after) for item in found.renamed] == [("rent", "nothing to rent")]
    assert [(item.what, item.before, item.after) for item in found.redefined] == [
        ("definition", "", "always on"),
        ("stance", "neither", "gap"),
        ("examples", "0", "1"),
    ]
    assert [(item.code.name, item.before, item.after) for item in found.moved] == [("phone", "", "nothing to rent")]
    assert not found.came + found.went


def test_a_segment_that_moved_went_from_one_code_and_came_to_the_other():
    segment = TALK.segment("list")
    found = difference(BOOK, after(lambda seen, sign: deciding.move(seen, sign, segment, RENT, PHONE)))
    assert (found.came, found.went) == ({PHONE: 1}, {RENT: 1})


def test_looking_back_is_the_same_the_other_way_round():
    later = after(lambda seen, sign: deciding.create(seen, sign, "work"))
    assert names(difference(BOOK, later).new) == names(item.code for item in difference(later, BOOK).gone)


def _called(book: Codebook, name: str) -> str:
    return next(code.id for code in book.active_codes if code.name == name)
