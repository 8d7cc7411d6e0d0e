"""The blocks of an EDF file: a header in braces with entries `key = value ;`, and the bytes that follow it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.readers.edf.keys import MEND, Keys
from kiban.readers.edf.layout import dtype_of, is_packed, shape_of
from kiban.readers.text import decode

_END = re.compile(rb"\}[ \t]*\r?\n")
_SOMETHING = re.compile(rb"[^ \t\r\n\0]")
_LARGEST_HEADER = 1 << 22
_BLANKS = " \t\r\n\0"
_OF_ONE_BLOCK = ("EDF_", "HEADERID", "IMAGE", "SIZE")


@dataclass(frozen=True, slots=True)
class Block:
    """A header and where its bytes lie."""

    keys: Keys
    start: int
    end: int


def blocks(content: bytes, *, file: str) -> tuple[list[Block], tuple[str, ...]]:
    """Read all headers.

    Returns
    -------
    (list of Block, tuple of str)
        Those that hold pixels, and doubts. A first block that states EDF_DataFormatVersion and no dimensions holds what
        is common to the others; it is not among them.

    Raises
    ------
    DamagedFile
        If the file does not begin with a header, or ends before a block does.
    UnsupportedVariant
        If the length of a block follows from a type of pixels that is not known.
    """
    found: list[Block] = []
    common: dict[str, str] = {}
    offset = _next(content, 0)
    while offset < len(content):
        if found and content[offset : offset + 1] != b"{":
            return found, (f"{len(content) - offset} bytes after the last block are no header; they are not read.",)
        keys, start = _header(content, offset, common, file=file)
        is_general = bool(keys.text("EDF_DataFormatVersion")) and not found and not keys.text("Dim_1")
        end = start + (0 if is_general else _size(keys, len(content) - start, file=file))
        if end > len(content):
            raise DamagedFile(
                f"{file}: a block of {end - start} bytes was promised from byte {start}; the file has {len(content)} "
                "bytes.",
                mend=MEND,
            )
        if is_general:
            common = {key: value for key, value in keys.written.items() if not key.upper().startswith(_OF_ONE_BLOCK)}
        else:
            found.append(Block(keys, start, end))
        offset = _next(content, end)
    return found, ()


def _next(content: bytes, offset: int) -> int:
    """The place of the next byte that is no blank."""
    something = _SOMETHING.search(content, offset)
    return something.start() if something else len(content)


def _size(keys: Keys, rest: int, *, file: str) -> int:
    """How many bytes follow a header: what it says, else what its pixels need, else all that is left."""
    for key in ("EDF_BinarySize", "Size"):
        if (size := keys.whole(key, file=file)) is not None:
            return size
    if is_packed(keys) or keys.text("EDF_BinaryFileName"):
        return rest
    return math.prod(shape_of(keys, place=file)) * dtype_of(keys, place=file).itemsize


def _header(content: bytes, offset: int, common: dict[str, str], *, file: str) -> tuple[Keys, int]:
    if content[offset : offset + 1] != b"{":
        raise DamagedFile(
            f"{file}: a header in braces was expected at byte {offset}; {content[offset : offset + 8]!r} was found.",
            mend=MEND,
        )
    end = _END.search(content, offset, offset + _LARGEST_HEADER)
    if end is None:
        raise DamagedFile(f"{file}: the header at byte {offset} does not end with a brace and a new line.", mend=MEND)
    text, _ = decode(content[offset + 1 : end.start()])
    written = dict(common)
    for entry in text.split(";"):
        key, sign, value = entry.partition("=")
        if sign and (key := key.strip(_BLANKS)):
            written[key] = value.strip(_BLANKS)
    keys = Keys(written, {key.upper(): value for key, value in written.items()})
    stated = keys.whole("EDF_HeaderSize", file=file)
    start = end.end()
    if stated is not None and start - offset < stated <= len(content) - offset:
        start = offset + stated
    return keys, start
