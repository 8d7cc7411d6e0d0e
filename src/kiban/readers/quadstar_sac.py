"""Pfeiffer (Balzers) Quadstar SAC files: spectra that a quadrupole mass spectrometer scanned again and again.

Instrument
----------
Quadrupole mass spectrometers QMS/QMG 400, 421 and 422 of Balzers and Pfeiffer Vacuum, with Quadstar 32-bit.

What is read
------------
For each trace of spectra a Reading of technique `mass_spectrometry` with

- `time`, s, shape (n,), the axis: since the start, of each cycle;
- `mass_to_charge`, shape (m,), the second axis, in the unit of the file (amu): from the first mass in equal steps;
- `intensity`, shape (n, m), in the unit of the file (cps, A): NaN where the signal was beyond the range of its cycle;
- under their titles numbers that the program kept for each cycle (`energy`, eV), shape (n,).

Uncertainties
-------------
None: the file states none, and not how long a point was counted.

What is left out
----------------
The full scale of each cycle is kept in the header as its power of ten. The time in seconds since 1970 that the file
has beside the date is not used: it depends on a zone that the computer assumed. Traces of other kinds are counted in a
doubt; measurements without spectra (trend, MID) are other formats.

File structure
--------------
Little endian. Number of the software, version, date and user; at byte 100 the number of cycles, of traces, and bytes
of a cycle; from 200 on for each trace its kind, where it is described and where its first cycle stands. A cycle begins
with its time (seconds, and tenths of milliseconds); of a scan there follow the number of points, the power of ten of
the range, and float32; cycles follow one another without a gap. There is no signature: the header and the length of the
file must agree. Worked out from 1 file and the descriptions of yadg and sac2dat.
"""

from __future__ import annotations

import numpy as np

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.quadstar.cycles import Scans, numbers, scans, times
from kiban.readers.quadstar.layout import MEND, SCAN, Layout, ScanInfo, find_layout, scan_info
from kiban.readers.source import Source
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable


class QuadstarSac:
    """Reads SAC files of Quadstar."""

    name = "quadstar_sac"
    version = 1
    title = "Pfeiffer Quadstar (SAC)"
    makers = ("Pfeiffer Vacuum", "Balzers")
    techniques = ("mass_spectrometry",)
    suffixes = (".sac",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files whose header and length agree as those of a SAC file do."""
        layout = find_layout(source.head)
        if layout is None or not any(trace.kind == SCAN for trace in layout.traces):
            return None
        if layout.end == source.size:
            return Recognition(Confidence.CERTAIN, "header, cycles and length agree as in a SAC file of Quadstar")
        confidence = Confidence.LIKELY if layout.end < source.size else Confidence.POSSIBLE
        return Recognition(confidence, "it begins as a SAC file of Quadstar")

    def read(self, source: Source) -> list[Reading]:
        """Read all traces of spectra. Raises as the contract says."""
        content = source.read()
        layout = find_layout(content)
        if layout is None:
            raise DamagedFile(f"{source.name}: the header of a SAC file was expected.", mend=MEND)
        if layout.end > len(content):
            raise DamagedFile(
                f"{source.name}: {layout.n_cycles} cycles end at byte {layout.end}; the file has {len(content)}.",
                mend=MEND,
            )
        spectra = [trace for trace in layout.traces if trace.kind == SCAN]
        if not spectra:
            raise UnsupportedVariant(
                f"{source.name} has no trace of spectra.",
                mend="Export it from Quadstar as text. It is kept as it came.",
            )
        found = [(scan_info(content, trace, file=source.name), trace) for trace in spectra]
        return [
            _reading(content, layout, info, scans(content, layout, trace, info, file=source.name))
            for info, trace in found
        ]


def _reading(content: bytes, layout: Layout, info: ScanInfo, spectra: Scans) -> Reading:
    masses = info.first_mass + np.arange(info.n) / info.per_mass
    more, n_unknown = numbers(content, layout)
    seconds = times(content, layout)
    variables = [
        Variable(name="time", series=Series(seconds, "s"), dimensions=("time",), role=Role.AXIS),
        Variable(
            name="mass_to_charge",
            series=Series(masses, read_unit(info.x_unit) or ""),
            dimensions=("mass_to_charge",),
            role=Role.AXIS,
            label=info.x_title,
            unit_as_written=info.x_unit,
        ),
        Variable(
            name="intensity",
            series=Series(spectra.values, read_unit(info.y_unit) or ""),
            dimensions=("time", "mass_to_charge"),
            label=info.y_title,
            unit_as_written=info.y_unit,
        ),
        *more,
    ]
    doubts = []
    if spectra.n_stated != {info.n}:
        stated = ", ".join(str(n) for n in sorted(spectra.n_stated)[:5])
        doubts.append(f"Cycles state {stated} points; {info.n} follow from the range of masses and are given.")
    if n_beyond := int(np.isnan(spectra.values).sum()):
        doubts.append(f"At {n_beyond} points the signal was beyond the range; they have no value.")
    if layout.end < len(content):
        doubts.append(f"After the last cycle follow {len(content) - layout.end} bytes whose meaning is not known.")
    if n_unknown:
        doubts.append(f"Traces of another kind were left out: {n_unknown}.")
    if bool(np.any(np.diff(seconds) <= 0)):
        doubts.append("The times of the cycles do not always rise.")
    return Reading(
        technique="mass_spectrometry",
        title=info.comment or f"{info.y_title or 'Spectra'}, {layout.n_cycles} cycles",
        variables=tuple(variables),
        header=_header(layout, info, spectra),
        metadata=_metadata(layout, info),
        operator=layout.user or None,
        started_at=layout.started_at,
        doubts=tuple(doubts),
    )


def _header(layout: Layout, info: ScanInfo, spectra: Scans) -> dict[str, Json]:
    traces: list[Json] = [[trace.kind, trace.info_at, trace.data_at] for trace in layout.traces]
    ranges: list[Json] = [*spectra.ranges]
    return {
        "software_id": layout.software,
        "version": layout.version,
        "user": layout.user,
        "n_cycles": layout.n_cycles,
        "bytes_of_a_cycle": layout.step,
        "traces": traces,
        "y_title": info.y_title,
        "y_unit": info.y_unit,
        "x_title": info.x_title,
        "x_unit": info.x_unit,
        "comment": info.comment,
        "first_mass": info.first_mass,
        "scan_width": info.width,
        "values_per_mass": info.per_mass,
        "ranges": ranges,
    }


def _metadata(layout: Layout, info: ScanInfo) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "Balzers", "software": f"Quadstar {layout.software} {layout.version}"}
    for name, value in (("detector", info.y_title), ("comment", info.comment)):
        if value:
            found[name] = value
    return found


READER = QuadstarSac()
