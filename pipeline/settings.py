"""One typed object from configs/*.toml; an unknown key fails by name."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.domain.errors import SettingsInvalid

ROOT: Final = Path(__file__).resolve().parents[1]
DEFAULTS: Final = ROOT / "configs" / "default.toml"

_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "embed.batch": (1, 100_000),
    "suggest.about": (0, 10_000),
    "suggest.most": (0, 10_000),
    "suggest.seed": (0, 2**32 - 1),
    "review.control": (0, 0.99),
    "evaluate.seeds": (1, 100),
    "inbox.every": (1, 604_800),
    "inbox.settle": (0, 86_400),
    "server.port": (1, 65_535),
    "web.port": (1, 65_535),
    "web.session_hours": (0.25, 720),
    "web.idle_hours": (0.25, 720),
}
"""The least and the most that each number may be."""
_POSTGRESQL: Final = re.compile(r"postgresql(\+\w+)?://.+")
_HTTPS: Final = re.compile(r"https://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:[0-9]{1,5})?")
_SHOWN: Final = 60
"""Characters of a wrong value that a message repeats."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`url`: empty for a SQLite file in the study's home, or a PostgreSQL URL."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class EmbedSettings:
    """The model (a manifest under models/), the engine that runs it, and how many vectors are stored at a time."""

    model: str = "all-minilm-l6-v2"
    engine: str = "auto"
    batch: int = 512


@dataclass(frozen=True, slots=True)
class SuggestionSettings:
    """`about`: how many candidates to aim at, `most`: how many there may be (0 for either: as many as the talk
    supports). Same `seed`, same result."""

    about: int = 0
    most: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """`withhold`: whether a coder sees codes suggested for a segment only once they have coded it themselves.
    In a blind round on a sample that is so in any case. `control`: the share of segments, drawn by lot, for which it
    is always so, below 1: from them comes the estimate of how much suggestions change what coders do."""

    withhold: bool = False
    control: float = 0.1


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """`seeds`: how often what depends on a draw is measured; the figures are means."""

    seeds: int = 1


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """`every`: seconds between scans. `settle`: seconds a file must have been left alone before it is read."""

    every: int = 60
    settle: float = 5.0


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where `polyvocal serve` listens: this machine only. `database_url`: empty for SQLite in the home."""

    host: str = "127.0.0.1"
    port: int = 4200
    database_url: str = ""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the review site listens, where its accounts are, and how long somebody stays signed in.

    `accounts`: empty for a SQLite file in the user's data folder (or for the database of `store.url`), or a
    PostgreSQL URL. `public_url`: what browsers type when a proxy in front of the site brings TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    accounts: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    public_url: str = ""
    session_hours: float = 12.0
    idle_hours: float = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    store: StoreSettings = field(default_factory=StoreSettings)
    embed: EmbedSettings = field(default_factory=EmbedSettings)
    suggest: SuggestionSettings = field(default_factory=SuggestionSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    inbox: InboxSettings = field(default_factory=InboxSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    web: WebSettings = field(default_factory=WebSettings)


def load_settings(path: Path | None = None) -> Settings:
    """Settings from `path`, else from $POLYVOCAL_SETTINGS, else from configs/default.toml, else the defaults.

    $POLYVOCAL_STORE_URL wins over `store.url` and $POLYVOCAL_ACCOUNTS_URL over `web.accounts`, so that a password
    need not stand in a file.

    Raises:
        SettingsInvalid: the file is missing, is no TOML, or holds an unknown key or a value of the wrong kind.
    """
    named = path or (Path(os.environ["POLYVOCAL_SETTINGS"]) if os.environ.get("POLYVOCAL_SETTINGS") else None)
    settings = Settings()
    if named is not None or DEFAULTS.is_file():
        settings = _from_file(named or DEFAULTS)
    if url := os.environ.get("POLYVOCAL_STORE_URL"):
        settings = replace(settings, store=StoreSettings(url=url))
    if url := os.environ.get("POLYVOCAL_ACCOUNTS_URL"):
        settings = replace(settings, web=replace(settings.web, accounts=url))
    if settings.store.url and "://" not in settings.store.url:
        raise SettingsInvalid(
            "`store.url` is no database URL. Leave it empty for a file in the study's home, or write "
            "postgresql://user@host/database."
        )
    if settings.web.accounts and not _POSTGRESQL.fullmatch(settings.web.accounts):
        raise SettingsInvalid(
            "`web.accounts` is no PostgreSQL URL. Leave it empty for a file in your data folder, or write "
            "postgresql://user@host/database."
        )
    return settings


def require_private(web: WebSettings) -> None:
    """Refuse to show talk, or to hear a password, over a network in the clear.

    Raises:
        SettingsInvalid: the site would be reached from other machines without TLS, or TLS is half described.
    """
    if bool(web.tls_certificate) != bool(web.tls_key):
        raise SettingsInvalid(
            "TLS needs both files: write the certificate's path in `web.tls_certificate` and its key's in "
            "`web.tls_key`, or leave both empty."
        )
    if web.public_url and not _HTTPS.fullmatch(web.public_url):
        raise SettingsInvalid(
            "`web.public_url` is no https address of a site. Write it as https://review.example.org, without a path."
        )
    if not (is_loopback(web.host) or web.tls_certificate or web.public_url):
        raise SettingsInvalid(
            f"`web.host` is {_shown(web.host)}: other machines could reach the review site, and passwords and talk "
            "would cross the network in the clear. Name a certificate in `web.tls_certificate` and its key in "
            "`web.tls_key`; or, where a proxy in front of the site brings TLS, its address in `web.public_url`; or "
            "stay with 127.0.0.1."
        )


def require_local(server: ServerSettings) -> None:
    """Refuse to let other machines reach Prefect's page, whose password would cross the network in the clear.

    Raises:
        SettingsInvalid: the server would listen to more than this machine.
    """
    if not is_loopback(server.host):
        raise SettingsInvalid(
            f"`server.host` is {_shown(server.host)}: other machines could reach Prefect's page, and its password "
            "would cross the network in the clear. Stay with 127.0.0.1; from elsewhere, come through ssh."
        )


def is_loopback(host: str) -> bool:
    """Whether a server that listens there can be reached from its own machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, or nothing: every address of the machine
        return False


