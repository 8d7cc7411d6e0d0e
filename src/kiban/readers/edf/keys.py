"""The entries of an EDF header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.readers.number_list import optional_number
from kiban.records.reading import Json

MEND = "Copy the file again from where it was measured; it is kept as it came."


@dataclass(frozen=True, slots=True)
class Keys:
    """The entries of a header as written, found whatever their case."""

    written: dict[str, str]
    upper: dict[str, str]

    def text(self, *keys: str) -> str:
        """The text of the first of the keys that is there; empty where none is."""
        return next((text for key in keys if (text := self.upper.get(key.upper(), ""))), "")

    def number(self, *keys: str) -> float | None:
        """The number at the start of a text, before a unit that may follow it after a blank or an underscore."""
        return optional_number(re.split(r"[ _]", self.text(*keys), maxsplit=1)[0])

    def whole(self, key: str, *, file: str) -> int | None:
        """A whole number, where the key is there. Raises DamagedFile where it is none."""
        text = self.text(key)
        if not text:
            return None
        number = optional_number(text)
        if number is None or number < 0 or number % 1 or number > 2**53:
            raise DamagedFile(f"{file}: a whole number was expected as {key}; '{text[:40]}' was found.", mend=MEND)
        return int(number)

    @property
    def header(self) -> dict[str, Json]:
        """As JSON."""
        return dict[str, Json](self.written)
