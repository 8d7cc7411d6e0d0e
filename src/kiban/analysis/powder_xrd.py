"""Peaks of a powder diffraction pattern, their lattice spacings and, when asked, a cubic lattice parameter.

*What it needs*: a Reading of technique `xrd` with `intensity` over `two_theta`, both one-dimensional, the angle in deg
or rad. Wavelengths come from the metadata `wavelength`, `wavelength_kalpha2` and `kalpha2_to_kalpha1`, else from the
`anode`; without either there are angles but no spacings.

*What it does*: finds peaks that exceed counting statistics fivefold (`peaks.search`), fits each with a pseudo-Voigt
function on a local straight background (`peaks.fit`), as doublet of Kα1 and Kα2 where the file names both (height
ratio 0.5 unless it states another), and converts the Kα1 angles by Bragg's law.

*Uncertainties*: of the fit, from the counting uncertainties of the Reading or, where it has none, from the scatter of
neighbouring points; enlarged where the profile does not describe the peak. That of the wavelength is included where it
is known. Errors of alignment (zero of the goniometer, height of the sample), often a few 0.01°, are not included.

*Left out*: peaks at less than twice the uncertainty of their area, peaks within about one width of a stronger
one, humps wider than 2.5°.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kiban.analysis.contract import Cell, Finding, check_options, finite, flag
from kiban.analysis.diffraction.bragg import second_line, spacings, wavelengths
from kiban.analysis.diffraction.cubic_lattice import CubicCell, lattice_parameter_cubic
from kiban.analysis.peaks.curve import Curve, counting_noise, curve, smoothed, white_noise
from kiban.analysis.peaks.fit import Doublet, Peaks, fit
from kiban.analysis.peaks.search import search
from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin, Uncertainty
from kiban.records.property import Property
from kiban.records.reading import Reading

Array = NDArray[np.float64]

_THRESHOLD = 5.0
_WIDEST_DEG = 2.5
_FEWEST_POINTS = 8
_SURE_AREA = 2.0
_FEW = 3
_MUCH_SCATTER = 10.0
_MOST_PROPERTIES = 20
_FOR_CELL_PERCENT = 2.0
"""Weaker peaks may be Kβ or another phase, and do not vote on the cell."""
_COLUMNS = (
    ("peak", ""), ("two_theta", "deg"), ("u_two_theta", "deg"), ("d", "angstrom"), ("u_d", "angstrom"),
    ("height", "{y}"), ("u_height", "{y}"), ("fwhm", "deg"), ("u_fwhm", "deg"), ("area", "{y}*deg"),
    ("u_area", "{y}*deg"), ("relative_area", "percent"), ("lorentzian_fraction", ""), ("overlaps", ""),
)  # fmt: skip


class PowderXrd:
    """Finds and fits the peaks of a powder pattern."""

    name = "powder_xrd"
    version = 1
    title = "Powder diffraction peaks"
    techniques = ("xrd",)
    options = ("cubic", "offset")

    def applies(self, reading: Reading) -> bool:
        """Say whether there is intensity over 2θ."""
        return (
            reading.technique in self.techniques
            and "two_theta" in reading
            and "intensity" in reading
            and reading["two_theta"].unit in {"deg", "rad"}
            and len(reading["two_theta"].shape) == 1
            and reading["two_theta"].shape == reading["intensity"].shape
        )

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Find the peaks.

        Parameters
        ----------
        reading : Reading
            One to which this applies.
        options : mapping
            `cubic`: also find the cubic lattice parameter; `offset`: fit a common error of the angles with it. Both
            true or false, false where left out.

        Raises
        ------
        InvalidSetting
            If an option is not known or not true or false.
        InvalidValue, OutOfRange
            If a cubic cell was asked for and none explains the peaks.
        """
        check_options(self.name, self.options, options)
        is_cubic, with_offset = flag(options, "cubic"), flag(options, "offset")
        first, second, doubts = wavelengths(reading)
        ratio = _ratio(reading) if first is not None and second is not None else 0.0
        doublet = (
            Doublet(ratio, second_line(first.value, second.value))
            if first is not None and second is not None and second.value > first.value and ratio > 0.0
            else None
        )
        with np.errstate(all="ignore"):
            peaks, n_dropped = _peaks(_pattern(reading), doublet)
        if first is None and peaks.place.size:
            doubts += ("The file states neither wavelength nor anode, so there are no lattice spacings.",)
        doubts += _doubts(peaks, n_dropped)
        cell = _cell(peaks, first, with_offset=with_offset) if is_cubic else None
        return self._finding(peaks, first, doublet, cell, reading["intensity"].unit, doubts)

    def _finding(
        self, peaks: Peaks, wavelength: Measured | None, doublet: Doublet | None, cell: CubicCell | None, unit: str,
        doubts: tuple[str, ...],
    ) -> Finding:  # fmt: skip
        d, u_d = _spacings(peaks, wavelength)
        method = f"{self.name}/{self.version}"
        properties = _properties(peaks, d, u_d, method)
        summary = _summary(peaks, doublet)
        if cell is not None:
            properties += (Property(term="lattice_parameter_a", value=cell.a, method=method),)
            summary += f"; {cell.lattice} cubic, a = {cell.a} (figure of merit {cell.figure_of_merit:.0f})"
            if cell.alternatives:
                doubts += (f"Other cells explain the peaks as well: {'; '.join(cell.alternatives)}.",)
        return Finding(
            analysis=self.name,
            version=self.version,
            summary=f"{summary}.",
            properties=properties,
            columns=tuple(name for name, _ in _COLUMNS),
            units=tuple(of.format(y=unit or "1") for _, of in _COLUMNS),
            rows=_rows(peaks, d, u_d),
            doubts=doubts,
        )


