"""Several processes at once, and processes killed in the middle: nothing that was acknowledged is lost."""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import PolyvocalError

from .conftest import STUDY, Place

KILLS = 10
Acknowledge = Callable[[str], None]


def draft(key: str) -> Draft:
    return Draft(key, "harbor", "ana", "2026-11-23T10:00:00+00:00", Kind.APPLY, "a:0-5", {"code": "c1"})


@pytest.fixture
def empty(place: Place) -> Place:
    """A database with one study that no connection of this process holds open: it may be forked."""
    with place.open() as store:
        store.studies.save(STUDY)
    return place


@contextmanager
def process(work: Callable[[Acknowledge], None]) -> Iterator[tuple[int, int]]:
    """`work` in a process of its own: its id, and a pipe of the lines it acknowledges; waited for at the end."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            work(lambda line: _write(writing, line))
            code = 0
        except BaseException:  # noqa: BLE001 - a child must never return into pytest
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    try:
        yield pid, reading
    finally:
        os.close(reading)
        os.waitpid(pid, 0)


def _write(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def _lines(pipe: int) -> list[str]:
    """All lines until the pipe closes; a torn last line was not acknowledged."""
    read = b""
    while some := os.read(pipe, 65536):
        read += some
    return read.decode().split("\n")[:-1]


def _appending(place: Place, keys: list[str]) -> Callable[[Acknowledge], None]:
    def work(acknowledge: Acknowledge) -> None:
        with place.open() as store:
            for key in keys:
                acknowledge(f"{key} {store.decisions.append(draft(key)).seq}")

    return work


def test_four_processes_appending_lose_nothing_and_number_without_gaps(empty: Place) -> None:
    keys = [[f"p{number}:{index}" for index in range(50)] for number in range(4)]
    with (
        process(_appending(empty, keys[0])) as (_, first),
        process(_appending(empty, keys[1])) as (_, second),
        process(_appending(empty, keys[2])) as (_, third),
        process(_appending(empty, keys[3])) as (_, fourth),
    ):
        acknowledged = [line for pipe in (first, second, third, fourth) for line in _lines(pipe)]
    with empty.open() as store:
        log = store.decisions.log("harbor")
        assert [item.seq for item in log] == list(range(1, 201))
        assert sorted(acknowledged) == sorted(f"{item.draft.key} {item.seq}" for item in log)
        store.decisions.verify("harbor")


def test_the_same_key_from_two_processes_is_one_decision(empty: Place) -> None:
    keys = [f"shared:{index}" for index in range(20)]
    with process(_appending(empty, keys)) as (_, first), process(_appending(empty, keys)) as (_, second):
        assert _lines(first) == _lines(second)
    with empty.open() as store:
        assert [item.draft.key for item in store.decisions.log("harbor")] == keys


def test_verifying_while_others_append_raises_no_false_alarm(empty: Place) -> None:
    with process(_appending(empty, [f"k{index}" for index in range(100)])) as (_, pipe), empty.open() as store:
        while store.decisions.head("harbor")[0] < 100:
            store.decisions.verify("harbor")
            store.decisions.verify_end("harbor")
        assert len(_lines(pipe)) == 100


def test_two_processes_making_the_database_at_once_both_find_it_made(place: Place) -> None:
    def open_and_save(acknowledge: Acknowledge) -> None:
        try:
            with place.open() as store:
                store.studies.save(STUDY)
                acknowledge("saved")
        except PolyvocalError as error:
            acknowledge(str(error))

    with (
        process(open_and_save) as (_, first),
        process(open_and_save) as (_, second),
        process(open_and_save) as (_, third),
    ):
        assert [_lines(first), _lines(second), _lines(third)] == [["saved"]] * 3


def test_a_killed_process_loses_nothing_it_acknowledged(empty: Place) -> None:
    """Killed at seeded moments; what was written and not acknowledged is returned, not doubled, on the next try."""
    chance, acknowledged = random.Random(7), []
    for kill in range(KILLS):
        with process(_appending(empty, [f"k{kill}:{index}" for index in range(10_000)])) as (pid, pipe):
            begun = os.read(pipe, 1)
            time.sleep(chance.uniform(0, 0.15))
            os.kill(pid, signal.SIGKILL)
            acknowledged += _lines_after(begun, pipe)
    with empty.open() as store:
        stored = {f"{item.draft.key} {item.seq}" for item in store.decisions.log("harbor")}
        assert len(acknowledged) > KILLS
        assert set(acknowledged) <= stored
        store.decisions.verify("harbor")
        last = store.decisions.log("harbor")[-1]
        assert store.decisions.append(draft(last.draft.key)) == last


def _lines_after(begun: bytes, pipe: int) -> list[str]:
    lines = _lines(pipe)
    return [begun.decode() + lines[0], *lines[1:]] if lines else []
