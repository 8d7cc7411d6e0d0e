"""Series of spectra in one block: each spectrum is followed by a record of its own."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.opus.blocks import MEND
from kiban.readers.opus.spectra import Spectrum, agree, dtype_of, scaled

_HEAD = struct.Struct("<6i")
_RECORD = np.dtype(
    [
        *((name, "<i4") for name in ("NSS", "NSR", "NSN", "NPT", "GFW", "GBW", "BFW", "BBW")),
        *((name, "<f8") for name in ("HFL", "LFL", "HFF", "LFF")),
        *((name, "<i4") for name in ("filter_size", "filter_type")),
        *((name, "<f8") for name in ("FXV", "LXV", "MNY", "MXY", "CSF", "PKA", "PRA")),
        *((name, "<i4") for name in ("PKL", "PRL")),
        *((name, "<f8") for name in ("SRT", "ERT")),
    ]
)
_MEND = "Extract the spectra in OPUS and save them one by one; the file is kept as it came."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """The spectra and what is known of each."""

    values: NDArray[Any]
    """Shape (n_spectra, n_points)."""
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    doubts: tuple[str, ...]


def series_of(spectrum: Spectrum, file: str) -> Series:
    """Read all spectra of the block.

    Raises
    ------
    DamagedFile
        If fewer are there than promised.
    UnsupportedVariant
        If the records after the spectra do not say of them what the block of parameters says.
    """
    content, status, place = spectrum.data.content, spectrum.status, f"{file}: {spectrum.data.place}"
    if len(content) < _HEAD.size:
        raise DamagedFile(f"{place} is too short for a series.", mend=MEND)
    _, promised, offset, data_bytes, record_bytes, n_ranges = _HEAD.unpack_from(content)
    if promised <= 0:
        raise NothingMeasured(f"{place} holds no spectrum.", mend=MEND)
    n_points = status.n_points
    if data_bytes < 4 * n_points or record_bytes < _RECORD.itemsize or not _HEAD.size <= offset <= len(content):
        raise DamagedFile(
            f"{place}: spectra of {n_points} points were expected from byte {offset}, {data_bytes} bytes each with "
            f"records of {record_bytes} bytes.",
            mend=MEND,
        )
    stride = data_bytes + record_bytes
    stored = min(promised, (len(content) - offset) // stride)
    doubts = _missing(content, promised, stored, n_ranges, place)
    layout = np.dtype(
        {
            "names": ["y", "record"],
            "formats": [(dtype_of(status, file), (n_points,)), _RECORD],
            "offsets": [0, data_bytes],
            "itemsize": stride,
        }
    )
    table = np.frombuffer(content, dtype=layout, count=stored, offset=offset)
    values, records = table["y"], table["record"]
    _check(values, records, spectrum, place)
    scale = float(records["CSF"][0])
    return Series(
        values=scaled(values, scale, place), start_s=records["SRT"].copy(), end_s=records["ERT"].copy(), doubts=doubts
    )


def _missing(content: memoryview, promised: int, stored: int, n_ranges: int, place: str) -> tuple[str, ...]:
    """A table of first and last numbers says which spectra of the series were kept."""
    if stored == promised:
        return ()
    kept = 0
    if 0 < n_ranges <= (len(content) - _HEAD.size) // 8:
        table = np.frombuffer(content, dtype="<i4", count=2 * n_ranges, offset=_HEAD.size).reshape(-1, 2)
        kept = int((table[:, 1].astype(np.int64) - table[:, 0] + 1).sum())
    if stored == 0 or kept != stored:
        raise DamagedFile(f"{place} promises {promised} spectra, {stored} follow.", mend=MEND)
    return (f"Of {promised} spectra of the series {stored} were kept.",)


def _check(values: NDArray[Any], records: NDArray[Any], spectrum: Spectrum, place: str) -> None:
    n_points = spectrum.status.n_points
    scale = records["CSF"]
    is_alike = bool((records["NPT"] == n_points).all() and np.isfinite(scale).all() and (scale == scale[0]).all())
    # Nothing published describes these records in full; that they state the extremes of their spectra proves them.
    with np.errstate(over="ignore", invalid="ignore"):
        is_alike = is_alike and all(
            agree(row * scale[0], (float(record["MNY"]), float(record["MXY"])))
            for row, record in zip(values, records, strict=True)
        )
    if not is_alike:
        raise UnsupportedVariant(
            f"{place} is a series whose records do not state the points, factor and extremes of their spectra.",
            mend=_MEND,
        )
    if not bool(np.isfinite(records["SRT"]).all() and np.isfinite(records["ERT"]).all()):
        raise DamagedFile(f"{place} is a series whose times are no numbers.", mend=MEND)
