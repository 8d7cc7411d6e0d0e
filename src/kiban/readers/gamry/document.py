"""A Gamry file taken apart: lines `KEY<tab>KIND<tab>value...`, and tables with names and units above their rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiban.errors import DamagedFile

MEND = "Export the measurement again from Framework, or copy the file again; it is kept as it came."


@dataclass(slots=True)
class GamryTable:
    """One table: `CURVE1`, `ZCURVE`, `OCVCURVE`, ..."""

    key: str
    promised: int | None
    labels: list[str]
    units: list[str]
    rows: list[list[str]]


@dataclass(slots=True)
class GamryDocument:
    """The whole file."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    """What follows the kind, by key: `TITLE` gives `["Cyclic Voltammetry", "Test &Identifier"]`."""
    kinds: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: list[GamryTable] = field(default_factory=list)

    def value(self, key: str) -> str:
        """The first value of a line; empty where there is none."""
        return (self.fields.get(key) or [""])[0].strip()

    @property
    def is_aborted(self) -> bool:
        """Whether the file says that the user stopped the measurement."""
        return self.value("EXPERIMENTABORTED").upper() in {"T", "TRUE"}


def parse(lines: list[str], *, file: str) -> GamryDocument:
    """Take the file apart.

    Raises
    ------
    DamagedFile
        If a table lacks its names or units, or a row has another number of cells.
    """
    document = GamryDocument()
    at = 1
    while at < len(lines):
        cells = [cell.strip() for cell in lines[at].split("\t")]
        at += 1
        if len(cells) < 2 or not cells[0]:
            continue
        key, kind = cells[0], cells[1].upper()
        if kind == "TABLE":
            table, at = _table(key, cells, lines, at, file=file)
            document.tables.append(table)
        elif kind == "NOTES":
            at = _notes(document, cells, lines, at)
        else:
            # `TAG<tab>CV` has no kind before its value.
            document.fields.setdefault(key, cells[1:2] if key == "TAG" else cells[2:])
            document.kinds.setdefault(key, "" if key == "TAG" else kind)
    return document


def _notes(document: GamryDocument, cells: list[str], lines: list[str], at: int) -> int:
    """As many lines as the number says, each behind a tab; an empty note is written as one empty line."""
    count = int(cells[2][:6]) if len(cells) > 2 and cells[2].isdecimal() and cells[2].isascii() else 0
    end = at
    while end < min(at + count, len(lines)) and not lines[end][:1].strip():
        end += 1
    document.notes.extend(line.strip() for line in lines[at:end] if line.strip())
    return end


def _table(key: str, cells: list[str], lines: list[str], at: int, *, file: str) -> tuple[GamryTable, int]:
    count = re.fullmatch(r"[0-9]{1,9}", cells[2]) if len(cells) > 2 else None
    if at + 1 >= len(lines) or not lines[at].startswith("\t") or not lines[at + 1].startswith("\t"):
        raise DamagedFile(f"{file}: names and units were expected below line {at} ({key}).", mend=MEND)
    labels = [cell.strip() for cell in lines[at].rstrip("\t\n ").split("\t")[1:]]
    units = [cell.strip() for cell in lines[at + 1].split("\t")[1:]]
    units += [""] * (len(labels) - len(units))
    if not labels or any(units[len(labels) :]):
        raise DamagedFile(f"{file}, line {at + 2}: {len(labels)} units were expected, {len(units)} found.", mend=MEND)
    at += 2
    rows: list[list[str]] = []
    while at < len(lines) and (lines[at].startswith("\t") or not lines[at].strip()):
        if lines[at].strip():
            row = [cell.strip() for cell in lines[at].split("\t")[1:]]
            while len(row) > len(labels) and not row[-1]:
                row.pop()
            if len(row) != len(labels):
                raise DamagedFile(
                    f"{file}, line {at + 1}: {len(labels)} cells were expected in {key}, {len(row)} found.", mend=MEND
                )
            rows.append(row)
        at += 1
    return GamryTable(key, int(count[0]) if count else None, labels, units[: len(labels)], rows), at
