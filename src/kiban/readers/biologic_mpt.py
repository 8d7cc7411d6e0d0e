"""BioLogic EC-Lab text exports (`.mpt`).

Instrument
----------
Potentiostats and battery cyclers of BioLogic driven by EC-Lab (or BT-Lab), exported "as text".

What is read
------------
One Reading with one variable for each column, shape (n_points,), along `time` (s), or along `frequency` (Hz) for
impedance, under the same names as from the binary file (see `biologic_mpr`): `potential` (V), `current` (mA), `charge`,
`half_cycle_charge`, `capacity`, `charge_capacity`, `discharge_capacity` (mA*h), `charge_energy`, `discharge_energy`
(W*h), `impedance_real`, `impedance_imaginary_negative` (ohm), `cycle_number`, `half_cycle` and so on. The text export
has columns that EC-Lab works out and the binary file does not hold. Decimal points and decimal commas are told apart by
the numbers themselves; "XXX" is a missing value (NaN). Times exported as dates become seconds since the start. Start
(local time, zone unknown), channel, device, software, comment, electrode data and, for voltammetry, the scan speed come
as metadata; a comment line "Sample: name" gives the sample's name. The header is kept whole. Files that hold only
the column row and the numbers are read too.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing of the columns. Of the header, the metadata leave out masses and areas that EC-Lab offers and nobody entered
(0.001; 7000 mg of its example cell).

File structure
--------------
Text in CP1252 or UTF-8, any line ends. `EC-Lab ASCII FILE`, `Nb header lines : N`, then the header; line N is the
column row, the rows follow, both with tabs between the cells (the column row ends in one). In the header, lines
`key : value`, a table of parameters in columns 20 letters wide with one column for each sequence, and, after loops,
`Loop k from point number a to b`. Worked out from 9 files, 7 of them beside the binary file of the same measurement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.biologic.cell import sample_in
from kiban.readers.biologic.header import Header, metadata_of, parse_header, started_at
from kiban.readers.biologic.labels import split
from kiban.readers.biologic.techniques import key_for
from kiban.readers.biologic.variables import RawColumn, loop_column, variables_from
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading

_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?(?:EC|BT)-Lab ASCII FILE[ \t]*\n", re.IGNORECASE)
_COUNT = re.compile(rb"[^\n:]*: *(\d+)[ \t]*\n")
_MOST_HEADER_LINES = 20_000

_TYPICAL = {
    "time/s", "Ewe/V", "<Ewe>/V", "I/mA", "<I>/mA", "control/V", "control/mA", "control/V/mA", "freq/Hz", "Re(Z)/Ohm",
    "-Im(Z)/Ohm", "(Q-Qo)/mA.h", "(Q-Qo)/C", "dq/mA.h", "ox/red", "Ns changes", "Ecell/V",
}  # fmt: skip
"""Labels that no other program writes."""

_WHOLE: dict[str, type[np.unsignedinteger[Any]]] = {
    "mode": np.uint8,
    "ox/red": np.uint8,
    "error": np.uint8,
    "control changes": np.uint8,
    "Ns changes": np.uint8,
    "counter inc.": np.uint8,
    "Ns": np.uint16,
    "I Range": np.uint16,
    "half cycle": np.uint32,
    "z cycle": np.uint32,
}
"""Columns of whole numbers, with the types that they have in the binary file."""

_MISSING = re.compile(r"(?<![^\t])(?:XXX|-?1[.,]#\w+)(?![^\t])")
"""What stands for a value that there is not: EC-Lab's word and the C library's."""


class BiologicMpt:
    """Reads BioLogic's text exports."""

    name = "biologic_mpt"
    version = 2
    title = "BioLogic EC-Lab text (MPT)"
    makers = ("BioLogic",)
    techniques = (
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "galvanostatic_cycling",
        "chronoamperometry",
        "chronopotentiometry",
        "open_circuit_voltage",
        "impedance",
        "electrochemistry",
    )
    suffixes = (".mpt", ".txt")

    def recognise(self, source: Source) -> Recognition | None:
        """By the signature, or else by a first line made of EC-Lab's labels."""
        head = _unix(source.head[:8192])
        if _SIGNATURE.match(head):
            return Recognition(Confidence.CERTAIN, "it begins with EC-Lab's signature")
        first = head.split(b"\n", 1)[0]
        if len(first) < len(head) and _is_column_row(first):
            return Recognition(Confidence.LIKELY, "its first line is made of EC-Lab's column labels")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one measurement of the file. Raises as the contract says."""
        content = _unix(source.read())
        doubts: list[str] = []
        head, block = _parts(content, doubts, source.name)
        *header_lines, row = decode(head)[0].split("\n")
        header = parse_header(header_lines)
        labels = row.rstrip("\t").split("\t")
        lines = block.decode("ascii", "replace").rstrip("\n").split("\n")
        start = started_at(header.first("Acquisition started on"))
        table = _table(lines, labels, start, source.name)
        _check_promised(header, len(table.values), source.name)
        if not content.endswith(b"\n") and len(_last_cell(lines[-1])) < len(_last_cell(lines[0])):
            doubts.append("The last row has no line end and its last number is short: the file may be cut there.")
        if start is None and table.first_time is None:
            doubts.append("The file does not say when the measurement began.")
        return [_reading(header, labels, table, start, doubts, source.name)]


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _is_column_row(line: bytes) -> bool:
    labels = line.decode("cp1252", "replace").lstrip("ï»¿").rstrip("\t").split("\t")
    return len(_TYPICAL.intersection(labels)) >= 2


def _parts(content: bytes, doubts: list[str], name: str) -> tuple[bytes, bytes]:
    """Cut a file into header with column row, and block of numbers.

    The count of header lines is checked: comments with line ends of their own make it wrong.
    """
    signature = _SIGNATURE.match(content)
    if signature is None:
        row, _, block = content.partition(b"\n")
        if not _is_column_row(row):
            raise DamagedFile(
                f"{name} begins neither with EC-Lab's signature nor with its column labels.",
                mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
            )
        return row, block
    count = _COUNT.match(content, signature.end())
    promised = int(count[1][:9]) if count else None
    lines = content.split(b"\n", _MOST_HEADER_LINES)
    at = _column_row(lines, promised)
    if at is None:
        raise DamagedFile(
            f"{name}: the row of column labels was expected in line {promised}, it is not there nor elsewhere.",
            mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
        )
    if at + 1 != promised:
        doubts.append(f"The header promises {promised} lines; the column row stands in line {at + 1}.")
    end = sum(len(line) + 1 for line in lines[: at + 1])
    return content[: end - 1], content[end:]


def _column_row(lines: list[bytes], promised: int | None) -> int | None:
    """Find the line of column labels: the promised one, or else one made of EC-Lab's labels."""
    there = promised is not None and 0 < promised < len(lines)
    if promised is not None and there and _is_column_row(lines[promised - 1]):
        return promised - 1
    found = next((i for i, line in enumerate(lines[:-1]) if _is_column_row(line)), None)
    if found is not None:
        return found
    # Labels of some other kind; header lines have tabs too, but in front.
    if promised is not None and there and b"\t" in lines[promised - 1].strip(b"\t"):
        return promised - 1
    return None


