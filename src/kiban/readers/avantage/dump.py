"""The lines of a dump of an Avantage DataSpace: properties, axes and blocks of values."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.number_list import optional_number

MEND = "Export the data again from Avantage; the file is kept as it came."
_PROPERTY = re.compile(r"(?P<key>DS_\w+(?:\[\d+\])?)\s*:(?:[^:=]*:)?\s*(?P<type>VT_\w+)\s*=\s*(?P<value>.*)")
_DATA_AXIS = re.compile(r"\d+\s*=\s*(?P<start>-?\d+)\s*,\s*(?P<end>-?\d+)\s*,\s*(?P<n>\d+).*")
_SPACE_AXIS = re.compile(
    r"\d+\s*=\s*(?P<start>[^,]+),\s*(?P<step>[^,]+),\s*(?P<n>\d+)\s*,(?P<type>[^,]+),(?P<spacing>[^,]+),"
    r"\s*'(?P<symbol>[^']*)'\s*,\s*'(?P<unit>[^']*)'\s*,\s*'(?P<label>[^']*)'.*"
)
_VALUE = re.compile(r"\$AXISVALUE=.*?SPACEAXIS=(?P<axis>\d+).*?POINT=(?P<point>\d+)\s+VALUE=(?P<value>[^;]*);?.*")
_LIST = re.compile(r"LIST@\s*(?P<at>\d+)\s*=\s*(?P<values>.*)")
_EMPTY = "#empty#"
_LONGEST = 1 << 14
_SPARSE = 4
"""A map may lack spectra, but hardly more than this many for each that is there: then its axes are damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceAxis:
    """What a data axis means: energy, a place, the time of etching."""

    start: float
    step: float
    n: int
    type: str
    is_linear: bool
    unit: str
    label: str


@dataclass(slots=True, kw_only=True)
class Dump:
    """A DataSpace.

    Parameters
    ----------
    data_axes : list of (int, int)
        The length of each axis of the data, the innermost first, and how many space axes belong to it.
    values : dict
        Texts of the space axes that are not linear, by axis and point.
    blocks : dict
        Values along the innermost axis, by the indices of the others in the order of the data axes.
    """

    properties: dict[str, str] = field(default_factory=dict)
    data_axes: list[tuple[int, int]] = field(default_factory=list)
    space_axes: list[SpaceAxis] = field(default_factory=list)
    values: dict[int, dict[int, str]] = field(default_factory=dict)
    blocks: dict[tuple[int, ...], NDArray[np.float64]] = field(default_factory=dict)


def dump(text: str, *, file: str) -> Dump:
    """Sort the lines of a file. Raises DamagedFile."""
    found = Dump()
    block: NDArray[np.float64] | None = None
    axes: list[tuple[int, int]] | None = None
    for place, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        where = f"{file}, line {place}"
        if bare.startswith("LIST@"):
            _fill(block, bare, where)
        elif bare.startswith("$DATA="):
            index = _index(bare, found, where)
            # A value needs two characters at least, so axes that promise more than the file can hold are refused here.
            if (len(found.blocks) + 1) * found.data_axes[0][0] > len(text):
                raise DamagedFile(f"{where}: the axes promise more values than the file can hold.", mend=MEND)
            block = found.blocks[index] = np.full(found.data_axes[0][0], np.nan)
        elif len(bare) > _LONGEST:
            raise DamagedFile(f"{where}: a property or an axis was expected; the line is too long for one.", mend=MEND)
        elif bare.startswith("$AXISVALUE"):
            if (value := _VALUE.fullmatch(bare)) is not None:
                of = found.values.setdefault(int(value["axis"]), {})
                of[int(value["point"])] = value["value"].strip().strip("'")
        elif bare.startswith("$"):
            axes = found.data_axes if bare.startswith("$DATAAXES") else None
        elif (known := _PROPERTY.fullmatch(bare)) is not None:
            text_of = known["value"].strip()
            is_text = len(text_of) > 1 and text_of[0] == text_of[-1] == "'"
            found.properties[known["key"]] = text_of[1:-1] if is_text else text_of
        elif axes is not None and (data := _DATA_AXIS.fullmatch(bare)) is not None:
            n = int(data["end"]) - int(data["start"]) + 1
            if not 0 < n <= len(text):
                raise DamagedFile(f"{where}: an axis of the data with points was expected; it has {n}.", mend=MEND)
            axes.append((n, int(data["n"])))
        elif (space := _SPACE_AXIS.fullmatch(bare)) is not None:
            found.space_axes.append(_space_axis(space, where))
    _check(found, file)
    return found


