"""Agilent ASP: single spectra as text, from MicroLab and Resolutions Pro (`.asp`).

Instrument
----------
Infrared spectrometers of Agilent and Varian (Cary 630, 660, 670, 4300, 5500) driven by MicroLab or Resolutions Pro.

What is read
------------
One Reading of technique `ir`:

- `wavenumber` (1/cm), shape (n_points,), from the first to the last abscissa that the file states;
- the signal, same shape, by its code: `absorbance`, `transmittance` (percent), `reflectance` (percent) and so on.

The technique and the names are those of the codes; for an axis that is no wavenumber the technique follows from it.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing. The file has neither sample nor date.

File structure
--------------
Text, one number in each line: points, first and last abscissa, code of the axis, code of the signal, resolution (1/cm),
then as many ordinates. The codes are those of Thermo Galactic's SPC format (1 wavenumber; 2 absorbance, 128
transmission). Worked out from 1 file and the examples of two open programs: the steps of the abscissas fit the
resolutions, the values fit the codes. That transmission is in percent follows from values beyond 1.5.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.galactic.codes import AXES, SIGNALS, technique
from kiban.readers.number_list import numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import MetadataValue, Reading, Role, Variable

_MEND = "Save it again from MicroLab or Resolutions Pro; the file is kept as it came."
_HEADER = ("points", "first", "last", "x_code", "y_code", "resolution")
_LINE = re.compile(r"[-+]?\d+(?:[.,]\d*)?(?:[eE][-+]?\d+)?")
_LARGEST_RATIO = 1.5
"""No ratio of two intensities is larger, but for noise; percent are."""
_PERCENT = {"transmittance": "percent_transmittance", "reflectance": "percent"}


class AgilentAsp:
    """Reads ASP."""

    name = "agilent_asp"
    version = 1
    title = "Agilent ASP"
    makers = ("Agilent", "Varian")
    techniques = ("ir", "uv_vis", "raman", "spectrum")
    suffixes = (".asp",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text of one number to a line whose first six are a header, if the file is about as long as it says."""
        lines = source.head[:2048].decode("ascii", "replace").lstrip("\ufeff").splitlines()
        fields = [line.strip() for line in lines[:-1]] if source.size > 2048 else [line.strip() for line in lines]
        if len(fields) < len(_HEADER) + 1 or not all(_LINE.fullmatch(field) for field in fields if field):
            return None
        points, x_code, y_code = fields[0], fields[3], fields[4]
        is_header = all(field.isdigit() for field in (points, x_code, y_code)) and len(points) < 9
        if not is_header or int(x_code) not in AXES or int(y_code) not in SIGNALS:
            return None
        # A number has between 1 and about 30 characters and a line end.
        if not 2 * int(points) <= source.size <= 32 * (int(points) + len(_HEADER)):
            return None
        return Recognition(Confidence.LIKELY, f"it is a list of {points} numbers after the six of an ASP header")

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) < len(_HEADER):
            raise DamagedFile(f"{source.name}: a header of 6 lines was expected; there are {len(lines)}.", mend=_MEND)
        header = dict(zip(_HEADER, lines, strict=False))
        stated = {name: optional_number(value) for name, value in header.items()}
        points, first, last = (_required(stated, name, source.name) for name in _HEADER[:3])
        body = lines[len(_HEADER) :]
        if points != len(body):
            raise DamagedFile(f"{source.name}: {points:g} points are promised, {len(body)} lines follow.", mend=_MEND)
        if not body:
            raise NothingMeasured(f"{source.name} promises no point.", mend=_MEND)
        if len(body) > 1 and not abs(last - first) > 1e-9 * max(abs(first), abs(last)):
            raise DamagedFile(f"{source.name}: {points:g} points from {first:g} to {last:g} coincide.", mend=_MEND)
        pointed = "\n".join(body).replace(",", ".")
        y = numbers(pointed, what="ordinates", file=source.name).astype(np.float64)
        if y.size != len(body) or not bool(np.isfinite(y).all()):
            raise DamagedFile(f"{source.name}: one finite number in each line was expected.", mend=_MEND)
        return [_reading(source.name, header, stated, np.linspace(first, last, y.size), y)]


def _required(stated: dict[str, float | None], name: str, file: str) -> float:
    value = stated[name]
    if value is None:
        raise DamagedFile(f"{file}: a number was expected as {name} in the header.", mend=_MEND)
    return value


def _reading(
    file: str, header: dict[str, str], stated: dict[str, float | None], x: np.ndarray, y: np.ndarray
) -> Reading:
    x_code, y_code = (int(stated[name] or 0.0) for name in ("x_code", "y_code"))
    name, unit, label = AXES.get(x_code, ("x", "arbitrary_unit", f"code {x_code}"))
    signal, signal_unit, signal_label = SIGNALS.get(y_code, ("intensity", "arbitrary_unit", f"code {y_code}"))
    doubts = []
    if signal in _PERCENT:
        if float(np.abs(y).max()) > _LARGEST_RATIO:
            signal_unit = _PERCENT[signal]
        else:
            doubts.append(f"Whether the {signal} is a ratio or in percent is not stated; it is taken for a ratio.")
    if x_code not in AXES or y_code not in SIGNALS:
        doubts.append(f"The axis has code {x_code}, the signal {y_code}: one of them is not known.")
    metadata: dict[str, MetadataValue] = {"maker": "Agilent"}
    resolution = stated["resolution"]
    if resolution and resolution > 0 and unit == "1/cm":
        metadata["resolution"] = Measured(resolution, unit)
    return Reading(
        technique=technique(0, x_code, y_code, float(max(x[0], x[-1]))),
        title=signal_label if not file else f"{signal_label}: {file}",
        variables=(
            Variable(name=name, series=Series(x, unit), dimensions=(name,), role=Role.AXIS, label=label),
            Variable(name=signal, series=Series(y, signal_unit), dimensions=(name,), label=signal_label),
        ),
        header=dict(header),
        metadata=metadata,
        doubts=tuple(doubts),
    )


READER = AgilentAsp()
