"""How the numbers of a dataset are packed: checked before HDF5 unpacks them.

HDF5 believes the settings of its filters and the lengths of packed pieces; wrong ones make it divide by zero or read
beyond the end of its memory. And a dataset may be cut into millions of pieces that were never written.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, UnsupportedVariant
from kiban.readers.hdf5.opening import MEND
from kiban.readers.source import Limits

if TYPE_CHECKING:
    import h5py

_LARGEST_CHUNK = 1 << 29
_MOST_CHUNKS = 1 << 19
_CHUNKS_AT_ONCE = 1 << 13
"""HDF5 takes some kilobytes for each piece that it reads in one go."""
_FLETCHER_32, _SZIP, _N_BIT, _SCALE_OFFSET = 3, 4, 5, 6
_CHECKSUM_BYTES = 4
_SCALE_OFFSET_SETTINGS = 20
_FILTERS = {
    307: "BZIP2",
    32000: "LZF",
    32001: "Blosc",
    32004: "LZ4",
    32008: "bitshuffle",
    32013: "ZFP",
    32015: "Zstandard",
    32017: "SZ",
    32026: "Blosc2",
    _SZIP: "SZIP",
    _N_BIT: "N-bit",
}


def n_bytes(dataset: h5py.Dataset) -> int:
    """What its numbers would take, as promised."""
    return math.prod(int(n) for n in dataset.shape or ()) * int(dataset.dtype.itemsize)


def n_chunks(dataset: h5py.Dataset) -> int:
    """Into how many pieces it is cut, written or not; 0 where it is in one."""
    if not dataset.chunks:
        return 0
    return math.prod(_chunks_along(dataset))


def _chunks_along(dataset: h5py.Dataset) -> list[int]:
    return [-(-int(length) // int(chunk)) for length, chunk in zip(dataset.shape, dataset.chunks, strict=True)]


def check_packing(dataset: h5py.Dataset, *, limits: Limits, file: str, most_chunks: int = _MOST_CHUNKS) -> None:
    """Check that HDF5 can unpack it here, in bounded time and memory.

    Parameters
    ----------
    most_chunks : int
        Into how many pieces it may be cut: some ten thousand where it is not read with `read_whole`.

    Raises
    ------
    UnsupportedVariant
        If it was packed by a method that is not here.
    DamagedFile
        If the settings of a method contradict the numbers.
    LimitExceeded
        If one piece is too large, or there are too many.
    HostileFile
        If it is squeezed harder than data can be.
    """
    place = f"{file}: {dataset.name}"
    _check_filters(dataset, place)
    if dataset.chunks and math.prod(dataset.chunks) * dataset.dtype.itemsize > _LARGEST_CHUNK:
        raise LimitExceeded(f"{place} is packed in one piece of over {_LARGEST_CHUNK} bytes.", mend=MEND)
    if (pieces := n_chunks(dataset)) > most_chunks:
        raise LimitExceeded(
            f"{place} is cut into {pieces} pieces; at most {most_chunks} are read.",
            mend="Save it in larger pieces (h5repack does it). The file is kept as it came.",
        )
    promised, stored = n_bytes(dataset), dataset.id.get_storage_size()
    if promised > limits.suspicious_bytes and stored and promised > stored * limits.expansion_ratio:
        raise HostileFile(
            f"{place}: {stored} bytes unpack to over {limits.expansion_ratio} times as much ({promised}).",
            mend="No instrument packs like this. If it is meant, save it without compression.",
        )


def _check_filters(dataset: h5py.Dataset, place: str) -> None:
    import h5py

    properties = dataset.id.get_create_plist()
    n_filters = properties.get_nfilters()
    for n in range(n_filters):
        code, _, settings, name = properties.get_filter(n)
        # N-bit is hardly ever used, and HDF5 believes a whole tree of settings that come with it.
        if code == _N_BIT or not h5py.h5z.filter_avail(code):
            known = _FILTERS.get(code) or name.decode("latin-1").strip("\0 ") or "unknown"
            raise UnsupportedVariant(
                f"{place} is packed by the filter {code} ({known[:40]}), which is not here.",
                mend="Save it with deflate or without compression (h5repack does it). The file is kept as it came.",
            )
        if code == _FLETCHER_32:
            _check_checksums(dataset, place, is_last=n == n_filters - 1)
        if code == _SZIP:
            _check_szip(settings, place)
        if code == _SCALE_OFFSET:
            _check_scale_offset(dataset, settings, place)


def _check_checksums(dataset: h5py.Dataset, place: str, *, is_last: bool) -> None:
    """A piece that is shorter than its checksum has a length below zero, which HDF5 takes for a large one."""
    if not is_last:
        raise UnsupportedVariant(
            f"{place} has checksums inside of what was packed.",
            mend="Save it with deflate or without compression (h5repack does it). The file is kept as it came.",
        )
    short: list[int] = []
    dataset.id.chunk_iter(lambda chunk: short.append(chunk.size) if chunk.size < _CHECKSUM_BYTES else None)
    if short:
        raise DamagedFile(
            f"{place}: checksums of {_CHECKSUM_BYTES} bytes were expected; a piece of it has {short[0]} in all.",
            mend=MEND,
        )


def _check_szip(settings: tuple[int, ...], place: str) -> None:
    """Blocks of an even number of pixels, at most 32, and at most 128 blocks in a line, as SZIP defines them."""
    _, block, bits, line = settings if len(settings) == 4 else (0, 0, 0, 0)
    if not (2 <= block <= 32 and block % 2 == 0 and 1 <= bits <= 64 and 1 <= line <= 128 * block):
        raise DamagedFile(f"{place}: the filter SZIP is set to {settings}, which it does not know.", mend=MEND)


def _check_scale_offset(dataset: h5py.Dataset, settings: tuple[int, ...], place: str) -> None:
    """The settings repeat what the dataset says: number of values in a piece, kind and size of each."""
    n_values = math.prod(dataset.chunks or ())
    expected = (n_values, 1 if dataset.dtype.kind == "f" else 0, dataset.dtype.itemsize)
    if len(settings) != _SCALE_OFFSET_SETTINGS or settings[2:5] != expected:
        raise DamagedFile(
            f"{place}: the filter scale-offset was expected to be set to {n_values} values of {dataset.dtype}.",
            mend=MEND,
        )


def read_column(dataset: h5py.Dataset, *, limits: Limits, file: str) -> NDArray[Any]:
    """Read the first column of a table that may be far too large to be read. Raises as `check_packing`."""
    check_packing(dataset, limits=limits, file=file)
    if dataset.chunks and _chunks_along(dataset)[0] > _CHUNKS_AT_ONCE:
        raise LimitExceeded(f"{file}: a column of {dataset.name} is cut into too many pieces.", mend=MEND)
    return np.ascontiguousarray(dataset[:, 0])


def read_whole(dataset: h5py.Dataset) -> NDArray[Any]:
    """Read all numbers, a dataset of many pieces in several goes."""
    if n_chunks(dataset) <= _CHUNKS_AT_ONCE:
        return np.asarray(dataset[()])
    along = _chunks_along(dataset)
    axis = along.index(max(along))
    layers = max(1, _CHUNKS_AT_ONCE * along[axis] // math.prod(along))
    step = layers * int(dataset.chunks[axis])
    values = np.empty(dataset.shape, dataset.dtype)
    for start in range(0, int(dataset.shape[axis]), step):
        part = (slice(None),) * axis + (slice(start, start + step),)
        values[part] = dataset[part]
    return values
