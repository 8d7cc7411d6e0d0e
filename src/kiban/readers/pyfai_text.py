"""pyFAI text: patterns that pyFAI integrates from images and saves with the calibration above them.

Instrument
----------
Area detectors at beamlines and in laboratories; the pattern is what pyFAI made of the image.

What is read
------------
One Reading, of technique `small_angle_scattering` for q below 10 nm⁻¹, else `xrd`:

- `two_theta` (deg or rad), `scattering_vector` (1/nm or 1/Å), `radius` (mm) or `azimuth` (deg), shape (n,), by the name
  of the first column;
- `intensity` in arbitrary units, same shape. Wavelength and distance of the detector are metadata.

Uncertainties
-------------
`intensity`: standard, origin file, the column sigma, where there is one. Otherwise none.

What is left out
----------------
Nothing: the calibration is in the header as written. Maps over azimuth, which pyFAI saves elsewhere, are refused.

File structure
--------------
Text. Lines after `#`, first `== pyFAI calibration ==`, with `key: value`, among them `Wavelength: 1.0e-10 m` and
`Distance Sample to Detector: 0.1 m`; the last of them names the columns: `2th_deg I sigma`, `q_nm^-1 I`. Then rows of
numbers between blanks. Worked out from the documentation of pyFAI and what 3 open programs read.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.integrated import axis_of, pattern
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Integrate the image again with pyFAI; the file is kept as it came."
_OWN = re.compile(rb"(?:\xef\xbb\xbf)?\s*#[^\n]*pyFAI", re.IGNORECASE)
_LENGTH = re.compile(r"(?P<number>[-+.\deE]+)\s*(?P<unit>m|mm|A)\b.*")
_MARK = "-->"


class PyfaiText:
    """Reads text of pyFAI."""

    name = "pyfai_text"
    version = 1
    title = "pyFAI text"
    makers = ("ESRF",)
    techniques = ("xrd", "small_angle_scattering")
    suffixes = (".dat", ".xy", ".xye", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first comment names pyFAI and whose last names the axis of a pattern."""
        if not _OWN.match(source.head[:512]):
            return None
        lines = decode(source.head)[0].lstrip("\ufeff").splitlines()
        if _columns(lines) is None:
            return None
        return Recognition(Confidence.CERTAIN, "its first comment names pyFAI, its last the columns")

    def read(self, source: Source) -> list[Reading]:
        """Read the pattern. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        columns = _columns(lines)
        axis = axis_of(columns[0]) if columns else None
        if columns is None or axis is None:
            raise DamagedFile(f"{source.name}: a comment with the names of the columns was expected.", mend=_MEND)
        if len(columns) not in {2, 3} or (len(columns) == 3 and columns[2].lower() != "sigma"):
            raise UnsupportedVariant(
                f"{source.name}: axis, intensity and sigma were expected; the columns are {' '.join(columns)[:60]}.",
                mend="Save a pattern in one dimension. The file is kept as it came.",
            )
        body = [(n, line) for n, line in enumerate(lines, 1) if not line.lstrip().startswith("#")]
        first = body[0][0] if body else len(lines)
        table = rows([line for _, line in body], what="data", file=source.name, first_line=first)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        if table.shape[1] != len(columns):
            raise DamagedFile(
                f"{source.name}: {len(columns)} columns are named, rows have {table.shape[1]} numbers.", mend=_MEND
            )
        header, metadata, title = _header(lines)
        sigma = np.ascontiguousarray(table[:, 2]) if len(columns) == 3 else None
        return [
            pattern(
                axis,
                table[:, 0],
                table[:, 1],
                sigma,
                title=title or source.name,
                header=header,
                metadata=metadata,
                label=columns[1],
            )
        ]


def _columns(lines: list[str]) -> list[str] | None:
    """The names of the columns: the last comment above the numbers."""
    last = ""
    for line in lines:
        bare = line.strip()
        if not bare.startswith("#"):
            if bare:
                break
            continue
        last = bare.lstrip("#").strip() or last
    names = last.split()
    return names if len(names) > 1 and axis_of(names[0]) is not None else None


def _header(lines: list[str]) -> tuple[dict[str, Json], dict[str, MetadataValue], str]:
    comments = [line.strip().lstrip("#").strip() for line in lines if line.lstrip().startswith("#")]
    metadata: dict[str, MetadataValue] = {"software": "pyFAI"}
    title = ""
    for comment in comments:
        if comment.startswith(_MARK):
            title = re.split(r"[/\\]", comment.removeprefix(_MARK).strip())[-1]
        key, value = (part.strip() for part in re.split("[:=]", comment + ":", maxsplit=1))
        key = key.lower()
        names = {"wavelength": "wavelength", "distance sample to detector": "detector_distance"}
        length = _LENGTH.fullmatch(value.rstrip(":")) if key in names else None
        number = optional_number(length["number"]) if length else None
        if length is not None and number is not None and number > 0:
            metadata[names[key]] = Measured(number, {"A": "angstrom"}.get(length["unit"], length["unit"]))
    return {"comments": list[Json](comment for comment in comments if comment)}, metadata, title


READER = PyfaiText()
