"""A coder who decides as a reference.json says: for tests that need a study coded by people."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.decision import Kind
from pipeline.domain.segment import normalised
from pipeline.embed.encoding import Encoder
from pipeline.review.deciding import check
from pipeline.review.signing import Signature, new_id, signed
from pipeline.work.talk import talk
from pipeline.work.workplace import Model, Workplace

AT = "2026-01-05T09:00:00+00:00"


def code_as_reference(work: Workplace, reference: Path, coder: str = "reference") -> dict[str, str]:
    """Make every code of the reference on the segments its spans touch, with its stance; reference id → code id."""
    content = json.loads(reference.read_text(encoding="utf-8"))
    touched = touched_segments(work, content["codings"])
    made: dict[str, str] = {}
    drafts = []
    for code in content["codes"]:
        segments = touched.get(code["id"], [])
        if not segments:
            continue
        sign = Signature(work.study.id, coder, AT, f"reference:{code['id']}")
        made[code["id"]] = new_id("c-", sign.key)
        payload = {"name": code["name"], "definition": code["definition"], "segments": segments}
        drafts.append(signed(sign, Kind.CREATE, made[code["id"]], payload))
        if code.get("stance", "neither") != "neither":
            stance = Signature(work.study.id, coder, AT, f"reference:{code['id']}:stance")
            drafts.append(signed(stance, Kind.STANCE, made[code["id"]], {"stance": code["stance"]}))
    for result in work.store.decisions.append_many(drafts, check=check):
        assert not isinstance(result, Exception), result
    return made


def touched_segments(work: Workplace, codings: list[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Per code, the segments that cover at least half of one of its spans, or lie at least half inside one."""
    found: dict[str, list[str]] = {}
    for coding, segment in _pairs(work, codings):
        for code in coding["codes"]:
            if segment not in found.setdefault(code, []):
                found[code].append(segment)
    return found


def _pairs(work: Workplace, codings: list[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    said = talk(work).codable
    for coding in codings:
        for item in said:
            if item.group != coding["group"]:
                continue
            start, end = item.segment.start, item.segment.end
            shared = min(end, coding["end"]) - max(start, coding["start"])
            if shared > 0 and 2 * shared >= min(end - start, coding["end"] - coding["start"]):
                yield coding, item.segment.id


class Listening:
    """An encoder that notes in `heard` which texts it was asked to embed."""

    def __init__(self, encoder: Encoder, heard: list[str]) -> None:
        self._encoder = encoder
        self.key, self.dimension = encoder.key, encoder.dimension
        self._heard = heard

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        self._heard.extend(texts)
        return self._encoder.encode(texts, progress)


def listening(work: Workplace) -> tuple[Workplace, list[str]]:
    """The same workplace with such encoders, and what they will have heard."""
    heard: list[str] = []

    def by(model: Model) -> Model:
        return replace(model, encoder=lambda: Listening(model.encoder(), heard))

    assert work.manner
    return replace(work, meaning=by(work.meaning), manner=by(work.manner)), heard


def foreign(work: Workplace, heard: Sequence[str], group: str) -> list[str]:
    """Of the texts embedded, those that are not of the group's own talk."""
    (own,) = (item.transcript for item in work.store.transcripts.of_study(work.study.id) if item.group == group)
    talk_of_group = normalised(own.text)
    return [text for text in heard if text not in talk_of_group]
