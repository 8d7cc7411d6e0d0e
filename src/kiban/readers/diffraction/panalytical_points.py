"""The data points of a scan in XRDML: positions, counts or intensities, times, factors, surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.diffraction.scan import Track, axis_name, distinct, drawn_against
from kiban.readers.number_list import number, numbers
from kiban.readers.xml_header import children, descend, local_name, text_at

if TYPE_CHECKING:
    from lxml.etree import _Element

LISTS = frozenset(
    {"listPositions", "intensities", "counts", "countingTimes", "beamAttenuationFactors", "divergenceCorrections"}
)
"""Elements whose text becomes variables and is not repeated in the header."""

_MEND = "Export the measurement again; the file is kept as it came."
_FARTHEST = 1e9
"""No axis stands beyond that, in any unit."""
_LENGTH_AXES = {"X", "Y", "Z"}


class DataPoints:
    """What stands between `<dataPoints>` and `</dataPoints>` of one scan.

    Parameters
    ----------
    scan : element
        `<scan>`.
    place : str
        File and scan, for messages.

    Raises
    ------
    DamagedFile
        If there are positions but neither counts nor intensities, lists of different length, or something that is
        not a number.
    """

    def __init__(self, scan: _Element, *, place: str) -> None:
        self._scan = scan
        self._points = descend(scan, "dataPoints")
        self._parts = {} if self._points is None else _first_children(self._points)
        self._place = place
        self._signal = self._find_signal()
        self.values: NDArray[Any] = np.empty(0)
        if self._signal is not None:
            self.values = numbers(self._signal.text or "", what=local_name(self._signal), file=place)

    def __len__(self) -> int:
        return len(self.values)

    def _find_signal(self) -> _Element | None:
        if self._points is None:
            return None
        for name in ("counts", "intensities"):
            if (found := self._parts.get(name)) is not None:
                return found
        if len(self._points) == 0:
            return None
        raise DamagedFile(
            f"{self._place}: <counts> or <intensities> was expected among the data points; neither was found.",
            mend=_MEND,
        )

    @property
    def intensity(self) -> Track:
        """The signal, its numbers as the file has them."""
        if self._signal is None:
            raise DamagedFile(f"{self._place}: data points were expected; there are none.", mend=_MEND)
        unit = self._signal.get("unit") or "counts"
        return Track(name="intensity", label=local_name(self._signal), values=self.values, unit=unit)

    def corrected(self) -> Iterator[Track]:
        """The `intensities`, where they stand beside the `counts`."""
        if self._points is None or self._signal is None or local_name(self._signal) != "counts":
            return
        if (element := self._parts.get("intensities")) is not None:
            values, unit = self._list(element, "intensities"), element.get("unit") or "counts"
            yield Track(name="corrected_intensity", label="intensities", values=values, unit=unit)

    @property
    def is_scaled(self) -> bool:
        """The numbers are `intensities`, which the instrument has multiplied by factors that are not all 1."""
        if self._signal is None or local_name(self._signal) == "counts":
            return False
        return any(bool(np.any(factor.values != 1)) for factor in self.factors())

    def positions(self) -> Iterator[Track]:
        """Where each axis stood: one number where it stood still."""
        if self._points is None:
            return
        for element in children(self._points, "positions"):
            label = element.get("axis") or "?"
            unit = element.get("unit") or ("mm" if label in _LENGTH_AXES else "deg")
            # Reciprocal-lattice units are plain numbers, multiples of a reciprocal lattice vector.
            unit = "" if unit == "rlu" else unit
            values = self._values_of(element, label)
            is_near = bool(np.all(np.abs(values) < _FARTHEST)) if values.ndim else abs(float(values)) < _FARTHEST
            if not is_near:
                raise DamagedFile(f"{self._place}: the positions of {label} have gaps or run off.", mend=_MEND)
            yield Track(name=axis_name(label), label=label, values=values, unit=unit)

    def _values_of(self, element: _Element, label: str) -> NDArray[np.float64]:
        what = f"position of {label}"
        given = _first_children(element)
        if (listed := given.get("listPositions")) is not None:
            return self._list(listed, f"positions of {label}").astype(np.float64)
        if "startPosition" in given or "endPosition" in given:
            start = number(_text(given.get("startPosition")), what=f"start {what}", file=self._place)
            end = number(_text(given.get("endPosition")), what=f"end {what}", file=self._place)
            with np.errstate(over="ignore", invalid="ignore"):
                return np.linspace(start, end, len(self))
        return np.asarray(number(_text(given.get("commonPosition")), what=what, file=self._place))

    def is_evenly_spaced(self, axis: str) -> bool:
        """The file gives the axis by its first and last position only."""
        points = () if self._points is None else children(self._points, "positions")
        return any(e.get("axis") == axis and descend(e, "startPosition") is not None for e in points)

    def _list(self, element: _Element, what: str) -> NDArray[Any]:
        values = numbers(_text(element), what=what, file=self._place)
        if len(values) != len(self):
            raise DamagedFile(
                f"{self._place}: {len(values)} {what} are listed, but {len(self)} points were counted.", mend=_MEND
            )
        return values

    def factors(self) -> Iterator[Track]:
        """By how much filters weakened the beam and a variable slit widened it, for each point or for all."""
        yield from self._one_or_all("beamAttenuationFactors", "commonBeamAttenuationFactor", "attenuation")
        yield from self._one_or_all("divergenceCorrections", "commonDivergenceCorrection", "divergence_correction")

    def count_time(self) -> Iterator[Track]:
        """How long each point was counted."""
        yield from self._one_or_all("countingTimes", "commonCountingTime", "count_time", unit="seconds")

    def _one_or_all(self, listed: str, common: str, name: str, *, unit: str = "") -> Iterator[Track]:
        if (element := self._parts.get(listed)) is not None:
            values: NDArray[Any] = self._list(element, listed)
        elif (element := self._parts.get(common)) is not None:
            values = np.asarray(number(element.text, what=common, file=self._place))
        else:
            return
        spelled = element.get("unit") or unit
        yield Track(name=name, label=local_name(element), values=values, unit=spelled, metadata_name=name)

    def surroundings(self) -> Iterator[Track]:
        """The temperature (or pressure, humidity) of a non-ambient stage: its mean, and its log where it has one."""
        for element in children(self._scan, "nonAmbientPoints"):
            kind = (element.get("type") or "").lower()
            values = numbers(text_at(element, "nonAmbientValues"), what="non-ambient values", file=self._place)
            if not kind.isidentifier() or len(values) == 0 or not bool(np.all(np.abs(values) < _FARTHEST)):
                continue
            holder = descend(element, "nonAmbientValues")
            unit = (holder.get("unit") if holder is not None else None) or element.get("unit")
            unit = unit or ("K" if kind == "temperature" else "")
            mean = np.asarray(float(np.mean(values)))
            yield Track(name=kind, label="nonAmbientValues", values=mean, unit=unit, metadata_name=kind)
            if len(values) > 1:
                yield Track(name=f"{kind}_log", label="nonAmbientValues", values=values, unit=unit, log=f"{kind}_log")

    def tracks(self, scan_axis: str) -> tuple[str, tuple[Track, ...]]:
        """Everything recorded along the scan, and the name of the track against which it is drawn."""
        positions = distinct(self.positions())
        axis, positions = _choose_axis(positions, drawn_against(scan_axis), n_points=len(self))
        others = [*self.corrected(), *self.count_time(), *self.factors(), *self.surroundings()]
        return axis, distinct([*positions, *others])


def _first_children(element: _Element) -> dict[str, _Element]:
    """The first child of each local name; found once for all that are asked for."""
    found: dict[str, _Element] = {}
    for child in element:
        found.setdefault(local_name(child), child)
    return found


def _text(element: _Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _choose_axis(positions: tuple[Track, ...], wanted: str, *, n_points: int) -> tuple[str, tuple[Track, ...]]:
    moving = [track.name for track in positions if not track.is_fixed]
    for name in (wanted, "two_theta", *moving):
        if name in moving:
            return name, positions
    if n_points == 1 and any(track.name == wanted for track in positions):
        return wanted, tuple(_unfixed(track) if track.name == wanted else track for track in positions)
    # Nothing moved: the detector counted at one place again and again.
    index = Track(name="point", label="", values=np.arange(1, n_points + 1), unit="")
    return index.name, (index, *positions)


def _unfixed(track: Track) -> Track:
    return replace(track, values=track.values.reshape(1))
