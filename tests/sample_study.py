"""Build the sample study from its annotated scripts.

``python -m tests.sample_study`` reads ``data/sample/annotated/`` and the two study descriptions in
``configs/sample/`` and writes the transcripts, one file format per group, and ``reference.json``:
what the invented team coded, by character offset. The output is the same byte for byte every time.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
ANNOTATED = Path("data/sample/annotated")
CONFIGS = Path("configs/sample")
MARKER = "SYNTHETIC TRANSCRIPT — invented for demonstration; no real person, place or case."
WORDS_PER_SECOND = 2.6
WORDS_PER_CUE = 40
OFF_GUIDE = "-"

_TAG = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Span:
    """A coded stretch of a turn: code points within the turn's text, end exclusive."""

    start: int
    end: int
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """One turn of talk with the guide question it answers and its coded spans."""

    question: str
    speaker: str
    text: str
    spans: tuple[Span, ...]

    @property
    def line(self) -> str:
        """The turn as it stands in the canonical text."""
        return f"{self.speaker}: {self.text}"


@dataclass(frozen=True)
class Group:
    """A focus group: its entry in the study description and its turns."""

    id: str
    transcript: Path
    turns: tuple[Turn, ...]
    held_back: bool

    @property
    def header(self) -> str:
        """What stands before the first turn in the canonical text (plain text files only)."""
        return f"{MARKER}\n\n" if self.transcript.suffix == ".txt" else ""

    @property
    def canonical(self) -> str:
        """The text that the offsets of ``reference.json`` point into."""
        end = "\n" if self.transcript.suffix == ".txt" else ""
        return self.header + "\n\n".join(turn.line for turn in self.turns) + end

    def starts(self) -> list[int]:
        """Where each turn begins in the canonical text."""
        starts, at = [], len(self.header)
        for turn in self.turns:
            starts.append(at)
            at += len(turn.line) + 2
        return starts


def parse_text(marked: str, where: str) -> tuple[str, tuple[Span, ...]]:
    """Take the marks out of a turn and return the plain text with its spans."""
    plain, at, opened = "", 0, None
    spans: list[Span] = []
    for tag in _TAG.finditer(marked):
        plain += marked[at : tag.start()]
        at = tag.end()
        if tag[1] == "/":
            if opened is None:
                raise ValueError(f"{where}: a span ends that never began")
            spans.append(Span(opened[0], len(plain), opened[1]))
            opened = None
        elif opened is not None:
            raise ValueError(f"{where}: a span begins inside another")
        else:
            opened = (len(plain), tuple(tag[1].split(",")))
    if opened is not None:
        raise ValueError(f"{where}: a span never ends")
    return plain + marked[at:], tuple(spans)


def parse_script(path: Path) -> tuple[Turn, ...]:
    """Read one annotated script: ``question | speaker | text``, one turn per line."""
    turns: list[Turn] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        where = f"{path.name}:{number}"
        question, speaker, marked = line.split(" | ", 2)
        text, spans = parse_text(marked, where)
        if turns and turns[-1].speaker == speaker:
            raise ValueError(f"{where}: {speaker} has two turns in a row")
        if text != " ".join(text.split()):
            raise ValueError(f"{where}: irregular white space")
        turns.append(Turn(question, speaker, text, spans))
    return tuple(turns)


def read_groups(root: Path = ROOT) -> list[Group]:
    """The groups of study.toml and then the held-back ones, with their annotated turns."""
    groups = []
    for name in ("study.toml", "held_back.toml"):
        described = tomllib.loads((root / CONFIGS / name).read_text(encoding="utf-8"))
        for entry in described["group"]:
            target = (root / CONFIGS / entry["transcript"]).resolve()
            groups.append(
                Group(
                    id=entry["id"],
                    transcript=target.relative_to(root.resolve()),
                    turns=parse_script(root / ANNOTATED / f"{entry['id']}.txt"),
                    held_back=name == "held_back.toml",
                )
            )
    return groups


def _seconds(text: str) -> float:
    return max(0.8, len(text.split()) / WORDS_PER_SECOND)


def _clock(seconds: float) -> str:
    millis = round(seconds * 1000)
    return f"{millis // 3_600_000:02}:{millis // 60_000 % 60:02}:{millis // 1000 % 60:02}.{millis % 1000:03}"


