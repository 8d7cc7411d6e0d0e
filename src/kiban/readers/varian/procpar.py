"""Parameters of VNMR and VnmrJ (`procpar`): for each a line of attributes, its values, and the values it may have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the whole folder of the experiment again from the spectrometer; it is kept as it came."
DELAY, PULSE = 3, 6
"""Kinds of parameters whose unit is known: delays are in seconds, pulses in microseconds."""
_TEXT = 2
_N_ATTRIBUTES = 11


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with all its values."""

    kind: int
    is_active: bool
    """One that is switched off ('n') keeps its last value, which means nothing."""
    values: tuple[str | float, ...]


class Parameters:
    """The parameters by name."""

    def __init__(self, found: dict[str, Parameter]) -> None:
        self._found = found

    def find(self, name: str) -> Parameter | None:
        """A parameter, if it is there."""
        return self._found.get(name)

    def text(self, *names: str) -> str:
        """The first text that is there and not empty."""
        for name in names:
            found = self._found.get(name)
            if found is not None and found.values and isinstance(found.values[0], str) and found.values[0].strip():
                return found.values[0].strip()
        return ""

    def number(self, name: str) -> float | None:
        """The one finite value of a parameter that is active; `None` where it is arrayed."""
        found = self._found.get(name)
        if found is None or not found.is_active or len(found.values) != 1 or isinstance(found.values[0], str):
            return None
        return found.values[0]

    def as_json(self) -> dict[str, Json]:
        """All of them by name, arrayed ones as lists; those that are switched off are named."""
        found: dict[str, Json] = {}
        for name, parameter in self._found.items():
            found[name] = parameter.values[0] if len(parameter.values) == 1 else list(parameter.values)
        off: list[Json] = [name for name, parameter in self._found.items() if not parameter.is_active]
        return found | ({"#switched off": off} if off else {})


def read_procpar(content: bytes, name: str) -> Parameters:
    """Read a `procpar`.

    Raises
    ------
    DamagedFile
        If a parameter breaks off, or lines do not come as they must.
    """
    lines = decode(content)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: dict[str, Parameter] = {}
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        attributes = lines[at].split()
        if len(attributes) < _N_ATTRIBUTES - 1 or not (_is_whole(attributes[1]) and _is_whole(attributes[2])):
            raise _unexpected(name, at, "a parameter with its attributes", lines[at])
        values, at = _values(lines, at + 1, name, is_text=int(attributes[2]) == _TEXT)
        if at >= len(lines) or not _is_whole(lines[at].strip().partition(" ")[0]):
            raise _unexpected(name, at, f"the values that {attributes[0][:40]} may have", _line(lines, at))
        found[attributes[0]] = Parameter(int(attributes[1]), attributes[9] != "0", values)
        at += 1
    if not found:
        raise DamagedFile(f"{name} holds no parameter.", mend=MEND)
    return Parameters(found)


def _values(lines: list[str], at: int, name: str, *, is_text: bool) -> tuple[tuple[str | float, ...], int]:
    count, _, rest = _line(lines, at).strip().partition(" ")
    if not _is_whole(count):
        raise _unexpected(name, at, "a number of values", _line(lines, at))
    if not is_text:
        words = rest.split()
        if len(words) != int(count):
            raise _unexpected(name, at, f"a line with {count} numbers", _line(lines, at))
        return tuple(_number(word) for word in words), at + 1
    texts: list[str | float] = []
    for _ in range(int(count)):
        text, at = _quoted(lines, at, rest, name)
        texts.append(text)
        rest = _line(lines, at)
    return tuple(texts), at if texts else at + 1


def _quoted(lines: list[str], at: int, first: str, name: str) -> tuple[str, int]:
    """A text in quotation marks, of one line or more. Marks may stand inside it too, so the last of a line ends it."""
    start = at
    text = first.strip()
    while not (text.startswith('"') and text.endswith('"') and len(text) > 1):
        at += 1
        if not text.startswith('"') or at >= len(lines) or at > start + 1000:
            raise _unexpected(name, start, "a text in quotation marks", first)
        text += "\n" + lines[at].rstrip()
    return text[1:-1], at + 1


def _is_whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 9


def _number(word: str) -> str | float:
    """A number; JSON has no infinity, so what is none stays a text."""
    try:
        value = float(word)
    except ValueError:
        return word
    return value if math.isfinite(value) else word


def _line(lines: list[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


def _unexpected(name: str, at: int, expected: str, found: str) -> DamagedFile:
    return DamagedFile(f"{name}, line {at + 1}: {expected} was expected; {found[:60]!r} was found.", mend=MEND)
