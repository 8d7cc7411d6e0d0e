"""The parts of a CBF file: CIF text, and in it binary sections, each with a header like that of an e-mail."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.readers.text import decode

MEND = "Copy the image again from where it was measured; it is kept as it came."
BOUNDARY = b"--CIF-BINARY-FORMAT-SECTION--"
_START = b"\x0c\x1a\x04\xd5"
_LARGEST_HEADER = 1 << 16
_PARAMETER = re.compile(r';?[ \t]*([\w-]+)="?([^";\r\n]*)"?')


@dataclass(frozen=True, slots=True)
class Section:
    """One binary section: its header by names in small letters, and the bytes as they stand in the file."""

    header: dict[str, str]
    stored: bytes | memoryview


@dataclass(frozen=True, slots=True)
class CbfFile:
    """The text of a file without its binary sections, and these."""

    text: str
    sections: list[Section]


def split(content: bytes, *, file: str) -> CbfFile:
    """Find the binary sections. Raises DamagedFile where one does not hold what its header promises."""
    texts: list[bytes] = []
    sections: list[Section] = []
    offset = 0
    while (at := content.find(BOUNDARY, offset)) >= 0:
        texts.append(content[offset:at])
        section, offset = _section(content, at + len(BOUNDARY), place=f"{file}, section {len(sections) + 1}")
        sections.append(section)
    texts.append(content[offset:])
    text, _ = decode(b"".join(texts))
    return CbfFile(text, sections)


def _section(content: bytes, offset: int, *, place: str) -> tuple[Section, int]:
    window = content[offset : offset + _LARGEST_HEADER]
    encoding_end = re.search(rb"\r?\n\r?\n", window.lstrip(b"\r\n"))
    skipped = len(window) - len(window.lstrip(b"\r\n"))
    if encoding_end is None:
        raise DamagedFile(f"{place}: the header of the binary section does not end.", mend=MEND)
    header = _header(window[skipped : skipped + encoding_end.start()])
    body = offset + skipped + encoding_end.end()
    size_text = header.get("x-binary-size", "")
    if not size_text.isdecimal() or len(size_text) > 15:
        raise DamagedFile(
            f"{place}: a whole number was expected as X-Binary-Size; '{size_text[:40] or 'nothing'}' was found.",
            mend=MEND,
        )
    if header.get("content-transfer-encoding", "binary").lower() != "binary":
        end = content.find(BOUNDARY, body)
        if end < 0:
            raise DamagedFile(f"{place}: the end of the binary section was expected; the file ends.", mend=MEND)
        return Section(header, content[body:end]), _after_boundary(end)
    start = content.find(_START, body, body + 64)
    if start < 0:
        raise DamagedFile(f"{place}: the bytes that begin the pixels were expected at byte {body}.", mend=MEND)
    start += len(_START)
    end = start + int(size_text)
    if end > len(content):
        raise DamagedFile(
            f"{place}: {size_text} bytes of pixels were promised from byte {start}; the file has {len(content)} bytes.",
            mend=MEND,
        )
    closing = content.find(BOUNDARY, end)
    return Section(header, memoryview(content)[start:end]), len(content) if closing < 0 else _after_boundary(closing)


def _after_boundary(closing: int) -> int:
    # The boundary that closes a section has two more dashes.
    return closing + len(BOUNDARY) + 2


def _header(block: bytes) -> dict[str, str]:
    """Names in small letters; parameters such as `conversions="x-CBF_BYTE_OFFSET"` under their own names."""
    text, _ = decode(block)
    found: dict[str, str] = {}
    # A line that begins with a blank goes on with the one before.
    for line in re.sub(r"\r?\n[ \t]+", " ", text).splitlines():
        name, sign, value = line.partition(":")
        if not sign:
            continue
        plain, _, parameters = value.partition(";")
        found[name.strip().lower()] = plain.strip().strip('"')
        for parameter in _PARAMETER.finditer(parameters[:4096]):
            found[parameter[1].lower()] = parameter[2].strip()
    return found
