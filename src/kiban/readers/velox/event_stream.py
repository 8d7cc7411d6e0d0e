"""A stream of X-ray events: each 16-bit number is the channel of one event, 65535 says that the beam moves on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEXT_POINT = 65_535
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What a stream adds up to."""

    spectrum: NDArray[np.int64]
    """All events, shape (channels,)."""
    cube: NDArray[np.uint32] | None
    """Events of each point, shape (rows, columns, channels), all frames together; `None` where it was not wanted."""
    n_points: int
    """How many points the beam visited."""
    n_beyond: int
    """Events in channels that the detector does not have."""


def sort_events(stream: NDArray[np.uint16], n_channels: int, scan: tuple[int, int] | None) -> Sorted:
    """Sort a stream.

    Parameters
    ----------
    stream : array, shape (n,)
    scan : (int, int), optional
        Rows and columns; then the events of each point are counted, too.
    """
    spectrum = np.zeros(n_channels, np.int64)
    cube = None if scan is None else np.zeros(scan[0] * scan[1] * n_channels, np.uint32)
    n_points = n_beyond = 0
    for start in range(0, len(stream), _BLOCK):
        block = stream[start : start + _BLOCK]
        moves = block == _NEXT_POINT
        is_event = ~moves & (block < n_channels)
        n_beyond += int(np.count_nonzero(~moves & ~is_event))
        spectrum += np.bincount(block[is_event], minlength=n_channels)
        if cube is not None and scan is not None:
            points = (n_points + np.cumsum(moves)[is_event]) % (scan[0] * scan[1])
            np.add.at(cube, points * n_channels + block[is_event], 1)
        n_points += int(np.count_nonzero(moves))
    shaped = None if cube is None or scan is None else cube.reshape(*scan, n_channels)
    return Sorted(spectrum=spectrum, cube=shaped, n_points=n_points, n_beyond=n_beyond)
