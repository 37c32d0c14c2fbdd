"""A coder finds what was said, by its words or by what it means, among those segments that count."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.domain.codebook import Coding
from pipeline.domain.errors import NotReady
from pipeline.review.search.filters import Filter, coded
from pipeline.review.search.finding import How, Search
from pipeline.review.search.meaning import MeaningIndex, arranged, top
from pipeline.review.search.query import LONGEST, Query, Term, read_query
from pipeline.review.search.words import WordIndex, marked
from tests.unit.mapping.conversation import heard

TALK = heard("""
== plains
Q1 | Moderator: What do you see around here?
Q1 | Ruth, advocate: There is nothing to rent. The waiting list is two years long.
Q1 | Sam, officer: Nobody sees it. It's next door and nobody sees it.
Q2 | Ruth, advocate: The phone is always on, and nobody answers the phone at night.
Q2 | Sam, officer: She didn't trust the police -- who would?
== coast
Q1 | Moderator: What do you see around here?
Q1 | Ruth, attorney: Renters lose the lease first. Señora Núñez lost hers.
Q2 | Irene, advocate: The night is when they call.
- | Irene, advocate: Mm-hm.
""")
SAID = TALK.said
RENT, NOBODY, PHONE, POLICE = (
    TALK.segment(words) for words in ("nothing to rent", "next door", "always on", "didn't trust")
)
LEASE, NIGHT, NOISE = (TALK.segment(words) for words in ("lease", "when they call", "Mm-hm"))
MEANS = {"rent": 0, "lease": 0, "housing": 0, "phone": 1, "call": 1, "police": 2, "law": 2}
"""A model of three ideas, for who reads the tests."""
SYNTAX = [
    '"', "”", "*", "-", " ", "(", ")", "AND", "OR", "NOT", "NEAR(", "^", ":", "excerpt:", "{", "+", "'", ";", "%",
    "\0", "\x01", "\x02", "\ud800", "é", "e\u0301", "ß", "İ", "ﬁ", "中", "😀", "the", "rent", "night",
]  # fmt: skip
ANYTHING = st.lists(st.one_of(st.sampled_from(SYNTAX), st.text(max_size=4)), max_size=12).map("".join)


def encode(texts) -> np.ndarray:
    vectors = np.full((len(texts), 4), 0.01, dtype=np.float32)
    for row, text in enumerate(texts):
        text.encode()  # as a tokenizer does
        for word, idea in MEANS.items():
            vectors[row, idea] += len(re.findall(rf"\b{word}", text.lower()))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def embedded(said) -> MeaningIndex:
    ids = [item.segment.id for item in said]
    return MeaningIndex(ids, encode([item.excerpt for item in said]).reshape(len(ids), 4))


def search_in(said) -> Search:
    return Search(said, embedded(said), encode)


SEARCH = search_in(SAID)


def found(query: str, **how) -> set[str]:
    return {hit.segment for hit in SEARCH.find(query, **how).hits}


def listed(search: Search, query: str = "", **how) -> list[str]:
    return [hit.segment for hit in search.find(query, count=len(SAID), **how).hits]


def shown(query: str) -> list[str]:
    """The excerpts found, with what matches in [brackets]."""
    hits = SEARCH.find(query).hits
    return ["".join(f"[{text}]" if matches else text for text, matches in hit.parts) for hit in hits]


# What is typed


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("night phone", {PHONE}),
        ("NIGHT", {PHONE, NIGHT}),
        ('"waiting list"', {RENT}),
        ('"list waiting"', set()),
        ("rent", {RENT}),
        ("rent*", {RENT, LEASE}),
        ('"lose the le"*', {LEASE}),
        ("nobody -phone", {NOBODY}),
        ('nobody -"sees it"', {PHONE}),
        ("night -pho*", {NIGHT}),
        ("nunez", {LEASE}),
        ("SEÑORA", {LEASE}),
        ("“waiting list”", {RENT}),
        ("didn't", {POLICE}),
        ("didn’t", {POLICE}),
        ("mm-hm", {NOISE}),
        ("next-door", {NOBODY}),
        ("nobody nobody", {NOBODY, PHONE}),
        ("phone ?!", {PHONE}),
        ("nobody -nobody", set()),
    ],
)
def test_words_phrases_beginnings_and_exclusions(query, expected):
    """All words must occur, in whatever case and with or without accents; what follows a - must not."""
    assert found(query) == expected


def test_only_exclusions_leave_all_other_talk_in_its_order():
    rest = [item.segment.id for item in SAID if "the" not in re.findall(r"\w+", item.excerpt.lower())]
    assert listed(SEARCH, "-the") == rest


def test_a_quote_still_open_reaches_to_the_end():
    """Someone is still typing."""
    assert read_query('night "the pho') == Query((Term("night"), Term("the pho")))
    assert found('-"nobody sees') == {item.segment.id for item in SAID} - {NOBODY}


@pytest.mark.parametrize(
    "query", ["rent OR phone", "NEAR(nobody door)", "excerpt:rent", "rent AND", "nobody NOT phone", "rowid:1"]
)
def test_the_language_of_the_database_is_text_like_any_other(query):
    """`OR` is looked for as the word "or", which nobody says."""
    assert found(query) == set()


@pytest.mark.parametrize("query", ["", "  ", "?", "-", '""', "*", "-*", '-"', "😀", "\0"])
def test_marks_alone_ask_for_nothing_and_list_the_talk(query):
    assert read_query(query).empty
    assert listed(SEARCH, query) == [item.segment.id for item in SAID]


def test_a_pasted_page_is_read_as_far_as_a_query_goes():
    assert found("nobody " + " " * LONGEST + "unheard") == {NOBODY, PHONE}


@given(ANYTHING, st.sampled_from(How))
@example('"' * 40, How.WORDS)
@example("-" * 40 + "a", How.WORDS)
@example(" ".join(f"w{number}*" for number in range(200)), How.WORDS)
@example(" ".join(f"-{chr(number)}" for number in range(97, 600)), How.WORDS)
def test_whatever_is_typed_is_a_query(typed, how):
    """Nothing that is typed can make the search fail, find what is not there, or garble an excerpt."""
    answer = SEARCH.find(typed, how)
    excerpts = {item.segment.id: item.excerpt for item in SAID}

    assert all("".join(text for text, _ in hit.parts) == excerpts[hit.segment] for hit in answer.hits)
    assert answer.total == len(answer.hits)
    if how == How.WORDS and read_query(typed).wanted:
        assert all(any(matches for _, matches in hit.parts) for hit in answer.hits)


@given(ANYTHING, ANYTHING)
@example("rent\0 the\x01 lease", "rent lease")
@example("the é the", "the")
def test_whatever_was_said_comes_back_as_it_was_said(said, typed):
    """An excerpt may hold anything that a transcript does, and its parts are the excerpt."""
    (parts,) = marked(read_query(typed), [said])
    assert "".join(text for text, _ in parts) == said
    assert all(text for text, _ in parts) or not said


TERMS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["nobody", "phone", "the", "it", "see", "rent", "night",
    '"sees it"', '"it nobody"', '"the phone"']), st.sampled_from(["", "*"])).map("".join)  # fmt: skip


@given(st.lists(TERMS, min_size=1, max_size=4))
def test_the_index_finds_what_reading_everything_would(terms):
    """No segment that fits is missed and none is added."""

    def fits(excerpt: str) -> bool:
        said = " ".join(re.findall(r"[^\W_]+", excerpt.lower()))
        for term in terms:
            end = "" if term.endswith("*") else r"\b"
            if bool(re.search(rf"\b{term.strip('-*')}{end}".replace('"', ""), said)) == term.startswith("-"):
                return False
        return True

    assert set(listed(SEARCH, " ".join(terms))) == {item.segment.id for item in SAID if fits(item.excerpt)}


# What is shown


def test_what_matches_is_marked_and_the_rest_left_whole():
    assert shown("nobody door") == ["[Nobody] sees it. It's next [door] and [nobody] sees it."]
    assert shown('"nobody sees it" -phone') == ["[Nobody sees it]. It's next door and [nobody sees it]."]
    assert shown("Nune* lost") == ["Renters lose the lease first. Señora [Núñez] [lost] hers."]
    assert shown("rent -lease") == ["There is nothing to [rent]. The waiting list is two years long."]


def test_the_best_come_first_and_equals_in_order_of_talk():
    assert listed(SEARCH, "phone* -x") == [PHONE]
    assert listed(SEARCH, "night") == [NIGHT, PHONE], "a short segment says it with fewer words"
    assert listed(SEARCH, '"see around"') == [SAID[0].segment.id, SAID[5].segment.id]


@pytest.mark.parametrize(("query", "how"), product(["", "the", "-the", "rent"], How))
def test_pages_are_the_whole_cut_up(query, how):
    """No hit is on two pages, and none on no page."""
    whole = SEARCH.find(query, how, count=100)
    pages = [SEARCH.find(query, how, first=first, count=2) for first in range(0, 10, 2)]

    assert whole.total == len(whole.hits)
    assert {page.total for page in pages} == {whole.total}
    assert tuple(hit for page in pages for hit in page.hits) == whole.hits


def test_a_page_that_is_not_there_is_empty():
    assert SEARCH.find("the", first=99).hits == ()
    assert SEARCH.find("the", first=-3, count=-1).hits == ()


# By meaning


def test_the_nearest_in_meaning_come_first_whatever_their_words():
    """ "housing" is a word nobody said; equals keep the order of talk."""
    assert listed(SEARCH, "housing", how=How.MEANING)[:2] == [RENT, LEASE]
    assert listed(SEARCH, "the law", how=How.MEANING)[0] == POLICE
    answer = SEARCH.find("housing", How.MEANING, Filter(groups=frozenset({"coast"})))
    assert answer.hits[0].segment == LEASE
    assert answer.total == 4
    assert answer.hits[0].parts == ((TALK.by_id()[LEASE].excerpt, False),)


def test_without_vectors_there_is_no_search_by_meaning_and_words_go_on():
    for search in (Search(SAID), Search(SAID, embedded(SAID)), Search(SAID, encode=encode)):
        with pytest.raises(NotReady, match="no vectors yet"):
            search.find("housing", How.MEANING)
        assert listed(search, "rent") == [RENT]


def test_segments_without_a_vector_are_known_and_passed_over():
    search = Search(SAID, embedded(SAID[1:4]), encode)
    assert search.not_embedded(SAID) == (SAID[0], *SAID[4:])
    assert listed(search, "housing", how=How.MEANING)[0] == RENT
    assert search.find("housing", How.MEANING).total == 3


def test_vectors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 segments do not fit"):
        MeaningIndex(("a", "b"), np.zeros((3, 4), dtype=np.float32))
    with pytest.raises(ValueError, match="different models"):
        SEARCH.follow(SAID, MeaningIndex(("a",), np.zeros((1, 5), dtype=np.float32)))


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(0, 40))
def test_the_top_is_what_sorting_would_give(scores, count):
    expected = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:count]
    assert top(np.array(scores, dtype=np.float64), count).tolist() == expected


def test_few_rows_or_many_have_the_same_cosines():
    """Which rows the filter leaves does not change what they score."""
    vectors = np.random.default_rng(0).standard_normal((500, 64)).astype(np.float32)
    index = MeaningIndex([str(row) for row in range(500)], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    whole, mask = index.nearest(vectors[7], 500), np.arange(500) % 50 == 7
    some = index.nearest(vectors[7], 500, mask)

    assert some.rows.tolist() == [row for row in whole.rows.tolist() if mask[row]]
    assert some.cosines.tolist() == whole.cosines[np.isin(whole.rows, some.rows)].tolist()


# Which segments count


def test_a_filter_means_one_of_the_values_in_every_field():
    ruth = Filter(speakers=frozenset({"Ruth"}))
    assert set(listed(SEARCH, within=ruth)) == {RENT, PHONE, LEASE}, "everyone called so"
    assert listed(SEARCH, within=replace(ruth, groups=frozenset({"coast"}))) == [LEASE]
    assert listed(SEARCH, within=Filter(roles=frozenset({"officer", "attorney"}))) == [NOBODY, POLICE, LEASE]
    assert found("night", within=Filter(questions=frozenset({"Q2"}), roles=frozenset({"advocate"}))) == {NIGHT, PHONE}
    assert listed(SEARCH, within=Filter(questions=frozenset({"off-guide"}))) == [NOISE]
    assert listed(SEARCH, within=Filter(groups=frozenset({"mountains"}))) == []


def codings(*given: tuple[str, str, str]) -> dict[tuple[str, str], Coding]:
    return {(segment, code): Coding(segment, code, coder, 1) for segment, code, coder in given}


BOOK = codings(
    (RENT, "housing", "Ana"), (LEASE, "housing", "Luis"), (NOBODY, "hidden", "Ana"), (PHONE, "help", "Luis")
)


def test_codes_and_coders_are_of_one_and_the_same_coding():
    housing = Filter(codes=frozenset({"housing"}))
    assert listed(SEARCH, within=housing, codings=BOOK) == [RENT, LEASE]
    assert listed(SEARCH, within=Filter(coders=frozenset({"Ana"})), codings=BOOK) == [RENT, NOBODY]
    assert listed(SEARCH, within=replace(housing, coders=frozenset({"Ana"})), codings=BOOK) == [RENT]
    assert found("nobody", within=Filter(codes=frozenset({"hidden", "help"})), codings=BOOK) == {NOBODY, PHONE}
    assert listed(SEARCH, "housing", how=How.MEANING, within=housing, codings=BOOK) == [RENT, LEASE]


def test_each_viewer_finds_only_what_they_may_see_coded():
    """Coders work blind to each other: nothing of one's search is left for the next."""
    anas = {key: coding for key, coding in BOOK.items() if coding.coder == "Ana"}
    luis = Filter(coders=frozenset({"Luis"}))
    for within in (luis, Filter(codes=frozenset({"help"}))):
        assert PHONE in listed(SEARCH, within=within, codings=BOOK)
        assert listed(SEARCH, within=within, codings=anas) == []
        assert listed(SEARCH, within=within) == []


