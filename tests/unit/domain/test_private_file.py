"""A small file is its owner's alone and never half written, whoever else writes it."""

import os
import threading
from pathlib import Path

import pytest

from pipeline.domain.private_file import write_private


def test_it_is_its_owners_alone_whatever_lay_there_and_whatever_the_umask(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("an older, longer one")
    (tmp_path / "secret").chmod(0o644)
    mask = os.umask(0)
    try:
        write_private(tmp_path / "secret", b"new")
    finally:
        os.umask(mask)
    assert (tmp_path / "secret").read_bytes() == b"new"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "note", b"whole")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "note", b"half")
    assert (tmp_path / "note").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_of_several_who_write_at_once_one_stands(tmp_path: Path) -> None:
    contents = [bytes([number]) * 10_000 for number in range(8)]
    writers = [threading.Thread(target=write_private, args=(tmp_path / "note", content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (tmp_path / "note").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
