"""JEOL Delta, the parameter section: records of 64 bytes with a name, a value of one of five types and a unit."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.jeol.header import Header
from kiban.readers.jeol.units import unit
from kiban.readers.text import decode
from kiban.records.reading import Json

_RECORD = 64
_STRING, _INTEGER, _FLOAT, _COMPLEX, _INFINITY = range(5)
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]{4,}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name and value as written, its unit in our spelling."""

    name: str
    value: str | int | float
    unit: str
    scale: int
    """A power of ten by which the value is to be multiplied; nought in the file seen."""

    @property
    def number(self) -> float:
        """The value in its unit. It must not be a text."""
        return float(self.value) * 10.0 ** max(-30, min(30, self.scale))

    @property
    def as_json(self) -> Json:
        """The value alone, or with its unit."""
        value: Json = self.value
        if not self.unit and not self.scale:
            return value
        found: dict[str, Json] = {"value": value, "unit": self.unit}
        return found | ({"scale": self.scale} if self.scale else {})


class Parameters:
    """The parameters by name, in upper case: Delta does not tell `SCANS` and `scans` apart."""

    def __init__(self, found: list[Parameter]) -> None:
        self.all = found
        self._by_name = {parameter.name.upper(): parameter for parameter in found}

    def text(self, *names: str) -> str:
        """The first text that is there and not empty."""
        for name in names:
            parameter = self._by_name.get(name.upper())
            if parameter is not None and isinstance(parameter.value, str) and parameter.value:
                return parameter.value
        return ""

    def measured(self, name: str, *units: str) -> Measured | None:
        """A number that has one of the units."""
        parameter = self._by_name.get(name.upper())
        if parameter is None or isinstance(parameter.value, str) or parameter.unit not in units:
            return None
        return Measured(parameter.number, parameter.unit)

    def number(self, name: str) -> float | None:
        """A number, whatever its unit."""
        parameter = self._by_name.get(name.upper())
        if parameter is None or isinstance(parameter.value, str):
            return None
        return parameter.number

    def as_json(self) -> dict[str, Json]:
        """All of them by name; a name that comes twice has a list."""
        found: dict[str, Json] = {}
        for parameter in self.all:
            before = found.get(parameter.name)
            if parameter.name not in found:
                found[parameter.name] = parameter.as_json
            elif isinstance(before, list):
                before.append(parameter.as_json)
            else:
                found[parameter.name] = [before, parameter.as_json]
        return found


def read_parameters(content: bytes, header: Header, name: str) -> Parameters:
    """Read the parameter section.

    Raises
    ------
    DamagedFile
        If it promises more records than the file has bytes for.
    """
    at, length, order = header.parameters_at, header.parameters_length, header.byte_order
    if length == 0:
        return Parameters([])
    end = at + length
    if end > len(content) or length < 16:
        raise _damaged(name, f"{length} bytes at byte {at}, the file has {len(content)}")
    size, low, high, _ = struct.unpack_from(f"{order}4I", content, at)
    n = high - low + 1
    if size < _RECORD or n < 0 or at + 16 + n * size > end:
        raise _damaged(name, f"{n} records of {size} bytes in {length} bytes")
    return Parameters([_parameter(content, at + 16 + i * size, order) for i in range(n)])


def _damaged(name: str, found: str) -> DamagedFile:
    return DamagedFile(
        f"{name}: the parameter section should be whole; it promises {found}.",
        mend="Copy the file again from the spectrometer; it is kept as it came.",
    )


def _parameter(content: bytes, at: int, order: str) -> Parameter:
    (scale,) = struct.unpack_from(f"{order}h", content, at + 4)
    (kind,) = struct.unpack_from(f"{order}i", content, at + 32)
    name = _text(content[at + 36 : at + 64])
    value: str | int | float
    if kind == _STRING:
        value = _text(content[at + 16 : at + 32])
    elif kind == _INTEGER:
        (value,) = struct.unpack_from(f"{order}i", content, at + 16)
    elif kind == _FLOAT:
        (value,) = struct.unpack_from(f"{order}d", content, at + 16)
    elif kind == _COMPLEX:
        value = str(complex(*struct.unpack_from(f"{order}2d", content, at + 16)))
    elif kind == _INFINITY:
        value = "infinity"
    else:
        value = content[at + 16 : at + 32].hex(" ")
    if isinstance(value, float) and value - value != 0:
        value = str(value)
    return Parameter(name, value, unit(content[at + 6 : at + 16]), scale)


def _text(raw: bytes) -> str:
    return decode(raw.partition(b"\0")[0])[0].strip()


def context(content: bytes, header: Header) -> list[Json]:
    """The printable stretches of the context section: the experiment as written, texts too long for a parameter."""
    raw = content[header.context_at : header.context_at + header.context_length]
    found = (match.group().strip() for match in _PRINTABLE.finditer(raw.decode("utf-8", "replace")))
    return [text for text in found if text]