class Unseen(Mapping):
    """Codings that nobody may look at."""

    def __getitem__(self, key):
        raise AssertionError("looked up")

    def __iter__(self):
        raise AssertionError("gone through")

    def __len__(self):
        raise AssertionError("counted")


@pytest.mark.parametrize(("query", "how"), product(["", "night"], How))
def test_codings_are_not_looked_at_unless_asked_for(query, how):
    within = Filter(groups=frozenset({"coast"}))
    assert NIGHT in listed(SEARCH, query, how=how, within=within, codings=Unseen())


NAMES = st.sampled_from("abcd")


@given(
    st.dictionaries(st.tuples(NAMES, NAMES), NAMES, max_size=16),
    st.frozensets(st.integers(0, 3)),
    st.frozensets(NAMES),
    st.frozensets(NAMES),
)
def test_codings_looked_up_or_gone_through_say_the_same(given_, rows, codes, coders):
    """Which of the two is quicker is chosen, and nobody can tell."""
    book = {key: Coding(*key, coder, 1) for key, coder in given_.items()}
    unread = {("elsewhere", str(number)): Coding("elsewhere", str(number), "z", 1) for number in range(400)}
    within, ids, mask = Filter(codes=codes, coders=coders), "abcd", np.isin(np.arange(4), list(rows))
    expected = [
        row
        for row in sorted(rows)
        if (not codes and not coders)
        or any(
            coding.segment == ids[row]
            and (not codes or coding.code in codes)
            and (not coders or coding.coder in coders)
            for coding in book.values()
        )
    ]
    for known in (book, book | unread):
        carries = coded(mask, {key: row for row, key in enumerate(ids)}, ids, within, known)
        assert np.flatnonzero(carries).tolist() == expected