@dataclass(frozen=True, slots=True)
class _Table:
    values: NDArray[np.float64]
    """Shape (n_points, n_columns)."""
    first_time: datetime | None = None
    """Of the first point, where the file gives times as dates."""


def _table(lines: list[str], labels: list[str], start: datetime | None, name: str) -> _Table:
    """Turn the rows into numbers.

    Raises
    ------
    NothingMeasured
        If there are no rows.
    DamagedFile
        If a row has more or fewer cells than there are labels, or a cell that is no number.
    """
    if not any(line.strip() for line in lines):
        raise NothingMeasured(
            f"{name} has a column row but no points.",
            mend="If points were measured, export them again; the file is kept as it came.",
        )
    if all(line.endswith("\t") for line in lines):
        lines = [line[:-1] for line in lines]
    wrong = next((i for i, line in enumerate(lines) if line.count("\t") != len(labels) - 1), None)
    if wrong is not None:
        raise DamagedFile(
            f"{name}: row {wrong + 1} of {len(lines)} has {lines[wrong].count(chr(9)) + 1} cells, "
            f"{len(labels)} were expected.",
            mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
        )
    lines, first_time = _with_seconds(lines, labels, start)
    text = _with_points("\n".join(lines), name)
    try:
        values = np.loadtxt(text.split("\n"), delimiter="\t", comments=None, ndmin=2, dtype=np.float64)
    except (ValueError, OverflowError) as e:
        raise DamagedFile(
            f"{name}: a cell is no number ({e}).",
            mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
        ) from e
    return _Table(values, first_time)