def _pieces(text: str) -> list[str]:
    """A long turn cut into two or three cues, after punctuation where some is near."""
    words = text.split(" ")
    count = min(3, 1 + len(words) // WORDS_PER_CUE)
    cuts = [0]
    for piece in range(1, count):
        middle = piece * len(words) // count
        near = sorted(range(middle - 6, middle + 7), key=lambda i: (abs(i - middle), i))
        cuts.append(next((i for i in near if words[i - 1][-1] in ".?!,"), middle))
    cuts.append(len(words))
    return [" ".join(words[a:b]) for a, b in pairwise(cuts)]


def as_txt(group: Group) -> bytes:
    """Plain text: the marker, then ``Speaker: text`` paragraphs."""
    return group.canonical.encode()


def as_vtt(group: Group) -> bytes:
    """WebVTT as a meeting program writes it, a long turn over several cues."""
    blocks, clock, number = ["WEBVTT", f"NOTE\n{MARKER}"], 3.0, 0
    for turn in group.turns:
        for piece in _pieces(turn.text):
            number += 1
            end = clock + _seconds(piece)
            blocks.append(f"{number}\n{_clock(clock)} --> {_clock(end)}\n{turn.speaker}: {piece}")
            clock = end + 0.35
    return ("\n\n".join(blocks) + "\n").encode()


def as_csv(group: Group) -> bytes:
    """A turn table, as a transcription service delivers it."""
    out, clock = io.StringIO(), 2.0
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["turn", "time", "speaker", "text"])
    for number, turn in enumerate(group.turns, 1):
        writer.writerow([number, _clock(clock)[:8], turn.speaker, turn.text])
        clock += _seconds(turn.text) + 0.5
    return out.getvalue().encode()


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def as_docx(group: Group) -> bytes:
    """A Word document with bold speaker names; parts stored with a fixed date, so bytes repeat."""

    def run(text: str, style: str = "") -> str:
        properties = f"<w:rPr>{style}</w:rPr>" if style else ""
        return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'

    lines = [run(MARKER, "<w:i/>")]
    lines += [run(f"{turn.speaker}:", "<w:b/>") + run(f" {turn.text}") for turn in group.turns]
    body = "".join(f"<w:p>{line}</w:p>" for line in lines)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, xml in parts.items():
            info = zipfile.ZipInfo(name, date_time=(2023, 11, 30, 12, 0, 0))
            info.create_system = 3
            package.writestr(info, _XML + xml)
    return out.getvalue()


WRITERS = {".txt": as_txt, ".vtt": as_vtt, ".csv": as_csv, ".docx": as_docx}


def codings(group: Group) -> list[dict[str, Any]]:
    """The team's coded spans as offsets into the canonical text."""
    return [
        {
            "group": group.id,
            "start": start + len(turn.speaker) + 2 + span.start,
            "end": start + len(turn.speaker) + 2 + span.end,
            "codes": list(span.codes),
            "coder": "team",
        }
        for start, turn in zip(group.starts(), group.turns, strict=True)
        for span in turn.spans
    ]


def question_spans(group: Group) -> list[dict[str, Any]]:
    """Which stretch answers which guide question; neighbouring turns of one question are merged."""
    spans: list[dict[str, Any]] = []
    previous = OFF_GUIDE
    for start, turn in zip(group.starts(), group.turns, strict=True):
        end = start + len(turn.line)
        if turn.question != OFF_GUIDE and turn.question == previous:
            spans[-1]["end"] = end
        elif turn.question != OFF_GUIDE:
            spans.append({"group": group.id, "start": start, "end": end, "question": turn.question})
        previous = turn.question
    return spans


def reference(groups: list[Group], root: Path = ROOT) -> dict[str, Any]:
    """What the human coders did with the study: the yardstick for ``polyvocal evaluate``."""
    book = tomllib.loads((root / ANNOTATED / "codebook.toml").read_text(encoding="utf-8"))
    keys = ("id", "name", "definition", "parent", "stance", "question", "finding")
    return {
        "note": "SYNTHETIC — invented for demonstration; no real person or place.",
        "held_back": [group.id for group in groups if group.held_back],
        "codes": [{key: code.get(key) for key in keys} for code in book["code"]],
        "codings": [coding for group in groups for coding in codings(group)],
        "questions": [span for group in groups for span in question_spans(group)],
    }


def build(target: Path = ROOT, root: Path = ROOT) -> list[Path]:
    """Write the transcripts and ``reference.json`` under ``target``; return their relative paths."""
    groups = read_groups(root)
    files = {group.transcript: WRITERS[group.transcript.suffix](group) for group in groups}
    text = json.dumps(reference(groups, root), ensure_ascii=False, indent=1) + "\n"
    files[CONFIGS / "reference.json"] = text.encode()
    for path, content in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)
    return list(files)


if __name__ == "__main__":
    for written in build():
        sys.stdout.write(f"{written}\n")