def _pattern(reading: Reading) -> Curve:
    intensity = reading["intensity"]
    doubt = intensity.uncertainty
    known = doubt.standard if doubt is not None else None
    angle = reading["two_theta"].in_unit("deg")
    pattern = curve(np.where((angle > 0.0) & (angle < 180.0), angle, np.nan), intensity.values, known)
    if pattern.u is None or (doubt is not None and doubt.distribution is not Distribution.POISSON):
        return pattern
    # √n of a single count is itself uncertain: few counts by chance would weigh too much. Neighbours make it steady.
    return Curve(x=pattern.x, y=pattern.y, u=np.sqrt(smoothed(pattern.u**2, 5)))


def _ratio(reading: Reading) -> float:
    stated = reading.metadata.get("kalpha2_to_kalpha1")
    # Of the 2 p(1/2) and 2 p(3/2) electrons that fill the hole there are half as many.
    return float(stated) if isinstance(stated, (int, float)) and 0.0 <= stated <= 1.0 else 0.5


def _peaks(pattern: Curve, doublet: Doublet | None) -> tuple[Peaks, int]:
    """Search and fit; the number of maxima that could not be fitted comes along."""
    if len(pattern) < _FEWEST_POINTS:
        nothing = np.empty(0)
        return fit(nothing, nothing, nothing, place=nothing, fwhm=nothing), 0
    even, u = _evenly(pattern)
    step = (even.x[-1] - even.x[0]) / (len(even) - 1)
    found = search(even.y, u**2, threshold=_THRESHOLD, widest=_WIDEST_DEG / step)
    place, width = np.interp(found.place, np.arange(len(even)), even.x), found.width * step
    if doublet is not None:
        place, width = _first_lines(place, width, found.significance, found.is_strong, doublet)
    peaks = fit(pattern.x, pattern.y, np.interp(pattern.x, even.x, u), place=place, fwhm=width, doublet=doublet)
    is_weak = peaks.area < _SURE_AREA * peaks.u_area
    good = peaks.is_sound & ~is_weak
    good[good] = _distinct(peaks.place[good], peaks.fwhm[good], peaks.area[good])
    order = np.flatnonzero(good)[np.argsort(peaks.place[good], kind="stable")]
    kept = Peaks(**{name: getattr(peaks, name)[order] for name in Peaks.__slots__})
    return kept, int(np.sum(~peaks.is_sound | is_weak))


def _evenly(pattern: Curve) -> tuple[Curve, Array]:
    """The pattern at even steps, as the search needs it, and the standard deviation of its points."""
    x, y, u = pattern.x, pattern.y, pattern.u
    steps = np.diff(x)
    if float(np.max(steps)) > 1.05 * float(np.min(steps)):
        even = np.linspace(x[0], x[-1], min(max(x.size, int((x[-1] - x[0]) / np.median(steps)) + 1), 4 * x.size))
        y, u, x = np.interp(even, x, y), None if u is None else np.interp(even, x, u), even
    if u is None:
        u = counting_noise(y)
    least = max(white_noise(y) if u is None else 0.0, 1e-6 * float(np.ptp(y)), 1e-300)
    return Curve(x=x, y=y, u=None), np.full(y.size, least) if u is None else np.maximum(u, least)


def _first_lines(
    place: Array, width: Array, significance: Array, is_strong: NDArray[np.bool_], doublet: Doublet
) -> tuple[Array, Array]:
    """Leave out maxima that are the second line of a stronger one; say where the first line of each doublet is."""
    shift = doublet.shift(place)
    distance = np.abs((place + shift)[:, None] - place[None, :])
    is_second = np.any((distance < 0.5 * width[:, None]) & (significance[:, None] > significance[None, :]), axis=0)
    place, width, shift = place[~is_second], width[~is_second], shift[~is_second]
    # The search sees an unresolved doublet as one peak, at its centre of gravity and wider than each of its lines.
    is_single = is_strong[~is_second] | (shift > 0.6 * width)
    part = doublet.ratio / (1.0 + doublet.ratio)
    spread = 8.0 * np.log(2.0) * part / (1.0 + doublet.ratio) * shift**2
    narrower = np.sqrt(np.maximum(width**2 - spread, (0.3 * width) ** 2))
    return np.where(is_single, place, place - part * shift), np.where(is_single, width, narrower)


