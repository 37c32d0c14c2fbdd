"""A file becomes a Transcript: looked up by suffix, checked by content, parsed where it can do no harm."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.domain.transcript import Transcript
from pipeline.ingest.composing import ReadOptions
from pipeline.ingest.contents import contradiction
from pipeline.ingest.limits import MIB, Limits
from pipeline.ingest.sandbox import read_apart

READERS: Final = {
    ".txt": "pipeline.ingest.text",
    ".vtt": "pipeline.ingest.captions",
    ".srt": "pipeline.ingest.captions",
    ".csv": "pipeline.ingest.delimited",
    ".docx": "pipeline.ingest.docx",
    ".odt": "pipeline.ingest.odt",
    ".rtf": "pipeline.ingest.rtf",
    ".pdf": "pipeline.ingest.pdf",
    ".xlsx": "pipeline.ingest.xlsx",
}
"""Suffix → the module whose `read(data: bytes, *, options: ReadOptions) -> Reading` knows the format."""

_MENDS: Final = {
    ".doc": "Save it as .docx.",
    ".xls": "Save it as .xlsx or .csv.",
    ".ods": "Save it as .xlsx or .csv.",
    ".tsv": "Rename it to end in .csv.",
    ".pages": "Export it as .docx.",
    ".md": "Rename it to end in .txt.",
}
_MOST_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file, and what the study says about it."""

    path: Path
    encoding: str | None = None
    known_speakers: tuple[str, ...] = ()


def read_file(
    path: Path, *, encoding: str | None = None, known_speakers: tuple[str, ...] = (), limits: Limits | None = None
) -> Transcript:
    """The transcript in a file. `encoding` and `known_speakers` are what the study says about it.

    Raises:
        FileRefused: it cannot be read as it is; the message says why and what to do, without the path.
    """
    suffix = path.suffix.lower()
    module = READERS.get(suffix)
    if module is None:
        named = suffix or "files without an ending"
        raise FileRefused(f"Transcripts end in {', '.join(READERS)}; not {named}. {_MENDS.get(suffix, '')}".rstrip())
    options = ReadOptions(suffix, encoding, known_speakers, limits or Limits())
    data = _bytes_of(path, options.limits)
    problem = contradiction(data, suffix)
    if problem:
        raise FileRefused(problem)
    reading = read_apart(data, module, options)
    if not reading.turns:
        raise FileRefused("No talk was found in this file. Check that it is the transcript.")
    return Transcript(hashlib.sha256(data).hexdigest(), reading.text, reading.turns, reading.account, suffix[1:])


def read_files(files: Iterable[Path | FileToRead], *, limits: Limits | None = None) -> list[Transcript | FileRefused]:
    """The transcript, or the refusal, of each file in order; a few at a time, each in a process of its own."""

    def attempt(named: Path | FileToRead) -> Transcript | FileRefused:
        file = named if isinstance(named, FileToRead) else FileToRead(named)
        try:
            return read_file(file.path, encoding=file.encoding, known_speakers=file.known_speakers, limits=limits)
        except FileRefused as refusal:
            return refusal

    with ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1)) as several:
        return list(several.map(attempt, files))


def _bytes_of(path: Path, limits: Limits) -> bytes:
    try:
        if path.is_dir():
            raise FileRefused("This is a folder, not a transcript.")
        if not path.is_file():
            raise FileRefused("There is no such file. Check its name and the folder.")
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise FileRefused(f"The file could not be opened ({error.strerror}). Check who may read it.") from None
    if len(data) > limits.file_bytes:
        raise FileRefused(f"This file is larger than {limits.file_bytes / MIB:g} MiB. Divide it, or save it as text.")
    if not data:
        raise FileRefused("This file is empty.")
    return data
