"""The header of a BioLogic `.mpt` text export."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from kiban.quantity.measured import Measured
from kiban.readers.biologic.cell import cell_metadata
from kiban.readers.biologic.labels import spell
from kiban.records.reading import MetadataValue

_CELL = 20
"""Width of a column in the table of parameters."""


@dataclass(slots=True)
class Header:
    """What the lines before the column row say. Keys and texts are as written."""

    lines: list[str]
    technique: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    """Lines `key : value`; a key that comes several times, such as `Comments`, has several values."""
    parameters: list[list[str]] = field(default_factory=list)
    """Rows of the table of parameters: the name, then one text for each sequence."""
    loops: list[tuple[int, int]] = field(default_factory=list)
    """First and last point of each loop, counted from 0."""

    def first(self, key: str) -> str:
        """The first text under a key; empty where there is none."""
        return next(iter(self.fields.get(key, ())), "")

    def parameter(self, name: str) -> str:
        """The text of a parameter in the first sequence; empty where there is none."""
        return next((row[1] for row in self.parameters if row[0] == name and len(row) > 1), "")


def parse_header(lines: list[str]) -> Header:
    """Sort the lines of a header.

    Parameters
    ----------
    lines : list of str
        All lines before the column row, the signature and the count of lines among them.
    """
    header = Header(lines=lines)
    for number, line in enumerate(lines):
        loop = re.fullmatch(r"Loop \d+ from point number (\d+) to (\d+)\s*", line)
        pair = re.match(r"([^:]*?\S) :(?: (.*))?$", line)
        if loop:
            header.loops.append((int(loop[1]), int(loop[2])))
        elif pair:
            header.fields.setdefault(pair[1].strip(), []).append((pair[2] or "").strip())
        elif number >= 2 and not header.technique and line.strip() and not header.fields.keys() - {"Nb header lines"}:
            # The first line after signature and count is the technique; it has no key before it.
            header.technique = line.strip()
        elif _is_parameter(line):
            header.parameters.append([line[i : i + _CELL].strip() for i in range(0, len(line.rstrip()), _CELL)])
    return header


def _is_parameter(line: str) -> bool:
    """Rows of the table have a name of at most 19 letters, padded; sentences run on.

    "Command interpretor" has just 19.
    """
    return (
        len(line) > _CELL
        and line[_CELL - 1] == " "
        and not line[0].isspace()
        and not line.rstrip().endswith(("(firmware)", "(software)"))
    )


def started_at(text: str) -> datetime | None:
    """Read a time as EC-Lab writes it: month before day, 12 or 24 hours, with or without milliseconds.

    On some systems the separators are others; a first number above 12 can only be the day.
    """
    match = re.match(
        r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s+(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,6}))?\s*([AP]M)?",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
    if month > 12:
        month, day = day, month
    if match[8]:
        hour = hour % 12 + (12 if match[8].upper() == "PM" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, int((match[7] or "0").ljust(6, "0")))
    except ValueError:
        return None


def measured(text: str) -> Measured | None:
    """Read a number with its unit, `1,136 mg`; `None` for anything else."""
    match = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s+(\S+)", text.strip())
    if match is None:
        return None
    return Measured(float(match[1].replace(",", ".")), spell(match[2]))


def metadata_of(header: Header) -> dict[str, MetadataValue]:
    """Put the entries of a header under their standard names."""
    metadata: dict[str, MetadataValue] = {"maker": "BioLogic"}
    if header.technique:
        metadata["technique_name"] = header.technique
    software = re.search(r"^([EB][CT]-L[Aa][Bb]) for windows v(\S+)", "\n".join(header.lines), re.MULTILINE)
    if software:
        metadata["software"] = f"{software[1].title().replace('Ec-', 'EC-').replace('Bt-', 'BT-')} {software[2]}"
    device = re.fullmatch(r"(.*?)\s*\(SN (.*)\)", header.first("Device"))
    if device:
        metadata |= {"model": device[1], "serial_number": device[2]}
    channel = re.match(r"(\d+)\b", header.first("Run on channel"))
    if channel:
        metadata["channel"] = int(channel[1])
    speed = measured(f"{header.parameter('dE/dt')} {header.parameter('dE/dt unit')}")
    if speed is not None:
        metadata["scan_speed"] = speed
    return metadata | cell_metadata(
        comment="\n".join(header.fields.get("Comments", ())),
        active_mass=measured(header.first("Mass of active material")),
        characteristic_mass=measured(header.first("Characteristic mass")),
        electrode_area=measured(header.first("Electrode surface area")),
        battery_capacity=measured(header.first("Battery capacity")),
        reference_electrode=header.first("Reference electrode"),
        electrode_material=header.first("Electrode material"),
        electrolyte=header.first("Electrolyte"),
    )