def _distinct(place: Array, fwhm: Array, area: Array) -> NDArray[np.bool_]:
    """Of two peaks that the fit brought to the same place, keep the larger."""
    near = np.abs(place[:, None] - place[None, :]) < 0.25 * np.minimum(fwhm[:, None], fwhm[None, :])
    distinct: NDArray[np.bool_] = ~np.any(near & (area[None, :] > area[:, None]), axis=1)
    return distinct


def _spacings(peaks: Peaks, wavelength: Measured | None) -> tuple[Array, Array]:
    if wavelength is None:
        return np.full(peaks.place.size, np.nan), np.full(peaks.place.size, np.nan)
    u_wavelength = wavelength.uncertainty.standard if wavelength.uncertainty is not None else 0.0
    return spacings(peaks.place, peaks.u_place, wavelength.value, u_wavelength)


def _properties(peaks: Peaks, d: Array, u_d: Array, method: str) -> tuple[Property, ...]:
    """Angle and spacing of the strongest peaks, numbered as in the table."""
    strongest = np.sort(np.argsort(-peaks.area, kind="stable")[:_MOST_PROPERTIES])
    properties = []
    for i in strongest:
        condition = {"peak": int(i) + 1}
        angle = _value(peaks.place[i], "deg", peaks.u_place[i], Origin.FIT)
        properties.append(Property(term="diffraction_angle", value=angle, condition=condition, method=method))
        if np.isfinite(d[i]):
            spacing = _value(d[i], "angstrom", u_d[i], Origin.PROPAGATED)
            properties.append(Property(term="d_spacing", value=spacing, condition=condition, method=method))
    return tuple(properties)


def _value(value: float, unit: str, u: float, origin: Origin) -> Measured:
    return Measured(float(value), unit, Uncertainty(value=float(u), origin=origin))


def _rows(peaks: Peaks, d: Array, u_d: Array) -> tuple[tuple[Cell, ...], ...]:
    largest = float(np.max(peaks.area, initial=0.0)) or 1.0
    n_in_group = np.bincount(peaks.group)[peaks.group] if peaks.group.size else peaks.group
    columns = np.stack((
        peaks.place, peaks.u_place, d, u_d, peaks.height, peaks.u_height, peaks.fwhm, peaks.u_fwhm, peaks.area,
        peaks.u_area, 100.0 * (peaks.area / largest), peaks.eta,
    ), axis=1).tolist()  # fmt: skip
    return tuple(
        (number, *(finite(value) for value in values), bool(n > 1))
        for number, (values, n) in enumerate(zip(columns, n_in_group, strict=True), 1)
    )


def _summary(peaks: Peaks, doublet: Doublet | None) -> str:
    n = peaks.place.size
    if n == 0:
        return "No peak exceeds counting statistics"
    strongest = int(np.argmax(peaks.area))
    lines = f", fitted as doublets of Kα1 and Kα2 ({doublet.ratio:g})" if doublet is not None else ""
    where = _value(peaks.place[strongest], "deg", peaks.u_place[strongest], Origin.FIT)
    return f"{n} peak{'s' if n > 1 else ''}{lines}, the strongest at 2θ = {where}"


def _doubts(peaks: Peaks, n_dropped: int) -> tuple[str, ...]:
    doubts: tuple[str, ...] = ()
    # A few weak ones are to be expected, near the limit of what can be told from chance.
    if n_dropped > max(_FEW, 0.1 * peaks.place.size):
        doubts = (f"{n_dropped} maxima exceed counting statistics but are not shaped like peaks; they are left out.",)
    if peaks.place.size and float(np.median(peaks.reduced_chi2)) > _MUCH_SCATTER:
        doubts += (
            "The points scatter about the peaks far more than counting explains: coarse grains, or numbers that are "
            "not counts. The uncertainties were enlarged accordingly.",
        )
    return doubts


def _cell(peaks: Peaks, wavelength: Measured | None, *, with_offset: bool) -> CubicCell:
    if wavelength is None:
        raise InvalidValue(
            "A lattice parameter was asked for, but the file states neither wavelength nor anode.",
            mend="Call lattice_parameter_cubic with the wavelength that was used.",
        )
    strong = peaks.area >= 0.01 * _FOR_CELL_PERCENT * float(np.max(peaks.area, initial=0.0))
    doubt = Uncertainties(values=peaks.u_place[strong], origin=Origin.FIT) if bool(np.any(strong)) else None
    return lattice_parameter_cubic(Series(peaks.place[strong], "deg", doubt), wavelength, with_offset=with_offset)


ANALYSIS = PowderXrd()
