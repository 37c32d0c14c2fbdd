"""A study that people have coded, prepared for measuring: its talk as clustering takes it, and the coded spans."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.bootstrap import open_workplace
from pipeline.evaluate.reference import HumanSpan, load_reference
from pipeline.evaluate.suggestions import Place
from pipeline.suggest.learning import NameVectors
from pipeline.suggest.material import Material
from pipeline.work.evaluating import REFERENCE
from pipeline.work.prepare import prepare
from pipeline.work.suggesting import material_of, name_vectors, with_manner
from pipeline.work.talk import talk

ROOT: Final = Path(__file__).resolve().parents[1]
CORPORA: Final = ROOT.parent / "shared" / "corpora"


@dataclass(frozen=True, slots=True)
class CodedTalk:
    """`material` in order of talk, where each of its segments stands, the distinct spans that people coded, and the
    vectors of the names that they gave their codes."""

    name: str
    material: Material
    places: Mapping[str, Place]
    spans: Sequence[HumanSpan]
    names: NameVectors


def coded_studies(folder: Path = CORPORA) -> list[Path]:
    """The studies in a folder whose reference holds codings, by name."""
    return [path.parent for path in sorted(folder.glob(f"*/{REFERENCE}")) if is_coded(path.parent)]


def is_coded(study: Path) -> bool:
    """Whether people coded its talk, as far as its reference says."""
    path = study / REFERENCE
    return path.is_file() and bool(json.loads(path.read_text(encoding="utf-8"))["codings"])


def coded_talk(study: Path) -> CodedTalk:
    """The study read, cut into segments and embedded, in a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="polyvocal-") as home, open_workplace(study, home=Path(home)) as work:
        prepare(work)
        said = talk(work).codable
        material = with_manner(work, material_of(work, said)[0])
        places = {item.segment.id: (item.group, item.segment.start, item.segment.end) for item in said}
        reference = load_reference(study / REFERENCE)
        names = name_vectors(work, {code.id: code.name for code in reference.codes})
    return CodedTalk(study.name, material.in_order(), places, reference.human_spans(), names)
