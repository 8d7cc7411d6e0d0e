"""CHI: patterns that FIT2D, pyFAI and other programs integrate from images.

Instrument
----------
Area detectors at beamlines and in laboratories; the pattern is what a program made of the image.

What is read
------------
One Reading, of technique `small_angle_scattering` for q below 10 nm⁻¹, else `xrd`:

- `two_theta` (deg), `scattering_vector` (1/nm or 1/Å), `d_spacing` (Å), `radius` (mm) or `azimuth` (deg), shape (n,),
  as the second line says;
- `intensity` in arbitrary units, same shape.

Uncertainties
-------------
`intensity`: standard, origin file, where there is a third column, the sigma of pyFAI. Otherwise none.

What is left out
----------------
Nothing. The wavelength is not in the file.

File structure
--------------
Text. A title (usually the image), the name of the axis (`2-Theta Angle (Degrees)`), the name of the intensity, the
number of points and perhaps of columns, then rows of numbers between blanks. The layout of χPLOT's manual (A. P.
Hammersley).
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.integrated import axis_of, pattern
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Reading

_MEND = "Save the pattern again from the program that integrated it; the file is kept as it came."
_COUNT = re.compile(r"\s*+(?P<points>\d{1,9})(?:\s*+,?\s*+(?P<columns>\d))?\s*+")


class Fit2dChi:
    """Reads CHI."""

    name = "fit2d_chi"
    version = 1
    title = "CHI (FIT2D, pyFAI)"
    makers = ("ESRF",)
    techniques = ("xrd", "small_angle_scattering")
    suffixes = (".chi",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose second line names an axis of a pattern and whose fourth is a number of points."""
        if b"\0" in source.head[:512]:
            return None
        lines = decode(source.head[:4096])[0].lstrip("\ufeff").splitlines()[:5]
        if len(lines) == 5 and _COUNT.fullmatch(lines[3]) and axis_of(lines[1]) is not None:
            return Recognition(Confidence.CERTAIN, "its second line names the axis and its fourth the number of points")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the pattern. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        count = _COUNT.fullmatch(lines[3]) if len(lines) > 3 else None
        axis = axis_of(lines[1]) if count is not None else None
        if count is None or axis is None:
            raise DamagedFile(
                f"{source.name}: an axis in line 2 and a number of points in line 4 were expected.", mend=_MEND
            )
        table = rows(lines[4:], what="data", file=source.name, first_line=5)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        if len(table) != int(count["points"]):
            raise DamagedFile(
                f"{source.name}: line 4 promises {count['points']} points, {len(table)} rows follow.", mend=_MEND
            )
        if table.shape[1] not in {2, 3}:
            raise DamagedFile(
                f"{source.name}: rows of 2 or 3 numbers were expected; they have {table.shape[1]}.", mend=_MEND
            )
        sigma = np.ascontiguousarray(table[:, 2]) if table.shape[1] == 3 else None
        return [
            pattern(
                axis,
                table[:, 0],
                table[:, 1],
                sigma,
                title=lines[0].strip() or source.name,
                header={"lines": [line.strip() for line in lines[:4]]},
                metadata={},
                label=lines[2].strip(),
            )
        ]


READER = Fit2dChi()
