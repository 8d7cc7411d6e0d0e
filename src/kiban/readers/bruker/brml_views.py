"""The columns of BRML's rows, as the data views of the same file describe them.

A route has one `<Datum>` of comma-separated numbers for each step of a scan. Which number is what differs from scan to
scan; each `RawDataView` says where its own begin, how many they are, and what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.bruker.brml_archive import MEND
from kiban.readers.words.unit_words import read_unit
from kiban.readers.xml_header import children, descend, text_at

if TYPE_CHECKING:
    from lxml.etree import _Element

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PREFIXES = {"": "", "None": "", "Milli": "m", "Micro": "u", "Nano": "n", "Kilo": "k", "Mega": "M"}
_BASES = {
    "Counts": "count",
    "CountsPerSecond": "count/s",
    "Degree": "deg",
    "Kelvin": "K",
    "DegreeCelsius": "degC",
    "Celsius": "degC",
    "Second": "s",
    "Meter": "m",
    "Volt": "V",
    "Ampere": "A",
    "Bar": "bar",
    "Pascal": "Pa",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One quantity of the rows."""

    name: str
    """The file's name of it: `MeasuredTime`, `TwoTheta`, `ScanCounter`."""
    label: str
    unit: str
    values: NDArray[np.float64]
    """Shape (n_steps,), or (n_steps, n_channels) where a detector has more than one."""


@dataclass(slots=True, kw_only=True)
class Columns:
    """All quantities of the rows, by what they are."""

    fixed: dict[str, Column] = field(default_factory=dict)
    """The time and the absorber's factor of each step."""
    axes: list[Column] = field(default_factory=list)
    """Positions of the axes that were scanned."""
    others: list[Column] = field(default_factory=list)
    """Positions and sensors that were recorded beside."""
    counters: list[Column] = field(default_factory=list)
    """What detectors counted."""
    doubts: list[str] = field(default_factory=list)


def unit_of(element: _Element | None) -> str:
    """The unit that an element states as `Unit="mm"` or in a child `<Unit Prefix="Milli" Base="Meter"/>`."""
    if element is None:
        return ""
    if written := element.get("Unit"):
        return "deg" if written == "°" else read_unit(written) or ""
    unit = descend(element, "Unit")
    if unit is None:
        return ""
    base, prefix = unit.get("Base") or "", unit.get("Prefix") or ""
    if base not in _BASES or prefix not in _PREFIXES:
        return ""
    return f"{_PREFIXES[prefix]}{_BASES[base]}"


def kind_of(view: _Element) -> str:
    """The type of a view, without the prefix of a namespace."""
    return (view.get(_TYPE) or "").rpartition(":")[2]


class Rows:
    """The numbers of a route's rows. Raises DamagedFile where they are none or the rows differ in length."""

    def __init__(self, route: _Element, *, place: str) -> None:
        self._place = place
        rows = [(datum.text or "").split(",") for datum in children(route, "Datum")]
        self.n_steps = len(rows)
        self.width = len(rows[0]) if rows else 0
        for n, row in enumerate(rows, 1):
            if len(row) != self.width:
                raise DamagedFile(
                    f"{place}, row {n}: {self.width} numbers were expected as in the first row; {len(row)} were found.",
                    mend=MEND,
                )
        try:
            self._table = np.array(rows, dtype=np.float64).reshape(self.n_steps, self.width)
        except ValueError as e:
            raise DamagedFile(f"{place}: a row holds something that is no number ({e}).", mend=MEND) from e

    def cut(self, view: _Element) -> NDArray[np.float64]:
        """The columns that a view covers, shape (n_steps, length). Raises DamagedFile where there are none such."""
        start, length = whole(view, "Start", place=self._place), whole(view, "Length", place=self._place)
        if start < 0 or length < 1 or start + length > self.width:
            raise DamagedFile(
                f"{self._place}: a view of {length} numbers from number {start} was promised; rows have {self.width}.",
                mend=MEND,
            )
        return self._table[:, start : start + length]


