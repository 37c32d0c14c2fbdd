"""Bytes of a text file become characters: byte order mark, else strict UTF-8, else a person is asked."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.ledger import Ledger

BOM_KIND: Final = "byte order mark"
RETURN_KIND: Final = "carriage return"

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` has LF line ends and no byte order mark; `characters` counts what was decoded, with both."""

    text: str
    characters: int
    marks: int
    returns: int

    def itemise(self, ledger: Ledger) -> None:
        """Enters what decoding took away."""
        ledger.drop(BOM_KIND, self.marks, "line 1")
        ledger.drop(RETURN_KIND, self.returns, "line ends")


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The characters of a text file.

    Raises:
        FileRefused: the bytes are not text in the encoding given, or in UTF-8 where none was given.
    """
    mark, codec = _mark_and_codec(data, encoding)
    raw = _decoded(data[len(mark) :], codec, len(mark), asked=encoding is None and not mark)
    if "\x00" in raw:
        raise FileRefused(_binary(data))
    text = raw.replace("\r\n", "\n")
    returns = len(raw) - len(text)
    return Decoded(text.replace("\r", "\n"), len(raw) + bool(mark), int(bool(mark)), returns)


def _mark_and_codec(data: bytes, encoding: str | None) -> tuple[bytes, str]:
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return mark, codec
    return b"", "utf-8" if encoding is None else _known(encoding)


def _known(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
        "".encode(codec)
    except (LookupError, ValueError):
        raise FileRefused(
            f"There is no text encoding called {encoding!r}. Usual ones: utf-8, utf-16, cp1252, latin-1, mac-roman."
        ) from None
    return codec


def _decoded(data: bytes, codec: str, offset: int, *, asked: bool) -> str:
    try:
        return data.decode(codec)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
    place = f"line {_line_of(data, at)}, byte {at + offset + 1} of the file"
    if asked:
        raise FileRefused(
            f"This file is not UTF-8 text (first at {place}). It was probably saved as cp1252 (Windows) or latin-1. "
            'Say which by writing encoding = "cp1252" or encoding = "latin-1" under its [[group]] in study.toml, '
            "or save the file as UTF-8."
        )
    raise FileRefused(
        f"This file is not text in {codec} (first at {place}). Correct `encoding`, or save it as UTF-8."
    )


def _line_of(data: bytes, at: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", data[:at])) + 1


def _binary(data: bytes) -> str:
    sample = data[:4096]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(sample) > 1 and sample[first::2].count(0) > len(sample) // 4 and not sample[1 - first :: 2].count(0):
            return (
                f"This file looks like {codec} without a byte order mark. Write "
                f'encoding = "{codec}" under its [[group]] in study.toml, or save it as UTF-8.'
            )
    return "This file holds NUL characters: it is not a text file. Save the transcript as plain text (UTF-8)."
