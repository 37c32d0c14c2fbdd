"""The bundled sample study cut short: three focus groups in three file formats, and one that arrives late."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.sample_study import CONFIGS, ROOT, WRITERS, read_groups

LATE: Final = "capital"
TURNS: Final = 40


def write_study(folder: Path) -> Path:
    """Write study.toml and its transcripts into `folder`; returns the file of the late group, which lies apart."""
    described = tomllib.loads((ROOT / CONFIGS / "study.toml").read_text(encoding="utf-8"))
    late = folder / "later"
    late.mkdir(parents=True)
    files = {group.id: group for group in read_groups() if not group.held_back}
    for entry in described["group"]:
        group = files[entry["id"]]
        group = replace(group, turns=group.turns[:TURNS])
        target = (late if group.id == LATE else folder) / group.transcript.name
        target.write_bytes(WRITERS[target.suffix](group))
        entry["transcript"] = target.name
        if group.id == LATE:
            del entry["transcript"]
    (folder / "study.toml").write_text(_toml(described), encoding="utf-8")
    return next(late.iterdir())


def _toml(described: dict[str, Any]) -> str:
    lines = ["[study]", *_pairs(described["study"])]
    for table in ("question", "group", "participant"):
        for entry in described[table]:
            lines += ["", f"[[{table}]]", *_pairs(entry)]
    return "\n".join(lines) + "\n"


def _pairs(entry: dict[str, Any]) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in entry.items()]
