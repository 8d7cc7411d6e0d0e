"""BELSORP: adsorption isotherms of MicrotracBEL, as DAT files and as CSV.

Instrument
----------
Volumetric adsorption instruments of MicrotracBEL, formerly BEL Japan (BELSORP-max, -mini, HP, ...).

What is read
------------
One Reading of technique `gas_adsorption`, shape (n_points,), along `pressure` (equilibrium pressure) in the unit of the
file: `adsorbed_volume_stp` (cm³ at standard conditions for each gram), `saturation_pressure`, `relative_pressure`,
`initial_pressure`, `dead_volume` and other columns. Both branches stand one after the other; `branch` is 0 for
adsorption and 1 for desorption. Columns that hold nothing but zeros are left out, with their names.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
The row of zeros that ends each branch of a DAT file. `Time of measurement` counts hours and is not taken for a time of
day. The file has no name of a sample: its first comment is taken for it.

File structure
--------------
DAT: headings between rules of `=`, lines `"Key:"<tab>value`, `Adsorption data` and `Desorption data` with a row of
quoted names and rows between tabs. CSV: lines `key,value,[unit]` in English or Japanese (CP932), an empty line, a row
of names, `ADS`, rows, `DES`, rows; the numbers of points are stated and checked. Dates have the year first, in two
digits. Worked out from 5 files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.adsorption.isotherm import BRANCHES, MEND, Branch, loading, short_date, variables_of
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, slug, unique
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading

_RULE = re.compile(r"={6,}")
_NAMES = {
    "No": "data_point",
    "pi": "initial_pressure",
    "pe": "pressure",
    "pe2": "equilibrium_pressure_2",
    "p0": "saturation_pressure",
    "p/p0": "relative_pressure",
    "vd": "dead_volume",
    "v": "",
    "va": "",
}
_KEYS = {
    "adsorptive": ("Adsorptive", "吸着質名称"),
    "temperature": ("Meas. Temp./K", "Adsorption temperature", "吸着温度"),
    "sample_mass": ("Sample weight/g", "Sample weight", "サンプル質量"),
    "serial_number": ("Instrument S/N", "S/N", "Serial number", "シリアルナンバー"),
    "date": ("Date of measurement", "測定日"),
    "first_comment": ("Comment1", "COMMENT1", "コメント１"),
    "n_adsorption": ("Number of adsorption data point", "吸着データ数"),
    "n_desorption": ("Number of desorption data point", "脱着データ数"),
}
_COMMENTS = re.compile(r"(?:comment|コメント)\s*[1-4１-４]", re.IGNORECASE)


class BelsorpText:
    """Reads isotherms of BELSORP instruments."""

    name = "belsorp_text"
    version = 1
    title = "BELSORP isotherms (DAT, CSV)"
    makers = ("MicrotracBEL",)
    techniques = ("gas_adsorption",)
    suffixes = (".dat", ".csv")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text with the headings of DAT files, or with a row of names from `No,pi/kPa` and ADS below."""
        head = source.head[:8192]
        if b"\0" in head:
            return None
        if head.lstrip(b"\xef\xbb\xbf").startswith(b"=====") and b" Adsorption data" in head and b'"Pe/' in head:
            return Recognition(Confidence.CERTAIN, "it has the headings of BELSORP's data files")
        if re.search(rb"^No,\s*pi/ ?\w+,[^\r\n]*\r?\n\s*ADS\b", head, re.MULTILINE):
            return Recognition(Confidence.CERTAIN, "its row of names and the line ADS are those of BELSORP's exports")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read both branches. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff").split("\n")
        document = (_parse_dat if lines[0].startswith("=====") else _parse_csv)(lines, source.name)
        return [_reading(document, source.name)]


