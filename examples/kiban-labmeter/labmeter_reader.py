"""LabMeter 2 resistance files.

Instrument
----------
The LabMeter resistance bridge with firmware 2.

What is read
------------
One Reading of technique `electrical_transport` with `temperature` as axis and `resistance`, both of shape (n_points,),
in the units that the file names.

Uncertainties
-------------
`resistance`: expanded, with k = 2, what the line `accuracy` states in percent of each value; origin file. Without that
line none. `temperature`: none.

What is left out
----------------
Nothing: the lines of the header that have no standard name are in the header as written.

File structure
--------------
Text, UTF-8 or CP932, lines ended by LF or CRLF: `LABMETER 2`, lines `key: value`, then as many rows of two numbers as
the line `points` says. `columns` names both with their units. `started` is local time. Worked out from 3 files.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.spelling import respell
from kiban.quantity.uncertainty import Kind, Origin
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import MetadataValue, Reading, Role, Variable

SIGNATURE = b"LABMETER "
MEND = "Export the measurement again; the file is kept as it came."
STANDARD_NAMES = {"serial": "serial_number", "firmware": "software", "note": "comment"}


class LabMeter:
    """Reads LabMeter 2 files."""

    name = "labmeter_reader"
    version = 1
    title = "LabMeter 2"
    makers = ("LabMeter",)
    techniques = ("electrical_transport",)
    suffixes = (".lab",)
    since = "1.0.0"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with LABMETER and a number."""
        if source.head.startswith(SIGNATURE) and source.head[9:10].isdigit():
            return Recognition(Confidence.CERTAIN, "it begins with LABMETER")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the whole file, or raise an error that names what is wrong."""
        text, _ = decode(source.read())
        first, *lines = text.splitlines() or [""]
        if first.strip() != "LABMETER 2":
            raise UnsupportedVariant(
                f"{source.name}: LABMETER 2 was expected in the first line; '{first[:40]}' was found.",
                mend="Export it with firmware 2, or send the file to the author of the reader.",
            )
        header = dict(line.split(": ", 1) for line in lines if ": " in line)
        rows = [line for line in lines if line.strip() and ": " not in line]
        numbers = read_rows(rows, promised=header.get("points"), file=source.name)
        temperature_unit, resistance_unit = units(header.get("columns", ""), file=source.name)
        return [
            Reading(
                technique="electrical_transport",
                title=header.get("sample") or "Resistance",
                variables=(
                    Variable(
                        name="temperature",
                        series=Series(numbers[:, 0], respell(temperature_unit)),
                        dimensions=("temperature",),
                        role=Role.AXIS,
                        unit_as_written=temperature_unit,
                    ),
                    Variable(
                        name="resistance",
                        series=Series(numbers[:, 1], respell(resistance_unit), uncertainty(numbers[:, 1], header)),
                        dimensions=("temperature",),
                        unit_as_written=resistance_unit,
                    ),
                ),
                header=header,
                metadata=metadata(header),
                sample_name=header.get("sample"),
                started_at=started_at(header),
                doubts=doubts(header),
            )
        ]


def read_rows(rows: list[str], *, promised: str | None, file: str) -> NDArray[np.float64]:
    """Two finite numbers in each row, and as many rows as the header promises; shape (n_points, 2)."""
    if promised is not None and promised.strip() != str(len(rows)):
        raise DamagedFile(f"{file}: the header promises {promised} points, {len(rows)} rows follow.", mend=MEND)
    try:
        numbers = np.array([[float(cell) for cell in row.split()] for row in rows]).reshape(len(rows), 2)
    except ValueError as error:
        raise DamagedFile(f"{file}: rows of two numbers were expected ({error}).", mend=MEND) from error
    if not np.isfinite(numbers).all():
        raise DamagedFile(f"{file}: finite numbers were expected; one of them is not.", mend=MEND)
    return numbers


def units(columns: str, *, file: str) -> tuple[str, str]:
    """`temperature/K resistance/kohm`: without it the numbers mean nothing, so nothing is guessed."""
    parts = [part.partition("/") for part in columns.split()]
    if [name for name, _, _ in parts] != ["temperature", "resistance"] or not all(unit for _, _, unit in parts):
        raise DamagedFile(
            f"{file}: a line 'columns: temperature/UNIT resistance/UNIT' was expected; '{columns[:60]}' was found.",
            mend=MEND,
        )
    return parts[0][2], parts[1][2]


def uncertainty(values: NDArray[np.float64], header: dict[str, str]) -> Uncertainties | None:
    """What the file states, or nothing: an uncertainty that nobody stated is not 0."""
    number = percent(header)
    if number is None:
        return None
    return Uncertainties(
        values=np.abs(values) * number / 100, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.FILE
    )


def percent(header: dict[str, str]) -> float | None:
    """`0.1 %` of the line `accuracy`, as a number; `None` where there is no such line or it says something else."""
    number, _, unit = header.get("accuracy", "").partition(" ")
    try:
        value = float(number)
    except ValueError:
        return None
    return value if unit.strip() == "%" and 0 <= value <= 100 else None


def metadata(header: dict[str, str]) -> dict[str, MetadataValue]:
    """The lines that have a standard name, under it."""
    return {name: header[key] for key, name in STANDARD_NAMES.items() if header.get(key)}


def started_at(header: dict[str, str]) -> datetime | None:
    """Local time without a zone: the file does not say which."""
    try:
        return datetime.fromisoformat(header["started"].strip()).replace(tzinfo=None)
    except (KeyError, ValueError):
        return None


def doubts(header: dict[str, str]) -> tuple[str, ...]:
    """What a careful reader should not trust, though the numbers can be read."""
    found = []
    if header.get("battery") == "low":
        found.append("The meter's battery was low: its readings may have drifted.")
    if "accuracy" in header and percent(header) is None:
        found.append(f"The accuracy '{header['accuracy'][:40]}' is not understood, so no uncertainty is given.")
    return tuple(found)


READER = LabMeter()
