"""Questions that are called by number: "Question 3", "Task 4.a", "let's go to number five"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.domain.study import Question

_NUMBERS: Final = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    """.split()  # noqa: SIM905 - as one reads them aloud
_SPOKEN: Final = {word: number for number, word in enumerate(_NUMBERS, start=1)}
_CALLED: Final = re.compile(
    rf"\b(?:question|task|topic|prompt|q)\s*(?:number|no\.?|#)?\s*(\d{{1,2}}|{'|'.join(_SPOKEN)})\b",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"\s*#?(\d{1,2})\s*(?:[.):]|[.)]?[a-z][.):]?(?=\s))")
"""A number that opens a turn counts only with what follows a number in a list: "3.", "3)", "4.a", "4b"."""


def called_number(words: str) -> int | None:
    """The number a turn calls a question by, or None. Of several the last one counts."""
    if found := _LEADING.match(words):
        return int(found[1])
    called = _CALLED.findall(words)
    return None if not called else _SPOKEN.get(called[-1].lower()) or int(called[-1])


def question_numbers(questions: Sequence[Question]) -> dict[int, int]:
    """Number → place in the guide: from the numbers the texts begin with, else those the ids end with.

    Empty where not every question has a number of its own; nobody could call them by it.
    """
    for found in (
        [_LEADING.match(question.text) for question in questions],
        [re.search(r"(?<!\d)(\d{1,2})$", question.id) for question in questions],
    ):
        numbers = {int(match[1]): place for place, match in enumerate(found) if match}
        if len(numbers) == len(questions):
            return numbers
    return {}
