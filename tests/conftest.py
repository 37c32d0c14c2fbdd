"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pipeline.work import accounts

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real transcripts beside the checkout; tests that need it skip, by name, where it is not."""
    shared = ROOT.parent / "shared"
    if not (shared / "corpora").is_dir():
        pytest.skip(f"real transcripts are not here: {shared} is missing")
    return shared


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Hashes that cost nothing: they are slow on purpose, and tests make and check thousands."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", lambda: hasher)
        accounts._decoy.cache_clear()
        yield
    accounts._decoy.cache_clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the long journeys too (always with CI=true)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow") or os.environ.get("CI") == "true":
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="a long journey: run with --slow or CI=true"))