def _with_points(text: str, name: str) -> str:
    """Make decimal commas points and missing values NaN."""
    if "XXX" in text or "#" in text:
        text = "\n".join(_MISSING.sub("nan", line) for line in text.split("\n"))
    while "\t\t" in text:
        text = text.replace("\t\t", "\tnan\t")
    if "," not in text:
        return text
    if "." in text:
        raise DamagedFile(
            f"{name} has numbers with decimal commas and numbers with decimal points.",
            mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
        )
    return text.replace(",", ".")


def _with_seconds(lines: list[str], labels: list[str], start: datetime | None) -> tuple[list[str], datetime | None]:
    """Where the export has times as dates, put seconds since the start of acquisition, or since the first point."""
    column = next((i for i, label in enumerate(labels) if split(label)[0] == "time"), None)
    first = None if column is None else started_at(lines[0].split("\t")[column])
    if column is None or first is None:
        return lines, None
    origin = start or first
    comma = any("," in cell for i, cell in enumerate(lines[0].split("\t")) if i != column)
    replaced = []
    for line in lines:
        cells = line.split("\t")
        time = started_at(cells[column])
        # What is no date stays as it is and is then found to be no number.
        if time is not None:
            seconds = repr((time - origin).total_seconds())
            cells[column] = seconds.replace(".", ",") if comma else seconds
        replaced.append("\t".join(cells))
    return replaced, first


def _last_cell(line: str) -> str:
    return line.rstrip("\t").rpartition("\t")[2].lstrip("-")


def _check_promised(header: Header, n_points: int, name: str) -> None:
    """Compare the points with the end of the last loop, the only place where a header says how many there are."""
    if header.loops and header.loops[-1][1] >= n_points:
        raise DamagedFile(
            f"{name}: the header promises {header.loops[-1][1] + 1} points, {n_points} follow.",
            mend="Export the measurement again as text from EC-Lab; the file is kept as it came.",
        )


def _typed(label: str, values: NDArray[np.float64]) -> RawColumn:
    wanted = _WHOLE.get(label)
    if wanted is None:
        return RawColumn(label, values)
    limits = np.iinfo(wanted)
    if np.all((values >= limits.min) & (values <= limits.max) & (values == np.floor(values))):
        return RawColumn(label, values.astype(wanted))
    return RawColumn(label, values)


def _reading(
    header: Header, labels: list[str], table: _Table, start: datetime | None, doubts: list[str], name: str
) -> Reading:
    key = key_for(header.technique, {split(label)[0] for label in labels})
    columns = [_typed(label, np.ascontiguousarray(table.values[:, i])) for i, label in enumerate(labels)]
    loop, loop_doubts = loop_column(header.loops, len(table.values))
    if loop is not None:
        columns.append(loop)
    variables, value_doubts = variables_from(columns, key, name=name)
    device = header.first("Device")
    fields: dict[str, Json] = {k: v[0] if len(v) == 1 else list(v) for k, v in header.fields.items()}
    parameters: list[Json] = [list(row) for row in header.parameters]
    lines: list[Json] = list(header.lines)
    columns_json: list[Json] = list(labels)
    return Reading(
        technique=key,
        title=header.technique or "Electrochemical measurement",
        variables=variables,
        header={"lines": lines, "fields": fields, "parameters": parameters, "columns": columns_json},
        metadata=metadata_of(header),
        sample_name=sample_in("\n".join(header.fields.get("Comments", ()))),
        operator=header.first("User") or None,
        instrument=f"BioLogic {device}".strip(),
        started_at=start or table.first_time,
        doubts=(*doubts, *loop_doubts, *value_doubts),
    )


READER = BiologicMpt()
