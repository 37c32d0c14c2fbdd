"""Temporary files hold talk: they lie with the study, and none outlives the work that made it for long."""

import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.store.scratch import scratch

_HOLDS: str = """
import sys, tempfile
from pathlib import Path
from pipeline.store.scratch import scratch
with scratch(Path(sys.argv[1])) as own:
    (own / "talk").write_text("what was said")
    print(own, flush=True)
    sys.stdin.read()
"""


def holding(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another process that has a folder of its own there, and that folder."""
    command = [sys.executable, "-c", _HOLDS, str(parent)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return other, Path(other.stdout.readline().strip())


def test_temporary_files_go_to_an_own_folder_which_goes_with_the_work(tmp_path):
    before = tempfile.gettempdir()
    with scratch(tmp_path / "tmp") as own:
        assert (tmp_path / "tmp").stat().st_mode & 0o077 == 0
        with tempfile.NamedTemporaryFile(delete=False) as file:
            assert Path(file.name).parent == own
    assert list((tmp_path / "tmp").iterdir()) == []
    assert tempfile.gettempdir() == before


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not(tmp_path):
    parent = tmp_path / "tmp"
    living, kept = holding(parent)
    killed, left = holding(parent)
    killed.kill()
    killed.wait()
    (parent / "of-an-earlier-release").write_text("what was said")
    assert (left / "talk").exists()
    with scratch(parent) as own:
        assert sorted(parent.iterdir()) == sorted([own, kept])
        assert (kept / "talk").exists()
    living.communicate("")
    assert list(parent.iterdir()) == []


def test_studies_can_be_closed_in_any_order(tmp_path):
    before = tempfile.gettempdir()
    one, other = scratch(tmp_path / "one"), scratch(tmp_path / "other")
    one.__enter__()
    kept = other.__enter__()
    one.__exit__(None, None, None)
    assert Path(tempfile.gettempdir()) == kept
    other.__exit__(None, None, None)
    assert tempfile.gettempdir() == before


def test_one_process_can_have_the_same_study_open_twice(tmp_path):
    with scratch(tmp_path / "tmp") as first, scratch(tmp_path / "tmp") as second:
        assert first.exists()
        assert first != second
