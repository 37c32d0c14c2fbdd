"""Small .pdf files for tests, written by hand: text at places, so that a test says where each line stands."""

from collections.abc import Sequence

Spot = tuple[float, float, str]


def pdf(*pages: Sequence[Spot], picture: bool = False) -> bytes:
    """A .pdf of US-letter pages in 10-point Courier (6 points a letter); `picture` puts an image on each."""
    image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
        image.encode() + b"stream\n0\nendstream",
    ]
    resources = "/Font<</F1 3 0 R>>" + ("/XObject<</I 4 0 R>>" if picture else "")
    for number, spots in enumerate(pages):
        drawn = b"".join(_drawn(*spot) for spot in spots) + (b"/I Do " if picture else b"")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<<{resources}>>"
            f"/Contents {6 + 2 * number} 0 R>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    return _file(objects)


def column(*lines: str, top: float = 700, left: float = 72) -> list[Spot]:
    """Lines one under another, 12 points apart."""
    return [(left, top - 12 * number, line) for number, line in enumerate(lines)]


def _drawn(x: float, y: float, words: str) -> bytes:
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
    return b"BT /F1 10 Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (x, y, escaped)


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    listing = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + listing + trailer
