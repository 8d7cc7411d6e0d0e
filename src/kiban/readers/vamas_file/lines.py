"""VAMAS, line by line: one value stands on each, and only its place says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import floats_of_lines, numbers, optional_number

MEND = "Export the measurement again; the file is kept as it came."
UNKNOWN = 1e37
"""What the standard writes for a real number that is not known."""


class Lines:
    """Takes lines off a file from the front and names the one that is not what it should be."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.split("\n")
        self._is_plain = text.isascii() and "_" not in text
        self._next = 0
        self._file = file

    @property
    def is_at_end(self) -> bool:
        """Only empty lines follow."""
        return not any(line.strip() for line in self._lines[self._next :])

    @property
    def place(self) -> str:
        """File and line that was taken last, for messages."""
        return f"{self._file}, line {self._next}"

    def skip_empty(self) -> None:
        """Pass over empty lines."""
        while self._next < len(self._lines) and not self._lines[self._next].strip():
            self._next += 1

    def text(self, what: str) -> str:
        """Take a line, without the blanks around it. Raises DamagedFile at the end of the file."""
        if self._next < len(self._lines):
            self._next += 1
            return self._lines[self._next - 1].strip()
        return self.take(1, what)[0]

    def texts(self, what: Sequence[str]) -> list[str]:
        """Take a line for each of these entries, as `text` does."""
        if self._next + len(what) <= len(self._lines):
            return self.take(len(what), "entries")
        return [self.text(each) for each in what]

    def take(self, n: int, what: str) -> list[str]:
        """Take n lines, without the blanks around them. Raises DamagedFile where fewer follow."""
        return [line.strip() for line in self._take(n, what)]

    def _take(self, n: int, what: str) -> list[str]:
        taken = self._lines[self._next : self._next + n]
        if len(taken) < n:
            raise DamagedFile(
                f"{self._file}: {n} lines were expected as {what} after line {self._next}; the file ends after "
                f"{len(taken)}.",
                mend=MEND,
            )
        self._next += n
        return taken

    def integer(self, what: str) -> int:
        """Take a whole number. Raises DamagedFile."""
        text = self.text(what)
        value = optional_number(text)
        if value is None or value % 1:
            raise DamagedFile(
                f"{self.place}: a whole number was expected as {what}; '{text[:40]}' was found.", mend=MEND
            )
        return int(value)

    def count(self, what: str) -> int:
        """Take a number of things of which each has at least one line in the rest of the file. Raises DamagedFile."""
        n = self.integer(what)
        left = len(self._lines) - self._next
        if not 0 <= n <= left:
            raise DamagedFile(f"{self.place}: {n} is promised as {what}, but {left} lines follow.", mend=MEND)
        return n

    def numbers(self, n: int, what: str) -> NDArray[Any]:
        """Take n numbers, one on each line. Raises DamagedFile."""
        first = self._next + 1
        taken = self._take(n, what)
        values: NDArray[Any] | None = floats_of_lines(taken) if self._is_plain else None
        if values is None:
            values = numbers("\n".join(taken), what=f"{what} (from line {first} on)", file=self._file)
        if len(values) != n:
            raise DamagedFile(
                f"{self._file}: {n} lines with one number each were expected as {what} from line {first} on; "
                f"{len(values)} numbers were found.",
                mend=MEND,
            )
        return values


def known(text: object) -> float | None:
    """Read a real number of the header; `None` where it is not known or no number."""
    if not isinstance(text, str):
        return None
    # Blocks repeat one another's entries; a text as long as a file must not be remembered.
    return _remembered_number(text) if len(text) <= _LONGEST_REMEMBERED else _known(text)


def _known(text: str) -> float | None:
    value = optional_number(text)
    return None if value is None or abs(value) >= UNKNOWN else value


def words(text: object) -> str:
    """Read a text of the header; empty where it says that it says nothing."""
    if not isinstance(text, str):
        return ""
    return _remembered_words(text) if len(text) <= _LONGEST_REMEMBERED else _words(text)


def _words(text: str) -> str:
    found = text.strip()
    return "" if found.lower() in {"not specified", "none", "n/a", "unknown"} else found


_LONGEST_REMEMBERED = 80
_remembered_number = lru_cache(maxsize=1 << 12)(_known)
_remembered_words = lru_cache(maxsize=1 << 12)(_words)
