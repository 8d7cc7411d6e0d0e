"""Lines above a table that say something about it: `key: value`, `key = value`, `key,value`, `[section]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from kiban.readers.tables.column_headers import ColumnHeader, read_label
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.text_rows import BLANKS, Row
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json

_SIGNS = re.compile(r"^\s*(?:[#%!';]+|/[/*]+|\*+/?)+\s?")
_KEY = re.compile(r"^(?P<key>[^\t:=]{1,80}?)\s*(?:=|:(?!\\|//))[ \t]*(?P<value>.*)$")
_SAMPLES = (
    *("sample name", "samplename", "sample", "sample id", "sample identification", "user sample name"),
    *("試料名", "サンプル名", "試料", "サンプル"),
)
_TITLES = ("title", *_SAMPLES, "region", "region name", "spectrum name")
_OPERATORS = ("operator", "user", "user name", "acquired by", "measured by", "測定者", "担当者", "オペレータ")
_STARTS = (
    *("started at", "start time", "start date", "acquisition date", "acquired", "measurement date", "date and time"),
    *("acquisition date and time", "date", "datetime", "測定日時", "測定日", "日時", "開始日時"),
)
_X_UNITS, _Y_UNITS = ("xunits", "x units", "x unit"), ("yunits", "y units", "y unit")


def comment_text(line: str) -> str:
    """The words of a comment without the signs that make it one."""
    return _SIGNS.sub("", line).strip()


def read_fields(rows: Iterable[Row], delimiter: str = ",") -> dict[str, Json]:
    """Collect what lines state as key and value, both as written; a key that comes again keeps all values."""
    fields: dict[str, Json] = {}
    for row in rows:
        for key, value in _pairs(row, delimiter):
            if key not in fields:
                fields[key] = value
                continue
            before = fields[key]
            fields[key] = [*before, value] if isinstance(before, list) else [before, value]
    return fields


def _pairs(row: Row, delimiter: str) -> list[tuple[str, str]]:
    text = comment_text(row.text) if row.is_comment else row.text.strip()
    quoted = re.findall(r'([A-Za-z][\w ]*):\s*"([^"]*)"', text)
    if len(quoted) > 1:
        return [(key.strip(), value) for key, value in quoted]
    match = _KEY.match(text)
    if match is not None and not re.search(r"[\t,;]", match["key"]) and match["key"].strip():
        return [(match["key"].strip(), match["value"].strip(" \t,;"))]
    if row.is_comment:
        cells = re.split(r"[\t,;]", text)
    else:
        cells = re.split(r"\t|\s{2,}", text) if delimiter == BLANKS else row.cells
    present = [cell.strip() for cell in cells if cell.strip()]
    if not 2 <= len(present) <= 6 or not cells[0].strip():
        return []
    return [(present[0].rstrip(":= "), ", ".join(present[1:]))]


def _first(fields: dict[str, Json], keys: Sequence[str]) -> str | None:
    lowered = {key.lower().strip(" #:"): value for key, value in fields.items()}
    for key in keys:
        value = lowered.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def title(fields: dict[str, Json]) -> str | None:
    """The file's own title, or the name of its sample."""
    return _first(fields, _TITLES)


def sample_name(fields: dict[str, Json]) -> str | None:
    """What the lines call the sample."""
    return _first(fields, _SAMPLES)


def operator(fields: dict[str, Json]) -> str | None:
    """Who measured."""
    return _first(fields, _OPERATORS)


def started_at(fields: dict[str, Json]) -> datetime | None:
    """When measuring began, if a line says so in a way in which day and month cannot be mixed up."""
    for key in _STARTS:
        value = _first(fields, (key,))
        date = read_date(value) if value else None
        if date is not None:
            return date
    return None


def axis_columns(fields: dict[str, Json], width: int) -> list[ColumnHeader] | None:
    """Name the columns of a table that lines like `XUNITS=1/CM`, `#x,Binding Energy,eV` describe; `None` if none do."""
    lowered = {key.lower().strip(" #"): value for key, value in fields.items()}
    x_unit, y_unit = _first(fields, _X_UNITS), _first(fields, _Y_UNITS)
    if width == 2 and x_unit and y_unit and read_unit(x_unit) is not None and read_unit(y_unit) is not None:
        return [_of_unit(x_unit), _of_unit(y_unit)]
    x, y = lowered.get("x"), lowered.get("y")
    if isinstance(x, str) and isinstance(y, str) and "," in x and "," in y:
        legend = lowered.get("legend")
        names = [name.strip() for name in legend.split(",")] if isinstance(legend, str) else []
        return _of_axes(x, y, names, width)
    return None


_NAMES_OF_UNITS = {
    "nm": "wavelength",
    "um": "wavelength",
    "1/cm": "wavenumber",
    "percent_transmittance": "transmittance",
}


def _of_unit(written: str) -> ColumnHeader:
    unit = read_unit(written) or ""
    name = _NAMES_OF_UNITS.get(unit, "")
    if not name:
        name = read_label("", unit_text=written).name
    return ColumnHeader(name=name, label="", unit=unit, unit_as_written=written)


def _of_axes(x: str, y: str, legend: Sequence[str], width: int) -> list[ColumnHeader] | None:
    """Two axes as NIMS's M-DaC exports state them: name, unit and sometimes `reverse`, then one legend per curve."""
    x_name, x_unit = [part.strip() for part in x.split(",")][:2]
    y_name, y_unit = [part.strip() for part in y.split(",")][:2]
    columns = [read_label(x_name, unit_text=x_unit)]
    if width == 2:
        return [*columns, read_label(y_name, unit_text=y_unit)]
    if len(legend) != width - 1:
        return None
    return [*columns, *(read_label(name, unit_text=y_unit) for name in legend)]
