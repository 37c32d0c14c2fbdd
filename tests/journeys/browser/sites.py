"""Sites to visit: the bundled study, run for real once a session and copied, and a made-up one with 40 candidates."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest

from pipeline.bootstrap import open_accounts, open_workplace
from pipeline.domain.account import Role
from pipeline.settings import Settings
from pipeline.work import deciding
from pipeline.work.mapping import map_codes
from pipeline.work.running import run
from pipeline.work.workplace import CODES, MAP
from tests.conftest import ROOT
from tests.journeys.review_server import PASSWORD, Server
from tests.made_study import Size, describe, made_study
from tests.reference_coder import code_as_reference

PEOPLE = {
    "ana": (Role.CODER, Role.ANALYST),
    "ben": (Role.CODER,),
    "jo": (Role.ADJUDICATOR,),
    "rea": (Role.READER,),
}


@dataclass
class Site(Server):
    """One server over several studies."""

    others: dict[str, Path] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        folders = {self.study: self.folder, **self.others}
        return super().environment | {
            "POLYVOCAL_STUDIES": json.dumps({name: [str(folder), None] for name, folder in folders.items()})
        }

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enlist(self, people: dict[str, tuple[Role, ...]]) -> None:
        """Accounts with the same roles in every study; the first is the administrator."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_DATA_HOME", str(self.data))
            with open_accounts(Settings()) as accounts:
                for number, (name, roles) in enumerate(people.items()):
                    accounts.create(name, PASSWORD, administrator=number == 0)
                    for study, role in product((self.study, *self.others), roles):
                        accounts.grant(name, study, role)


def candidates_waiting(place: Path) -> None:
    """The bundled study, prepared and clustered: checkpoint 1 is signed off, every candidate waits."""
    for part in ("configs", "data"):
        shutil.copytree(ROOT / part / "sample", place / part / "sample")
    with open_workplace(study_in(place)) as work:
        run(work, "mara", accept_as_read=True)


def coded(place: Path, before: Path) -> None:
    """The same, coded as its reference says and mapped; checkpoint 3 waits."""
    shutil.copytree(before, place)
    with open_workplace(study_in(place)) as work:
        code_as_reference(work, study_in(place) / "reference.json", "mara")
        deciding.approve(work, CODES, "mara")
        map_codes(work)


def late_group(place: Path, before: Path) -> None:
    """The coded study after its report, with a fifth group that came late: proposed codings and new candidates."""
    shutil.copytree(before, place)
    study = study_in(place)
    with open_workplace(study) as work:
        deciding.approve(work, MAP, "mara")
        run(work, "mara")
    more = (study / "held_back.toml").read_text(encoding="utf-8")
    with (study / "study.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{more}")
    with open_workplace(study) as work:
        run(work, "mara", accept_as_read=True)


def study_in(place: Path) -> Path:
    return place / "configs" / "sample"


def made(place: Path, candidates: int) -> None:
    with made_study(place, Size(candidates=candidates, groups=4, turns=60)):
        pass


def empty(place: Path) -> None:
    """A study of which nothing is known but its description."""
    describe(place, Size(), "empty", "A study that has only begun")
