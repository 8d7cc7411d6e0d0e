"""Java properties: `key=value` lines with escapes, and the ones that several segments share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kiban.readers.number_list import optional_number

_LINE = re.compile(r"[ \t\f]*(?P<key>(?:\\.|[^\\=:\s])+)[ \t\f]*[=:]?[ \t\f]*(?P<value>.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<char>.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


def parse(content: bytes) -> dict[str, str]:
    """Read properties: Latin-1, comments after # and !, lines continued by a backslash at their end."""
    found: dict[str, str] = {}
    for line in _logical_lines(content.decode("latin-1")):
        match = _LINE.fullmatch(line)
        if match is not None:
            found[_ESCAPE.sub(_plain, match["key"])] = _ESCAPE.sub(_plain, match["value"])
    return found


def _logical_lines(text: str) -> Iterator[str]:
    begun = ""
    for line in re.split(r"\r\n|\r|\n", text):
        part = line.lstrip(" \t\f")
        if not begun and (not part or part[0] in "#!"):
            continue
        n_slashes = len(part) - len(part.rstrip("\\"))
        if n_slashes % 2:
            begun += part[:-1]
            continue
        yield begun + part
        begun = ""
    if begun:
        yield begun


def _plain(match: re.Match[str]) -> str:
    if match["code"]:
        return chr(int(match["code"], 16))
    return _CONTROLS.get(match["char"], match["char"])


class Scoped:
    """Properties below a prefix, and those of the shared list that an entry `PREFIX.KIND.*=N` points to.

    Parameters
    ----------
    own, shared : mapping of str to str
        Properties of the segment; of the whole archive.
    prefix : str
        `channel.vDeflection`, `force-segment-header`.
    kind : str
        Name of the shared list: `lcd-info`, `force-segment-header-info`.
    """

    def __init__(self, own: Mapping[str, str], shared: Mapping[str, str], *, prefix: str, kind: str) -> None:
        self._own, self._shared, self._prefix = own, shared, prefix
        number = own.get(f"{prefix}.{kind}.*")
        self._shared_prefix = f"{kind}.{number.strip()}" if number is not None else None

    def text(self, *keys: str) -> str | None:
        """The first of the keys that is there; a segment's own go before shared ones."""
        for key in keys:
            if (value := self._own.get(f"{self._prefix}.{key}")) is not None:
                return value.strip()
        if self._shared_prefix is not None:
            for key in keys:
                if (value := self._shared.get(f"{self._shared_prefix}.{key}")) is not None:
                    return value.strip()
        return None

    def number(self, *keys: str) -> float | None:
        """The same as a finite number; `None` where it is none."""
        return optional_number(self.text(*keys))
