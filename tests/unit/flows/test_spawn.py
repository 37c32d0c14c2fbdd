"""A process of ours runs what is installed, not what happens to lie in the folder it is started in."""

from pathlib import Path

import pytest

from pipeline.flows.server import spawn


def test_nothing_is_loaded_from_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve`, typed beside a file `h2.py` of one's own, ran that file in the place of a library's module."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "h2.py").write_text("raise SystemExit(7)")
    (tmp_path / "stray.py").write_text("raise SystemExit(0)")
    assert spawn({}, tmp_path / "log", "stray").wait(60) == 1
    assert "No module named stray" in (tmp_path / "log").read_text()
    spawn({}, tmp_path / "log", "json.tool", "--help").wait(60)
    assert "usage:" in (tmp_path / "log").read_text()
