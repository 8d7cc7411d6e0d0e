"""Philips UDF: the text files of Philips' and PANalytical's powder diffractometers.

Instrument
----------
Powder diffractometers of Philips (PW1710 to PW3710 with PC-APD) and PANalytical (X'Pert, Aeris), which still write it.

What is read
------------
One Reading of technique `xrd` with

- `two_theta`, shape (n,), deg, from start and step;
- `intensity`, shape (n,), counts.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
all numbers are whole. The file states none.

What is left out
----------------
Nothing. Dates that the program wrote wrongly after 1999 (`1-nov-:0`) are in the header only.

File structure
--------------
Text. Lines `Key, value ,/`, of which some have more values: SampleIdent, Title1, Title2, DiffrType, DiffrNumber, Anode,
LabdaAlpha1, LabdaAlpha2, RatioAlpha21, DivergenceSlit, ReceivingSlit, MonochromatorUsed, GeneratorVoltage, TubeCurrent,
FileDateTime, DataAngleRange, ScanStepSize, ScanType, ScanStepTime; then `RawScan` and whole numbers between commas,
eight on a line, with a slash at the end. Worked out from the heads of 4 real files and what 4 open programs read.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.points import evenly_stepped
from kiban.readers.diffraction.scan import Scan, Track, reading
from kiban.readers.number_list import number, numbers, optional_number
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Convert the measurement to UDF again; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*SampleIdent\s*,")
_KEY = re.compile(r"(?P<key>[A-Za-z]\w*)\s*,(?P<value>.*)")
_NUMBERS = (
    ("wavelength", "LabdaAlpha1", "angstrom"),
    ("wavelength_kalpha2", "LabdaAlpha2", "angstrom"),
    ("tube_voltage", "GeneratorVoltage", "kV"),
    ("tube_current", "TubeCurrent", "mA"),
    ("count_time", "ScanStepTime", "s"),
    ("step", "ScanStepSize", "deg"),
)


class PhilipsUdf:
    """Reads UDF."""

    name = "philips_udf"
    version = 1
    title = "Philips UDF"
    makers = ("Philips", "PANalytical")
    techniques = ("xrd",)
    suffixes = (".udf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with SampleIdent and has DataAngleRange and RawScan below."""
        if not _FIRST.match(source.head):
            return None
        if b"DataAngleRange" in source.head[:8192] and b"RawScan" in source.head[:8192]:
            return Recognition(Confidence.CERTAIN, "it has the keys of UDF from SampleIdent to RawScan")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the scan. Raises as the contract says."""
        text, _ = decode(source.read())
        head, mark, body = text.lstrip("\ufeff").partition("RawScan")
        if not mark:
            raise DamagedFile(f"{source.name}: a line RawScan was expected; there is none.", mend=_MEND)
        fields = _fields(head)
        counts = _counts(body, source.name)
        two_theta = _angles(fields, len(counts), source.name)
        metadata = _metadata(fields)
        sample = fields.get("SampleIdent", "")
        started_at, doubts = _time(fields.get("FileDateTime", ""))
        header: dict[str, Json] = dict(fields)
        scan = Scan(
            axis="two_theta",
            intensity=Track(name="intensity", label="RawScan", values=counts, unit="counts"),
            tracks=(Track(name="two_theta", label="DataAngleRange", values=two_theta, unit="deg"),),
            sort="X-ray scan",
            header=header,
            metadata=metadata,
            sample_name=sample or None,
            instrument=fields.get("DiffrType", "").strip("? ") or None,
            started_at=started_at,
            doubts=doubts,
        )
        return [reading(scan)]


def _fields(head: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.splitlines():
        match = _KEY.fullmatch(line.strip())
        if match is not None:
            value = match["value"].rstrip().removesuffix("/")
            fields.setdefault(match["key"], value.strip().strip(",").strip())
    return fields


def _counts(body: str, file: str) -> NDArray[np.float64]:
    values, mark, rest = body.partition("/")
    if not mark:
        raise DamagedFile(f"{file}: a slash was expected after the last intensity; there is none.", mend=_MEND)
    if rest.strip(" \t\r\n\0\x1a/"):
        raise DamagedFile(
            f"{file}: nothing was expected after the last intensity; '{rest.strip()[:40]}' was found.", mend=_MEND
        )
    counts = numbers(values.replace(",", " "), what="intensities", file=file)
    if counts.size == 0:
        raise NothingMeasured(f"{file} holds no intensity after RawScan.", mend=_MEND)
    return counts.astype(np.float64)


def _angles(fields: dict[str, str], n_points: int, file: str) -> NDArray[np.float64]:
    """Positions from start and step; the end that the file states has to agree to half a step."""
    ends = fields.get("DataAngleRange", "").split(",")
    start = number(ends[0], what="start in DataAngleRange", file=file)
    end = number(ends[1] if len(ends) > 1 else "", what="end in DataAngleRange", file=file)
    step = number(fields.get("ScanStepSize", ""), what="ScanStepSize", file=file)
    values = evenly_stepped(start, step, n_points, place=file)
    promised = (end - start) / step + 1 if step else 0.0
    if values is None or abs(promised - n_points) > 0.5:
        raise DamagedFile(
            f"{file}: {start:g} to {end:g} deg in steps of {step:g} are {promised:.1f} points; {n_points} follow.",
            mend=_MEND,
        )
    return values


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    # Models of PANalytical are called otherwise, and an Aeris writes a question mark.
    metadata: dict[str, MetadataValue] = {"maker": "Philips"} if fields.get("DiffrType", "").startswith("PW") else {}
    for name, key, unit in _NUMBERS:
        value = optional_number(fields.get(key))
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    if (ratio := optional_number(fields.get("RatioAlpha21"))) is not None and ratio > 0:
        metadata["kalpha2_to_kalpha1"] = ratio
    mode = {"CONTINUOUS": "continuous", "STEP": "step"}.get(fields.get("ScanType", "").upper())
    texts = (
        ("anode", fields.get("Anode", "")),
        ("model", fields.get("DiffrType", "").strip("? ")),
        ("scan_mode", mode or ""),
        ("comment", "\n".join(text for key in ("Title1", "Title2") if (text := fields.get(key, "")))),
    )
    return metadata | {name: text for name, text in texts if text}


def _time(text: str) -> tuple[datetime | None, tuple[str, ...]]:
    plain = " ".join(text[:80].replace(",", " ").split())
    if not plain:
        return None, ()
    at = read_date(plain)
    return at, () if at else (f"The time '{text[:40]}' cannot be read.",)


READER = PhilipsUdf()
