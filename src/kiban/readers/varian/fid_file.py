"""Decays of VNMR and VnmrJ (`fid`): a header, then blocks of traces, each with a header of its own."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.varian.procpar import MEND
from kiban.records.reading import Json

HEADER_BYTES = 32
_BLOCK_HEADER_BYTES = 28
_HAS_DATA, _IS_SPECTRUM, _IS_32_BIT, _IS_FLOAT = 0x1, 0x2, 0x4, 0x8
_N_BLOCK_HEADERS = 0x7
"""Of the number of block headers only these bits count; the others are flags."""
_MOST_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the header says of the file; `order` is `>` or `<`."""

    order: str
    n_blocks: int
    n_traces: int
    n_numbers: int
    """In one trace, real and imaginary ones together."""
    number_bytes: int
    trace_bytes: int
    block_bytes: int
    version: int
    status: int
    n_headers: int

    @property
    def agrees(self) -> bool:
        """Whether the sizes fit each other, as they do in one order of bytes only."""
        inside = self.n_traces * self.trace_bytes + self.n_headers * _BLOCK_HEADER_BYTES
        return (
            min(self.n_blocks, self.n_traces, self.n_numbers) > 0
            and self.number_bytes in {2, 4}
            and self.trace_bytes == self.n_numbers * self.number_bytes
            and self.block_bytes == inside
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decays:
    """All traces of a file."""

    rows: NDArray[Any]
    """Shape (n_blocks * n_traces, n_points, 2): real and imaginary numbers as stored."""
    n_scans: tuple[int, ...]
    """Of each block."""
    header: dict[str, Json]
    doubts: tuple[str, ...]


def shape(head: bytes) -> Shape | None:
    """Read the header; `None` where its sizes fit each other in neither order of bytes."""
    if len(head) < HEADER_BYTES:
        return None
    for order in "><":
        *sizes, version, status, n_headers = struct.unpack_from(f"{order}6i2hi", head)
        found = Shape(
            order=order,
            n_blocks=sizes[0],
            n_traces=sizes[1],
            n_numbers=sizes[2],
            number_bytes=sizes[3],
            trace_bytes=sizes[4],
            block_bytes=sizes[5],
            version=version,
            status=status,
            n_headers=n_headers & _N_BLOCK_HEADERS,
        )
        if found.agrees:
            return found
    return None


def read_fid(content: bytes, name: str) -> Decays:
    """Read a `fid`.

    Raises
    ------
    DamagedFile
        If its sizes contradict each other or the number of bytes.
    UnsupportedVariant
        If it holds spectra.
    NothingMeasured
        If no block of it was measured.
    """
    found = shape(content)
    if found is None:
        raise DamagedFile(f"{name}: a header whose sizes fit each other was expected; they do not.", mend=MEND)
    if found.status & _IS_SPECTRUM:
        raise UnsupportedVariant(f"{name} holds spectra, not decays.", mend="Deposit the fid of acquisition.")
    promised = found.n_blocks * found.block_bytes
    there = len(content) - HEADER_BYTES
    if there < promised:
        raise DamagedFile(
            f"{name}: {found.n_blocks} blocks of {found.block_bytes} bytes are promised; {there} bytes follow.",
            mend="If the acquisition was stopped, write the experiment again in VnmrJ (svf). It is kept as it came.",
        )
    if found.n_numbers % 2:
        raise DamagedFile(f"{name}: {found.n_numbers} numbers are no pairs of real and imaginary ones.", mend=MEND)
    blocks = np.frombuffer(content, np.uint8, promised, HEADER_BYTES).reshape(found.n_blocks, found.block_bytes)
    rows = _rows(blocks, found, name)
    headers = _block_headers(blocks, found)
    return Decays(
        rows=rows,
        n_scans=tuple(int(n) for n in headers["ctcount"]),
        header=_as_json(found, headers),
        doubts=_doubts(found, headers, n_left=there - promised, name=name),
    )


def _rows(blocks: NDArray[np.uint8], found: Shape, name: str) -> NDArray[Any]:
    kind = "f4" if found.status & _IS_FLOAT else "i4" if found.status & _IS_32_BIT else "i2"
    dtype = np.dtype(found.order + kind)
    if dtype.itemsize != found.number_bytes:
        raise DamagedFile(
            f"{name}: its status says that numbers have {dtype.itemsize} bytes; the header says {found.number_bytes}.",
            mend=MEND,
        )
    numbers = np.ascontiguousarray(blocks[:, found.n_headers * _BLOCK_HEADER_BYTES :]).view(dtype)
    rows = numbers.astype(dtype.newbyteorder("=")).reshape(-1, found.n_numbers // 2, 2)
    if dtype.kind == "f" and not bool(np.isfinite(rows).all()):
        raise DamagedFile(f"{name}: a number is not finite.", mend=MEND)
    return rows


def _block_headers(blocks: NDArray[np.uint8], found: Shape) -> NDArray[Any]:
    """The first header of each block; further ones are of two-dimensional spectra."""
    o = found.order
    fields = [("scale", f"{o}i2"), ("status", f"{o}i2"), ("index", f"{o}i2"), ("mode", f"{o}i2"), ("ctcount", f"{o}i4")]
    dtype = np.dtype(fields)
    if not found.n_headers:
        empty = np.zeros(found.n_blocks, dtype)
        empty["status"] = found.status
        return empty
    return np.ascontiguousarray(blocks[:, : dtype.itemsize]).view(dtype)[:, 0]


def _doubts(found: Shape, headers: NDArray[Any], *, n_left: int, name: str) -> tuple[str, ...]:
    n_empty = int(np.count_nonzero((headers["status"] & _HAS_DATA) == 0))
    if n_empty == found.n_blocks:
        raise NothingMeasured(
            f"{name}: none of its {found.n_blocks} blocks was measured.",
            mend="If something was measured, copy the experiment again; it is kept as it came.",
        )
    doubts = []
    if n_empty:
        doubts.append(f"{n_empty} of {found.n_blocks} blocks are marked as not measured; their numbers mean nothing.")
    if bool(np.any(headers["scale"] != 0)):
        doubts.append("Blocks state a scale that is not 0; the numbers are given as stored, without it.")
    if n_left:
        doubts.append(f"{n_left} bytes follow behind the last block.")
    return tuple(doubts)


def _as_json(found: Shape, headers: NDArray[Any]) -> dict[str, Json]:
    few = headers[:_MOST_LISTED]
    return {
        "nblocks": found.n_blocks,
        "ntraces": found.n_traces,
        "np": found.n_numbers,
        "ebytes": found.number_bytes,
        "tbytes": found.trace_bytes,
        "bbytes": found.block_bytes,
        "vers_id": found.version,
        "status": found.status,
        "nbheaders": found.n_headers,
        "blocks": {str(field): [int(n) for n in few[field]] for field in few.dtype.names or ()},
    }
