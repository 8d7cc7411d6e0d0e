"""Rigaku RAS: the text files of SmartLab, MiniFlex, Ultima and their kin, and the plain text that they export.

Instrument
----------
X-ray diffractometers of Rigaku with SmartLab Guidance, SmartLab Studio II or PDXL as software.

What is read
------------
Each scan gives a Reading of technique `xrd` with

- the scanned axis, shape (n,), deg (mm for `z`): `two_theta` for TwoTheta, TwoThetaTheta and TwoThetaOmega scans,
  `omega` for Omega and OmegaTwoTheta, `two_theta_chi` for in-plane scans, else `chi`, `phi`, `alpha`, `beta`, `z`, ...;
- `intensity`, shape (n,), in the file's unit (counts or counts per second), the second column as it stands;
- `attenuation`, shape (n,), number 1, the third column, where it varies; otherwise it is metadata.

Scans that the file calls a map or pole figure, and three or more scans of equal length that step an axis evenly, give
one Reading of technique `xrd_map`: `intensity` of shape [scan, point], the stepped axis [scan], the scanned axis
[point]. Its header holds what all scans share once and what differs as lists, under `#each`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts, all numbers are whole and the attenuator's factor is 1 throughout. The file states none. Files
that say `counts` but hold fractions exist; they get none and a doubt.

What is left out
----------------
Nothing of the header. Whether the intensities of an attenuated scan are already multiplied by the factor is stated
nowhere; they are given as written, with a doubt.

File structure
--------------
Text in CP932 or UTF-8, lines ended by CRLF or LF. `*RAS_DATA_START`; for each scan `*RAS_HEADER_START`, lines
`*KEY "value"`, `*RAS_HEADER_END`, `*RAS_INT_START`, rows of two or three numbers, `*RAS_INT_END`; then `*RAS_DATA_END`
and `*DSC_DATA_END`. The plain export has the same header lines, then lines `#key=value`, then rows of two numbers, and
no marks. Times are month/day/year, the year with two or four digits, in local time without a zone. Worked out from 4
files of 2012 to 2023 and the vendor's names of the keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kiban.errors import DamagedFile
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.map import readings
from kiban.readers.diffraction.rigaku_scan import Axis, Conditions, scan
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading

_START = "*RAS_DATA_START"
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADER_LINE = re.compile(r"\*([^\s\"]+)\s*(.*)", re.DOTALL)
_OWN_KEYS = re.compile(
    r"^\*(FILE_TYPE\s+\"RAS|MEAS_SCAN_|MEAS_COND_|HW_XG_|RAS_HEADER_START|RAS_INT_START)", re.MULTILINE
)
_MEND = "Export the measurement again, or copy the file again; it is kept as it came."


@dataclass(slots=True)
class _Block:
    """One scan of the file: its header lines and its rows."""

    header: dict[str, Json] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    first_line: int = 1


class RigakuRas:
    """Reads RAS."""

    name = "rigaku_ras"
    version = 1
    title = "Rigaku RAS"
    makers = ("Rigaku",)
    techniques = ("xrd", "xrd_map")
    suffixes = (".ras", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with `*RAS_DATA_START`, or with header lines under Rigaku's keys."""
        head = source.head.lstrip()[:8192]
        if b"*" not in head[:64]:
            return None
        text, _ = decode(head)
        text = text.lstrip("\ufeff \t\r\n")
        if text.startswith(_START):
            return Recognition(Confidence.CERTAIN, f"it begins with {_START}")
        if text.startswith("*") and _OWN_KEYS.search(text):
            return Recognition(Confidence.LIKELY, "its first lines have the keys of a Rigaku header")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all scans, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = [line.strip() for line in _LINE_END.split(text)]
        is_marked = "*RAS_INT_START" in lines or "*RAS_HEADER_START" in lines
        blocks = list(_marked(lines, source.name)) if is_marked else [_plain(lines)]
        if not blocks:
            raise DamagedFile(f"{source.name}: no scan was found between its marks.", mend=_MEND)
        doubts: tuple[str, ...] = ()
        if is_marked and "*RAS_DATA_END" not in lines:
            doubts = ("The file ends without *RAS_DATA_END: scans after the last one may be missing.",)
        scans = []
        for n, block in enumerate(blocks, 1):
            table = rows(block.lines, what="data", file=source.name, first_line=block.first_line)
            scans.append(scan(_conditions(block.header, doubts), table, place=f"{source.name}, scan {n}"))
        first = _conditions(blocks[0].header, doubts)
        return readings(scans, is_map=len(scans) > 1 and first.is_map, step_axis=first.step_axis)


