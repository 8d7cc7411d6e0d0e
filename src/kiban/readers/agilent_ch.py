"""Agilent ChemStation and OpenLab channels (`.ch`): the signal of one detector over time, versions 8, 30, 81, 130, 179
and 181.

Instrument
----------
Gas and liquid chromatographs of Agilent and Hewlett-Packard, with ChemStation or OpenLab as program.

What is read
------------
One Reading of technique `chromatography` with `time`, shape (n,), min, the axis, and `detector_signal`, shape (n,), in
the unit of the file (mAU, pA, nRIU, uV, ...): the stored numbers times the factor that the header states. The points
are evenly spaced between the first and the last time of the header. Sample, operator, start, method, instrument and
the name of the signal come as metadata.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Fields of the header that are not known. Early files state no factor: then the numbers are given as stored, without unit
and with a doubt. Only versions 130 and 179 say where the signal ends: of the others it cannot always be seen that a
file was cut. Spectra (`.uv`) and mass spectra (`.ms`) are other formats.

File structure
--------------
Big endian. A length and the digits of the version, then texts at fixed places, each behind its length, of 8 bits
(versions 8, 30, 81; header of 1 kB) or 16 bits (130, 179, 181; 6 kB, little-endian letters). At byte 264 the sector of
512 bytes where the signal begins, counted from 1; at 278 the number of points (179; some programs write another number
there); at 282 and 286 the first and the last time in ms, as int32 (8, 30, 130) or float32. The signal is stored as
differences of 16 bits in segments, at the end a zero (8, 30, 130), as differences of differences (81, 181), or as
little-endian doubles (179). Worked out from 1 file of version 179 and from the descriptions of the projects rainbow and
chromatography (chemplexity).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.agilent.channel_header import MEND, ChannelHeader, is_channel, read_header, started_at
from kiban.readers.agilent.channel_values import read_values
from kiban.readers.agilent.signal_units import signal_in_unit
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading, Role, Variable


class AgilentCh:
    """Reads channel files of ChemStation and OpenLab."""

    name = "agilent_ch"
    version = 1
    title = "Agilent ChemStation channel (CH)"
    makers = ("Agilent", "Hewlett-Packard")
    techniques = ("chromatography",)
    suffixes = (".ch",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with the number of a known version and call themselves a data file."""
        if is_channel(source.head):
            return Recognition(Confidence.CERTAIN, "it has the header of a ChemStation channel")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one signal. Raises as the contract says."""
        content = source.read()
        header = read_header(content, file=source.name)
        stored = read_values(content, header, file=source.name)
        if header.has_factor:
            stored = stored * header.slope + header.intercept
            signal, doubts = signal_in_unit(stored, header.texts["unit"], label=header.texts["signal"])
        else:
            signal, _ = signal_in_unit(stored, "", label=header.texts["signal"])
            doubts = ("The file states no factor for the signal: the numbers are as stored, without unit.",)
        if not np.isfinite(signal.series.values).all():
            raise DamagedFile(f"{source.name}: the signal times its factor {header.slope:g} is not finite.", mend=MEND)
        time = np.linspace(header.start_ms, header.end_ms, stored.size) / 60_000
        return [_reading(header, time, signal, (*doubts, *_doubts(header, stored.size)))]


def _reading(header: ChannelHeader, time: NDArray[np.float64], signal: Variable, doubts: tuple[str, ...]) -> Reading:
    texts = header.texts
    return Reading(
        technique="chromatography",
        variables=(
            Variable(name="time", series=Series(time, "min"), dimensions=("time",), role=Role.AXIS),
            signal,
        ),
        title=" ".join(part for part in (texts["sample"], texts["signal"]) if part) or "chromatogram",
        sample_name=texts["sample"] or None,
        operator=texts["operator"] or None,
        instrument=texts["instrument"] or None,
        started_at=started_at(texts["date"]),
        metadata=_metadata(header),
        header={"version": header.version, **texts, "start_ms": header.start_ms, "end_ms": header.end_ms}
        | ({"slope": header.slope, "intercept": header.intercept} if header.has_factor else {}),
        doubts=doubts,
    )


def _metadata(header: ChannelHeader) -> dict[str, MetadataValue]:
    stated = {
        "maker": "Agilent" if header.version in {"130", "179", "181"} else "Hewlett-Packard",
        "software": header.texts.get("software", ""),
        "method": header.texts["method"],
        "detector": header.texts["signal"],
        "comment": header.texts["description"],
        "format_version": header.version,
    }
    return {name: value for name, value in stated.items() if value}


def _doubts(header: ChannelHeader, n: int) -> tuple[str, ...]:
    doubts = []
    if header.version == "179" and header.n_stated != n:
        doubts.append(f"The header states {header.n_stated} points; the file has {n}, which are all given.")
    if n == 1:
        doubts.append("There is only one point.")
    return tuple(doubts)


READER = AgilentCh()