def _from_file(path: Path) -> Settings:
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise SettingsInvalid(f"There is no settings file {path}.") from None
    except OSError as error:
        raise SettingsInvalid(f"The settings file {path} cannot be opened ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise SettingsInvalid(f"{path} is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{path} is not valid TOML: {error}.") from None
    except RecursionError:
        raise SettingsInvalid(f"{path} is not valid TOML: it is too deeply nested.") from None
    return _typed(Settings(), table, path.name, "")


_Section = TypeVar("_Section")


def _typed(default: _Section, table: Mapping[str, Any], file: str, prefix: str) -> _Section:
    """`default` with the values of `table`, each checked against the kind of the default."""
    known = {item.name for item in fields(default)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f" Did you mean `{prefix}{near[0]}`?" if near else f" Known keys: {', '.join(sorted(known))}."
            raise SettingsInvalid(f"{file}: unknown key `{name}`.{hint}")
        current = getattr(default, key)
        if is_dataclass(current):
            if not isinstance(value, Mapping):
                raise SettingsInvalid(f"{file}: `{name}` is a section; write [{name}] with keys below it.")
            values[key] = _typed(current, value, file, f"{name}.")
        else:
            values[key] = _single(current, value, file, name)
    return replace(default, **values)  # type: ignore[type-var]


def _single(current: object, value: object, file: str, name: str) -> object:
    """A value of the kind of `current`; a whole number stands for a number, nothing else for anything else."""
    fits = type(value) is type(current) or (type(value) is int and type(current) is float)
    if not fits:
        raise SettingsInvalid(f"{file}: `{name}` must be a {_kind(current)}, not {_shown(value)}.")
    least, most = _BOUNDS.get(name, (0, 0))
    if name in _BOUNDS and not least <= value <= most:  # type: ignore[operator]
        raise SettingsInvalid(f"{file}: `{name}` must lie between {least} and {most}; it is {_shown(value)}.")
    return type(current)(value)  # type: ignore[call-arg]


def _shown(value: object) -> str:
    written = repr(value)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def _kind(value: object) -> str:
    named = {"str": "text", "int": "whole number", "float": "number", "bool": "choice of true or false"}
    return named.get(type(value).__name__, type(value).__name__)
