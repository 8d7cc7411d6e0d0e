"""The regions of a text file of SES: their dimensions, their info and the rows of their data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import optional_number, rows
from kiban.readers.scienta import ses
from kiban.records.reading import Json

MEND = "Save the region again in SES; the file is kept as it came."
_NUMBERED = re.compile(r"(?P<what>.*?)\s*(?P<n>\d+)(?P<places>(?::\d+)*)")
_DIMENSION = re.compile(r"Dimension (?P<n>\d+) (?P<what>name|size|scale)")
_MOST_DIMENSIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension of a region: the energy first."""

    name: str
    values: NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Region:
    """What stands under the marks of one region.

    Parameters
    ----------
    header : dict
        Its sections as written, but for the scales, which are the axes.
    blocks : list of (tuple of int, list of str)
        The places along the third and further dimensions, and the rows.
    """

    number: int
    definition: dict[str, Json] = field(default_factory=dict)
    info: dict[str, Json] = field(default_factory=dict)
    header: dict[str, Json] = field(default_factory=dict)
    blocks: list[tuple[tuple[int, ...], list[str]]] = field(default_factory=list)


def read_regions(lines: Sequence[str]) -> tuple[dict[str, Json], list[Region]]:
    """Sort the sections of a file by region; gives what holds for the file, and the regions in order."""
    general: dict[str, Json] = {}
    regions: dict[int, Region] = {}
    for name, kept in ses.sections(lines):
        match = _NUMBERED.fullmatch(name)
        if match is None:
            general[name or "#text"] = dict(ses.fields(kept))
            continue
        number, what = int(match["n"]), match["what"]
        region = regions.setdefault(number, Region(number=number))
        if what == "Data":
            places = tuple(int(place) for place in match["places"].split(":")[1:])
            region.blocks.append((places, kept))
            continue
        found = ses.fields(kept)
        if what == "Region":
            region.definition = found
            found = {key: value for key, value in found.items() if not key.endswith(" scale")}
        elif what == "Info":
            region.info = found
        region.header[what] = dict(found)
    return general, [regions[number] for number in sorted(regions)]


def dimensions(region: Region, place: str) -> list[Dimension]:
    """Read the dimensions that the region defines.

    Raises
    ------
    DamagedFile
        If a scale has another length than promised.
    """
    made = []
    for n in range(1, _MOST_DIMENSIONS + 1):
        given = _given(region.definition, n)
        if not given:
            break
        scale = rows([given.get("scale", "")], what=f"scale of dimension {n}", file=place)
        values = scale[0] if scale.size else np.empty(0)
        size = optional_number(given.get("size"))
        if size is not None and size != len(values):
            raise DamagedFile(
                f"{place}: dimension {n} promises {size:g} points, its scale has {len(values)}.", mend=MEND
            )
        made.append(Dimension(name=given.get("name", ""), values=values))
    return made


def _given(definition: Mapping[str, Json], n: int) -> dict[str, str]:
    found = {}
    for key, value in definition.items():
        match = _DIMENSION.fullmatch(key)
        if match is not None and int(match["n"]) == n and isinstance(value, str):
            found[match["what"]] = value
    return found


def read_data(
    region: Region, shape: Sequence[Dimension], place: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read all rows of a region.

    Returns
    -------
    (array, array)
        The energies in front of the rows, and the intensities with the energy as last axis and the other dimensions
        before it, the last first.

    Raises
    ------
    DamagedFile
        If there are other blocks, rows or columns than the dimensions promise, or the energies differ between blocks.
    """
    n_energy = len(shape[0].values)
    n_columns = len(shape[1].values) if len(shape) > 1 else 1
    further = [len(dimension.values) for dimension in shape[2:]]
    n_blocks = int(np.prod(further)) if further else 1
    if len(region.blocks) != n_blocks:
        raise DamagedFile(f"{place}: {n_blocks} blocks of data are promised, {len(region.blocks)} follow.", mend=MEND)
    energies: NDArray[np.float64] | None = None
    parts = []
    for _, lines in sorted(region.blocks, key=lambda block: block[0][::-1]):
        table = rows(lines, what="data", file=place)
        if table.shape != (n_energy, 1 + n_columns):
            raise DamagedFile(
                f"{place}: {n_energy} rows of {1 + n_columns} numbers are promised; {table.shape[0]} of "
                f"{table.shape[1]} follow.",
                mend=MEND,
            )
        if energies is not None and not np.array_equal(energies, table[:, 0]):
            raise DamagedFile(f"{place}: the energies differ from block to block.", mend=MEND)
        energies = table[:, 0]
        parts.append(table[:, 1:].T if len(shape) > 1 else table[:, 1])
    if energies is None:
        raise DamagedFile(f"{place}: no data follow.", mend=MEND)
    inner = parts[0].shape
    return energies, np.stack(parts).reshape(*further[::-1], *inner)
