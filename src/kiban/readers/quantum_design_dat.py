"""Quantum Design DAT: the data files of MPMS, MPMS3, PPMS, DynaCool and VersaLab.

Instrument
----------
Magnetometers (MPMS, MPMS3, VSM, ACMS, torque) and physical-property systems (Resistivity, AC Transport, ETO, Heat
Capacity, Thermal Transport) of Quantum Design, with MultiVu as program.

What is read
------------
One Reading with one variable for each column that holds a number, shape (n_points,), along `time` (s) as the file
counts it. The measuring option that the header names decides the technique, where the columns bear it out:

- `magnetometry`: `magnetic_moment` (emu), `dc_moment`, `ac_moment_real`, `ac_moment_imaginary`, ...; in files of raw
  data `raw_voltage` and `processed_voltage` (V);
- `electrical_transport`: `bridge_1_resistance` (ohm), `bridge_1_resistivity`, `resistivity_1` (ohm*cm), `voltage_1`,
  `hall_coefficient_1`, ...; Thermal Transport adds `thermal_conductivity` and `seebeck_coefficient`;
- `heat_capacity`: `heat_capacity`, `addenda_heat_capacity`, `total_heat_capacity`, in the file's units;
- `sensor_log` or `table` where there is none of these.

`temperature` (K; of the sample where there are several), `magnetic_field` (Oe) and all other columns go along. Texts
of the column of comments stand in the header with the number of their row, also those that have nothing but a time
beside them, columns of words under `text_columns`.

Uncertainties
-------------
Columns called `Err` or `Std. Err.` give the standard uncertainties (origin `file`) of the column of the same name, and
stay variables too. Standard deviations of repeated readings stay variables only: the file does not say of what the
mean was taken.

What is left out
----------------
Columns without any value are only named in the header. The hints for MultiVu's plots (`STARTUPAXIS`, `FIELDGROUP`) are
kept in the header but not obeyed.

File structure
--------------
Text in CP1252 or UTF-8, any line ends. `[Header]`, comments after `;`, lines `KEYWORD,value,...` with `TITLE`,
`FILEOPENTIME,seconds,date,time`, `BYAPP,option,versions` and `INFO,value,KEY`, then `[Data]`, a row of names `Name
(Unit)` and rows of comma-separated cells, in which any may be empty and those at the end may be missing. Masses are in
mg, as the form for sample properties asks for them. The `Time` of older MPMS is in seconds though it has no unit. The
dilatometer's header may have only `TITLE` and `DATATYPE,TIME,1`. Worked out from 1 file and the published heads of 9
others; the columns of Thermal Transport from the vendor's manuals as other programs cite them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.quantum_design.columns import is_error_of, read_columns
from kiban.readers.quantum_design.header import Header, counted_start, metadata_of, opened_at, parse, sample_name
from kiban.readers.quantum_design.rows import MEND, Rows, read_rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader
from kiban.readers.tables.number_columns import all_missing, read_numbers
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_OWN = re.compile(r"^(?:BYAPP|FILEOPENTIME)\s*,", re.MULTILINE | re.IGNORECASE)
_LIKELY = re.compile(r"^(?:INFO\s*,|DATATYPE\s*,\s*(?:TIME|COMMENT)\b)", re.MULTILINE)
_MOST_CATEGORIES = 1000

_OPTIONS = (
    (re.compile(r"heat ?cap", re.IGNORECASE), "heat_capacity"),
    (re.compile(r"mpms|vsm|acms|torque|tq-?mag|squid|magnet", re.IGNORECASE), "magnetometry"),
    (re.compile(r"resist|transport|\beto\b|\btto\b|\bdcr", re.IGNORECASE), "electrical_transport"),
)
_SIGNALS = (
    ("heat_capacity", re.compile(r"heat_capacity|(?:addenda|total)_heat_capacity")),
    (
        "magnetometry",
        re.compile(
            r"magnetic_moment|dc_moment(?:_f.*)?|ac_moment\w*|ac_susceptibility\w*|transverse_moment"
            r"|(?:raw|processed)_voltage"
        ),
    ),
    (
        "electrical_transport",
        re.compile(
            r"(?:resistivity|resistance|voltage|hall_coefficient|critical_current)(?:_\d+)?"
            r"|bridge_\d+_(?:resistivity|resistance)|thermal_conductivity|seebeck_coefficient"
        ),
    ),
)


class QuantumDesignDat:
    """Reads data files of MultiVu."""

    name = "quantum_design_dat"
    version = 2
    title = "Quantum Design DAT (MPMS, PPMS, DynaCool, VersaLab)"
    makers = ("Quantum Design",)
    techniques = ("magnetometry", "electrical_transport", "heat_capacity", "sensor_log", "table")
    suffixes = (".dat",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with `[Header]` and has lines `BYAPP` or `FILEOPENTIME`, or `INFO` or `DATATYPE`."""
        head = source.head[:16384]
        if b"[" not in head[:64]:
            return None
        text = with_plain_line_ends(decode(head)[0]).lstrip("\ufeff \t\n")
        if text[:8].lower() != "[header]":
            return None
        if _OWN.search(text):
            return Recognition(
                Confidence.CERTAIN, "it begins with [Header] and names the option of MultiVu that wrote it"
            )
        if _LIKELY.search(text) and "\n[Data]" in text:
            return Recognition(
                Confidence.LIKELY, "it has a [Header] with lines INFO or DATATYPE, and [Data], like files of MultiVu"
            )
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one table of the file. Raises as the contract says."""
        text = with_plain_line_ends(decode(source.read())[0])
        lines = text.split("\n")
        start = next((n for n, line in enumerate(lines) if line.strip().lower() == "[data]"), None)
        if start is None:
            raise DamagedFile(f"{source.name}: a line [Data] was expected; there is none.", mend=MEND)
        header = parse(lines[:start])
        is_ended = text.endswith("\n")
        rows = read_rows(lines[start + 1 :], first_line=start + 2, is_ended=is_ended, file=source.name)
        return [_reading(header, rows)]


def _reading(header: Header, rows: Rows) -> Reading:
    doubts = list(rows.doubts)
    about: dict[str, Json] = {}
    variables = _variables(rows, about, doubts)
    technique = _technique(header, [variable.name for variable in variables])
    started_at, date_doubts = opened_at(header)
    time = next((v for v in variables if v.name == "time"), None)
    if started_at is None and not header.first("FILEOPENTIME") and time is not None:
        started_at = counted_start(float(time.series.values[0]))
    sample = sample_name(header)
    option = header.program or "MultiVu"
    return Reading(
        technique=technique,
        title=header.first("TITLE") or (f"{sample}: {option}" if sample else f"{option} measurement"),
        variables=_in_order(variables, technique),
        header={"lines": list(header.lines), "info": dict(header.info), "columns": list(rows.labels), **about},
        metadata=metadata_of(header),
        sample_name=sample,
        instrument=f"Quantum Design {header.program}".strip(),
        started_at=started_at,
        doubts=(*doubts, *date_doubts),
    )


def _variables(rows: Rows, about: dict[str, Json], doubts: list[str]) -> list[Variable]:
    """Make variables of the columns; what is no number goes into `about`, what must not be trusted into `doubts`."""
    texts: dict[str, Json] = {}
    empty: list[Json] = []
    variables: list[tuple[ColumnHeader, NDArray[np.float64]]] = []
    for header, cells in zip(read_columns(rows.labels), rows.columns, strict=True):
        column = read_numbers(cells)
        n_texts = sum(column.texts.values())
        if n_texts and not bool(np.any(np.isfinite(column.values))):
            texts[header.label] = _words(cells)
        elif not n_texts and all_missing(cells):
            empty.append(header.label)
        else:
            if n_texts:
                some = ", ".join(f"'{text[:30]}'" for text in list(column.texts)[:3])
                doubts.append(
                    f"Column '{header.label}' has {n_texts} cells that are no numbers ({some}); they are missing."
                )
                texts[header.label] = _words(cells)
            variables.append((header, column.values))
    if rows.comments:
        about["comments"] = {str(row): text for row, text in rows.comments.items()}
    if texts:
        about["text_columns"] = texts
    if empty:
        about["empty_columns"] = empty
    return _with_axis(_with_uncertainties(variables), doubts)


def _words(cells: Sequence[str]) -> Json:
    """A column of words: once where all say the same, else row by row, or what there is of words."""
    distinct = list(dict.fromkeys(cell.strip() for cell in cells))
    if len(distinct) == 1:
        return distinct[0]
    return [cell.strip() for cell in cells] if len(cells) <= _MOST_CATEGORIES else list(distinct[:_MOST_CATEGORIES])


def _with_uncertainties(columns: list[tuple[ColumnHeader, NDArray[np.float64]]]) -> list[Variable]:
    found = []
    for header, values in columns:
        error = next((v for other, v in columns if other is not header and is_error_of(other, header)), None)
        doubt = None
        if error is not None and not bool(np.any(error < 0)) and not bool(np.any(np.isinf(error))):
            doubt = Uncertainties(values=error, origin=Origin.FILE, distribution=Distribution.UNKNOWN)
        found.append(
            Variable(
                name=header.name,
                series=Series(values, header.unit, doubt),
                dimensions=("point",),
                label=header.label,
                unit_as_written=header.unit_as_written,
            )
        )
    return found


def _with_axis(variables: list[Variable], doubts: list[str]) -> list[Variable]:
    """Draw all along the time, where each row has one."""
    time = next((v for v in variables if v.name == "time"), None)
    if time is None:
        return variables
    values = time.series.values
    if not bool(np.all(np.isfinite(values))):
        doubts.append(f"{int(np.sum(~np.isfinite(values)))} rows have no time, so the points are only numbered.")
        return variables
    if bool(np.any(values[1:] < values[:-1])):
        doubts.append("The time runs backwards in places: files may have been joined.")
    return [_shaped(v, ("time",)) for v in variables]


def _shaped(variable: Variable, dimensions: tuple[str, ...], role: Role | None = None) -> Variable:
    return Variable(
        name=variable.name,
        series=variable.series,
        dimensions=dimensions,
        role=role if role is not None else variable.role,
        label=variable.label,
        unit_as_written=variable.unit_as_written,
    )


def _technique(header: Header, names: Sequence[str]) -> str:
    """The technique of the option that wrote the file, if its columns are there; else what the columns tell."""
    borne_out = [key for key, pattern in _SIGNALS if any(pattern.fullmatch(name) for name in names)]
    named = next((key for pattern, key in _OPTIONS if pattern.search(header.program)), None)
    if named in borne_out:
        return str(named)
    if borne_out:
        return borne_out[0]
    return "sensor_log" if "time" in names else "table"


def _in_order(variables: Sequence[Variable], technique: str) -> tuple[Variable, ...]:
    """Time first, then what was measured, then temperature and field, then what came along."""
    pattern = dict(_SIGNALS).get(technique)
    is_along_time = variables[0].dimensions == ("time",) if variables else False
    ranked: list[tuple[int, Variable]] = []
    for variable in variables:
        if variable.name == "time" and is_along_time:
            ranked.append((0, _shaped(variable, ("time",), Role.AXIS)))
        elif pattern is None or pattern.fullmatch(variable.name):
            ranked.append((1, variable))
        else:
            rank = 2 if variable.name in {"temperature", "magnetic_field"} else 3
            ranked.append((rank, _shaped(variable, variable.dimensions, Role.AUXILIARY)))
    return tuple(variable for _, variable in sorted(ranked, key=lambda pair: pair[0]))


READER = QuantumDesignDat()
