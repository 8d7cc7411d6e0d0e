"""One scan of a diffractometer, whatever the maker, and the Reading it makes.

The readers of diffraction files turn each scan into a `Scan`; `map` decides which of them belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.spelling import respell
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_GREEK = str.maketrans({"θ": "theta", "Θ": "theta", "ω": "omega", "Ω": "omega", "χ": "chi", "φ": "phi", "ψ": "psi"})

# A coupled scan moves two axes at once; the file lists one of them. Left: all spellings after `_folded`.
_DRAWN_AGAINST = {
    "gonio": "two_theta",
    "2theta": "two_theta",
    "2thetatheta": "two_theta",
    "theta2theta": "two_theta",
    "2thetaomega": "two_theta",
    "omega2theta": "omega",
    "2thetachi": "two_theta_chi",
    "2thetachiphi": "two_theta_chi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What an axis did during a scan, or anything else recorded along it."""

    name: str
    """Our name of the variable."""
    label: str
    """What the file calls it."""
    values: NDArray[Any]
    """Shape (n_points,), or () where one number holds for the whole scan."""
    unit: str
    """As the file spells it."""
    metadata_name: str = ""
    """Where it goes when it is one number. Left out: `position_` and its name."""
    log: str = ""
    """The dimension of a log, whose points follow each other in time and not along the scan."""

    @property
    def is_fixed(self) -> bool:
        """It is one number for the whole scan."""
        return self.values.ndim == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan as a reader hands it over."""

    axis: str
    """The name of the track against which the intensity is drawn; that track is not fixed."""
    intensity: Track
    tracks: tuple[Track, ...]
    """The axis and all others, each with a name of its own."""
    starts: tuple[Track, ...] = ()
    """Where axes stood at the beginning that moved during the scan but were not recorded; used by maps only."""
    is_raw: bool = True
    """The numbers come from the detector as they are, not scaled by an attenuator's factor or otherwise."""
    sort: str
    """What kind of scan it is, for titles: `Gonio scan`."""
    header: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: datetime | None = None
    doubts: tuple[str, ...] = ()

    def track(self, name: str) -> Track:
        """The track of that name. Raises KeyError."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise KeyError(name)


@lru_cache(maxsize=1024)
def axis_name(label: str) -> str:
    """Turn the name of an axis of the goniometer into the name of a variable: `2Theta` to `two_theta`."""
    words = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"^2[\s_-]*(?=[TtΘθ])", "Two_", label.strip()).translate(_GREEK)
    )
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return name if name[:1].isalpha() else f"axis_{name}".rstrip("_")


def drawn_against(scan_axis: str) -> str:
    """Say against which axis a scan is drawn, by the name that the file gives the scan: `Gonio` is drawn over 2θ."""
    folded = re.sub(r"[\s_/-]", "", scan_axis.translate(_GREEK).lower()).replace("two", "2")
    return _DRAWN_AGAINST.get(folded) or axis_name(scan_axis)


def distinct(tracks: Iterable[Track]) -> tuple[Track, ...]:
    """Number tracks of the same name, the first left as it is."""
    seen: dict[str, int] = {}
    numbered = []
    for track in tracks:
        seen[track.name] = count = seen.get(track.name, 0) + 1
        numbered.append(track if count == 1 else replace(track, name=f"{track.name}_{count}", metadata_name=""))
    return tuple(numbered)


def counting_uncertainty(values: NDArray[Any]) -> Uncertainties | None:
    """Estimate the standard uncertainty of raw counts.

    Parameters
    ----------
    values : array of numbers, any shape
        Numbers of detected quanta; NaN where none were counted because nothing was measured there.

    Returns
    -------
    Uncertainties, same shape
        √n of the Poisson distribution, with 1 where nothing was counted: 0 would say that nothing can be counted
        there; NaN where nothing was measured. `None` where a number is negative or not whole, because then it is no
        longer what was counted.
    """
    if values.dtype.kind not in "iu":
        is_broken = np.rint(values) != values
        if bool(is_broken.any()) and not bool(np.isnan(values[is_broken]).all()):
            return None
    if bool((values < 0).any()):
        return None
    return Uncertainties(
        values=np.sqrt(np.maximum(values, 1)),
        kind=Kind.STANDARD,
        origin=Origin.ESTIMATE,
        distribution=Distribution.POISSON,
    )


def variable(track: Track, dimensions: tuple[str, ...], role: Role, doubt: Uncertainties | None = None) -> Variable:
    """Make a variable of a track."""
    return Variable(
        name=track.name,
        series=Series(track.values, respell(track.unit), doubt),
        dimensions=dimensions,
        role=role,
        label=track.label,
        unit_as_written=track.unit,
    )


def intensity_variable(track: Track, dimensions: tuple[str, ...], *, is_raw: bool) -> Variable:
    """Make the signal; raw counts get their counting uncertainty."""
    is_count = is_raw and respell(track.unit) == "count"
    doubt = counting_uncertainty(track.values) if is_count else None
    return variable(track, dimensions, Role.SIGNAL, doubt)


def fixed_metadata(tracks: Iterable[Track]) -> dict[str, MetadataValue]:
    """Collect the tracks that are one number under their names in the metadata."""
    return {
        track.metadata_name or f"position_{track.name}": Measured(float(track.values), respell(track.unit))
        for track in tracks
        if track.is_fixed and np.isfinite(track.values)
    }


def doubts_of(scan: Scan) -> tuple[str, ...]:
    """The scan's own doubts, and one where its counts are none."""
    values = scan.intensity.values
    if scan.is_raw and respell(scan.intensity.unit) == "count" and counting_uncertainty(values) is None:
        return (
            *scan.doubts,
            "The file calls the intensities counts, but they are not whole positive numbers: they were scaled or "
            "corrected after counting, so no counting uncertainty is given.",
        )
    return scan.doubts


def reading(scan: Scan, *, place: str = "") -> Reading:
    """Make a Reading of one scan.

    Parameters
    ----------
    place : str
        Which one of the file's scans it is, for the title: `2 of 5`.
    """
    dimensions = (scan.axis,)
    moving = [track for track in scan.tracks if not track.is_fixed and track.name != scan.axis]
    return Reading(
        technique="xrd",
        title=title(scan, f"{scan.sort} {place}".strip()),
        variables=(
            variable(scan.track(scan.axis), dimensions, Role.AXIS),
            intensity_variable(scan.intensity, dimensions, is_raw=scan.is_raw),
            *(variable(track, (track.log or scan.axis,), Role.AUXILIARY) for track in moving),
        ),
        header=scan.header,
        metadata={**fixed_metadata(scan.tracks), **scan.metadata},
        sample_name=scan.sample_name,
        operator=scan.operator,
        instrument=scan.instrument,
        started_at=scan.started_at,
        doubts=doubts_of(scan),
    )


def title(scan: Scan, what: str) -> str:
    """Name a Reading after its sample and what was done."""
    return f"{scan.sample_name}: {what}" if scan.sample_name else what
