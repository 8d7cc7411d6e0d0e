"""Arrays in compressed chunks of HDF5, where compression pays.

The filters are HDF5's own shuffle and deflate, which every program that reads HDF5 has. Measured on a diffraction
pattern of 7,000 points (57 kB each of angles, counts and their uncertainties): counts shrink to 8 kB in 0.07 ms, which
is what writing and hashing the 50 kB would take; angles to 18 kB in 0.15 ms, uncertainties likewise. So integers are
packed early, and floating-point numbers where there are enough of them for the room to matter.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_BYTES = {True: 4_096, False: 65_536}
"""By whether they are integers: smaller arrays stay as they are."""
_CHUNK_BYTES = 1 << 20
_PROBE_BYTES = 4_096
_WORTH_IT = 0.8
"""Arrays whose beginning shrinks less than this are left as they are: noise costs 15 ms/MB and gains nothing."""
_LEVEL = 1
"""Of zlib. Higher levels take three times as long or more and save little."""


def is_worth_packing(values: NDArray[Any], *, shuffle: bool) -> bool:
    """Say whether an array would shrink, from its first numbers."""
    if values.nbytes < _LEAST_BYTES[values.dtype.kind in "iu"]:
        return False
    head = values.reshape(-1)[: _PROBE_BYTES // values.itemsize]
    return len(_packed(head, shuffle=shuffle)) < _WORTH_IT * head.nbytes


def packed_layout(values: NDArray[Any], *, shuffle: bool) -> Any:
    """The creation properties for an array of at least one axis.

    Chunks are whole rows (along the first axis), as many as fit into 1 MiB, at least one.
    """
    from h5py import h5p

    row_bytes = values.nbytes // len(values)
    layout = h5p.create(h5p.DATASET_CREATE)
    layout.set_obj_track_times(False)
    layout.set_chunk((min(len(values), max(1, _CHUNK_BYTES // row_bytes)), *values.shape[1:]))
    if shuffle:
        layout.set_shuffle()
    layout.set_deflate(_LEVEL)
    return layout


def write_chunks(dataset: Any, values: NDArray[Any], chunk: tuple[int, ...], *, shuffle: bool) -> None:
    """Compress here and hand whole chunks over: HDF5's own way through its filters takes twice as long."""
    for start in range(0, len(values), chunk[0]):
        rows = values[start : start + chunk[0]]
        if len(rows) < chunk[0]:
            rows = np.concatenate([rows, np.zeros((chunk[0] - len(rows), *chunk[1:]), dtype=values.dtype)])
        dataset.write_direct_chunk((start,) + (0,) * (values.ndim - 1), _packed(rows, shuffle=shuffle), 0)


def _packed(values: NDArray[Any], *, shuffle: bool) -> bytes:
    plain: Any = _shuffled(values) if shuffle else values
    return zlib.compress(plain, _LEVEL)


def _shuffled(values: NDArray[Any]) -> NDArray[np.uint8]:
    """The first bytes of all numbers, then the second bytes, ...: what HDF5's shuffle filter does."""
    return np.ascontiguousarray(values.reshape(-1).view(np.uint8).reshape(-1, values.itemsize).T)