def _space_axis(match: re.Match[str], where: str) -> SpaceAxis:
    start, step = optional_number(match["start"]), optional_number(match["step"])
    if start is None or step is None:
        raise DamagedFile(f"{where}: start and step of an axis were expected; '{match[0][:60]}' was found.", mend=MEND)
    return SpaceAxis(
        start=start,
        step=step,
        n=int(match["n"]),
        type=match["type"].strip().upper(),
        is_linear=match["spacing"].strip().upper() == "LINEAR",
        unit=match["unit"].strip(),
        label=match["label"].strip(),
    )


def _index(line: str, found: Dump, where: str) -> tuple[int, ...]:
    """Say where a block belongs: `$DATA=*,3,1` is point 3 of the second axis and 1 of the third."""
    words = [word.strip() for word in line.removeprefix("$DATA=").split(",")][1:]
    index = tuple(int(word) for word in words if word.isdigit())
    lengths = [n for n, _ in found.data_axes[1:]]
    # A single block needs no index.
    index = index or (0,) * len(lengths)
    is_place = len(index) == len(lengths) and all(i < n for i, n in zip(index, lengths, strict=True))
    if not found.data_axes or not is_place or len(words) != len(index) * bool(words):
        raise DamagedFile(
            f"{where}: a place in {len(lengths) + 1} axes was expected; '{line[:60]}' was found.", mend=MEND
        )
    if index in found.blocks:
        raise DamagedFile(f"{where}: the values at {index} come twice.", mend=MEND)
    return index


def _fill(block: NDArray[np.float64] | None, line: str, where: str) -> None:
    match = _LIST.fullmatch(line)
    cells = [cell.strip() for cell in match["values"].rstrip(" ,").split(",")] if match else []
    if match is None or block is None or int(match["at"]) + len(cells) > block.size:
        raise DamagedFile(f"{where}: values inside the axis were expected; '{line[:60]}' was found.", mend=MEND)
    at = int(match["at"])
    for n, cell in enumerate(cells, at):
        value = optional_number(cell) if cell != _EMPTY else np.nan
        if value is None:
            raise DamagedFile(f"{where}: a number was expected; '{cell[:40]}' was found.", mend=MEND)
        block[n] = value


def _check(found: Dump, file: str) -> None:
    """Refuse axes that do not belong together."""
    if sum(n for _, n in found.data_axes) != len(found.space_axes):
        raise DamagedFile(
            f"{file}: {sum(n for _, n in found.data_axes)} space axes belong to the data axes, "
            f"{len(found.space_axes)} follow.",
            mend=MEND,
        )
    n_spectra = math.prod(n for n, _ in found.data_axes[1:])
    if n_spectra > _SPARSE * max(len(found.blocks), 1):
        raise DamagedFile(f"{file}: the axes promise {n_spectra} spectra, {len(found.blocks)} follow.", mend=MEND)
    spaces = iter(found.space_axes)
    for length, n_spaces in found.data_axes:
        for _ in range(n_spaces):
            space = next(spaces)
            if space.n != length:
                raise DamagedFile(
                    f"{file}: the axis {space.label} promises {space.n} points, the data have {length}.", mend=MEND
                )
