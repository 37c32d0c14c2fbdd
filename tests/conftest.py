"""What every test may ask for."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real transcripts beside the checkout; tests that need it skip, by name, where it is not."""
    shared = ROOT.parent / "shared"
    if not (shared / "corpora").is_dir():
        pytest.skip(f"real transcripts are not here: {shared} is missing")
    return shared
