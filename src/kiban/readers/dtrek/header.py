"""The header of a d*TREK image: a block of text of fixed length with lines `KEY=value;`."""

from __future__ import annotations

import re

from kiban.errors import DamagedFile
from kiban.readers.number_list import optional_number
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the image again from the instrument's computer; it is kept as it came."
SIGNATURE = re.compile(rb"\{\s*HEADER_BYTES\s*=\s*(\d{1,9})\s*;")
_LARGEST = 1 << 24
_BLANKS = " \t\r\0\f"


class Header:
    """The keys of a header and their texts.

    Raises
    ------
    DamagedFile
        If the header does not begin as one, or is longer than the file.
    """

    def __init__(self, content: bytes, *, file: str) -> None:
        match = SIGNATURE.match(content)
        if match is None:
            raise DamagedFile(
                f"{file}: {{ and HEADER_BYTES= were expected at its start; they are not there.", mend=MEND
            )
        self.length = int(match[1])
        if not match.end() <= self.length <= min(len(content), _LARGEST):
            raise DamagedFile(
                f"{file}: a header of {self.length} bytes was promised; the file has {len(content)} bytes.", mend=MEND
            )
        self._file = file
        text, _ = decode(content[1 : self.length].partition(b"\n}")[0])
        self.written: dict[str, Json] = {}
        self._texts: dict[str, str] = {}
        for line in text.splitlines():
            key, sign, value = line.partition("=")
            if not sign or not (key := key.strip(_BLANKS)):
                continue
            value = value.strip(_BLANKS).removesuffix(";").rstrip(_BLANKS)
            if key in self.written:
                before = self.written[key]
                self.written[key] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                self.written[key] = value
                # Some files say the same of the detector twice; the first is what the image was read out with.
                self._texts.setdefault(key.upper(), value)

    def text(self, key: str) -> str:
        """The text of a key, whatever its case; empty where there is none."""
        return self._texts.get(key.upper(), "")

    def number(self, key: str) -> float | None:
        """The number at the start of a key's text, where there is one."""
        return optional_number((self.text(key).split() or [""])[0])

    def numbers(self, key: str) -> list[float]:
        """All numbers of a key's text; none at all where one of them is no number."""
        found = [optional_number(part) for part in self.text(key).split()]
        return [number for number in found if number is not None] if None not in found else []

    def words(self, key: str) -> list[str]:
        """The words of a key's text."""
        return self.text(key).split()

    def size(self, key: str) -> int:
        """A whole number that has to be there. Raises DamagedFile."""
        text = self.text(key)
        if not text.isdecimal() or len(text) > 9:
            raise DamagedFile(
                f"{self._file}: a whole number was expected as {key}; '{text[:40] or 'nothing'}' was found.", mend=MEND
            )
        return int(text)
