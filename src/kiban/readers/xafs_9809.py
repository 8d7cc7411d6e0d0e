"""9809: X-ray absorption scans of Japanese beamlines (Photon Factory, Aichi SR, Saga-LS, Ritsumeikan, SPring-8).

Instrument
----------
Beamlines with a crystal monochromator whose programs write the format 9809 of the Photon Factory.

What is read
------------
One Reading of technique `x_ray_absorption` with

- `photon_energy`, shape (n,), eV: hc / (2 d sin θ) of the observed angle (of the calculated one where none was
  observed) and of the spacing d that the file states;
- one signal for each channel, same shape, counts: `i0` (mode 1), `i_transmitted` (mode 2), else `channel_3`, ... after
  the number above the column;
- `angle_calculated`, `angle_observed` (deg) and `count_time` (s), same shape.

Uncertainties
-------------
Channels: standard uncertainty √n of the Poisson distribution, origin estimate, where the numbers are whole. The file
states none.

What is left out
----------------
Nothing. Offsets (counts in the dark, by the second) are in the header and have not been subtracted by this reader. What
modes above 2 mean (fluorescence, counting rates of its elements) differs between beamlines: the modes are in the
header.

File structure
--------------
Text. `9809`, facility and beamline; name and time (`19.07.11 15:10`, year first); a comment; `Ring : 2500.0 MeV 450.0
mA - 449.2 mA`; `Mono : Si(111) D= 3.13551 A`; mode, repetitions and `Points=`; parameter file and number of blocks; a
table of blocks; the counter with `NDCH=`; `Angle(c) Angle(o) time/s` and numbers of channels; `Mode`; `Offset`; rows
of numbers. Worked out from three versions of a beamline's program that writes it and four programs that read it.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Copy the file again from the beamline's computer; it is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*9809[ \t]+\S")
_COLUMNS = re.compile(r"\s*Angle\(c\)\s+Angle\(o\)\s+time/s(?P<channels>(?:\s+\d{1,4})*)\s*", re.IGNORECASE)
_MONO = re.compile(r"\s*Mono\s*:\s*(?P<crystal>\S.*?)\s+D=\s*(?P<d>[\d.]+)\s*A.*", re.IGNORECASE)
_RING = re.compile(r"\s*Ring\s*:.*", re.IGNORECASE)
_POINTS = re.compile(r"Points=\s*(?P<n>\d{1,9})", re.IGNORECASE)
_WHEN = re.compile(r"(?P<y>\d{2})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_HC_EV_ANGSTROM = 12398.419843320026
"""h·c, exact in the SI of 2019."""
_MODES = {1: "i0", 2: "i_transmitted"}


class Xafs9809:
    """Reads 9809."""

    name = "xafs_9809"
    version = 1
    title = "9809 XAFS (Photon Factory)"
    makers = ("Photon Factory",)
    techniques = ("x_ray_absorption",)
    suffixes = (".dat", ".txt", ".001")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with 9809 and has the columns Angle(c) and Angle(o)."""
        if _FIRST.match(source.head) and b"angle(o)" in source.head.lower():
            return Recognition(Confidence.CERTAIN, "it begins with 9809 and has the columns Angle(c) and Angle(o)")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the scan. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        at = next((n for n, line in enumerate(lines) if _COLUMNS.fullmatch(line)), None)
        if at is None or at + 3 > len(lines):
            raise DamagedFile(f"{source.name}: a line 'Angle(c) Angle(o) time/s' was expected.", mend=_MEND)
        columns = _COLUMNS.fullmatch(lines[at])
        numbers = [int(word) for word in columns["channels"].split()] if columns else []
        modes, offsets = _row(lines[at + 1], "Mode", source.name), _row(lines[at + 2], "Offset", source.name)
        table = rows(lines[at + 3 :], what="data", file=source.name, first_line=at + 4)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        n_channels = table.shape[1] - 3
        if n_channels < 1 or len(modes) != n_channels + 2 or len(numbers) not in {0, n_channels}:
            raise DamagedFile(
                f"{source.name}: {len(modes) - 2} channels have a mode, {len(numbers)} a number, and rows have "
                f"{n_channels}.",
                mend=_MEND,
            )
        mono = next((match for line in lines[:at] if (match := _MONO.fullmatch(line[:500]))), None)
        spacing = optional_number(mono["d"]) if mono else None
        if mono is None or spacing is None or spacing <= 0:
            raise DamagedFile(f"{source.name}: a line 'Mono : crystal D= spacing A' was expected.", mend=_MEND)
        variables, doubts = _variables(table, spacing, numbers, [int(mode) for mode in modes[2:]], source.name)
        sample, started_at, ended_at = _named(lines[1] if len(lines) > 1 else "")
        metadata: dict[str, MetadataValue] = {"technique_name": "XAFS"}
        if ended_at is not None:
            metadata["ended_at"] = ended_at
        comment = lines[2].strip() if len(lines) > 2 and not _RING.fullmatch(lines[2]) else ""
        if comment:
            metadata["comment"] = comment
        metadata["monochromator_crystal"] = mono["crystal"].strip()
        metadata["monochromator_spacing"] = Measured(spacing, "angstrom")
        header: dict[str, Json] = {
            "lines": [line.rstrip() for line in lines[:at] if line.strip()],
            "Mode": list[Json](modes),
            "Offset": list[Json](offsets),
        }
        return [
            Reading(
                technique="x_ray_absorption",
                title=sample or comment or source.name or "XAFS",
                variables=variables,
                header=header,
                metadata=metadata,
                sample_name=sample or None,
                instrument=" ".join(lines[0].split()[1:]) or None,
                started_at=started_at,
                doubts=(*doubts, *_length_doubts(lines[:at], len(table))),
            )
        ]