# As the talk changes

TALKS = st.lists(st.sampled_from(SAID), unique=True)


@given(st.lists(TALKS, min_size=1, max_size=4))
def test_an_index_that_followed_answers_as_one_built_anew(talks):
    """Whatever came and went, in whatever order."""
    followed = search_in(())
    for said in talks:
        followed.follow(said, embedded(followed_new(followed, said)))
    anew = search_in(talks[-1])

    for query, how in product(["", "the", "nobody", "night -phone", "-the", "housing"], How):
        if talks[-1] or not query:
            assert followed.find(query, how) == anew.find(query, how)


def followed_new(search: Search, said) -> list:
    """What a caller embeds: the segments that are new."""
    had = set(listed(search))
    return [item for item in said if item.segment.id not in had]


def test_corrections_are_followed_without_new_vectors():
    """A speaker renamed, a question moved, a text read anew under the same id."""
    search = search_in(SAID)
    named = tuple(replace(item, speaker="Rosa") if item.group == "coast" else item for item in SAID)
    search.follow(named)
    assert listed(search, within=Filter(speakers=frozenset({"Rosa"}))) == [item.segment.id for item in SAID[5:]]
    assert search.not_embedded(named) == ()

    reread = tuple(replace(item, excerpt="The landlord came.") if item.segment.id == RENT else item for item in named)
    assert [item.segment.id for item in search.not_embedded(reread)] == [RENT]
    search.follow(reread)
    assert (listed(search, "landlord"), listed(search, "waiting")) == ([RENT], [])
    assert [item.segment.id for item in search.not_embedded(reread)] == [RENT]


