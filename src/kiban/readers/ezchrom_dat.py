"""EZChrom data files (`.dat`): the signals of all detectors of a chromatogram.

Instrument
----------
Gas and liquid chromatographs run by EZChrom Elite (Agilent, before it Scientific Software) and OpenLab EZChrom.

What is read
------------
For each detector a Reading of technique `chromatography` with `time`, s, shape (n,), the axis: the number of the point
times the step, from 0; and `detector_signal`, shape (n,): the stored number times its factor, in the unit of the
detector (pA, mV, mAU, ...). `25 µV` counts in steps of 25 µV: the signal is multiplied and a doubt says so. Sample,
user, start and method come as metadata.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The peaks and areas that the program found, the methods and the audit trail; spectra (`3D Data`) and traces over another
axis (`XY Data`).

File structure
--------------
A compound file. `Detector Data/Detector N Trace`: the number of points at byte 4, int32 from 20 on, and 24 bytes before
the end step and factor, float32. `Detector Trace Handler`: for each detector its number, name, step, unit and factor;
step and factor must be those of the points. `Chrom Header`: the start in days since 30 December 1899, then method,
sample, version and user. Worked out from 1 file, its text export and the description of yadg.
"""

from __future__ import annotations

import re
import struct

import numpy as np

from kiban.errors import NothingMeasured, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.agilent.signal_units import signal_in_unit
from kiban.readers.compound_file import SIGNATURE, CompoundFile
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.ezchrom.streams import MEND, Description, Head, Points, find_description, read_head, read_points
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_TRACE = re.compile(r"Detector (?P<number>\d{1,6}) Trace")
_NAME = "Detector Trace Handler".encode("utf-16-le")
_DIRECTORY_AT = 48
_NEAR = 1 << 16


class EzChromDat:
    """Reads the data files of EZChrom."""

    name = "ezchrom_dat"
    version = 1
    title = "EZChrom data (DAT)"
    makers = ("Agilent", "Scientific Software")
    techniques = ("chromatography",)
    suffixes = (".dat",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim compound files whose directory names the traces of detectors."""
        head = source.head
        if not head.startswith(SIGNATURE) or len(head) < 512:
            return None
        if _NAME in head or _NAME in _near_directory(source):
            return Recognition(Confidence.CERTAIN, "it is a compound file with the traces of detectors of EZChrom")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all detectors. Raises as the contract says."""
        file = CompoundFile(source)
        traces = [
            path for path in file.paths if len(path) == 2 and path[0] == "Detector Data" and _TRACE.match(path[1])
        ]
        if not traces:
            raise UnsupportedVariant(f"{source.name} has no traces of detectors.", mend=MEND)
        head = read_head(file.stream("Chrom Header")) if ("Chrom Header",) in file.paths else None
        handler = file.stream("Detector Trace Handler")
        readings = []
        for path in sorted(traces, key=lambda path: int(re.sub(r"\D", "", path[1]))):
            points = read_points(file.stream(*path), place=f"{source.name}, {path[1]}")
            if points.values.size:
                number = re.sub(r"\D", "", path[1])
                readings.append(_reading(path[1], points, find_description(handler, number, points), head))
        if not readings:
            raise NothingMeasured(f"{source.name}: no detector has points.", mend=MEND)
        return readings


def _near_directory(source: Source) -> bytes:
    """Read from where the directory begins."""
    shift, directory = (
        struct.unpack_from("<H", source.head, 30)[0],
        struct.unpack_from("<I", source.head, _DIRECTORY_AT)[0],
    )
    if shift not in {9, 12}:
        return b""
    with source.open() as file:
        file.seek((directory + 1) << shift)
        return file.read(_NEAR)


def _reading(trace: str, points: Points, description: Description | None, head: Head | None) -> Reading:
    label = description.name if description is not None and description.name else trace
    signal, doubts = signal_in_unit(
        points.values * points.factor, description.unit if description is not None else "", label=label
    )
    if description is None:
        doubts = ("What the file says of this detector was not found: the signal is given without unit.",)
    time = Series(np.arange(points.values.size) * points.step, "s")
    sample = head.sample if head is not None else ""
    return Reading(
        technique="chromatography",
        variables=(Variable(name="time", series=time, dimensions=("time",), role=Role.AXIS), signal),
        title=f"{sample} {label}".strip(),
        sample_name=sample or None,
        operator=(head.user if head is not None else "") or None,
        started_at=head.started_at if head is not None else None,
        metadata=_metadata(label, head),
        header=_header(trace, points, description, head),
        doubts=doubts,
    )


def _header(trace: str, points: Points, description: Description | None, head: Head | None) -> dict[str, Json]:
    found: dict[str, Json] = {"trace": trace, "step": points.step, "factor": points.factor}
    if description is not None:
        found |= {"name": description.name, "unit": description.unit}
    if head is not None:
        found |= {"method": head.method, "sample": head.sample, "version": head.software, "user": head.user}
    return found


def _metadata(label: str, head: Head | None) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"software": "EZChrom", "detector": label}
    if head is not None:
        if head.software:
            found["software"] = f"EZChrom {head.software.removeprefix('Version ')}"
        if head.method:
            found["method"] = head.method
    return found


READER = EzChromDat()
