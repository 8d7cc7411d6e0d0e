"""The classic netCDF format: CDF-1, CDF-2 (64-bit offsets) and CDF-5 (64-bit lengths), all big-endian."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.netcdf_parts.variables import Attribute, NetGroup, NetVariable
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the file again from where it was made; it is kept as it came."
SIGNATURES = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
_TYPES = {1: "i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8", 7: "u1", 8: ">u2", 9: ">u4", 10: ">i8", 11: ">u8"}
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_MOST = 100_000
_LONGEST_NAME = 4_096
_STREAMING = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    dimensions: tuple[int, ...]
    attributes: dict[str, Attribute]
    dtype: np.dtype[Any]
    begin: int


class _Cursor:
    """Unpacks one field after the other."""

    def __init__(self, content: bytes, file: str) -> None:
        self.content, self.file, self.at = content, file, 4
        self.is_wide = content[3] == 5
        self.has_wide_offsets = content[3] in {2, 5}

    def take(self, n: int) -> bytes:
        part = self.content[self.at : self.at + n]
        if len(part) != n:
            raise DamagedFile(
                f"{self.file}: {n} bytes of the header were expected at byte {self.at}; {len(part)} follow.", mend=MEND
            )
        self.at += n
        return part

    def word(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def count(self) -> int:
        return int(struct.unpack(">Q", self.take(8))[0]) if self.is_wide else self.word()

    def offset(self) -> int:
        return int(struct.unpack(">Q", self.take(8))[0]) if self.has_wide_offsets else self.word()

    def name(self) -> str:
        length = self.count()
        if length > _LONGEST_NAME:
            raise DamagedFile(f"{self.file}: a name of {length} letters is promised at byte {self.at}.", mend=MEND)
        raw = self.take(length + -length % 4)
        return decode(raw[:length])[0]

    def listed(self, tag: int, read: Callable[[], Any]) -> list[Any]:
        """A list with its tag before it; an empty one may have the tag 0."""
        found, n = self.word(), self.count()
        if found not in {0, tag} or n > _MOST or (found == 0 and n):
            raise DamagedFile(
                f"{self.file}: a list ({tag}) was expected at byte {self.at}; tag {found} with {n} entries was found.",
                mend=MEND,
            )
        return [read() for _ in range(n)]

    def attribute(self) -> tuple[str, Attribute]:
        name, kind = self.name(), self.word()
        dtype = self._dtype(kind)
        n = self.count()
        size = n * dtype.itemsize
        raw = self.take(size + -size % 4)[:size]
        if kind == 2:
            return name, decode(raw.rstrip(b"\0"))[0]
        values = np.frombuffer(raw, dtype).tolist()
        return name, values[0] if len(values) == 1 else values

    def attributes(self) -> dict[str, Attribute]:
        return dict(self.listed(_ATTRIBUTES, self.attribute))

    def dimension(self) -> tuple[str, int]:
        return self.name(), self.count()

    def variable(self) -> _Variable:
        name = self.name()
        n = self.count()
        if n > 1024:
            raise DamagedFile(f"{self.file}: {name} has {n} dimensions.", mend=MEND)
        places = tuple(self.count() for _ in range(n))
        attributes = self.attributes()
        dtype = self._dtype(self.word())
        # The size that follows is redundant, and too small for large variables.
        self.count()
        return _Variable(name, places, attributes, dtype, self.offset())

    def _dtype(self, kind: int) -> np.dtype[Any]:
        if kind not in _TYPES or (kind > 6 and not self.is_wide):
            raise DamagedFile(f"{self.file}: a type was expected at byte {self.at}; {kind} is none.", mend=MEND)
        return np.dtype(_TYPES[kind])


def read_classic(content: bytes, *, file: str) -> NetGroup:
    """Read the header; numbers are loaded when they are asked for.

    Raises
    ------
    DamagedFile
        If the header is cut or contradicts itself, or promises more records than the file has.
    """
    if not content.startswith(SIGNATURES):
        raise DamagedFile(f"{file} does not begin as netCDF.", mend=MEND)
    cursor = _Cursor(content, file)
    n_records = cursor.count()
    dimensions: list[tuple[str, int]] = cursor.listed(_DIMENSIONS, cursor.dimension)
    attributes = cursor.attributes()
    variables: list[_Variable] = cursor.listed(_VARIABLES, cursor.variable)
    if len({variable.name for variable in variables}) < len(variables):
        raise DamagedFile(f"{file} has two variables of the same name.", mend=MEND)
    for variable in variables:
        if any(place >= len(dimensions) for place in variable.dimensions):
            raise DamagedFile(f"{file}: {variable.name} has a dimension that there is not.", mend=MEND)
    layout = _Layout(content, file, dimensions, variables, n_records)
    return NetGroup(
        name="",
        variables=tuple(layout.variable(variable) for variable in variables),
        attributes=attributes,
        header=_header(dimensions, attributes, variables),
    )


class _Layout:
    """Where the numbers of variables lie."""

    def __init__(
        self,
        content: bytes,
        file: str,
        dimensions: list[tuple[str, int]],
        variables: list[_Variable],
        n_records: int,
    ) -> None:
        self._content, self._file, self._dimensions = content, file, dimensions
        recorded = [each for each in variables if self._is_recorded(each)]
        sizes = [self._bytes_of_one(each) for each in recorded]
        # Each variable's part of a record is padded to 4 bytes, unless it is the only one.
        self._record_bytes = sizes[0] if len(sizes) == 1 else sum(size + -size % 4 for size in sizes)
        self._n_records = n_records
        if n_records in _STREAMING and recorded:
            # A program that was interrupted leaves the count open: as many records as there is room for.
            start = min(each.begin for each in recorded)
            self._n_records = max(0, len(content) - start) // self._record_bytes if self._record_bytes else 0

    def _is_recorded(self, variable: _Variable) -> bool:
        return bool(variable.dimensions) and self._dimensions[variable.dimensions[0]][1] == 0

    def _bytes_of_one(self, variable: _Variable) -> int:
        """The bytes of one record, or of the whole where it has none."""
        lengths = [self._dimensions[place][1] for place in variable.dimensions]
        return math.prod(lengths[1:] if self._is_recorded(variable) else lengths) * variable.dtype.itemsize

    def variable(self, variable: _Variable) -> NetVariable:
        lengths = [self._dimensions[place][1] for place in variable.dimensions]
        if self._is_recorded(variable):
            lengths[0] = self._n_records
        return NetVariable(
            name=variable.name,
            dimensions=tuple(self._dimensions[place][0] for place in variable.dimensions),
            shape=tuple(lengths),
            kind=variable.dtype.kind,
            attributes=variable.attributes,
            load=lambda: (self._numbers(variable, tuple(lengths)), ()),
        )

    def _numbers(self, variable: _Variable, shape: tuple[int, ...]) -> NDArray[Any]:
        part = self._bytes_of_one(variable)
        is_recorded = self._is_recorded(variable)
        end = variable.begin + part
        if is_recorded:
            end = variable.begin + (shape[0] - 1) * self._record_bytes + part if shape[0] else 0
        if end > len(self._content):
            raise DamagedFile(
                f"{self._file}: the numbers of {variable.name} were expected up to byte {end}; the file has "
                f"{len(self._content)}.",
                mend=MEND,
            )
        if math.prod(shape) == 0:
            return np.empty(shape, variable.dtype.newbyteorder("="))
        if not is_recorded:
            values = np.frombuffer(self._content, variable.dtype, math.prod(shape), variable.begin)
            return values.reshape(shape).astype(variable.dtype.newbyteorder("="), copy=False)
        strided: NDArray[Any] = np.ndarray(
            (shape[0], math.prod(shape[1:])),
            variable.dtype,
            self._content,
            variable.begin,
            (self._record_bytes, variable.dtype.itemsize),
        )
        return strided.astype(variable.dtype.newbyteorder("=")).reshape(shape)


def _header(
    dimensions: list[tuple[str, int]], attributes: dict[str, Attribute], variables: list[_Variable]
) -> dict[str, Json]:
    return {
        "dimensions": dict(dimensions),
        "attributes": {name: _plain(value) for name, value in attributes.items()},
        "variables": {
            each.name: {
                "type": str(each.dtype),
                "dimensions": [dimensions[place][0] for place in each.dimensions],
                **{name: _plain(value) for name, value in each.attributes.items()},
            }
            for each in variables
        },
    }


def _plain(value: Attribute) -> Json:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
