"""A file becomes a Transcript: looked up by suffix, checked by content, parsed where it can do no harm."""

from __future__ import annotations

from typing import Final

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
