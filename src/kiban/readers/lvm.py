"""LVM, the text files of LabVIEW: what `Write To Measurement File` writes.

Instrument
----------
Data acquisition with LabVIEW or Signal Express of National Instruments.

What is read
------------
Each segment of the file gives a Reading of technique `sensor_log`: one variable for each channel under its name, in
the unit of `Y_Unit_Label`, along `time` (s; another dimension where `X_Dimension` says so), which is the column
`X_Value`, or `X0` and `Delta_X` where there is none. Channels with columns of their own for X give a Reading for each
X that differs. Segments with the same channels, written one after the other, are one Reading: its time counts from the
start of the first, and `segment` numbers them. The start is the date of the segment, in local time; the operator is
that of the file.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Comments beside rows stand in the header with the number of their row; channels without values are named there. A unit
`g` can be gram or standard gravity, so it is none, with a doubt. Special sections (`***Start_Special***`) are not
read.

File structure
--------------
Text: `LabVIEW Measurement`, lines `key<separator>value`, `***End_of_Header***`; then for each segment lines with one
cell for each column (`Channels`, `Samples`, `Date`, `Time`, `Y_Unit_Label`, `X_Dimension`, `X0`, `Delta_X`),
`***End_of_Header***`, a row of names and rows. Described by National Instruments as LabVIEW measurement files 0.92 to
2. Worked out from 5 files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labview.lvm_document import MEND, LvmDocument, Segment, parse
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, read_label, slug, unique
from kiban.readers.tables.number_columns import is_missing, read_numbers, to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, Reading, Role, Variable

_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?LabVIEW Measurement[ \t,;]*[\r\n]")
_X_UNITS = {"time": "s", "frequency": "Hz"}
_UNITS = {"newtons": "N", "newton": "N", "pascals": "Pa", "celsius": "degC", "fahrenheit": "degF", "kelvin": "K"}
_UNITS |= {"psi": "psi", "amperes": "A", "ohms": "ohm", "na": "", "none": ""}
_LABVIEW_EPOCH = 1904

Floats = NDArray[np.float64]


class Lvm:
    """Reads LabVIEW's measurement files."""

    name = "lvm"
    version = 1
    title = "LVM (LabVIEW measurement file)"
    makers = ("National Instruments",)
    techniques = ("sensor_log",)
    suffixes = (".lvm",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first line is LabVIEW Measurement."""
        if _SIGNATURE.match(source.head[:64]):
            return Recognition(Confidence.CERTAIN, "its first line is LabVIEW Measurement")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every segment. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff").split("\n")
        document = parse(lines, file=source.name)
        segments = [segment for segment in document.segments if segment.rows]
        if not segments:
            raise NothingMeasured(
                f"{source.name} has no segment with values.", mend="If values were recorded, record them again."
            )
        groups: list[list[Segment]] = []
        for segment in segments:
            if groups and _are_alike(groups[-1][-1], segment):
                groups[-1].append(segment)
            else:
                groups.append([segment])
        readings: list[Reading] = []
        for group in groups:
            readings += _readings(group, document, file=source.name)
        return readings


def _are_alike(one: Segment, other: Segment) -> bool:
    return one.labels == other.labels and all(
        one.fields.get(key) == other.fields.get(key) for key in ("Y_Unit_Label", "X_Dimension", "X_Unit_Label")
    )


def _readings(group: list[Segment], document: LvmDocument, *, file: str) -> list[Reading]:
    first = group[0]
    labels = first.labels
    is_x = [label == "X_Value" for label in labels]
    n_columns = len(labels) - (labels[-1] == "Comment")
    signals = [n for n in range(n_columns) if not is_x[n]]
    start = _moment(first, signals[0]) if signals else None
    columns = _joined(group, document.decimal, file)
    # Which X belongs to a channel: the column before it, the one of all, or none.
    x_of = {n: next((m for m in range(n, -1, -1) if is_x[m]), None) for n in signals}
    xs: list[tuple[Floats, list[int]]] = []
    doubts: list[str] = []
    empty: list[Json] = []
    for n in signals:
        if not bool(np.any(np.isfinite(columns[n]))):
            empty.append(labels[n])
            continue
        x = _axis(group, n, x_of[n], columns, doubts, file)
        there = next((members for known, members in xs if np.array_equal(known, x)), None)
        if there is not None:
            there.append(n)
        else:
            xs.append((x, [n]))
    if not xs:
        raise NothingMeasured(f"{file} has a segment without values.", mend="Record the channels again.")
    if len({first.about("Delta_X", n) for n in signals if first.about("Delta_X", n) and labels[n] not in empty}) > 1:
        doubts.append(
            "The channels were sampled at different rates: beside one X each value stands in some row of its time."
        )
    return [
        _reading(group, document, x, members, columns, (start, doubts, empty), place=(n, len(xs)), file=file)
        for n, (x, members) in enumerate(xs, 1)
    ]


def _joined(group: list[Segment], decimal: str, file: str) -> list[Floats]:
    """Each column as numbers, through all segments."""
    width = len(group[0].labels)
    found: list[Floats] = []
    for n in range(width - (group[0].labels[-1] == "Comment")):
        column = read_numbers([row[n] for segment in group for row in segment.rows], decimal)
        if column.texts:
            text = next(iter(column.texts))
            raise DamagedFile(
                f"{file}: numbers were expected in column '{group[0].labels[n]}', '{text[:30]}' was found.", mend=MEND
            )
        found.append(column.values)
    return found


def _axis(
    group: list[Segment], column: int, x: int | None, columns: list[Floats], doubts: list[str], file: str
) -> Floats:
    """X of a channel from the start of the first segment on: the written one, or X0 and Delta_X."""
    parts: list[Floats] = []
    begins: list[float | None] = []
    at = 0
    first = _moment(group[0], column)
    for segment in group:
        n_rows = len(segment.rows)
        written = columns[x][at : at + n_rows] if x is not None else None
        if written is None or not bool(np.any(np.isfinite(written))):
            origin = to_number(segment.about("X0", column).replace(",", "."))
            step = to_number(segment.about("Delta_X", column).replace(",", "."))
            if step is None:
                raise DamagedFile(f"{file}: X_Value or Delta_X was expected for '{segment.labels[column]}'.", mend=MEND)
            written = (origin or 0.0) + step * np.arange(n_rows, dtype=np.float64)
        parts.append(written)
        moment = _moment(segment, column)
        begins.append((moment - first).total_seconds() if moment is not None and first is not None else None)
        at += n_rows
    is_time = (group[0].about("X_Dimension", column) or "Time").lower() == "time"
    if len(group) > 1 and is_time and all(begin is not None for begin in begins):
        parts = [part + (begin or 0.0) for part, begin in zip(parts, begins, strict=True)]
    elif len(group) > 1 and is_time:
        doubts.append("The segments do not say when they began: the time starts again in each of them.")
    values = np.concatenate(parts)
    if not bool(np.all(np.isfinite(values))):
        raise DamagedFile(f"{file}: a row has no X_Value.", mend=MEND)
    return values


def _reading(
    group: list[Segment],
    document: LvmDocument,
    x: Floats,
    members: Sequence[int],
    columns: list[Floats],
    about: tuple[datetime | None, list[str], list[Json]],
    *,
    place: tuple[int, int],
    file: str,
) -> Reading:
    segment = group[0]
    start, doubts, empty = about
    dimension = segment.about("X_Dimension", members[0]) or "Time"
    axis_name = slug(dimension) or "x"
    unit = _X_UNITS.get(dimension.lower()) or read_unit(segment.about("X_Unit_Label", members[0])) or ""
    doubts = list(doubts)
    headers = [ColumnHeader(name=axis_name, label="X_Value", unit=unit, unit_as_written="")]
    headers += [_header(segment, n, doubts) for n in members]
    headers = unique(headers)
    variables = [_variable(headers[0], x, axis_name, Role.AXIS)]
    for header, n in zip(headers[1:], members, strict=True):
        variables.append(_variable(header, columns[n], axis_name, Role.SIGNAL))
    if len(group) > 1:
        counts = np.repeat(np.arange(1, len(group) + 1), [len(s.rows) for s in group]).astype(np.float64)
        numbered = ColumnHeader(name="segment", label="", unit="", unit_as_written="")
        variables.append(_variable(numbered, counts, axis_name, Role.AUXILIARY))
    if bool(np.any(np.diff(x) < 0)) and axis_name == "time":
        doubts.append("The time runs backwards in places.")
    number, total = place
    title = document.header.get("Description") or file.rpartition(".")[0] or file or "LabVIEW measurement"
    return Reading(
        technique="sensor_log",
        title=f"{title}, X {number}" if total > 1 else title,
        variables=tuple(variables),
        header=_header_of(group, document, empty),
        metadata={"maker": "National Instruments"},
        operator=document.header.get("Operator") or None,
        started_at=start or _date(document.header.get("Date", ""), document.header.get("Time", "")),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _header(segment: Segment, column: int, doubts: list[str]) -> ColumnHeader:
    label, written = segment.labels[column], segment.about("Y_Unit_Label", column)
    read = read_label(label)
    if not written:
        return ColumnHeader(name=read.name, label=label, unit=read.unit, unit_as_written=read.unit_as_written)
    unit = _UNITS.get(written.lower(), read_unit(written))
    if written == "g":
        doubts.append(f"The unit 'g' of '{label}' can be gram or standard gravity, so none is given.")
        unit = ""
    elif unit is None:
        doubts.append(f"The unit '{written[:30]}' of '{label}' is not understood.")
    return ColumnHeader(name=read.name or slug(label), label=label, unit=unit or "", unit_as_written=written)


def _variable(header: ColumnHeader, values: Floats, dimension: str, role: Role) -> Variable:
    return Variable(
        name=header.name,
        series=Series(values, header.unit),
        dimensions=(dimension,),
        role=role,
        label=header.label,
        unit_as_written=header.unit_as_written,
    )


def _header_of(group: list[Segment], document: LvmDocument, empty: list[Json]) -> dict[str, Json]:
    header: dict[str, Json] = {
        "lines": list(document.lines),
        "segments": [{key: [*values] for key, values in segment.fields.items()} for segment in group[:100]],
    }
    if group[0].labels[-1] == "Comment":
        rows = [row for segment in group for row in segment.rows]
        comments: dict[str, Json] = {str(n): row[-1] for n, row in enumerate(rows) if not is_missing(row[-1])}
        header |= {"comments": comments} if comments else {}
    return header | ({"empty_columns": empty} if empty else {})


def _moment(segment: Segment, column: int) -> datetime | None:
    return _date(segment.about("Date", column), segment.about("Time", column))


def _date(date: str, time: str) -> datetime | None:
    """`2013/02/19` with `09:51:39,1970510124996275989`; dates before LabVIEW's own epoch stand for none."""
    day = re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", date.strip())
    clock = re.fullmatch(r"(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?", time.strip())
    if day is None or int(day[1]) < _LABVIEW_EPOCH:
        return None
    try:
        moment = datetime(int(day[1]), int(day[2]), int(day[3]))
        if clock is not None:
            seconds = 3600 * int(clock[1]) + 60 * int(clock[2]) + int(clock[3])
            moment += timedelta(seconds=seconds, microseconds=int((clock[4] or "0")[:6].ljust(6, "0")))
    except (ValueError, OverflowError):
        return None
    return moment


READER = Lvm()
