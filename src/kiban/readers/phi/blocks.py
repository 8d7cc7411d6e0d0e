"""The numbers of PHI's files: a table of blocks, each with its axes, unit, type and place, then the numbers."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.phi.header import MEND

_HEAD_BYTES = 16
_ENTRY_BYTES = 96
_TYPES = {"f4", "f8", "i2", "i4", "u2", "u4"}
_MOST_BLOCKS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One array.

    Parameters
    ----------
    region, area : int
        Numbers of the spectral region (0 for tables over all regions) and of the place on the sample.
    axes : tuple of str
        PHI's tags of the array's axes, in the order of the array: `sar`, `pnt`; `cyc`, `pnt`; `reg`, `cyc`.
    unit : str
        As written: `c/s`, `s`, `c/s * eV`.
    precision : float
        To how much of itself a number is stored.
    """

    region: int
    area: int
    axes: tuple[str, ...]
    unit: str
    values: NDArray[Any]
    precision: float


def read_blocks(content: bytes, start: int, file: str) -> list[Block]:
    """Read all blocks.

    Parameters
    ----------
    start : int
        The first byte after the text.

    Raises
    ------
    DamagedFile
        If the table is none, or a block lies outside the file or is not as long as its axes say.
    UnsupportedVariant
        If the numbers are of a type that is not known.
    """
    if len(content) < start + _HEAD_BYTES:
        raise DamagedFile(f"{file}: a table of blocks was expected after the header; the file ends.", mend=MEND)
    for order in "<>":
        _, n, table_bytes, head_bytes = struct.unpack_from(f"{order}4i", content, start)
        if head_bytes == _HEAD_BYTES and 0 <= n < _MOST_BLOCKS and table_bytes == n * _ENTRY_BYTES:
            break
    else:
        raise DamagedFile(
            f"{file}: a table of blocks was expected after the header, at byte {start}; its length is not that of "
            "any number of blocks.",
            mend=MEND,
        )
    if len(content) < start + _HEAD_BYTES + table_bytes:
        raise DamagedFile(f"{file}: a table of {n} blocks is promised; the file ends in it.", mend=MEND)
    entries = range(start + _HEAD_BYTES, start + _HEAD_BYTES + table_bytes, _ENTRY_BYTES)
    return [_block(content, start, entry, order, f"{file}, block {k}") for k, entry in enumerate(entries, 1)]


def _block(content: bytes, start: int, entry: int, order: str, place: str) -> Block:
    integers = struct.unpack_from(f"{order}24i", content, entry)
    region, area, *sizes = integers[3:8]
    n_bytes, offset = integers[19], integers[20]
    written = _text(content, entry + 72, 4)
    if written not in _TYPES:
        raise UnsupportedVariant(
            f"{place}: numbers of type f4 or f8 were expected; '{written}' was found.",
            mend="Export it from MultiPak as text or VAMAS; the file is kept as it came.",
        )
    kind = np.dtype(order + written)
    # The first axis runs fastest. Axes of one point are not there; the third has no tag where it is not used.
    tags = [_text(content, entry + at, 8) for at in (32, 40, 48)]
    axes = [(tag, size) for tag, size in zip(tags, sizes, strict=True) if size != 1] or [(tags[0], 1)]
    n_numbers = 1
    for _, size in axes:
        n_numbers *= size
    if min(size for _, size in axes) < 1 or n_bytes != n_numbers * kind.itemsize:
        shape = " x ".join(str(size) for size in sizes)
        raise DamagedFile(
            f"{place}: {shape} numbers of {kind.itemsize} bytes are promised in {n_bytes} bytes.", mend=MEND
        )
    first = start + offset
    if offset < _HEAD_BYTES or first + n_bytes > len(content):
        raise DamagedFile(
            f"{place}: {n_bytes} bytes are promised from byte {first} on; the file has {len(content)}.", mend=MEND
        )
    values = np.frombuffer(content, kind, n_numbers, first).reshape([size for _, size in axes[::-1]])
    if not bool(np.all(np.isfinite(values))):
        raise DamagedFile(f"{place}: finite numbers were expected; some are none.", mend=MEND)
    return Block(
        region=region,
        area=area,
        axes=tuple(tag for tag, _ in axes[::-1]),
        unit=_text(content, entry + 56, 16),
        values=values.astype(kind.newbyteorder("=")),
        precision=float(np.finfo(kind).eps) if kind.kind == "f" else 0.0,
    )


def _text(content: bytes, at: int, length: int) -> str:
    """A text up to its zero byte; what stands behind it is left over from whatever was there before."""
    return content[at : at + length].split(b"\0")[0].decode("latin-1").strip()
