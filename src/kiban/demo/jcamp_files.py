"""Simulated spectra as JCAMP-DX files, for the demonstration and for tests."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby, pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kiban.errors import InvalidValue

Kind = Literal["ir", "raman", "uv_vis"]
Form = Literal["AFFN", "SQZ", "DIFDUP"]

SIMULATED = "SIMULATED for demonstration by Kiban; not a measurement."

_DATA_TYPES = {"ir": "INFRARED SPECTRUM", "raman": "RAMAN SPECTRUM", "uv_vis": "UV/VIS SPECTRUM"}
_UNITS = {
    "ir": ("1/CM", "ABSORBANCE"),
    "raman": ("1/CM", "ARBITRARY UNITS"),
    "uv_vis": ("NANOMETERS", "ABSORBANCE"),
}
_LINE_LENGTH = 78
_STEPS = 2_000_000
"""Into how many steps the ordinates are cut, about what a 21-bit converter does."""


def jcamp_spectrum(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    kind: Kind,
    title: str,
    sample_name: str,
    measured_at: datetime,
    instrument: str = "Kiban demonstration spectrometer",
    y_units: str | None = None,
    formula: str = "",
    form: Form = "DIFDUP",
) -> bytes:
    """Write a simulated spectrum as a JCAMP-DX 5.01 file.

    Parameters
    ----------
    x : array, shape (n_points,), 1/cm or nm
        Evenly spaced abscissas, ascending or descending; two at least.
    y : array, shape (n_points,)
        Finite ordinates; they are written as integers times a factor, 1/2,000,000 of the largest.
    kind : {"ir", "raman", "uv_vis"}
        Fixes DATA TYPE and units.
    title, sample_name, instrument : str
        Written as they are; line ends become blanks.
    measured_at : datetime
        With its time zone, if it has one.
    y_units : str, optional
        The unit of the ordinates in JCAMP-DX words, `TRANSMITTANCE` for example; otherwise the usual one of the kind.
    formula : str
        Of the sample, for MOLFORM; left out where empty.
    form : {"AFFN", "SQZ", "DIFDUP"}
        How the ordinates are written.

    Returns
    -------
    bytes
        ASCII where the texts are, else UTF-8; lines of at most 80 characters in the table. The file says in a comment
        that it is simulated.

    Raises
    ------
    InvalidValue
        If the arrays do not fit together, are not finite, or `x` is not evenly spaced.
    """
    _check(x, y)
    first, last, n = float(x[0]), float(x[-1]), x.size
    factor = float(f"{max(float(np.max(np.abs(y))), 1e-12) / _STEPS:.6e}")
    numbers = np.rint(y / factor).astype(np.int64)
    x_units, usual = _UNITS[kind]
    zone = f" {measured_at:%z}" if measured_at.tzinfo else ""
    header = {
        "TITLE": title,
        "JCAMP-DX": "5.01 $$ Kiban demo 1.0",
        "DATA TYPE": _DATA_TYPES[kind],
        "DATA CLASS": "XYDATA",
        "ORIGIN": "Kiban demonstration",
        "OWNER": "public domain",
        "LONG DATE": f"{measured_at:%Y/%m/%d %H:%M:%S}{zone}",
        "SPECTROMETER/DATA SYSTEM": instrument,
        "SAMPLE DESCRIPTION": sample_name,
        **({"MOLFORM": formula} if formula else {}),
        "COMMENTS": SIMULATED,
        "XUNITS": x_units,
        "YUNITS": y_units or usual,
        "XFACTOR": "1",
        "YFACTOR": repr(factor),
        "FIRSTX": repr(first),
        "LASTX": repr(last),
        "DELTAX": f"{(last - first) / (n - 1):.10g}",
        "NPOINTS": str(n),
        "FIRSTY": f"{numbers[0] * factor:.10g}",
        "MAXY": f"{numbers.max() * factor:.10g}",
        "MINY": f"{numbers.min() * factor:.10g}",
        "XYDATA": "(X++(Y..Y))",
    }
    lines = [f"##{label}= {' '.join(text.split())}" for label, text in header.items()]
    lines.insert(2, f"$$ {SIMULATED}")
    lines += _table(np.linspace(first, last, n), numbers.tolist(), form)
    return ("\n".join([*lines, "##END="]) + "\n").encode()


def _check(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    if x.ndim != 1 or x.shape != y.shape or x.size < 2:
        raise InvalidValue(
            f"A spectrum needs two arrays of one length, at least 2; they have the shapes {x.shape} and {y.shape}.",
            mend="Give one ordinate for each abscissa.",
        )
    steps = np.diff(x)
    if not np.all(np.isfinite(x)) or not np.all(np.isfinite(y)):
        raise InvalidValue("A spectrum with a number that is not finite was given.", mend="Leave such points out.")
    if np.ptp(steps) > 1e-6 * np.max(np.abs(steps)) or steps[0] == 0:
        raise InvalidValue(
            "The abscissas of a simulated spectrum are not evenly spaced.", mend="Make them with numpy.linspace."
        )


def _table(x: NDArray[np.float64], numbers: list[int], form: Form) -> list[str]:
    """Write the lines of the table, each as long as fits."""
    lines: list[str] = []
    i = 0
    while i < len(numbers):
        start = f"{x[i]:.6f}".rstrip("0").rstrip(".")
        count = _fitting(numbers[i:], form, _LINE_LENGTH - len(start))
        lines.append(start + _written(numbers[i : i + count], form))
        if form == "DIFDUP" and count > 1:
            # The last ordinate is repeated at the next line's beginning: the check that the form asks for.
            i += count - 1
        else:
            i += count
    return lines


def _fitting(numbers: list[int], form: Form, room: int) -> int:
    """Count the ordinates that fit on a line; one always does."""
    count = min(len(numbers), 40)
    while count > 1 and len(_written(numbers[:count], form)) > room:
        count -= 1
    return count


def _written(numbers: list[int], form: Form) -> str:
    if form == "AFFN":
        return "".join(f" {number}" for number in numbers)
    if form == "SQZ":
        return "".join(_letter(number, "@ABCDEFGHI", "abcdefghi") for number in numbers)
    differences = [_letter(b - a, "%JKLMNOPQR", "jklmnopqr") for a, b in pairwise(numbers)]
    text = _letter(numbers[0], "@ABCDEFGHI", "abcdefghi")
    for difference, same in groupby(differences):
        times = len(list(same))
        text += difference + (_letter(times, " STUVWXYZs", "") if times > 1 else "")
    return text


def _letter(number: int, plus: str, minus: str) -> str:
    """Write a number with a letter for its sign and first digit."""
    digits = str(abs(number))
    lead = int(digits[0])
    return (minus[lead - 1] if number < 0 else plus[lead]) + digits[1:]
