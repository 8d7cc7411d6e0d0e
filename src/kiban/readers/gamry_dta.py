"""Gamry: measurements of Framework, as text (DTA).

Instrument
----------
Potentiostats of Gamry (Reference, Interface, PCI4, ...), with Framework as program.

What is read
------------
One Reading for each kind of table, shape (n_points,); the technique is that of the script (`TAG`):

- `cyclic_voltammetry`, `linear_sweep_voltammetry`, `chronoamperometry`, `chronopotentiometry`,
  `galvanostatic_cycling`, `electrochemistry`: `potential` (V), `current` (A) along `time` (s). All tables `CURVE1`,
  `CURVE2`, ... of one file make one Reading, numbered by `cycle_number`. Square waves have `potential` (of the step)
  and `current` (difference), and both for each half;
- `impedance` (`ZCURVE`): `impedance_real`, `impedance_imaginary` (ohm) along `frequency` (Hz), `impedance_modulus`,
  `phase`, `dc_current`, `dc_potential`; drift-corrected values beside them where the file has them;
- `open_circuit_voltage` (`OCVCURVE`): `potential` along `time`.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
A temperature below absolute zero, which stands where no sensor is connected: it is named under `empty_columns`. An
electrode area of 1 cm², Framework's default, is not taken for one that somebody entered. All
lines of the header stand under `fields` as written, flags of overload under `text_columns`. The sign of the current is
that of the file; `CONVENTION` in the header says which Framework was set to.

File structure
--------------
Text in CP1252 or UTF-8 that begins with `EXPLAIN` (or `VFP600`), lines of cells between tabs: `KEY`, kind (`LABEL`,
`QUANT`, `POTEN`, `TOGGLE`, `TWOPARAM`, ...), values, words. `KEY TABLE n` is followed by names, units and rows, each
behind a tab. Decimal points or commas, and dates, as Windows is set. Worked out from 10 files of
Framework 6.25 to 7.10.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.electrochemistry.measured_columns import measured_columns
from kiban.readers.gamry.columns import AUXILIARY, FIRST, TEXTS, read_columns
from kiban.readers.gamry.document import MEND, GamryDocument, GamryTable, parse
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?(?:EXPLAIN|VFP600)[ \t]*(?:\r\n|\r|\n)TAG\t")
_ABSOLUTE_ZERO_C = -273.15

_TECHNIQUES = (
    (re.compile(r"EIS|ZCURVE"), "impedance"),
    (re.compile(r"CVA?|CV_.*"), "cyclic_voltammetry"),
    (re.compile(r"LSV|POTDYN|POLRES|TAFEL"), "linear_sweep_voltammetry"),
    (re.compile(r"CHRONOA|CHRONOC|PSTATIC|POTSTAT"), "chronoamperometry"),
    (re.compile(r"CHRONOP|GSTATIC|GALVANOSTATIC"), "chronopotentiometry"),
    (re.compile(r"(?:PWR\d*_)?(?:DIS)?CHARGE|PWR\d*_(?:DIS)?CHARGE.*|CCD.*"), "galvanostatic_cycling"),
    (re.compile(r"CORPOT|OCP|OCV"), "open_circuit_voltage"),
)


class GamryDta:
    """Reads Gamry's files."""

    name = "gamry_dta"
    version = 1
    title = "Gamry Framework (DTA)"
    makers = ("Gamry",)
    techniques = (
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "chronoamperometry",
        "chronopotentiometry",
        "galvanostatic_cycling",
        "open_circuit_voltage",
        "impedance",
        "electrochemistry",
    )
    suffixes = (".dta",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first lines are EXPLAIN and TAG."""
        if _SIGNATURE.match(source.head[:64]):
            return Recognition(Confidence.CERTAIN, "it begins with EXPLAIN and TAG, as Framework writes it")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all tables. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).split("\n")
        document = parse(lines, file=source.name)
        tables = [table for table in document.tables if table.rows]
        for table in document.tables:
            _check_promise(table, document, source.name)
        if not tables:
            raise NothingMeasured(
                f"{source.name} has no table with points.", mend="If points were measured, export them again."
            )
        return [_reading(group, document, source.name) for group in _groups(tables)]


def _check_promise(table: GamryTable, document: GamryDocument, file: str) -> None:
    if table.promised is not None and table.promised != len(table.rows) and not document.is_aborted:
        raise DamagedFile(
            f"{file}: {table.key} promises {table.promised} points, {len(table.rows)} follow.",
            mend=MEND,
        )


def _groups(tables: list[GamryTable]) -> list[list[GamryTable]]:
    """Tables that differ by their number only, and have the same columns, are one measurement."""
    groups: list[list[GamryTable]] = []
    for table in tables:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and _stem(last) == _stem(table)
            and (last.labels, last.units) == (table.labels, table.units)
        ):
            groups[-1].append(table)
        else:
            groups.append([table])
    return groups


def _stem(table: GamryTable) -> str:
    return table.key.rstrip("0123456789")


def _reading(tables: list[GamryTable], document: GamryDocument, file: str) -> Reading:
    first = tables[0]
    key = _technique(_stem(first), document.value("TAG"))
    rows = [row for table in tables for row in table.rows]
    labels, units = [*first.labels], [*first.units]
    if len(tables) > 1 and "Cycle" not in labels:
        labels, units = [*labels, "Cycle"], [*units, "#"]
        rows = [[*row, str(n)] for n, table in enumerate(tables, 1) for row in table.rows]
    headers, flags, unknown = read_columns(labels, units)
    columns = [list(column) for column in zip(*rows, strict=True)]
    decimal = _decimal(columns)
    for header, cells in zip(headers, columns, strict=True):
        if header.name == "temperature":
            cells[:] = [cell if _is_possible(cell, decimal) else "" for cell in cells]
    table = measured_columns(
        headers,
        columns,
        place=f"{file}, {first.key}",
        decimal=decimal,
        texts=TEXTS | set(flags),
        axes=("frequency", "time") if key == "impedance" else ("time",),
        auxiliary=AUXILIARY,
        first=FIRST,
    )
    written = f"{document.value('DATE')} {document.value('TIME')}".strip()
    started_at = read_date(written)
    doubts = [f"The unit '{unit}' is not understood." for unit in dict.fromkeys(unknown)]
    if document.is_aborted:
        doubts.append("The measurement was aborted.")
    if started_at is None and re.search(r"\d", written):
        doubts.append(
            f"In the date '{written[:40]}' day and month cannot be told apart, so it is not taken as the start."
        )
    time = next((v.series.values for v in table.variables if v.name == "time" and v.dimensions == ("time",)), None)
    if time is not None and bool(np.any(np.diff(time) < 0)):
        doubts.append("The time runs backwards in places.")
    title = document.value("TITLE") or document.value("TAG") or first.key
    return Reading(
        technique=key,
        title=title if len(document.tables) == len(tables) else f"{title}: {first.key}",
        variables=table.variables,
        header={"fields": _fields(document), "notes": list(document.notes), "columns": list(labels), **table.about},
        metadata=_metadata(document),
        instrument=f"Gamry {document.value('PSTAT')}".strip(),
        started_at=started_at,
        doubts=tuple(doubts),
    )


def _fields(document: GamryDocument) -> Json:
    return {key: [document.kinds[key], *values] for key, values in document.fields.items()}


def _technique(table: str, tag: str) -> str:
    if table == "ZCURVE":
        return "impedance"
    if table == "OCVCURVE":
        return "open_circuit_voltage"
    if table not in {"CURVE", "VFPCURVE"}:
        return "electrochemistry"
    found = (key for pattern, key in _TECHNIQUES if pattern.fullmatch(tag.upper()) and key != "impedance")
    return next(found, "electrochemistry")


def _decimal(columns: list[list[str]]) -> str:
    return (
        "," if any(re.fullmatch(r"[+-]?\d+,\d+(?:E[+-]?\d+)?", cell) for column in columns for cell in column) else "."
    )


def _is_possible(cell: str, decimal: str) -> bool:
    number = to_number(cell, decimal)
    return number is None or number >= _ABSOLUTE_ZERO_C


def _metadata(document: GamryDocument) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Gamry"}
    texts = {
        "technique_name": document.value("TAG"),
        "serial_number": document.value("PSTATSERIALNO"),
        "comment": "\n".join(document.notes),
    }
    version = document.value("FRAMEWORKVERSION")
    if version:
        texts["software"] = f"Framework {version}"
    for key, name, unit in (("AREA", "electrode_area", "cm**2"), ("SCANRATE", "scan_speed", "mV/s")):
        value = to_number(document.value(key).replace(",", "."))
        words = " ".join(document.fields.get(key, []))
        # The words of the line state the unit; without them the number has none. An area of 1 is there until somebody
        # enters one.
        is_default = name == "electrode_area" and value == 1
        if value is not None and value > 0 and not is_default and unit.replace("**", "^") in words:
            metadata[name] = Measured(value, unit)
    return metadata | {name: text for name, text in texts.items() if text}


READER = GamryDta()
