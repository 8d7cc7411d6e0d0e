"""A PDF file (ISO 32000-1), object by object: no dates and no chance in it, so the same pages give the same bytes."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence


class Name(str):
    """A word of PDF: `/Page`."""

    __slots__ = ()


class Ref(int):
    """An object of the file, by its number."""

    __slots__ = ()


class PdfFile:
    """Collects objects and writes them out."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> Ref:
        """Number an object that others point to before it is known."""
        self._objects.append(b"")
        return Ref(len(self._objects))

    def put(self, ref: Ref, value: object) -> None:
        """Say what a reserved object is."""
        self._objects[ref - 1] = _written(value)

    def add(self, value: object) -> Ref:
        """Add an object."""
        ref = self.reserve()
        self.put(ref, value)
        return ref

    def stream(self, content: bytes, words: Mapping[str, object] | None = None) -> Ref:
        """Add bytes, packed."""
        packed = zlib.compress(content, 9)
        head = _written({**(words or {}), "Filter": Name("FlateDecode"), "Length": len(packed)})
        self._objects.append(head + b"\nstream\n" + packed + b"\nendstream")
        return Ref(len(self._objects))

    def content(self, root: Ref, info: Ref) -> bytes:
        """Give the whole file."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        identity = hashlib.sha256(out).digest()[:16]
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        trailer = {"Size": len(places) + 1, "Root": root, "Info": info, "ID": [identity, identity]}
        out += b"trailer\n" + _written(trailer) + b"\nstartxref\n%d\n%%%%EOF\n" % table
        return bytes(out)


def text(value: str) -> bytes:
    """Write a text for people, such as a title."""
    return b"\xfe\xff" + value.encode("utf-16-be")


def _written(value: object) -> bytes:
    if isinstance(value, Ref):
        return b"%d 0 R" % int(value)
    if isinstance(value, Name):
        return b"/" + value.encode("ascii")
    if isinstance(value, bytes):
        return b"<" + value.hex().encode("ascii") + b">"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int | float):
        return number(value).encode("ascii")
    if isinstance(value, Mapping):
        return b"<< " + b" ".join(b"/" + key.encode("ascii") + b" " + _written(v) for key, v in value.items()) + b" >>"
    if isinstance(value, Sequence):
        return b"[" + b" ".join(_written(item) for item in value) + b"]"
    raise TypeError(f"{type(value).__name__} has no form in a PDF")


def number(value: float) -> str:
    """Write a number the way PDF and SVG read it: without exponent, to a ten-thousandth."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"
