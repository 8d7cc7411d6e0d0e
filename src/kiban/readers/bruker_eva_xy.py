"""DIFFRAC.EVA XY: scans that Bruker's evaluation program exports as two columns.

Instrument
----------
X-ray diffractometers of Bruker AXS; what DIFFRAC.EVA shows of a scan.

What is read
------------
One Reading of technique `xrd` with

- the scanned axis, shape (n,): `two_theta` (deg) for coupled scans and scans of the detector, otherwise the drive that
  the type of the scan names (`omega`, `phi`, ...); `two_theta` with a doubt where the type is not known;
- `intensity`, same shape, in arbitrary units: EVA exports counts or counts per second, as it shows them, and the file
  does not say which.

Uncertainties
-------------
None: what was counted is not known.

What is left out
----------------
Nothing.

File structure
--------------
Text. A first line after an apostrophe, keys with texts in quotes: `'Id: "" Comment: "" Operator: "" Anode: "Cu"
Scantype: "Coupled TwoTheta/Theta" TimePerStep: "96"`, then rows of two numbers between blanks. Worked out from 1 file.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker.drives import called, candidates, drive
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.points import check_positions
from kiban.readers.diffraction.scan import Scan, Track, reading
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_MEND = "Export the scan again from DIFFRAC.EVA; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?'Id: \"[^\r\n]*\bScantype: \"")
_FIELD = re.compile(r'(?<![A-Za-z])(?P<key>[A-Za-z]++): "(?P<value>[^"]*)"')


class BrukerEvaXy:
    """Reads XY of DIFFRAC.EVA."""

    name = "bruker_eva_xy"
    version = 1
    title = "Bruker DIFFRAC.EVA XY"
    makers = ("Bruker",)
    techniques = ("xrd",)
    suffixes = (".xy",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line has EVA's keys from Id to Scantype after an apostrophe."""
        if _FIRST.match(source.head):
            return Recognition(Confidence.CERTAIN, "its first line has the keys of DIFFRAC.EVA, 'Id to Scantype")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the scan. Raises as the contract says."""
        first, *lines = decode(source.read())[0].lstrip("\ufeff").splitlines() or [""]
        fields = {match["key"]: match["value"].strip() for match in _FIELD.finditer(first)}
        if "Scantype" not in fields:
            raise DamagedFile(f"{source.name}: a first line with Id to Scantype was expected.", mend=_MEND)
        table = rows(lines, what="data", file=source.name, first_line=2)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        if table.shape[1] != 2:
            raise DamagedFile(
                f"{source.name}: rows of 2 numbers were expected; they have {table.shape[1]}.", mend=_MEND
            )
        scan_type = fields["Scantype"]
        label = next(iter(candidates(scan_type)), "")
        known = drive(label or "2Theta")
        check_positions(table[:, 0], what=known.label, place=source.name)
        doubts = ["The file does not say whether the intensities are counts or counts per second."]
        if not label:
            doubts.append(f"Which drive was moved is not known ('{scan_type[:40]}'); the axis is taken for 2θ.")
        header: dict[str, Json] = dict(fields)
        scan = Scan(
            axis=known.name,
            intensity=Track(
                name="intensity", label="", values=np.ascontiguousarray(table[:, 1]), unit="arbitrary_unit"
            ),
            tracks=(Track(name=known.name, label=label, values=table[:, 0], unit=known.unit),),
            sort=called(scan_type),
            header=header,
            metadata=_metadata(fields),
            sample_name=fields.get("Id") or None,
            operator=fields.get("Operator") or None,
            doubts=tuple(doubts),
        )
        return [reading(scan)]


def _metadata(fields: dict[str, str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Bruker"}
    for name, key in (("anode", "Anode"), ("comment", "Comment"), ("scan_axis", "Scantype")):
        if fields.get(key):
            metadata[name] = fields[key]
    time = optional_number(fields.get("TimePerStep"))
    if time is not None and time > 0:
        metadata["count_time"] = Measured(time, "s")
    return metadata


READER = BrukerEvaXy()
