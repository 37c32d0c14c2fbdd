"""Ctrl-C in native code waits for its end, and is not lost."""

import os
import signal
import threading

import pytest

from pipeline.embed.interrupting import interrupted_after


def test_ctrl_c_comes_after_the_block():
    done: list[str] = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        done.append("the rest of the block")

    with pytest.raises(KeyboardInterrupt), interrupted_after():
        work()
    assert done == ["the rest of the block"]


def test_the_handler_is_as_it_was():
    before = signal.getsignal(signal.SIGINT)
    with interrupted_after():
        pass
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_block_is_told_itself():
    with pytest.raises(ValueError, match="the model"), interrupted_after():
        raise ValueError("the model")


def test_another_thread_is_left_alone():
    went = []

    def work() -> None:
        with interrupted_after():
            went.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert went == [True]