def _row(line: str, name: str, file: str) -> list[float]:
    words = line.split()
    values = [optional_number(word) for word in words[1:]]
    found = [value for value in values if value is not None]
    if not words or words[0].lower() != name.lower() or len(found) < len(values):
        raise DamagedFile(
            f"{file}: a line of numbers after {name} was expected; '{line.strip()[:60]}' was found.", mend=_MEND
        )
    return found


def _variables(
    table: NDArray[np.float64], spacing: float, numbers: list[int], modes: list[int], file: str
) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    calculated, observed, time = table[:, 0], table[:, 1], table[:, 2]
    is_observed = bool(np.any(observed != 0))
    angle = observed if is_observed else calculated
    if not bool(np.all((angle > 0) & (angle < 90))):
        raise DamagedFile(f"{file}: angles between 0 and 90 deg were expected; others were found.", mend=_MEND)
    energy = _HC_EV_ANGSTROM / (2 * spacing * np.sin(np.deg2rad(angle)))
    along = ("photon_energy",)
    made = [
        Variable(
            name="photon_energy",
            series=Series(energy, "eV"),
            dimensions=along,
            role=Role.AXIS,
            label="Angle(o)" if is_observed else "Angle(c)",
            unit_as_written="deg",
        )
    ]
    taken: set[str] = set()
    for n, mode in enumerate(modes):
        number = numbers[n] if numbers else n + 1
        plain = _MODES.get(mode) or f"channel_{number}"
        others = (f"channel_{number}_{i}" for i in range(2, len(modes) + 2))
        name = next(each for each in (plain, f"channel_{number}", *others) if each not in taken)
        taken.add(name)
        counts = np.ascontiguousarray(table[:, 3 + n])
        made.append(
            Variable(
                name=name,
                series=Series(counts, "count", counting_uncertainty(counts)),
                dimensions=along,
                label=str(number),
            )
        )
    for name, label, values, unit in (
        ("angle_calculated", "Angle(c)", calculated, "deg"),
        ("angle_observed", "Angle(o)", observed, "deg"),
        ("count_time", "time/s", time, "s"),
    ):
        made.append(
            Variable(name=name, series=Series(values, unit), dimensions=along, role=Role.AUXILIARY, label=label)
        )
    doubts = () if is_observed else ("No angle was observed; energies follow from the calculated ones.",)
    return tuple(made), doubts


def _named(line: str) -> tuple[str, datetime | None, datetime | None]:
    """The second line: a name, and the times between which it was measured."""
    times = [_time(match) for match in _WHEN.finditer(line)]
    first = _WHEN.search(line)
    name = (line[: first.start()] if first else line).strip()
    return name, times[0] if times else None, times[1] if len(times) > 1 else None


def _time(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute = (int(part) for part in match.groups())
    try:
        return datetime(year + (1900 if year >= 80 else 2000), month, day, hour, minute)
    except ValueError:
        return None


def _length_doubts(lines: list[str], n_points: int) -> list[str]:
    promised = next((int(match["n"]) for line in lines if (match := _POINTS.search(line))), None)
    if promised is None or promised == n_points:
        return []
    return [f"{promised} points were planned, {n_points} are in the file: the scan was perhaps stopped."]


READER = Xafs9809()
