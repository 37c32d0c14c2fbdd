"""Line numbers that transcribers print before every line or paragraph: told by their counting, and left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipeline.ingest.composing import Composer
from pipeline.ingest.paragraphs import Paragraph

LINE_NUMBER: Final = "line number"
_NUMBER: Final = re.compile(r"\s{0,8}(\d{1,5})(?:[.):]\s{0,4}|\s{1,8})(?=\D)(?!\d)")
_SHARE: Final = 0.6
_COUNTING: Final = 0.9
_FEWEST: Final = 5


def without_numbers(paragraphs: Sequence[Paragraph], composer: Composer) -> list[Paragraph]:
    """The paragraphs, less the numbers before them where most begin with a number one above the last.

    Numbers are looked for at the beginning of paragraphs; what is left out is handed to the composer.
    """
    found = [_NUMBER.match(paragraph.text) for paragraph in paragraphs]
    numbers = [int(match[1]) for match in found if match is not None]
    filled = sum(1 for paragraph in paragraphs if paragraph.text.strip())
    steps = sum(1 for before, after in pairwise(numbers) if after == before + 1)
    if len(numbers) < _FEWEST or len(numbers) < _SHARE * filled or steps < _COUNTING * (len(numbers) - 1):
        return list(paragraphs)
    kept: list[Paragraph] = []
    for paragraph, match in zip(paragraphs, found, strict=True):
        end = match.end() if match is not None else 0
        composer.drop(LINE_NUMBER, end, paragraph.where)
        kept.append(replace(paragraph, text=paragraph.text[end:]))
    return kept
