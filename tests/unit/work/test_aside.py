"""Work done beside: its answers, its failures, and its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from pipeline.work.aside import RANK, Aside, AsideFailed

CODE = """
import sys
from pipeline.work.aside import Aside
from tests.unit.work.test_aside import who
print(Aside().call(who)[0], flush=True)
sys.stdin.read()
"""


def twice(number: int, *, aloud: bool = False) -> int:
    if aloud:
        sys.stdout.write("said aloud")
        sys.stdout.flush()
        os.write(1, b"and louder")
    return 2 * number


def who() -> tuple[int, int]:
    return os.getpid(), os.nice(0)


def fails(words: str) -> None:
    raise LookupError(words)


@pytest.fixture
def aside() -> Iterator[Aside]:
    found = Aside()
    yield found
    found.close()


def test_it_answers_from_one_process_of_lower_rank(aside: Aside):
    assert aside.call(twice, 21) == 42
    process, rank = aside.call(who)
    assert process != os.getpid()
    assert rank == min(19, os.nice(0) + RANK)
    assert aside.call(who) == (process, rank)


def test_what_is_printed_there_is_no_answer(aside: Aside):
    assert aside.call(twice, 1, aloud=True) == 2
    assert aside.call(twice, 2) == 4


def test_a_failure_is_told_by_its_kind_alone_and_the_process_goes_on(aside: Aside):
    process, _ = aside.call(who)
    with pytest.raises(AsideFailed) as told:
        aside.call(fails, "the words that somebody said")
    assert str(told.value) == "LookupError"
    assert aside.call(who)[0] == process


def test_where_it_was_killed_the_next_call_starts_another(aside: Aside):
    process, _ = aside.call(who)
    os.kill(process, signal.SIGKILL)
    psutil.Process(process).wait(10)
    assert aside.call(who)[0] != process


def test_where_it_is_killed_at_work_that_call_fails(aside: Aside):
    with pytest.raises(AsideFailed, match="ended"):
        aside.call(os._exit, 9)
    assert aside.call(twice, 3) == 6


def test_it_ends_with_a_starter_that_was_killed():
    with subprocess.Popen([sys.executable, "-c", CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        child = int(starter.stdout.readline())
        assert psutil.pid_exists(child)
        starter.kill()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(child)
