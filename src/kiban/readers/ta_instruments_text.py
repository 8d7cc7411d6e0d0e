"""TA Instruments text: data files of Thermal Advantage and Universal Analysis exported with their header.

Instrument
----------
Thermobalances, DSC and SDT of TA Instruments (Q series and its forerunners).

What is read
------------
One Reading with one variable for each signal, shape (n_points,), along `time` (min): `temperature` (degC), `mass` (mg),
`heat_flow` (mW), `heat_capacity` (mJ/K), `purge_flow` (mL/min) and so on, in the units of the signals' names. The
technique is `thermogravimetry` where a mass was recorded, else `differential_scanning_calorimetry`. The header is kept
whole.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Rows whose time is a negative whole number: they mark changes of the method, are no points, and stand in the header
under `markers`. `Exotherm` says in which direction exothermic heat flow is drawn; it goes into the metadata as written.

File structure
--------------
Text in UTF-16 or UTF-8 or CP1252, any line ends. Lines `Key`, tab, value, some keys several times; `Nsig` and for each
signal `Sig1`, tab, `Time (min)`; `StartOfData`; rows of numbers between tabs. Worked out from 1 published file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode, may_mention
from kiban.readers.thermal.curves import Run, column, reading
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading

_START = "StartOfData"
_SIGNAL = re.compile(r"Sig(\d+)")
_LABEL = re.compile(r"(?P<words>.*?)\s*\((?P<unit>[^()]*)\)\s*")
_MEND = "Export the data file again, or copy it again; it is kept as it came."


class TaInstrumentsText:
    """Reads text exports of TA Instruments."""

    name = "ta_instruments_text"
    version = 1
    title = "TA Instruments data file (text)"
    makers = ("TA Instruments",)
    techniques = ("thermogravimetry", "differential_scanning_calorimetry", "table")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with lines `Nsig` and `Sig1` above `StartOfData`."""
        head = source.head[:32768]
        if b"S" not in head[:4096] or b"i" not in head[:4096] or not may_mention(head, "Nsig"):
            return None
        text = with_plain_line_ends(decode(head)[0])
        if re.search(r"^Nsig\t\s*\d+", text, re.MULTILINE) and re.search(r"^Sig1\t", text, re.MULTILINE):
            return Recognition(Confidence.CERTAIN, "it lists its signals as TA Instruments' programs do")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one run. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        start = next((n for n, line in enumerate(lines) if line.strip() == _START), None)
        if start is None:
            raise DamagedFile(f"{source.name}: a line {_START} was expected; there is none.", mend=_MEND)
        fields = _fields(lines[:start])
        columns = _columns(fields, source.name)
        table = rows(lines[start + 1 :], what="signal", file=source.name, first_line=start + 2)
        if not table.size:
            raise NothingMeasured(f"{source.name} has no points after {_START}.", mend=_MEND)
        if table.shape[1] != len(columns):
            raise DamagedFile(
                f"{source.name}: {len(columns)} signals are listed, the rows have {table.shape[1]} numbers.", mend=_MEND
            )
        return [reading(_run(fields, lines[: start + 1], columns, table), place=source.name)]


def _fields(lines: Sequence[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.partition("\t")
        if key.strip():
            fields.setdefault(key.strip(), []).append(" ".join(value.split()))
    return fields


def _columns(fields: dict[str, list[str]], file: str) -> list[ColumnHeader]:
    """The signals in the order of their numbers. Raises DamagedFile where they are not as many as `Nsig` promises."""
    numbered = {int(match[1][:4]): values[0] for key, values in fields.items() if (match := _SIGNAL.fullmatch(key))}
    promised = optional_number(next(iter(fields.get("Nsig", ())), None))
    if not numbered or sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise DamagedFile(f"{file}: signals Sig1, Sig2, ... were expected; {sorted(numbered)} were found.", mend=_MEND)
    if promised is not None and promised != len(numbered):
        raise DamagedFile(f"{file}: {promised:g} signals are promised, {len(numbered)} are named.", mend=_MEND)
    return [_column(numbered[n]) for n in sorted(numbered)]


def _column(label: str) -> ColumnHeader:
    match = _LABEL.fullmatch(label)
    if match is None:
        return column(label, "", label)
    return column(match["words"], match["unit"], label)


def _run(
    fields: dict[str, list[str]], lines: Sequence[str], columns: Sequence[ColumnHeader], table: NDArray[np.float64]
) -> Run:
    first = {key: values[0] for key, values in fields.items()}
    is_marker = _markers(table) if any(header.name == "time" for header in columns[:1]) else np.zeros(len(table), bool)
    header: dict[str, Json] = {
        "lines": [line for line in lines if line.strip()],
        "fields": {key: values[0] if len(values) == 1 else list(values) for key, values in fields.items()},
    }
    if bool(np.any(is_marker)):
        header["markers"] = [[float(x) for x in row] for row in table[is_marker]]
    sample, instrument = first.get("Sample", ""), first.get("Instrument", "")
    return Run(
        columns=columns,
        values=table[~is_marker],
        title=f"{sample}: {instrument.split(' V')[0] or 'thermal analysis'}"
        if sample
        else instrument or "Thermal analysis",
        header=header,
        metadata=_metadata(fields),
        sample_name=sample or None,
        operator=first.get("Operator") or None,
        instrument=f"TA Instruments {instrument}".strip(),
        started_at=_started(first),
    )


def _markers(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    time = table[:, 0]
    marked: NDArray[np.bool_] = (time <= -1) & (time == np.floor(time))
    return marked


def _started(first: dict[str, str]) -> datetime | None:
    return read_date(f"{first.get('Date', '')} {first.get('Time', '')}".strip())


def _metadata(fields: dict[str, list[str]]) -> dict[str, MetadataValue]:
    first = {key: values[0] for key, values in fields.items()}
    found: dict[str, MetadataValue] = {"maker": "TA Instruments"}
    texts = {
        "model": first.get("Instrument", "").split(" V")[0],
        "serial_number": first.get("InstSerial", ""),
        "comment": first.get("Comment", ""),
        "technique_name": first.get("Module", ""),
        "temperature_program": "; ".join(fields.get("OrgMethod", ())),
        "exothermic_direction": first.get("Exotherm", ""),
    }
    found |= {name: value for name, value in texts.items() if value}
    number, _, unit = first.get("Size", "").partition(" ")
    mass, spelled = optional_number(number), read_unit(unit) if unit else None
    if mass is not None and mass > 0 and spelled:
        found["sample_mass"] = Measured(mass, spelled)
    return found


READER = TaInstrumentsText()
