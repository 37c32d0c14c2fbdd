"""The one place that wires the parts: a study folder in, a workplace with every tool out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.domain.errors import PolyvocalError
from pipeline.domain.study import Study
from pipeline.embed.encoding import open_encoder
from pipeline.embed.manifest import Manifest, load_manifest
from pipeline.ingest.study_toml import load_study
from pipeline.segment.units import SentenceSplitter
from pipeline.settings import ROOT, Settings, load_settings
from pipeline.store import Store, open_store
from pipeline.store.scratch import scratch
from pipeline.work.accounts import AccountDesk
from pipeline.work.workplace import Model, Workplace

MODELS: Final = ROOT / "models"


@contextmanager
def open_workplace(
    folder: Path, *, home: Path | None = None, settings: Settings | None = None
) -> Iterator[Workplace]:
    """The study in `folder`, ready for work; closed afterwards.

    What Polyvocal makes goes to `home`, else to `.polyvocal` in the study folder, else (where the folder cannot
    be written) to the user's own data folder.

    Raises:
        StudyInvalid: study.toml is missing or has problems, all listed.
        SettingsInvalid, StoreDamaged, ServiceUnavailable: see each.
    """
    folder = folder.resolve()
    study = load_study(folder)
    settings = settings or load_settings()
    place, desk = _places(folder, home)
    manifest = load_manifest(MODELS / f"{settings.embed.model}.toml")
    store = _open(study, place, settings)
    with store, scratch(place / "tmp"):
        yield Workplace(
            folder=folder,
            home=place,
            desk=desk,
            study=study,
            settings=settings,
            store=store,
            meaning=_model(manifest, settings),
            manner=_model(manifest.manner, settings) if manifest.manner else None,
            splitter=cache(SentenceSplitter),
        )


def _places(folder: Path, home: Path | None) -> tuple[Path, Path]:
    """Where the database goes, and where inbox and outbox are."""
    if home is not None:
        place = desk = home.resolve()
    elif os.access(folder, os.W_OK):
        place, desk = folder / ".polyvocal", folder
    else:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
        place = desk = data_dir() / f"{folder.name}-{digest}"
    for path in (place, desk / "inbox", desk / "outbox"):
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise PolyvocalError(
                f"The folder {path} cannot be made ({error.strerror}). Name a place with --home DIR."
            ) from None
    return place, desk


def _open(study: Study, place: Path, settings: Settings) -> Store:
    store = open_store(settings.store.url or place / "study.db", anchor=place / "anchor.json")
    try:
        if not settings.store.url:
            _require_own(store, study, place)
        store.studies.save(study)
        store.decisions.verify_end(study.id)
    except BaseException:
        store.close()
        raise
    return store


def _require_own(store: Store, study: Study, place: Path) -> None:
    """A file holds one study: under another id, everything decided would seem to be gone."""
    ids = store.studies.ids()
    if ids and study.id not in ids:
        raise PolyvocalError(
            f"{place} holds the study `{ids[0]}`; study.toml describes `{study.id}`. If the folder was renamed, "
            f'write id = "{ids[0]}" under [study]; if it is another study, name another place with --home DIR.'
        )


def _model(manifest: Manifest, settings: Settings) -> Model:
    return Model(
        manifest.key, cache(lambda: open_encoder(manifest, engine=settings.embed.engine, cache_dir=cache_dir()))
    )


def cache_dir() -> Path:
    """Where the exported model is kept: it holds no talk, so all studies share it."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "polyvocal"


def data_dir() -> Path:
    """Where the user's own data is kept that belongs to no study folder."""
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "polyvocal"


@contextmanager
def open_accounts(settings: Settings | None = None) -> Iterator[AccountDesk]:
    """The accounts of this installation, one database for all its studies; closed afterwards.

    Raises:
        SettingsInvalid, StoreDamaged, ServiceUnavailable: see each.
        PolyvocalError: the user's data folder cannot be made.
    """
    settings = settings or load_settings()
    shared = settings.store.url if settings.store.url.startswith("postgresql") else ""
    folder = data_dir()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # it may have been there before
    except OSError as error:
        raise PolyvocalError(
            f"The folder {folder} cannot be made ({error.strerror}). Name another in $XDG_DATA_HOME."
        ) from None
    place: str | Path = settings.web.accounts or shared or folder / "accounts.db"
    digest = hashlib.sha256(str(place).encode()).hexdigest()[:8]
    with open_store(place, anchor=None) as store:
        yield AccountDesk(store.accounts, settings.web, folder / f"setup-token-{digest}")
