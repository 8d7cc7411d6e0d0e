"""The signal of a ChemStation channel file: differences, differences of differences, or plain doubles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.agilent.channel_header import MEND, ChannelHeader

_DIFFERENCES = frozenset({"8", "30", "130"})
_ABSOLUTE = -32768
"""Before a whole number of 32 bits among differences."""
_ABSOLUTE_48 = 32767
"""Before a whole number of 48 bits among differences of differences."""
_LARGEST = 1e14


def read_values(content: bytes, header: ChannelHeader, *, file: str) -> NDArray[np.float64]:
    """Decode the signal, not yet multiplied by its factor.

    Raises
    ------
    DamagedFile
        If it is cut or something else follows.
    UnsupportedVariant
        If the numbers are none of the known kinds.
    NothingMeasured
        If there are none.
    """
    body = content[header.data_at :]
    if header.version in _DIFFERENCES:
        values = _differences(body, file, needs_end=header.version == "130")
    elif header.version == "179":
        values = _doubles(body, file)
        if values.size < header.n_stated:
            raise DamagedFile(f"{file}: {header.n_stated} points are promised, {values.size} follow.", mend=MEND)
    else:
        values = _second_differences(body, file)
    if not values.size:
        raise NothingMeasured(f"{file} has a header but no signal.", mend=MEND)
    return values


def _differences(body: bytes, file: str, *, needs_end: bool) -> NDArray[np.float64]:
    """Segments of a mark 0x1nnn, where nnn counts the values that follow; a zero ends them.

    A value is a difference of 16 bits, or a mark and a whole number of 32 bits.
    """
    words = np.frombuffer(body[: len(body) // 2 * 2], dtype=">i2").astype(np.int64).tolist()
    values: list[int] = []
    at = value = 0
    while at < len(words) and words[at]:
        mark, count = (words[at] & 0xFFFF) >> 12, words[at] & 0xFFF
        at += 1
        if mark != 1:
            raise DamagedFile(f"{file}: a segment of the signal was expected after {len(values)} points.", mend=MEND)
        for _ in range(count):
            width = 3 if at < len(words) and words[at] == _ABSOLUTE else 1
            if at + width > len(words):
                raise DamagedFile(f"{file}: the signal ends within a segment, after {len(values)} points.", mend=MEND)
            if width == 3:
                value = (words[at + 1] << 16) + (words[at + 2] & 0xFFFF)
            else:
                value += words[at]
            at += width
            values.append(value)
    if needs_end and at >= len(words):
        raise DamagedFile(f"{file}: the signal has no end after {len(values)} points; the file was cut.", mend=MEND)
    return np.array(values, dtype=np.float64)


def _second_differences(body: bytes, file: str) -> NDArray[np.float64]:
    """Differences of differences of 16 bits, or a mark and a whole number of 48 bits."""
    if len(body) % 2:
        raise DamagedFile(f"{file}: the signal has an odd number of bytes.", mend=MEND)
    words = np.frombuffer(body, dtype=">i2").astype(np.int64).tolist()
    values: list[int] = []
    at = value = slope = 0
    while at < len(words):
        if words[at] == _ABSOLUTE_48:
            if at + 4 > len(words):
                raise DamagedFile(f"{file}: the signal ends within a number, after {len(values)} points.", mend=MEND)
            value = (words[at + 1] << 32) + ((words[at + 2] & 0xFFFF) << 16) + (words[at + 3] & 0xFFFF)
            slope = 0
            at += 4
        else:
            slope += words[at]
            value += slope
            at += 1
        values.append(value)
    found = np.array(values, dtype=np.float64)
    if bool(np.any(np.abs(found) > _LARGEST)):
        raise DamagedFile(f"{file}: the signal runs off to {np.max(np.abs(found)):.3g}.", mend=MEND)
    return found


def _doubles(body: bytes, file: str) -> NDArray[np.float64]:
    """Doubles, little endian; some programs pack the same version as differences of differences."""
    if len(body) % 8 == 0:
        values = np.frombuffer(body, dtype="<f8").astype(np.float64)
        if bool(np.all(np.isfinite(values))) and bool(np.all(np.abs(values) < _LARGEST)) and not _is_dust(values):
            return values
    if body.startswith(b"\x7f\xff") and len(body) % 2 == 0:
        return _second_differences(body, file)
    if len(body) % 8:
        raise DamagedFile(f"{file}: numbers of 8 bytes were expected; {len(body)} bytes follow the header.", mend=MEND)
    raise UnsupportedVariant(
        f"{file} is of version 179, but its signal is neither doubles nor differences of differences.",
        mend="Export the signal from ChemStation or OpenLab as CSV. The file is kept as it came.",
    )


def _is_dust(values: NDArray[np.float64]) -> bool:
    """Bytes of another kind make doubles that are absurdly small."""
    size = np.abs(values[values != 0])
    return bool(size.size) and bool(np.any(size < 1e-30))
