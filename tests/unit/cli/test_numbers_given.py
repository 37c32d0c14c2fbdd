"""A number that makes no sense is refused by the command line, with what would."""

import os
from pathlib import Path

import pytest

from pipeline.cli.main import main


@pytest.mark.parametrize(
    "command",
    [
        ["serve", "S", "--port", "99999"],
        ["serve", "S", "--port", "0"],
        ["serve", "S", "--web-port", "-1"],
        ["round", "open", "S", "sample", "--coders", "a,b", "--share", "nan"],
        ["round", "open", "S", "sample", "--coders", "a,b", "--share", "many"],
        ["round", "open", "S", "sample", "--coders", "a,b", "--share", "101"],
        ["round", "open", "S", "sample", "--coders", "a,b", "--least", "-1"],
        ["decide", "S", "undo", "1.5"],
        ["decide", "S", "undo", "twelve"],
        ["decide", "S", "reject", "s-1", "--expect", "-1"],
        ["approve", "S", "codes", "--seen", "0"],
    ],
    ids=" ".join,
)
def test_it_is_refused_before_anything_is_opened(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    mask = os.umask(0o077)
    try:
        with pytest.raises(SystemExit) as left:
            main(command)
    finally:
        os.umask(mask)
    assert left.value.code == 2
    assert "from " in capsys.readouterr().err


def test_an_evaluation_touches_no_shared_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its place is thrown away afterwards; what it signs off must not stand in the study's own log."""
    from pipeline.work import evaluating
    from pipeline.work.workplace import Workplace

    asked: list[str] = []

    def evaluate(work: Workplace, *_: object, **__: object) -> dict[str, object]:
        asked.append(work.settings.store.url)
        return {}

    monkeypatch.setattr(evaluating, "evaluate", evaluate)
    monkeypatch.setenv("POLYVOCAL_STORE_URL", "postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "study.toml").write_text(
        '[study]\ntitle = "T"\n[[question]]\nid = "q"\ntext = "Why?"\n[[group]]\nid = "g"\n'
    )
    assert main(["evaluate", str(tmp_path)]) == 0
    assert asked == [""]
