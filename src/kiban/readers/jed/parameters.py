"""What stands behind the spectrum of a JEOL `.EDS` file: elements and results, passed over, and then the parameters."""

from __future__ import annotations

import struct

from kiban.readers.text import decode

_MOST = 1_000
_PARAMETERS = 5
_LAYOUT = (
    ("DetT", "16s"),
    ("SEM", "16s"),
    ("Port", "16s"),
    ("AccKV", "d"),
    ("AccNA", "d"),
    ("", "38s"),
    ("MnKaRES", "d"),
    ("WorkD", "d"),
    ("InsD", "d"),
    ("XtiltAng", "d"),
    ("TakeAng", "d"),
    ("IncAng", "d"),
    ("", "i"),
    ("ScanSize", "d"),
    ("", "10s"),
    ("DetH", "d"),
    ("DirAng", "d"),
    ("XtalAng", "d"),
    ("ElevAng", "d"),
    ("ValidSize", "d"),
)
_UNREAD = "What stands behind the spectrum (voltage, detector) is arranged in a way that is not known, and is left out."


class _Cursor:
    """Unpacks one field after the other; a struct.error says that the file has ended."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def take(self, layout: str) -> tuple[int | float | bytes, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def count(self) -> int:
        (n,) = struct.unpack_from("<i", self.content, self.at)
        self.at += 4
        if not 0 <= n <= _MOST:
            raise ValueError(n)
        return int(n)


def read_parameters(content: bytes, at: int) -> tuple[dict[str, float | str], tuple[str, ...]]:
    """Read the parameters; nothing and a doubt where what stands before them cannot be passed over."""
    cursor = _Cursor(content, at)
    try:
        _pass_elements(cursor)
        _pass_results(cursor)
        (kind,) = cursor.take("i")
        if kind != _PARAMETERS:
            return {}, (_UNREAD,)
        found: dict[str, float | str] = {}
        for name, layout in _LAYOUT:
            (value,) = cursor.take(layout)
            if name:
                found[name] = _text(value) if isinstance(value, bytes) else float(value)
    except (struct.error, ValueError):
        return {}, (_UNREAD,)
    return found, ()


def _pass_elements(cursor: _Cursor) -> None:
    cursor.take("i")
    cursor.take(f"{cursor.count()}H")
    for _ in range(cursor.count()):
        cursor.take("iH2i2H14s4d32si")
        for _ in range(cursor.count()):
            cursor.take("idH")
            for _ in range(2):
                (length,) = cursor.take("B")
                cursor.take(f"{int(length)}s")
            cursor.take("i")


def _pass_results(cursor: _Cursor) -> None:
    n = cursor.count()
    if n:
        cursor.take("3id2i")
    for _ in range(n):
        cursor.take("iH2i5d16s5d2id")


def _text(raw: bytes) -> str:
    return decode(raw.split(b"\0", 1)[0])[0].strip()
