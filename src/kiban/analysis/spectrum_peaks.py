"""Bands of infrared, Raman and UV-Vis spectra.

*What it needs*: a Reading of technique `ir`, `raman` or `uv_vis` with one signal over one axis in 1/cm, nm, um or
angstrom.

*What it does*: finds what stands out by its prominence, eight times the noise and 1 % of the spectrum's range at least
(option `prominence`, in percent), and puts each band at the highest point of a cubic curve through its top. Of
transmittance and reflectance the minima are the bands. Infrared positions become wavenumbers, those of UV-Vis spectra
wavelengths, whatever the axis is in; for Raman spectra over wavelength the metadata `laser_wavelength` is needed.

*Uncertainties*: of that point, from the scatter of the points about the curve or the noise of the spectrum, which is
estimated from second differences and too small where the spectrum was smoothed. The calibration of the axis is not
included.

*Left out*: shoulders that have no maximum of their own, and bands cut off by the end of the spectrum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kiban.analysis.contract import Cell, Finding, check_options, finite
from kiban.analysis.peaks.bands import Bands, bands
from kiban.analysis.peaks.curve import curve, white_noise
from kiban.errors import InvalidSetting
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty
from kiban.records.property import Property
from kiban.records.reading import Reading, Variable

_TERMS = {"ir": ("wavenumber", "1/cm"), "raman": ("raman_shift", "1/cm"), "uv_vis": ("absorption_wavelength", "nm")}
_DOWNWARD = ("transmittance", "reflectance")
_PER_CM = {"nm": 1e7, "um": 1e4, "angstrom": 1e8}
"""Wavenumber in 1/cm times wavelength in each unit."""
_NOISE_TIMES = 8.0
"""In some thousand points noise alone reaches 3.6 standard deviations up and as many down."""
_PERCENT = 1.0
_FEWEST_POINTS = 5
_MANY_POINTS = 200
_MOST_BANDS = 500
_MOST_PROPERTIES = 20


class SpectrumPeaks:
    """Finds the bands of a spectrum."""

    name = "spectrum_peaks"
    version = 1
    title = "Bands of a spectrum"
    techniques = ("ir", "raman", "uv_vis")
    options = ("prominence",)

    def applies(self, reading: Reading) -> bool:
        """Say whether there is one signal over a wavenumber or wavelength."""
        if reading.technique not in self.techniques or reading.axis is None or not reading.signals:
            return False
        axis, signal = reading.axis.series, reading.signals[0].series
        is_drawn = len(axis.shape) == 1 and axis.shape == signal.shape and signal.values.dtype.kind in "iuf"
        return is_drawn and axis.unit in {"1/cm", *_PER_CM}

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Find the bands.

        Parameters
        ----------
        reading : Reading
            One to which this applies.
        options : mapping
            `prominence`: in percent of the spectrum's range, above 0 and up to 100; 1 where left out.

        Raises
        ------
        InvalidSetting
            If an option is not known or out of its range.
        """
        check_options(self.name, self.options, options)
        percent = _percent(options)
        axis, signal = reading.axis, reading.signals[0]
        if axis is None:
            return Finding(analysis=self.name, version=self.version, summary="There is no axis.")
        with np.errstate(all="ignore"):
            found = _bands(axis, signal, percent)
        positions = _positions(found, axis.series.unit, reading)
        doubts = () if positions is not None else (_NO_LASER,)
        term, unit = _TERMS[reading.technique]
        return Finding(
            analysis=self.name,
            version=self.version,
            summary=_summary(found, positions, axis.series.unit, unit, is_down=_is_down(signal)),
            properties=_properties(found, positions, term, unit, f"{self.name}/{self.version}"),
            columns=("peak", "position", "u_position", "height", "u_height", "prominence", "width"),
            units=("", axis.series.unit, axis.series.unit, *(signal.series.unit,) * 3, axis.series.unit),
            rows=_rows(found),
            doubts=doubts,
        )


_NO_LASER = (
    "The spectrum is drawn over wavelength and the file does not state the laser's, so there are no Raman shifts."
)


