"""One encoder for all tests here, and a process in which every attempt to reach the network is noticed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.embed.encoding import OPENVINO, Encoder, open_encoder
from pipeline.embed.manifest import Manifest, load_manifest

ROOT = Path(__file__).resolve().parents[3]

LISTENING = """
import os, sys
heard = os.open("heard", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
def listen(event, args):  # inherited by forked children; cannot be taken off
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        os.write(heard, (event + "\\n").encode())
        raise OSError("there is no network in this test")
sys.addaudithook(listen)
"""

ENCODING = """
import json, sys
from pathlib import Path
import numpy as np
from pipeline.embed.encoding import open_encoder
from pipeline.embed.manifest import load_manifest
order = json.loads(Path("order.json").read_text())
manifest = load_manifest(Path(order["manifest"]))
if order["manner"]:
    manifest = manifest.manner
encoder = open_encoder(manifest, engine=order["engine"], cache_dir=Path("cache"))
np.save("vectors.npy", encoder.encode(order["texts"]))
Path("imported.json").write_text(json.dumps([name for name, module in sys.modules.items() if module]))
"""


@dataclass(frozen=True)
class Heard:
    """What a process did besides its work: network attempts, files left in its home, words on the screen."""

    network: list[str]
    files: list[str]
    screen: str


@dataclass(frozen=True)
class Encoded:
    """A process's vectors, what it imported, and what was heard."""

    vectors: NDArray[np.float32]
    imported: set[str]
    heard: Heard


def listen(code: str, place: Path) -> Heard:
    """Run `code` in a fresh process in `place`, with an empty home and CI unset."""
    home = place / "home"
    home.mkdir()
    quiet = {"CI", "GITHUB_ACTIONS", "DO_NOT_TRACK", "HF_HUB_OFFLINE", "XDG_CACHE_HOME"}
    env = {name: value for name, value in os.environ.items() if name not in quiet}
    env |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LISTENING + code],
        cwd=place, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    return Heard((place / "heard").read_text().split(), files, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return load_manifest(ROOT / "models" / "all-minilm-l6-v2.toml")


@pytest.fixture(scope="session")
def encoder(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return open_encoder(manifest, engine=OPENVINO, cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def encode_apart(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Encoded]:
    """Encode texts with a named engine in a process of its own, listening."""

    def encode(engine: str, texts: Sequence[str], *, manner: bool = False) -> Encoded:
        place = tmp_path_factory.mktemp("apart")
        manifest = str(ROOT / "models" / "all-minilm-l6-v2.toml")
        order = {"engine": engine, "texts": texts, "manifest": manifest, "manner": manner}
        (place / "order.json").write_text(json.dumps(order))
        heard = listen(ENCODING, place)
        imported = set(json.loads((place / "imported.json").read_text()))
        return Encoded(np.load(place / "vectors.npy"), imported, heard)

    return encode


@pytest.fixture
def listen_to(tmp_path: Path) -> Callable[[str], Heard]:
    """Run code in a process of its own, listening."""
    return lambda code: listen(code, tmp_path)
