"""The tree keeps the shape that makes it readable."""

import os
from pathlib import Path
from statistics import median

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
MODULES = [path for path in (ROOT / "pipeline").rglob("*.py") if path.name != "__init__.py"]
NAMELESS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
"""Names that say where something was put, not what it is."""


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_module_is_short_enough_to_be_read_at_a_sitting() -> None:
    assert {path.relative_to(ROOT): lines(path) for path in MODULES if lines(path) > 400} == {}
    assert median(map(lines, MODULES)) <= 150


@pytest.mark.parametrize("folder", ["pipeline", "tests", "benchmarks"])
def test_every_module_is_named_for_what_it_is(folder: str) -> None:
    assert [path for path in (ROOT / folder).rglob("*") if path.stem in NAMELESS] == []


def test_imports_point_one_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages never meet each other, Prefect or SQL; the contracts stand in pyproject.toml."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(str(ROOT / "pyproject.toml"), cache_dir=str(tmp_path), no_logo=True) == os.EX_OK
