"""Pictures of X-ray area detectors, whatever the maker, and the Reading each makes.

The readers of detector images turn each picture into a `Picture`. A picture is drawn as the file stores it, the first
row at y = 0; where beam, sample and detector stood is in the metadata, under the names of NeXus' NXdetector.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.counting import CountingUncertainties
from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.readers.sampled_axes import Axis, checked, named, sampled_variables
from kiban.records.reading import Json, MetadataValue, Reading

_PART = 1 << 16
_COUNTING = re.compile(r"hypix|pilatus|eiger|mythen|medipix|maxipix|timepix|pixirad|xpad|ufxc|d/?tex", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, or a stack of equal ones, as a reader hands it over."""

    values: NDArray[Any]
    """Shape (rows, columns) or (pictures, rows, columns), numbers as stored."""
    title: str
    technique: str = "xrd_image"
    detector: str = ""
    pixel_size: tuple[float, float] | None = None
    """Width and height of a pixel in mm."""
    is_raw: bool = True
    """The numbers are those of the detector, none of them packed or scaled."""
    saturated_at: float | None = None
    """Pixels from this number on are saturated, as the file states."""
    header: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: datetime | None = None
    doubts: tuple[str, ...] = ()


def counts_photons(detector: str) -> bool:
    """Say whether a detector of that name counts photons one by one; charge-coupled and plate detectors do not."""
    return bool(_COUNTING.search(detector))


def reading(picture: Picture) -> Reading:
    """Make a Reading of a picture: `intensity` over `x` and `y`, in mm where the size of a pixel is known."""
    is_counted = counts_photons(picture.detector) and picture.values.dtype.kind in "iuf"
    axes, doubts = checked(_axes(picture))
    doubt = _uncertainty(picture.values) if is_counted and picture.is_raw else None
    metadata = dict(picture.metadata)
    if picture.detector:
        metadata.setdefault("detector", picture.detector)
    return Reading(
        technique=picture.technique,
        title=picture.title,
        variables=sampled_variables(
            "intensity", picture.values, axes, unit="counts" if is_counted else "", uncertainty=doubt
        ),
        header=picture.header,
        metadata=metadata,
        sample_name=picture.sample_name,
        operator=picture.operator,
        instrument=picture.instrument,
        started_at=picture.started_at,
        doubts=(*picture.doubts, *doubts, *_doubts(picture, is_counted=is_counted)),
    )


def _axes(picture: Picture) -> tuple[Axis, ...]:
    *above, height, width = picture.values.shape
    sizes = picture.pixel_size or (1.0, 1.0)
    unit = "mm" if picture.pixel_size else ""
    fast_first = [
        Axis(length=width, step=sizes[0], unit=unit, label="columns"),
        Axis(length=height, step=sizes[1], unit=unit, label="rows"),
        *(Axis(length=length) for length in reversed(above)),
    ]
    return tuple(reversed(named(fast_first)))


def _uncertainty(values: NDArray[Any]) -> Uncertainties | None:
    """√n of the Poisson distribution, 1 where nothing was counted; NaN for gaps, which negative numbers mark."""
    if values.dtype.kind in "iu":
        return CountingUncertainties(values)
    if bool(np.any(values % 1 > 0)):
        return None
    doubt = np.sqrt(np.maximum(values, 1), dtype=np.float64)
    doubt[values < 0] = np.nan
    return Uncertainties(values=doubt, kind=Kind.STANDARD, origin=Origin.ESTIMATE, distribution=Distribution.POISSON)


def _doubts(picture: Picture, *, is_counted: bool) -> tuple[str, ...]:
    values = picture.values
    found = []
    if is_counted and values.dtype.kind != "u" and (n_negative := _n_true(values, lambda part: part < 0)):
        found.append(f"{n_negative} pixels hold negative numbers: gaps of the detector, or pixels that do not work.")
    if picture.saturated_at is not None and (n_saturated := _n_from(values, np.float64(picture.saturated_at))):
        found.append(
            f"{n_saturated} pixels are saturated: the file says so of numbers from {picture.saturated_at:g} on."
        )
    return tuple(found)


def _n_from(values: NDArray[Any], limit: np.float64) -> int:
    """How many numbers reach a limit."""
    # The largest number is found several times as fast as numbers are compared one by one.
    if bool(values.max(initial=0) < limit):
        return 0
    # Whole numbers are compared with a whole number, so that they need not become floats for it.
    bound = math.ceil(limit) if values.dtype.kind in "iu" and np.isfinite(limit) else limit
    return _n_true(values, lambda part: part >= bound)


def _n_true(values: NDArray[Any], claim: Callable[[NDArray[Any]], NDArray[np.bool_]]) -> int:
    """How many numbers a claim holds for, asked part by part: what fits into the processor's cache is quicker."""
    flat = values.reshape(-1)
    return sum(int(np.count_nonzero(claim(flat[n : n + _PART]))) for n in range(0, flat.size, _PART))