@dataclass(slots=True)
class _Document:
    fields: dict[str, list[str]] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    rows: dict[str, list[list[str]]] = field(default_factory=lambda: {branch: [] for branch in BRANCHES})
    preamble: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The value of what we call so, whichever way the file calls it."""
        return next((self.fields[key][0] for key in _KEYS[name] if self.fields.get(key)), "").strip()

    def unit(self, name: str) -> str:
        """The unit in brackets behind the value; empty where there is none."""
        cells = next((self.fields[key] for key in _KEYS[name] if self.fields.get(key)), [])
        written = cells[1].strip("[] ") if len(cells) > 1 else ""
        return read_unit({"C": "degC"}.get(written, written)) or ""


def _parse_dat(lines: list[str], file: str) -> _Document:
    document = _Document()
    branch = ""
    is_ended = True
    for number, line in enumerate(lines, 1):
        if not line.strip() or _RULE.match(line):
            continue
        if line.startswith(" ") and "\t" not in line:
            heading = line.strip()
            document.preamble.append(heading)
            branch = next((b for b in BRANCHES if heading.lower() == f"{b} data"), "")
            is_ended = not branch
            continue
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter="\t"))]
        if not branch:
            document.fields.setdefault(cells[0].rstrip(":"), cells[1:])
        elif cells[0] == "No.":
            document.labels = document.labels or ["No", *cells[1:]]
        elif set(cells) == {"0"}:
            is_ended = True
        elif not is_ended:
            _add(document, branch, cells, f"{file}, line {number}")
    if not is_ended:
        raise DamagedFile(
            f"{file}: a row of zeros was expected after the points of {branch}; there is none.", mend=MEND
        )
    return document


def _parse_csv(lines: list[str], file: str) -> _Document:
    document = _Document()
    branch = ""
    for number, line in enumerate(lines, 1):
        text = line.strip().strip(",").strip()
        if not text:
            continue
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        if text in {"ADS", "DES"}:
            branch = BRANCHES[text == "DES"]
        elif branch:
            _add(document, branch, cells, f"{file}, line {number}")
        elif cells[0] == "No" and len(cells) > 2:
            document.labels = cells
        else:
            document.fields.setdefault(cells[0].rstrip(": "), cells[1:])
    for branch, name in zip(BRANCHES, ("n_adsorption", "n_desorption"), strict=True):
        promised, found = document.value(name), len(document.rows[branch])
        if promised.isdecimal() and int(promised[:9]) != found:
            raise DamagedFile(f"{file}: {promised} points of {branch} are promised, {found} follow.", mend=MEND)
    return document


def _add(document: _Document, branch: str, cells: list[str], place: str) -> None:
    while len(cells) > len(document.labels) and not cells[-1]:
        cells.pop()
    if not document.labels or len(cells) != len(document.labels):
        raise DamagedFile(f"{place}: {len(document.labels)} numbers were expected, {len(cells)} found.", mend=MEND)
    document.rows[branch].append(cells)


def _reading(document: _Document, file: str) -> Reading:
    headers = unique([_header(label) for label in document.labels])
    branches = []
    for name in BRANCHES:
        columns = tuple(zip(*document.rows[name], strict=True)) or tuple(() for _ in headers)
        branches.append(Branch(name, tuple(headers), columns))
    zero = [
        header.name
        for n, header in enumerate(headers)
        if header.name != "pressure" and not any(to_number(cell) != 0 for b in branches for cell in b.columns[n])
    ]
    used = [Branch(b.name, *_without(b.headers, b.columns, zero)) for b in branches]
    doubts = []
    if not any(header.name == "adsorbed_volume_stp" and header.unit for header in headers):
        doubts.append("What was adsorbed is in a unit that is not understood.")
    written = document.value("date")
    started = short_date(written) or read_date(written)
    comments = [
        v[0].strip(" ,") for key, v in document.fields.items() if _COMMENTS.fullmatch(key) and v and v[0].strip(" ,")
    ]
    sample = document.value("first_comment")
    adsorptive = document.value("adsorptive")
    fields: Json = {key: list(values) for key, values in document.fields.items()}
    metadata: dict[str, MetadataValue] = {"maker": "MicrotracBEL"}
    for name in ("adsorptive", "serial_number"):
        if document.value(name):
            metadata[name] = document.value(name)
    if comments:
        metadata["comment"] = "\n".join(comments)
    for name, unit in (("temperature", "K"), ("sample_mass", "g")):
        value = to_number(document.value(name))
        # A mass or temperature of 0 was not entered.
        if value and -300 < value < float("inf"):
            metadata[name] = Measured(value, document.unit(name) or unit)
    return Reading(
        technique="gas_adsorption",
        title=" ".join(part for part in (sample or file.rpartition(".")[0] or file, adsorptive) if part) or "Isotherm",
        variables=variables_of(used, axis="pressure", place=file),
        header={
            "fields": fields,
            "headings": list(document.preamble),
            "columns": list(document.labels),
            "branches": list(BRANCHES),
            **({"unused_columns": list(zero)} if zero else {}),
        },
        metadata=metadata,
        sample_name=sample or None,
        instrument="MicrotracBEL BELSORP",
        started_at=started,
        doubts=tuple(doubts),
    )


def _without(
    headers: Sequence[ColumnHeader], columns: Sequence[tuple[str, ...]], names: Sequence[str]
) -> tuple[tuple[ColumnHeader, ...], tuple[tuple[str, ...], ...]]:
    kept = [(h, c) for h, c in zip(headers, columns, strict=True) if h.name not in names]
    return tuple(h for h, _ in kept), tuple(c for _, c in kept)


def _header(label: str) -> ColumnHeader:
    if label in {"No", "p/p0"}:
        return ColumnHeader(name=_NAMES[label], label=label, unit="", unit_as_written="")
    words, _, written = label.partition("/")
    known = _NAMES.get(words.strip().lower())
    if known == "":
        name, unit = loading(written.strip())
        return ColumnHeader(name=name, label=label, unit=unit or "", unit_as_written=written.strip())
    return ColumnHeader(
        name=known or slug(words) or "column",
        label=label,
        unit=read_unit(written.strip()) or "",
        unit_as_written=written.strip(),
    )


READER = BelsorpText()
