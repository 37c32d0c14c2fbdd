"""The parts of a zipped document (.docx, .odt, .xlsx), opened with bounds and parsed without entities.

A zip's own headers are claims of whoever wrote it: sizes are measured while unpacking, never believed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET  # only its types and its tree builder; parsing goes through defusedxml

from pipeline.domain.errors import FileRefused
from pipeline.ingest.limits import MIB, Limits

ELEMENTS: Final = 2_000_000
"""XML elements one part may hold: about 300 MiB once parsed; a 400-page document has some 300,000."""

DEPTH: Final = 200
"""How deep XML may nest; documents saved by office programs stay under 60."""

_CENTRAL_ENTRY: Final = b"PK\x01\x02"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE_RATIO: Final = MIB
"""Below this size how well a part packs says nothing: small parts of blanks pack a thousandfold."""

_CHUNK: Final = 64 * 1024
_SAVE_AGAIN: Final = "Open it in the program that made it and save it again."


@dataclass(slots=True)
class Parts:
    """An opened document: its parts by name, and how much may still be unpacked."""

    archive: zipfile.ZipFile
    limits: Limits
    names: frozenset[str]
    unpacked: int = field(default=0)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def read(self, name: str) -> bytes:
        """A part's bytes, unpacked up to the limits.

        Raises:
            FileRefused: the part is missing, broken, or unpacks to more than the limits allow.
        """
        if name not in self.names:
            raise FileRefused(f"The file lacks its part {_shown(name)}, so it is incomplete. {_SAVE_AGAIN}")
        try:
            return self._unpacked(name)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error) as broken:
            raise FileRefused(
                f"The part {_shown(name)} of this file is damaged ({type(broken).__name__}). {_SAVE_AGAIN}"
            ) from None

    def xml(self, name: str) -> ET.Element:
        """A part parsed as XML.

        Raises:
            FileRefused: as `read`; or the part is no XML, declares entities, or is deeper or larger than allowed.
        """
        return parsed(self.read(name), name)

    def _unpacked(self, name: str) -> bytes:
        packed = max(1, self.archive.getinfo(name).compress_size)
        content = io.BytesIO()
        with self.archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                content.write(chunk)
                self.unpacked += len(chunk)
                if self.unpacked > self.limits.zip_bytes:
                    raise FileRefused(
                        f"This file unpacks to more than {self.limits.zip_bytes // MIB} MiB, so it was not opened. "
                        "Remove pictures and recordings from it, or save its text as .txt."
                    )
                if content.tell() > _FREE_RATIO and content.tell() > packed * self.limits.zip_ratio:
                    raise FileRefused(
                        f"The part {_shown(name)} of this file unpacks to over {self.limits.zip_ratio} times its "
                        "size, as only a damaged or malicious file does, so it was not opened."
                    )
        return content.getvalue()


def open_parts(data: bytes, limits: Limits) -> Parts:
    """The parts of a zipped document, checked by name and number before anything is unpacked.

    Raises:
        FileRefused: no zip, encrypted, too many parts, or part names that reach outside the file.
    """
    if data.startswith(_OLD_OFFICE):
        raise FileRefused(
            "This file is protected by a password or is in an old Office format (.doc, .xls). Open it, take the "
            "password off, and save it as .docx or .xlsx."
        )
    if data.count(_CENTRAL_ENTRY) > limits.zip_entries:
        raise FileRefused(f"This file holds more than {limits.zip_entries} parts, so it was not opened.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise FileRefused(
            "This file is not what its name says, or it was cut short on its way: its parts cannot be listed. "
            "Fetch it again, or open it and save it again."
        ) from None
    for entry in archive.infolist():
        _admit(entry)
    names = [entry.filename for entry in archive.infolist()]
    if len(set(names)) < len(names):
        raise FileRefused(f"This file holds two parts of the same name, so its text is ambiguous. {_SAVE_AGAIN}")
    return Parts(archive, limits, frozenset(names))


def parsed(content: bytes, name: str) -> ET.Element:
    """XML as a tree: no document type, no entities, bounded in depth and number of elements.

    Raises:
        FileRefused: it is not such XML.
    """
    root = _fed(content, name, _BoundedTree(Bounds(name)))
    if not isinstance(root, ET.Element):
        raise FileRefused(f"The part {_shown(name)} of this file is empty. {_SAVE_AGAIN}")
    return root


def check_xml(content: bytes, name: str, bounds: Bounds) -> None:
    """As `parsed`, without keeping the tree: for parts that another library reads.

    Raises:
        FileRefused: as `parsed`.
    """
    _fed(content, name, bounds)


def _fed(content: bytes, name: str, target: object) -> object:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(content)
        return parser.close()
    except DefusedXmlException:
        raise FileRefused(
            f"The part {_shown(name)} of this file declares XML entities or a document type, which no office program "
            f"writes, so it was not read. {_SAVE_AGAIN}"
        ) from None
    except (ET.ParseError, ValueError, LookupError):
        raise FileRefused(f"The part {_shown(name)} of this file is not well-formed XML. {_SAVE_AGAIN}") from None


def local(element: ET.Element) -> str:
    """An element's name without its namespace, so that strict and transitional documents read alike."""
    return element.tag.rpartition("}")[2]


def attribute(element: ET.Element, name: str) -> str | None:
    """An attribute by its name without namespace, or None."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def number(element: ET.Element, name: str, *, most: int) -> int:
    """An attribute that counts something, at most so many; 1 where it is absent or no number."""
    written = attribute(element, name) or "1"
    plain = written.isascii() and written.isdigit()
    return min(int(written[:9]), most) if plain else 1


def nearest(element: ET.Element, names: frozenset[str], *, outside: frozenset[str]) -> Iterator[ET.Element]:
    """The elements so named below an element, in order; neither inside one another nor inside those `outside`."""
    for child in element:
        if local(child) in names:
            yield child
        elif local(child) not in outside:
            yield from nearest(child, names, outside=outside)


class Bounds:
    """Counts elements and depth while XML is parsed, and gives up past the bounds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._elements = 0

    def start(self, _tag: str, _attributes: dict[str, str]) -> None:
        """One element deeper."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH or self._elements > ELEMENTS:
            raise FileRefused(
                f"The part {_shown(self._name)} of this file nests over {DEPTH} deep or holds over {ELEMENTS:,} "
                "elements, as no transcript does, so it was not read. Save its text as .txt."
            )

    def end(self, _tag: str) -> None:
        """One element back."""
        self._depth -= 1


class _BoundedTree(ET.TreeBuilder):
    """Builds a tree within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._bounds.start(tag, attrs)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._bounds.end(tag)
        return super().end(tag)


def _admit(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\0" in name:
        raise FileRefused("This file names parts outside itself, as only a malicious file does. It was not opened.")
    if entry.flag_bits & 0x1:
        raise FileRefused("This file is protected by a password. Take the password off and save it again.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FileRefused(f"This file is packed in a way that office programs do not use. {_SAVE_AGAIN}")


def _shown(name: str) -> str:
    """A part's name as a message may show it."""
    return "".join(character if character.isprintable() else "?" for character in name)[:60]
