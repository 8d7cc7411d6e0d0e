"""The archive that a PicoLog file is: members of a tar, some of them packed with gzip, some of them JSON."""

from __future__ import annotations

from typing import Any

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.json_text import load_json
from kiban.readers.source import Source

MEND = "Save the capture in PicoLog again, or copy the file again; it is kept as it came."
_BLOCK = 512
_SUM_AT, _SUM_END = 148, 156


def is_tar(head: bytes) -> bool:
    """Say whether bytes begin as a tar file."""
    return head[257:262] == b"ustar"


class Archive:
    """Members by name. Raises DamagedFile and LimitExceeded."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._members = _members(source)
        self._unpacked: dict[str, bytes] = {}

    def content(self, name: str) -> bytes:
        """Give a member's bytes, unpacked where they are packed."""
        if name not in self._members:
            raise DamagedFile(f"{self._source.name}: the archive has no {name[:80]}.", mend=MEND)
        if name not in self._unpacked:
            member = Source(self._members[name], name=f"{self._source.name}, {name}", limits=self._source.limits)
            inner = member.unpacked()
            self._unpacked[name] = member.read() if inner is None else inner.read()
            if sum(map(len, self._unpacked.values())) > self._source.limits.expanded_bytes:
                raise LimitExceeded(
                    f"{self._source.name} unpacks to more than {self._source.limits.expanded_bytes} bytes.",
                    mend="Save a shorter part of the capture. The file is kept as it came.",
                )
        return self._unpacked[name]

    def json(self, name: str) -> Any:
        """Give what a member says in JSON."""
        return load_json(self.content(name), what=f"{self._source.name}, {name}", mend=MEND)


def _members(source: Source) -> dict[str, bytes]:
    """Read the members of a tar file; it ends with a block of zeros."""
    content = source.read()
    found: dict[str, bytes] = {}
    at = 0
    while any(header := content[at : at + _BLOCK]):
        size = _size(header, source.name, at)
        if at + _BLOCK + size > len(content):
            raise DamagedFile(f"{source.name}: the archive ends within a member, at byte {len(content)}.", mend=MEND)
        if header[156:157] in b"0\0":
            name = header[:100].split(b"\0")[0].decode("utf-8", "replace").removeprefix("./")
            found[name] = content[at + _BLOCK : at + _BLOCK + size]
        if len(found) > source.limits.members:
            raise LimitExceeded(f"{source.name} has more than {source.limits.members} members.", mend=MEND)
        at += _BLOCK + -(-size // _BLOCK) * _BLOCK
    if at >= len(content):
        raise DamagedFile(f"{source.name}: the archive has no end; the file was cut.", mend=MEND)
    return found


def _size(header: bytes, file: str, at: int) -> int:
    """Read a member's length, after seeing that the sum of its header is the one that the header states."""
    try:
        size = int(header[124:136].strip(b" \0") or b"0", 8)
        stated = int(header[_SUM_AT:_SUM_END].strip(b" \0"), 8)
    except ValueError:
        size = stated = -1
    found = sum(header) - sum(header[_SUM_AT:_SUM_END]) + 32 * (_SUM_END - _SUM_AT)
    if len(header) < _BLOCK or size < 0 or stated != found:
        raise DamagedFile(f"{file}: the header of a member was expected at byte {at} of the archive.", mend=MEND)
    return size
