"""The lines of JASCO text: header, blocks of numbers, and the fields behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.number_list import optional_number, rows
from kiban.records.reading import Json

MEND = "Export the spectrum again from Spectra Manager; the file is kept as it came."
_DATA = re.compile(r"XYDATA(?P<number>\d?)(?P<outer>[\t,;].*)?\s*")
_SECTION = re.compile(r"\[[^\]]+\][\s,;]*")


@dataclass(slots=True, kw_only=True)
class Block:
    """Rows of numbers; `outer` has what was stepped from column to column, where the file states it."""

    table: NDArray[np.float64]
    outer: NDArray[np.float64] | None


@dataclass(slots=True, kw_only=True)
class Lines:
    """What the file says."""

    header: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    sections: dict[str, Json] = field(default_factory=dict)
    """Fields behind the numbers, by their section; those before any section under an empty name."""
    fields: dict[str, str] = field(default_factory=dict)
    """The same, without sections: the first of each name."""


def split(text: str, *, file: str) -> Lines:
    """Sort the lines of a file. Raises DamagedFile and NothingMeasured."""
    lines = text.splitlines()
    mark = _mark(lines)
    found = Lines()
    at = next((n for n, line in enumerate(lines) if _DATA.fullmatch(line)), None)
    if at is None:
        raise DamagedFile(f"{file}: a line XYDATA was expected; there is none.", mend=MEND)
    for line in lines[:at]:
        key, _, value = line.partition(mark)
        if key.strip():
            found.header.setdefault(key.strip(), value.strip(" \t" + mark))
    while at < len(lines) and (data := _DATA.fullmatch(lines[at])) is not None:
        at = _block(found, lines, at, (data["outer"] or "")[1:], mark, file)
    _footer(found, lines[at:], mark)
    return found


def _mark(lines: list[str]) -> str:
    """What parts a key from its value: the sign after the first TITLE or ORIGIN."""
    for line in lines[:40]:
        for key in ("TITLE", "ORIGIN", "DATA TYPE", "XUNITS"):
            if line.startswith(key) and line[len(key) : len(key) + 1] in {"\t", ",", ";"}:
                return line[len(key)]
    return "\t"


def _block(found: Lines, lines: list[str], at: int, outer: str, mark: str, file: str) -> int:
    """Read the numbers after line `at`; returns where they end."""
    first = end = at + 1
    while end < len(lines) and _is_row(lines[end], mark):
        end += 1
    if not outer and first < end and lines[first].startswith(mark):
        # Interval scans: a row with an empty first cell says when each spectrum was measured.
        outer, first = lines[first][1:], first + 1
    steps = _row(outer, mark, file, first) if outer.strip(mark + " ") else None
    cells = [" ".join(cell.strip() for cell in line.rstrip(mark + " ").split(mark)) for line in lines[first:end]]
    table = rows(cells, what="data", file=file, first_line=first + 1)
    if len(table) == 0:
        raise NothingMeasured(f"{file} has no row of numbers after XYDATA.", mend=MEND)
    promised = optional_number(found.header.get("NPOINTS"))
    if promised is not None and promised != len(table):
        raise DamagedFile(f"{file}: NPOINTS promises {promised:g} points, {len(table)} rows follow.", mend=MEND)
    if steps is not None and steps.size != table.shape[1] - 1:
        raise DamagedFile(
            f"{file}: {steps.size} spectra are announced, rows have {table.shape[1] - 1} values beside the first.",
            mend=MEND,
        )
    if table.shape[1] < 2:
        raise DamagedFile(f"{file}: rows of 2 or more numbers were expected; they have {table.shape[1]}.", mend=MEND)
    found.blocks.append(Block(table=table, outer=steps))
    while end < len(lines) and not lines[end].strip(" \t,;"):
        end += 1
    return end


def _row(text: str, mark: str, file: str, place: int) -> NDArray[np.float64]:
    cells = " ".join(cell.strip() for cell in text.strip(mark + " ").split(mark))
    found: NDArray[np.float64] = rows([cells], what="axis", file=file, first_line=place).ravel()
    return found


def _is_row(line: str, mark: str) -> bool:
    """A line of numbers, or one that should be: it ends at an empty line, a section, a word or the next block."""
    cell = line.split(mark)[0].strip() if line.strip(" \t,;") else ""
    if not cell:
        return bool(line.strip(" \t,;"))
    return optional_number(cell) is not None


def _footer(found: Lines, lines: list[str], mark: str) -> None:
    section = ""
    for line in lines:
        text = line.strip()
        if not text.strip(",;") or text.startswith("#####"):
            continue
        if _SECTION.fullmatch(text):
            section = text.strip("\t,; ")
            continue
        key, _, value = line.partition(mark)
        name, value = key.strip(), value.strip(" \t")
        found.fields.setdefault(name, value)
        of = found.sections.setdefault(section, {})
        if isinstance(of, dict):
            present = of.get(name)
            of[name] = value if present is None else [*(present if isinstance(present, list) else [present]), value]


def header_of(found: Lines) -> Mapping[str, Json]:
    """The header as written: its keys, and the sections behind the numbers under their names."""
    return {**found.header, **{section or "#fields": value for section, value in found.sections.items()}}
