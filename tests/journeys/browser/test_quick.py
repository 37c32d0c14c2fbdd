"""The measurement of speed measures: `python -m benchmarks.review_keys` prints figures of the keyboard journey.

No bound is kept here: a busy machine says nothing about the site.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from benchmarks import review_keys
from tests.journeys.browser.review_work import CANDIDATES

pytestmark = pytest.mark.slow


def test_decisions_a_minute_and_key_to_paint_are_printed(chromium: Browser, capsys: pytest.CaptureFixture[str]):
    review_keys.measure(chromium, acts=5)
    said = capsys.readouterr().out
    made = re.search(r"(\d+) decisions in .* (\d+) a minute", said)
    painted = re.search(r"over (\d+) acts: p50 (\d+) ms", said)
    assert made
    assert painted
    assert int(made[1]) >= CANDIDATES
    assert int(painted[1]) == 5
    assert int(painted[2]) > 0
