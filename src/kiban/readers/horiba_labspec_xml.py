"""HORIBA LabSpec XML: spectra, lines, series and maps that LabSpec 6 saves as `.xml`.

Instrument
----------
Raman microscopes and spectrometers of HORIBA Jobin Yvon (LabRAM, XploRA) driven by LabSpec 6.

What is read
------------
One Reading for each data set, usually one. Its technique is `raman` where the axis is a Raman shift in 1/cm, else
`spectrum`: a scale in nm or eV can be of Raman scattering or of luminescence.

- the spectral axis, shape (n_points,): `raman_shift` (1/cm), `wavelength` (nm), `photon_energy` (eV) or
  `spectral_axis`, in the order of the file, which is often descending;
- `intensity` (count or count/s), shape (n_points,); for lines, series and maps the outer axes come first, the outermost
  before the others: (`position_y`, `position_x`, n_points), (`time`, n_points).

The extremes that the file states of its intensities and axes are compared with the numbers.

Uncertainties
-------------
None: counts are those of the detector's converter, and corrections (spikes, dark, response) may be in them.

What is left out
----------------
Extremes of each spectrum, and what LabSpec keeps for its display. A start time: `Acquired` is when the measurement
ended, and is given as such.

File structure
--------------
XML. `LSX_Data`; in it `LSX_Tree` with elements `LSX` that have an `ID` (four letters, scrambled), a `Format` (4
integer, 5 float, 6 list, 7 and 8 text, 9 elements) and, as lists, a `Size`; then `LSX_Matrix` with a `LSX_Row` for each
spectrum. 7A74D9D6 has 7B697861 with an element for each axis (0 intensity, 1 spectra, 2 and more outward): 6D707974
type, 7C696E75 unit, 7D6CD4DB values. 6C62D4D9 has the settings: 6D6D616E name, 7D6C61DB value, 8736F70 value as number.
Worked out from 3 files of 2022.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labspec.axes import (
    MEND,
    Axis,
    axes_of,
    check_distinct,
    empty_spectra,
    is_monotone,
    technique,
)
from kiban.readers.labspec.fields import fields
from kiban.readers.number_list import numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.xml import parse
from kiban.readers.xml_header import children, first_tag
from kiban.records.reading import Json, Reading, Role, Variable

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE, _DATA, _AXES, _SETTINGS = "0x6C7469D9", "0x7A74D9D6", "0x7B697861", "0x6C62D4D9"
_TYPE, _UNIT, _VALUES, _RANGES, _EXTREMES = "0x6D707974", "0x7C696E75", "0x7D6CD4DB", "0x6D6174E3", "0x696DDCE0"
_NAME, _VALUE, _NUMBER, _LASER = "0x6D6D616E", "0x7D6C61DB", "0x8736F70", "0x6D7361DE"
_MOST_AXES = 5
_NEAR = 1e-4
"""Extremes are stated with more digits than the numbers are written."""


class HoribaLabspecXml:
    """Reads LabSpec XML."""

    name = "horiba_labspec_xml"
    version = 1
    title = "HORIBA LabSpec XML"
    makers = ("HORIBA", "Jobin Yvon")
    techniques = ("raman", "spectrum")
    suffixes = (".xml",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim XML whose root is `LSX_Data`."""
        if b"LSX_Data" in source.head[:4096] and first_tag(source.head[:4096])[0] == "LSX_Data":
            return Recognition(Confidence.CERTAIN, "its root element is LSX_Data of LabSpec")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all data sets. Raises as the contract says."""
        root = parse(source.read(), name=source.name)
        trees, matrices = list(children(root, "LSX_Tree")), list(children(root, "LSX_Matrix"))
        if not trees or len(trees) != len(matrices):
            raise DamagedFile(
                f"{source.name}: a matrix for each description was expected; there are {len(matrices)} matrices and "
                f"{len(trees)} descriptions.",
                mend=MEND,
            )
        return [_reading(tree, matrix, source.name) for tree, matrix in zip(trees, matrices, strict=True)]


def _child(element: _Element | None, identifier: str) -> _Element | None:
    if element is None:
        return None
    found = (child for child in children(element, "LSX") if child.get("ID", "").lower() == identifier.lower())
    return next(found, None)


def _text(element: _Element | None, identifier: str) -> str:
    found = _child(element, identifier)
    return (found.text or "").strip() if found is not None else ""


def _reading(tree: _Element, matrix: _Element, file: str) -> Reading:
    described = _child(_child(tree, _DATA), _AXES)
    found = list(children(described, "LSX")) if described is not None else []
    if not 2 <= len(found) <= _MOST_AXES:
        raise DamagedFile(f"{file}: an intensity and 1 to 4 axes were expected; {len(found)} are described.", mend=MEND)
    stated = {number: (_text(axis, _TYPE), _text(axis, _UNIT)) for number, axis in enumerate(found)}
    axes = axes_of(stated, len(found), "")
    check_distinct(axes, file)
    values = [_list(_child(axis, _VALUES), f"axis {number}", file) for number, axis in enumerate(found) if number]
    table = _matrix(matrix, values, file)
    doubts = [*_extremes(found[0], table, "intensities")]
    for axis, element, points in zip(axes[1:], found[1:], values, strict=True):
        doubts += _extremes(element, points, axis.name)
        if not is_monotone(points) and points.size > 1:
            doubts.append(f"The axis {axis.name} neither ascends nor descends throughout.")
    kept = [n for n in range(len(values) - 1, 0, -1) if values[n].size > 1]
    data = table.reshape([values[n].size for n in [*kept, 0]])
    if kept:
        doubts += empty_spectra(data)
    settings, laser = _settings(tree)
    header: dict[str, Json] = {"type": _text(tree, _TYPE), "title": _text(tree, _TITLE), **settings}
    header["axes"] = [{"type": kind, "unit": unit} for kind, unit in stated.values()]
    known = fields(settings, laser_nm=laser)
    return Reading(
        technique=technique(axes),
        title=known.title or _text(tree, _TITLE) or known.sample_name or file or "Spectrum",
        variables=(
            *(axes[n + 1].variable(values[n], (axes[n + 1].name,), Role.AXIS) for n in [0, *kept]),
            _intensity(axes, data, (*(axes[n + 1].name for n in kept), axes[1].name)),
        ),
        header=header,
        metadata=known.metadata,
        sample_name=known.sample_name,
        instrument=known.instrument,
        doubts=tuple(doubts),
    )


def _intensity(axes: list[Axis], values: NDArray[np.float64], dimensions: tuple[str, ...]) -> Variable:
    unit = axes[0].unit
    series = Series(values, respell(unit) if unit else "arbitrary_unit")
    return Variable(name="intensity", series=series, dimensions=dimensions, label=axes[0].kind, unit_as_written=unit)


def _list(element: _Element | None, what: str, file: str) -> NDArray[np.float64]:
    """The numbers of an element, as many as its `Size` says. Raises DamagedFile."""
    if element is None:
        raise DamagedFile(f"{file}: {what} has no values.", mend=MEND)
    values = numbers(element.text or "", what=what, file=file).astype(np.float64)
    promised = element.get("Size", "")
    if promised != str(values.size):
        raise DamagedFile(f"{file}: {what} promises {promised or 'no'} points, {values.size} follow.", mend=MEND)
    if not bool(np.isfinite(values).all()):
        raise DamagedFile(f"{file}: {what} has points that are no numbers.", mend=MEND)
    return values


def _matrix(matrix: _Element, values: list[NDArray[np.float64]], file: str) -> NDArray[np.float64]:
    n_points = values[0].size
    n_spectra = math.prod(axis.size for axis in values[1:])
    if not n_points or not n_spectra:
        raise NothingMeasured(f"{file} describes {n_spectra} spectra of {n_points} points.", mend=MEND)
    rows = list(children(matrix, "LSX_Row"))
    if len(rows) != n_spectra or any(row.get("Index") != str(n) for n, row in enumerate(rows)):
        raise DamagedFile(
            f"{file}: the axes promise {n_spectra} spectra, numbered from 0; {len(rows)} rows follow.", mend=MEND
        )
    spectra = [_list(row, f"spectrum {n}", file) for n, row in enumerate(rows)]
    lengths = {spectrum.size for spectrum in spectra}
    if lengths != {n_points}:
        raise DamagedFile(
            f"{file}: spectra of {n_points} points were expected; they have {', '.join(map(str, sorted(lengths)))}.",
            mend=MEND,
        )
    return np.array(spectra)


def _extremes(axis: _Element, values: NDArray[np.float64], what: str) -> Iterator[str]:
    stated = _child(_child(axis, _RANGES), _EXTREMES)
    least, largest = (optional_number(_text(stated, key)) for key in ("0x0", "0x1"))
    if least is None or largest is None:
        return
    found = (float(values.min()), float(values.max()))
    allowed = _NEAR * max(abs(least), abs(largest))
    if abs(found[0] - least) > allowed or abs(found[1] - largest) > allowed:
        yield f"The file states {what} from {least:g} to {largest:g}; they run from {found[0]:g} to {found[1]:g}."


def _settings(tree: _Element) -> tuple[dict[str, Json], float | None]:
    """All settings under their names, and the laser's wavelength, which has a name for people and a number."""
    settings: dict[str, Json] = {}
    laser = None
    branch = _child(tree, _SETTINGS)
    for group in () if branch is None else children(branch, "LSX"):
        for setting in children(group, "LSX"):
            name = _text(setting, _NAME)
            if not name:
                continue
            value = _text(setting, _VALUE)
            present = settings.get(name)
            if present is None:
                settings[name] = value
            else:
                settings[name] = [*present, value] if isinstance(present, list) else [present, value]
            if setting.get("ID") == _LASER and name == "Laser (nm)":
                laser = optional_number(_text(setting, _NUMBER))
    return settings, laser if laser is not None and laser > 0 else None


READER = HoribaLabspecXml()
