"""A secret that a crash left unwritten is made anew: an empty one guards nothing."""

import socket
from pathlib import Path

import pytest

from pipeline.flows.server import new_server
from pipeline.settings import ServerSettings
from pipeline.web.__main__ import SECRET, installation_secret


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("left", [None, b"", b"\n", b"\x07" * 5])
def test_the_sites_secret_is_whole_and_stays(tmp_path: Path, left: bytes | None) -> None:
    path = tmp_path / "site-secret"
    if left is not None:
        path.write_bytes(left)
    secret = installation_secret(path)
    assert len(secret) == SECRET
    assert installation_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["site-secret"]


@pytest.mark.parametrize("left", [None, "", "\n"])
def test_prefect_never_starts_without_a_secret(tmp_path: Path, free_port: int, left: str | None) -> None:
    if left is not None:
        (tmp_path / "secret").write_text(left)
    server = new_server(ServerSettings(port=free_port), tmp_path)
    name, _, word = server.secret.partition(":")
    assert name == "polyvocal"
    assert len(word) == 32
    assert new_server(ServerSettings(port=free_port), tmp_path) == server
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