def whole(element: _Element, attribute: str, *, place: str) -> int:
    """A whole number in an attribute. Raises DamagedFile."""
    text = element.get(attribute) or ""
    if not text.lstrip("-").isdecimal() or len(text) > 9:
        raise DamagedFile(f"{place}: a whole number was expected as {attribute}; '{text[:40]}' was found.", mend=MEND)
    return int(text)


def columns(route: _Element, rows: Rows, external: NDArray[np.float64] | None, *, place: str) -> Columns:
    """Sort the columns of the rows by what the views say of them.

    Parameters
    ----------
    external : array, shape (n_steps, n_channels), optional
        Counts that lie in a member of their own.

    Raises
    ------
    UnsupportedVariant
        If no view says which column was counted.
    DamagedFile
        If a view covers columns that are not there.
    """
    found = Columns()
    views = descend(route, "DataViews")
    for view in children(views, "RawDataView") if views is not None else ():
        kind = kind_of(view)
        if kind == "FixedRawDataView":
            name = view.get("LogicName") or ""
            found.fixed[name] = Column(name=name, label=name, unit=unit_of(view), values=rows.cut(view)[:, 0])
        elif kind == "VaryingRawDataView":
            varying = descend(view, "Varying")
            is_scanned = varying is None or (varying.get("LogicName") or "ScanAxes") == "ScanAxes"
            (found.axes if is_scanned else found.others).extend(_varying(view, rows))
        elif kind == "RecordedRawDataView" or (kind == "ExtMemoryRecordedRawDataView" and external is not None):
            cut = external if external is not None and kind.startswith("Ext") else rows.cut(view)
            column = _recorded(view, cut, place=place)
            (found.counters if _is_counted(view, column) else found.others).append(column)
        else:
            found.doubts.append(f"Data of the type '{kind[:60]}' are not read.")
    if not found.counters:
        raise UnsupportedVariant(
            f"{place}: no data view says which of its {rows.width} columns was counted.",
            mend="Export the measurement from DIFFRAC as RAW, UXD or XY as well. The file is kept as it came.",
        )
    return found


def _varying(view: _Element, rows: Rows) -> Iterator[Column]:
    cut = rows.cut(view)
    fields = [entry for entry in view.iter("{*}FieldDefinitions") if isinstance(entry.tag, str)]
    # Vectors without a definition for each number, such as coordinates in reciprocal space, have no names to give.
    for entry, values in zip(fields, cut.T, strict=False):
        name = entry.get("AxisId") or entry.get("FieldName") or ""
        unit = unit_of(descend(entry, "Restriction"))
        yield Column(name=name, label=text_at(entry, "VisibleName") or name, unit=unit, values=values)


def _recorded(view: _Element, values: NDArray[np.float64], *, place: str) -> Column:
    recording = descend(view, "Recording")
    name = (recording.get("LogicName") if recording is not None else None) or "Recording"
    label = (recording.get("VisibleName") if recording is not None else None) or name
    height = text_at(recording, "Size", "Y")
    if values.shape[1] > 1 and height not in {"", "0", "1"}:
        raise UnsupportedVariant(
            f"{place}: pictures of {text_at(recording, 'Size', 'X')} × {height} pixels of the detector '{label[:60]}' "
            "were found; scans and line detectors are read.",
            mend="Integrate the pictures in DIFFRAC and save the scan as well. The file is kept as it came.",
        )
    blank = text_at(recording, "BlankingValue")
    numbers = values.copy()
    if blank:
        try:
            numbers[numbers == float(blank)] = np.nan
        except ValueError as e:
            raise DamagedFile(
                f"{place}: a number was expected as BlankingValue; '{blank[:40]}' was found.", mend=MEND
            ) from e
    shaped = numbers[:, 0] if numbers.shape[1] == 1 else numbers
    return Column(name=name, label=label, unit=unit_of(recording), values=shaped)


def _is_counted(view: _Element, column: Column) -> bool:
    recording = descend(view, "Recording")
    category = recording.get("Category") if recording is not None else None
    if category:
        return category == "Count"
    return column.unit in {"count", "count/s"} or "counter" in column.name.lower() or not column.unit
