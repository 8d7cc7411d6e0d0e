"""Blocks of numbers in the text that MultiPak's exporter writes of PHI's files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import numbers, optional_number

MEND = "Export the measurement again, or hand over its SPE or PRO; the file is kept as it came."
MARK = "//Area Comment"
_SEPARATORS = str.maketrans("\t,", "  ")
_LABEL = re.compile(r"(?P<name>[^(),]{1,80})(?:\((?P<unit>[^()]{0,40})\))?(?:,.{0,40})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One block.

    Parameters
    ----------
    fields : dict
        What stands above the numbers, by the names that the line `//Area Comment,...` gives.
    values : array, shape (n_points, n_columns)
    place : str
        File and line, for messages.
    """

    fields: dict[str, str]
    values: NDArray[Any]
    place: str

    @property
    def is_spectrum(self) -> bool:
        """It is over energies; otherwise one number of each cycle."""
        return "RegionNo" in self.fields

    @property
    def key(self) -> tuple[str, str]:
        """Sample and line of the element, by which spectra and profiles belong together."""
        return self.fields.get("Area Comment", ""), self.fields.get("AtomicName", "")

    def count(self, name: str) -> int:
        """A whole number among the fields. Raises DamagedFile."""
        value = optional_number(self.fields.get(name))
        if value is None or value % 1 or value < 0:
            raise DamagedFile(
                f"{self.place}: a whole number was expected as {name}; '{self.fields.get(name, '')[:40]}' was found.",
                mend=MEND,
            )
        return int(value)

    def label(self, name: str) -> tuple[str, str]:
        """Name and unit of an axis: `Binding Energy(eV),reverse`. Raises DamagedFile."""
        match = _LABEL.fullmatch(self.fields.get(name, ""))
        if match is None:
            raise DamagedFile(
                f"{self.place}: a name with its unit was expected as {name}; '{self.fields.get(name, '')[:40]}' was "
                "found.",
                mend=MEND,
            )
        return match["name"].strip(), (match["unit"] or "").strip()


def read_exported(lines: Sequence[str], position: int, file: str) -> list[Exported]:
    """Read all blocks from a line on.

    Raises
    ------
    DamagedFile
        If fewer lines follow than a block promises, or one holds another number of numbers.
    """
    blocks = []
    while position < len(lines):
        if not lines[position].startswith(MARK):
            if lines[position].strip():
                raise DamagedFile(
                    f"{file}, line {position + 1}: '{MARK},...' was expected; '{lines[position][:40]}' was found.",
                    mend=MEND,
                )
            position += 1
            continue
        block = _block(lines, position, file)
        blocks.append(block)
        position += 1 + len(block.fields) + len(block.values)
    return blocks


def _block(lines: Sequence[str], position: int, file: str) -> Exported:
    place = f"{file}, line {position + 1}"
    names = [name.strip() for name in lines[position].removeprefix("//").split(",")]
    if len(set(names)) < len(names) or names[-1] != "DataCount" or not {"AtomicName", "XLabel", "YLabel"} < set(names):
        raise DamagedFile(
            f"{place}: AtomicName, XLabel, YLabel and at last DataCount were expected; '{lines[position][:80]}' was "
            "found.",
            mend=MEND,
        )
    first = position + 1 + len(names)
    fields = dict(zip(names, (line.strip() for line in lines[position + 1 : first]), strict=False))
    head = Exported(fields=fields, values=np.zeros((0, 0)), place=place)
    n = head.count("DataCount")
    n_columns = 1 + (head.count("Cycle") if "Cycle" in fields else 1)
    rows = lines[first : first + n]
    if len(rows) < n:
        raise DamagedFile(f"{place}: {n} lines of numbers are promised; the file ends after {len(rows)}.", mend=MEND)
    for number, row in enumerate(rows, first + 1):
        if row.count("\t") + row.count(",") != n_columns - 1:
            raise DamagedFile(
                f"{file}, line {number}: {n_columns} numbers were expected; '{row[:60]}' was found.", mend=MEND
            )
    values = numbers("\n".join(rows).translate(_SEPARATORS), what="intensities", file=file)
    if values.size != n * n_columns:
        raise DamagedFile(f"{place}: {n} x {n_columns} numbers were expected; {values.size} were found.", mend=MEND)
    return Exported(fields=fields, values=values.reshape(n, n_columns), place=place)