def _marked(lines: list[str], file: str) -> Iterator[_Block]:
    """Cut a file at its marks."""
    header: dict[str, Json] = {}
    awaits_rows = False
    place = 0
    while place < len(lines):
        mark, place = lines[place], place + 1
        if mark == "*RAS_HEADER_START":
            end = _find(lines, "*RAS_HEADER_END", place, file)
            header, awaits_rows = _header(lines[place:end]), True
            place = end + 1
        elif mark == "*RAS_INT_START":
            end = _find(lines, "*RAS_INT_END", place, file)
            yield _Block(header, lines[place:end], place + 1)
            awaits_rows = False
            place = end + 1
    if awaits_rows:
        raise DamagedFile(f"{file}: *RAS_INT_START was expected after the last header; the file ends.", mend=_MEND)


def _find(lines: list[str], mark: str, start: int, file: str) -> int:
    try:
        return lines.index(mark, start)
    except ValueError:
        raise DamagedFile(
            f"{file}: {mark} was expected after line {start}; the file ends without it.", mend=_MEND
        ) from None


def _plain(lines: list[str]) -> _Block:
    """Cut the plain export where its header lines end."""
    in_header = [n for n, line in enumerate(lines) if line.startswith(("*", "#"))]
    end = in_header[-1] + 1 if in_header else 0
    return _Block(_header(lines[:end]), lines[end:], end + 1)


def _header(lines: list[str]) -> dict[str, Json]:
    """Collect `*KEY "value"` (a value may run over several lines) and `#key=value`; the rest under `#text`."""
    header: dict[str, Json] = {}
    entry: list[str] = []
    is_open = False
    for line in lines:
        if is_open and not line.startswith("*"):
            entry.append(line)
            is_open = '"' not in line
            continue
        _enter(header, "\n".join(entry))
        entry = [line]
        is_open = line.startswith("*") and line.count('"') == 1
    _enter(header, "\n".join(entry))
    return header


def _enter(header: dict[str, Json], entry: str) -> None:
    match = _HEADER_LINE.fullmatch(entry)
    if match is not None:
        key, value = match.group(1), match.group(2).strip()
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        _add(header, key, value[1:-1] if quoted else value.strip('"'))
    elif entry.startswith("#") and "=" in entry:
        key, _, value = entry.partition("=")
        _add(header, key.strip(), value.strip())
    elif entry:
        _add(header, "#text", entry)


def _add(header: dict[str, Json], key: str, value: str) -> None:
    present = header.get(key)
    if present is None:
        header[key] = value
    else:
        header[key] = [*present, value] if isinstance(present, list) else [present, value]


def _conditions(header: dict[str, Json], doubts: tuple[str, ...]) -> Conditions:
    values = {key: value[-1] if isinstance(value, list) else value for key, value in header.items()}
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    # The plain export may convert the intensity; then this line, not the header, says the unit of its numbers.
    if unit := texts.get("#Intensity_unit"):
        texts["MEAS_SCAN_UNIT_Y"] = unit
    return Conditions(values=texts, axes=tuple(_axes(texts)), header=header, doubts=doubts)


def _axes(texts: dict[str, str]) -> Iterator[Axis]:
    for key, position in texts.items():
        prefix, _, index = key.rpartition("-")
        if prefix != "MEAS_COND_AXIS_POSITION":
            continue
        label = texts.get(f"MEAS_COND_AXIS_NAME_INTERNAL-{index}") or texts.get(f"MEAS_COND_AXIS_NAME-{index}") or ""
        unit = texts.get(f"MEAS_COND_AXIS_UNIT-{index}", "")
        state = texts.get(f"MEAS_COND_AXIS_STATE-{index}", "")
        if label:
            yield Axis(label=label, unit=unit, position=position, state=state)


READER = RigakuRas()