def _percent(options: Mapping[str, object]) -> float:
    value = options.get("prominence", _PERCENT)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0.0 < value <= 100.0:
        raise InvalidSetting(f"The option prominence is {value!r}.", mend="Give a percentage above 0, up to 100.")
    return float(value)


def _is_down(signal: Variable) -> bool:
    return any(word in signal.name or word in signal.series.unit for word in _DOWNWARD)


def _bands(axis: Variable, signal: Variable, percent: float) -> Bands:
    points = curve(axis.series.values, signal.series.values)
    sign = -1.0 if _is_down(signal) else 1.0
    y = sign * points.y
    if len(points) < _FEWEST_POINTS:
        y = np.zeros_like(y)  # too few for a band: a straight line has none
    # Spectra often have been interpolated; few points would show the bands themselves two points apart.
    noise = white_noise(y, 2 if len(points) >= _MANY_POINTS else 1)
    span = float(np.ptp(y)) if y.size else 0.0
    least = max(_NOISE_TIMES * noise, 0.01 * percent * span)
    # Rounding of the numbers makes steps that are no bands either.
    found = bands(points.x, y, noise=noise, least=max(least, 1e-9 * span, 1e-300), most=_MOST_BANDS)
    return replace(found, height=sign * found.height)


def _positions(found: Bands, unit: str, reading: Reading) -> tuple[np.ndarray, np.ndarray] | None:
    """Places and their uncertainties in the unit of the technique's property; None where they cannot be told."""
    x, u = found.place, found.u_place
    wanted = _TERMS[reading.technique][1]
    if (unit == "1/cm") == (wanted == "1/cm"):
        if unit == "1/cm" or unit == "nm":
            return x, u
        factor = _PER_CM["nm"] / _PER_CM[unit]
        return factor * x, factor * u
    scale = _PER_CM["nm"] if unit == "1/cm" else _PER_CM[unit]
    with np.errstate(all="ignore"):
        inverse, u_inverse = scale / x, np.abs(scale * u / x**2)
    if reading.technique != "raman":
        return inverse, u_inverse
    laser = reading.metadata.get("laser_wavelength")
    if not isinstance(laser, Measured) or laser.unit not in _PER_CM or not laser.value > 0.0:
        return None
    return _PER_CM[laser.unit] / laser.value - inverse, u_inverse


def _properties(
    found: Bands, positions: tuple[np.ndarray, np.ndarray] | None, term: str, unit: str, method: str
) -> tuple[Property, ...]:
    if positions is None:
        return ()
    strongest = np.sort(np.argsort(-found.prominence, kind="stable")[:_MOST_PROPERTIES])
    return tuple(
        Property(
            term=term,
            value=Measured(float(x), unit, Uncertainty(value=float(u), origin=Origin.FIT)),
            condition={"peak": int(i) + 1},
            method=method,
        )
        for i in strongest
        if np.isfinite(x := positions[0][i]) and np.isfinite(u := positions[1][i])
    )


def _rows(found: Bands) -> tuple[tuple[Cell, ...], ...]:
    columns = np.stack(
        (found.place, found.u_place, found.height, found.u_height, found.prominence, found.width), axis=1
    ).tolist()
    return tuple((number, *(finite(value) for value in values)) for number, values in enumerate(columns, 1))


def _summary(
    found: Bands, positions: tuple[np.ndarray, np.ndarray] | None, axis_unit: str, unit: str, *, is_down: bool
) -> str:
    n = found.place.size
    if n == 0:
        return "No band stands out from the noise."
    strongest = int(np.argmax(found.prominence))
    x, u = (found.place, found.u_place) if positions is None else positions
    shown_unit = axis_unit if positions is None else unit
    sort = "minima" if is_down else "maxima"
    if not (np.isfinite(x[strongest]) and np.isfinite(u[strongest])):
        return f"{n} bands ({sort})."
    where = Measured(float(x[strongest]), shown_unit, Uncertainty(value=float(u[strongest]), origin=Origin.FIT))
    return f"{n} band{'s' if n > 1 else ''} ({sort}), the most prominent at {where}."


ANALYSIS = SpectrumPeaks()