def test_what_is_withdrawn_leaves_no_word_in_memory():
    """Not even in pages that SQLite no longer needs, in an index that grew group by group."""
    talk = heard("== plains\n" + "\n".join(f"Q1 | Sam: It was night {n} at door {n % 97}." for n in range(3000)))
    ruth = heard("== coast\nQ1 | Ruth: They came to Xylofield.").said
    index = WordIndex(talk.said[:1000])
    for group in (ruth, talk.said[1000:2000], talk.said[2000:]):
        index.add(group)
    assert b"xylofield" in index._talk.serialize()
    index.remove([ruth[0].segment.id, "unknown"])

    assert b"xylofield" not in index._talk.serialize()
    assert len(index) == 3000
    assert index.matches(read_query("xylofield")).places.tolist() == []
    assert len(index.matches(read_query("night")).places) == 3000


def test_a_withdrawn_vector_is_let_go():
    search = search_in(SAID)
    search.follow(item for item in SAID if item.segment.id != LEASE)
    assert LEASE not in search._talk.meaning.ids
    assert search.find("lease", How.MEANING).total == len(SAID) - 1


def test_vectors_are_arranged_without_a_copy_where_nothing_changed():
    index = embedded(SAID)
    assert arranged(index.ids, index) is index
    assert arranged(index.ids[::-1], index).vectors.tolist() == index.vectors[::-1].tolist()


def test_coders_search_while_the_talk_changes():
    """Each search sees one state of the talk, whole."""
    search = search_in(SAID)

    def look(_: int) -> int:
        answers = [search.find("nobody", How.WORDS), search.find("housing", How.MEANING), search.find("-nobody")]
        assert all(hit.parts for answer in answers for hit in answer.hits)
        return answers[0].total

    with ThreadPoolExecutor(4) as coders:
        seen = coders.map(look, range(200))
        for round_ in range(40):
            search.follow(SAID if round_ % 2 else SAID[:1], embedded(SAID))
        assert set(seen) <= {0, 2}, "two segments hold the word, or the talk has neither"
