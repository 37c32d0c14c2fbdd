"""Peers get the same segments and vectors, and the question where its use is what they are measured for."""

import importlib.util

import numpy as np
import pytest

from pipeline.evaluate.peers import Shared, members, peers

ALL = all(importlib.util.find_spec(name) for name in ("bertopic", "umap", "evoc"))


def test_members_leave_out_what_a_peer_leaves_out():
    assert [part.tolist() for part in members(np.array([1, -1, 0, 1]))] == [[2], [0, 3]]


@pytest.mark.skipif(ALL, reason="the extra is installed")
def test_without_the_extra_the_missing_package_is_named():
    with pytest.raises(ImportError, match=r"bertopic|evoc|umap"):
        peers()


@pytest.mark.skipif(not ALL, reason="needs the extra `peers`")
def test_ward_divides_by_question_only_when_it_is_told_the_question():
    rows = np.eye(8, dtype=np.float32)[[0, 0, 1, 1]]
    talk = Shared(["a"] * 4, rows, ["Q1", "Q2", "Q1", "Q2"], 4)
    ways = peers()
    assert len(set(ways["ward"](Shared(talk.texts, rows, talk.questions, 2), 0))) == 2
    assert len(set(ways["ward + question"](talk, 0))) == 4
