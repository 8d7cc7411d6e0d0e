"""The numbers of an MRC or CCP4 file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.mrc_parts.header import MODES, MapHeader

MEND = "Copy the file again from where it was made, or write it again; it is kept as it came."
_TYPES = {0: "i1", 1: "i2", 2: "f4", 4: "c8", 6: "u2", 12: "f2"}


def read_numbers(content: bytes, header: MapHeader, *, file: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read them, as a view on the file's bytes where they need no change.

    Returns
    -------
    (array, tuple of str)
        Shape (sections, rows, columns), colours with a last axis of three; and doubts.

    Raises
    ------
    UnsupportedVariant
        If the mode is not known.
    DamagedFile
        If fewer bytes follow than the header promises.
    """
    if header.mode not in MODES:
        raise UnsupportedVariant(
            f"{file} has numbers of mode {header.mode}; read are {', '.join(map(str, MODES))}.",
            mend="Write it again in mode 2. The file is kept as it came.",
        )
    found = len(content) - header.data_start
    if found < header.data_bytes:
        raise DamagedFile(
            f"{file}: {' × '.join(map(str, header.shape))} points of mode {header.mode} take {header.data_bytes} "
            f"bytes; {max(found, 0)} follow the header.",
            mend=MEND,
        )
    raw = memoryview(content)[header.data_start : header.data_start + header.data_bytes]
    doubts = () if found == header.data_bytes else (f"{found - header.data_bytes} bytes follow the last number.",)
    nx, ny, nz = header.shape
    match header.mode:
        case 16:
            return np.frombuffer(raw, np.uint8).reshape(nz, ny, nx, 3), doubts
        case 101:
            return _halves(np.frombuffer(raw, np.uint8).reshape(nz, ny, -1), nx), doubts
        case 3:
            pairs = np.frombuffer(raw, header.order + "i2").astype(np.float32)
            return pairs.view(np.complex64).reshape(nz, ny, nx), doubts
        case 0:
            values, more = _signed(np.frombuffer(raw, np.int8), header)
            return values.reshape(nz, ny, nx), (*doubts, *more)
    dtype = np.dtype(header.order + _TYPES[header.mode])
    values = np.frombuffer(raw, dtype).reshape(nz, ny, nx)
    return values.astype(dtype.newbyteorder("="), copy=False), doubts


def _halves(packed: NDArray[np.uint8], nx: int) -> NDArray[np.uint8]:
    """Two numbers in each byte, the lower half first; a row begins with a byte of its own."""
    values = np.empty((*packed.shape[:2], packed.shape[2] * 2), np.uint8)
    np.bitwise_and(packed, 15, out=values[..., 0::2])
    np.right_shift(packed, 4, out=values[..., 1::2])
    return values[..., :nx]


def _signed(values: NDArray[np.int8], header: MapHeader) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Bytes had a sign in some programs and none in others until 2014; the highest number in the header may tell."""
    low, high, _ = header.limits
    if header.is_byte_signed is False or (header.is_byte_signed is None and 0 <= low < high and 127 < high <= 255):
        return values.view(np.uint8), ()
    if header.is_byte_signed is None and not low < 0 and bool(np.any(values < 0)):
        return values, (
            "The file does not say whether its 8-bit numbers have a sign; they are read with one, as the standard "
            "says. Programs before 2014 also wrote 0 to 255.",
        )
    return values, ()


def statistics_doubts(values: NDArray[Any], header: MapHeader) -> tuple[str, ...]:
    """Doubt numbers that run far outside the limits in the header: a wrong byte order looks like that."""
    low, high, _ = header.limits
    if values.dtype.kind == "c" or not low < high:
        return ()
    # Unlike nanmin these do not warn where all is NaN.
    found_low, found_high = float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None))
    allowed = 0.01 * (high - low) + 1e-6 * max(abs(low), abs(high))
    if found_low >= low - allowed and found_high <= high + allowed:
        return ()
    found = f"{found_low:g} to {found_high:g}"
    return (f"The header says that the numbers run from {low:g} to {high:g}; they run from {found}.",)
