"""What a file really is, told from its bytes, whatever its name says."""

from __future__ import annotations

import re
from typing import Final

_ZIP: Final = b"PK\x03\x04"
_ARCHIVE: Final = "a ZIP archive"
_PARTS: Final = (
    (b"word/document.xml", ".docx"),
    (b"xl/workbook.xml", ".xlsx"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", ".odt"),
    (b"ppt/presentation.xml", "a presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file other than text"),
)
_UNTOLD: Final = {".docx": b"_rels/.rels", ".xlsx": b"_rels/.rels", ".odt": b"META-INF/manifest.xml"}
"""What every package of a format holds, whatever its main part is called and however its type is packed."""

_BEGINNINGS: Final = (
    (b"%PDF-", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls) or one locked with a password"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"ID3\x02", "an audio recording"),  # "ID3: I stayed." is a participant
    (b"ID3\x03", "an audio recording"),
    (b"ID3\x04", "an audio recording"),
    (b"OggS", "an audio recording"),
    (b"fLaC", "an audio recording"),
    (b"\x1aE\xdf\xa3", "a video recording"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "a database"),
)
_RECORDING: Final = re.compile(rb"RIFF.{4}(?:WAVE|AVI )|\x00\x00..ftyp", re.DOTALL)
"""The letters alone may begin a talk."""

_TEXT: Final = frozenset({".txt", ".csv", ".vtt", ".srt"})


def contradiction(data: bytes, suffix: str) -> str | None:
    """A sentence saying that the bytes are not what the suffix promises, or None where they may be."""
    found = _kind(data)
    if found == _ARCHIVE and _UNTOLD.get(suffix, _ZIP + _ZIP) in data:
        return None  # its reader follows the package's own references, and refuses what is none of its kind
    if found == suffix or (found is None and suffix in _TEXT):
        return None
    if found is None:
        return f"This file is named {suffix} but holds something else. Save it as {suffix} where it was made."
    if found.startswith("."):
        return f"This file is named {suffix} but holds a {found} file. Rename it to end in {found}."
    return f"This file is named {suffix} but is {found}. Save the transcript itself as .docx or plain text."


def _kind(data: bytes) -> str | None:
    if data.startswith(_ZIP):
        return next((kind for part, kind in _PARTS if part in data), _ARCHIVE)
    if _RECORDING.match(data):
        return "an audio or video recording"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), None) or _captions(data)


def _captions(data: bytes) -> str | None:
    head = data[:64].removeprefix(b"\xef\xbb\xbf")
    return ".vtt" if head.startswith(b"WEBVTT") else None
