"""Sietronics CPI: the text files of Sieray, which other programs for powder diffraction write, too.

Instrument
----------
Powder diffractometers with Sietronics' SIE122 and its program Sieray; converters of many other programs.

What is read
------------
One Reading of technique `xrd` with `two_theta` (deg, from start and step) and `intensity` (counts), both of shape (n,).

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
all numbers are whole. The file states none.

What is left out
----------------
Nothing. The number after the date (scan speed or time, without a unit) is in the header; the day stands before the
month in files of Sieray.

File structure
--------------
Text, a value on each line: `SIETRONICS XRD SCAN`, start, end and step in degrees, anode, wavelength in Å, date, scan
speed, sample, `SCANDATA`, then an intensity on each line. Worked out from what 5 open programs read and write.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.points import evenly_stepped
from kiban.readers.diffraction.scan import Scan, Track, reading
from kiban.readers.number_list import number, numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Export the scan again; the file is kept as it came."
_FIRST = b"SIETRONICS XRD SCAN"
_NAMES = ("start", "end", "step", "anode", "wavelength", "date", "speed", "sample")
_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?: (\d{1,2}):(\d{2}):(\d{2}))?")


class SietronicsCpi:
    """Reads CPI."""

    name = "sietronics_cpi"
    version = 1
    title = "Sietronics CPI"
    makers = ("Sietronics",)
    techniques = ("xrd",)
    suffixes = (".cpi",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with SIETRONICS XRD SCAN."""
        if source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_FIRST):
            return Recognition(Confidence.CERTAIN, "it begins with SIETRONICS XRD SCAN")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the scan. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff \t\r\n").splitlines()
        mark = next((n for n, line in enumerate(lines) if line.strip().upper() == "SCANDATA"), None)
        if mark is None or mark < 4:
            raise DamagedFile(f"{source.name}: a line SCANDATA was expected below start, end and step.", mend=_MEND)
        fields = dict(zip(_NAMES, (line.strip() for line in lines[1:mark]), strict=False))
        counts = numbers("\n".join(lines[mark + 1 :]), what="intensities", file=source.name).astype(np.float64)
        if counts.size == 0:
            raise NothingMeasured(f"{source.name} holds no intensity after SCANDATA.", mend=_MEND)
        start, end, step = (number(fields.get(key), what=key, file=source.name) for key in ("start", "end", "step"))
        two_theta = evenly_stepped(start, step, counts.size, place=source.name)
        promised = (end - start) / step + 1 if step else 0.0
        # The end is that of the last step in some programs and its start in others.
        if two_theta is None or abs(promised - counts.size) > 1.01:
            raise DamagedFile(
                f"{source.name}: {start:g} to {end:g} deg in steps of {step:g} are {promised:.1f} points; "
                f"{counts.size} follow.",
                mend=_MEND,
            )
        header: dict[str, Json] = dict(fields)
        scan = Scan(
            axis="two_theta",
            intensity=Track(name="intensity", label="SCANDATA", values=counts, unit="counts"),
            tracks=(Track(name="two_theta", label="", values=two_theta, unit="deg"),),
            sort="X-ray scan",
            header=header,
            metadata=_metadata(fields),
            sample_name=fields.get("sample") or None,
            started_at=_time(fields.get("date", "")),
        )
        return [reading(scan)]


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    for name, key, unit in (("wavelength", "wavelength", "angstrom"), ("step", "step", "deg")):
        value = optional_number(fields.get(key))
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    if fields.get("anode"):
        metadata["anode"] = fields["anode"]
    return metadata


def _time(text: str) -> datetime | None:
    """Day first; 1-1-1900 stands where none was entered."""
    match = _DATE.fullmatch(text)
    if match is None or match[3] == "1900":
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


READER = SietronicsCpi()
