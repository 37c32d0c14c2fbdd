"""Identity by content: the same talk has the same ids, whoever computes them, in whatever order."""

import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as some

from pipeline.domain.segment import Segment, normalised, text_hash
from pipeline.domain.suggestion import suggestion_id
from pipeline.domain.transcript import Account, Dropped


def test_a_segment_is_its_transcript_and_span() -> None:
    assert Segment.of("0123456789abcdef", 4, 10, 25).id == "0123456789ab:10-25"


@given(some.lists(some.text(max_size=5), unique=True), some.randoms())
def test_a_suggestion_is_its_segments_in_whatever_order(segments: list[str], chance: random.Random) -> None:
    shuffled = list(segments)
    chance.shuffle(shuffled)
    assert suggestion_id(shuffled) == suggestion_id(segments)


@given(some.text())
def test_the_hash_of_a_text_forgets_white_space_and_unicode_form_but_not_case(text: str) -> None:
    assert text_hash(f"  {unicodedata.normalize('NFD', text)}\n") == text_hash(text)
    assert normalised(normalised(text)) == normalised(text)
    assert text_hash("No beds") != text_hash("no beds")


def test_an_account_adds_up_or_says_that_it_does_not() -> None:
    drops = (Dropped("label", 4, "line 1"), Dropped("timestamp", 9, "line 1"), Dropped("label", 6, "line 2"))
    assert Account(100, 81, drops).adds_up
    assert not Account(100, 80, drops).adds_up
    assert Account(100, 81, drops).by_kind() == {"label": 10, "timestamp": 9}
