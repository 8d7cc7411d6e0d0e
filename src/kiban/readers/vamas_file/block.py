"""One block of a VAMAS file: forty parts, of which later blocks may leave out those that stay the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.vamas_file.experiment import LINESCANS, MAPS, N_PARTS, SPUTTERED, Experiment
from kiban.readers.vamas_file.lines import MEND, Lines
from kiban.records.reading import Json

_BY_PARTICLES = frozenset({"fabms", "fabms energy spec", "iss", "sims", "sims energy spec", "snms", "snms energy spec"})
_BY_ELECTRONS_OR_X_RAYS = frozenset({"aes diff", "aes dir", "edx", "els", "ups", "xps", "xrf"})

# Number of the part: the entries that it consists of, one line each. Parts 8, 11, 32 and 40 count theirs themselves.
_PARTS: dict[int, tuple[str, ...]] = {
    1: ("year",),
    2: ("month",),
    3: ("day",),
    4: ("hours",),
    5: ("minutes",),
    6: ("seconds",),
    7: ("number of hours in advance of Greenwich Mean Time",),
    9: ("technique",),
    10: ("x coordinate", "y coordinate"),
    12: ("analysis source label",),
    13: (
        "sputtering ion or atom atomic number",
        "number of atoms in sputtering ion or atom particle",
        "sputtering ion or atom charge sign and number",
    ),
    14: ("analysis source characteristic energy",),
    15: ("analysis source strength",),
    16: ("analysis source beam width x", "analysis source beam width y"),
    17: ("field of view x", "field of view y"),
    18: (
        "first linescan start x coordinate",
        "first linescan start y coordinate",
        "first linescan finish x coordinate",
        "first linescan finish y coordinate",
        "last linescan finish x coordinate",
        "last linescan finish y coordinate",
    ),
    19: ("analysis source polar angle of incidence",),
    20: ("analysis source azimuth",),
    21: ("analyser mode",),
    22: ("analyser pass energy or retard ratio or mass resolution",),
    23: ("differential width",),
    24: ("magnification of analyser transfer lens",),
    25: ("analyser work function or acceptance energy of atom or ion",),
    26: ("target bias",),
    27: ("analysis width x", "analysis width y"),
    28: ("analyser axis take off polar angle", "analyser axis take off azimuth"),
    29: ("species label",),
    30: ("transition or charge state label", "charge of detected particle"),
    31: ("abscissa label", "abscissa units", "abscissa start", "abscissa increment"),
    33: ("signal mode",),
    34: ("signal collection time",),
    35: ("number of scans to compile this block",),
    36: ("signal time correction",),
    37: (
        "sputtering source energy",
        "sputtering source beam current",
        "sputtering source width x",
        "sputtering source width y",
        "sputtering source polar angle of incidence",
        "sputtering source azimuth",
        "sputtering mode",
    ),
    38: ("sample normal polar angle of tilt", "sample normal tilt azimuth"),
    39: ("sample rotation angle",),
}

_TELLING = _BY_PARTICLES | _BY_ELECTRONS_OR_X_RAYS
"""Techniques on which it depends which parts there are."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Parts that are read in the same way."""

    names: tuple[str, ...]
    counted: int = 0
    """The number of the part, where it counts its entries itself; 0 for entries of one line each."""
    is_repeated: bool = True
    """Whether later blocks have it; otherwise it holds from the first one."""


def _applies(number: int, mode: str, scan_mode: str, technique: str) -> bool:
    """Some parts belong to some experiment modes, scan modes or techniques only."""
    match number:
        case 10:
            return mode in MAPS
        case 13:
            return mode in SPUTTERED or technique in _BY_PARTICLES
        case 17:
            return mode in MAPS | LINESCANS
        case 18:
            return mode in LINESCANS
        case 23:
            return technique == "aes diff"
        case 31:
            return scan_mode == "REGULAR"
        case 37:
            return mode in SPUTTERED and technique in _BY_ELECTRONS_OR_X_RAYS
    return True


@lru_cache(maxsize=256)
def _steps(mode: str, scan_mode: str, technique: str, repeated: frozenset[int], begin: int, end: int) -> list[_Step]:
    """How the parts from one number to before another are read."""
    steps: list[_Step] = []
    for number in range(begin, end):
        if not _applies(number, mode, scan_mode, technique):
            continue
        counted = number if number in _COUNTED else 0
        step = _Step(_names(number), counted, number in repeated)
        before = steps[-1] if steps else None
        if before is not None and not (before.counted or counted) and before.is_repeated == step.is_repeated:
            steps[-1] = _Step(before.names + step.names, 0, step.is_repeated)
        else:
            steps.append(step)
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block as it stands in the file.

    Parameters
    ----------
    header : mapping
        The entries of its head, as written, under the names that the standard gives them.
    variables : tuple of (str, str)
        Label and unit of each corresponding variable.
    extremes : list of str
        Minimum and maximum of each variable as the head states them.
    values : array, shape (n_points, n_variables)
    place : str
        File and number of the block, for messages.
    """

    header: Mapping[str, Json]
    variables: tuple[tuple[str, str], ...]
    extremes: list[str]
    values: NDArray[Any]
    place: str


def read_block(lines: Lines, experiment: Experiment, first: Mapping[str, Json] | None, place: str) -> Block:
    """Read one block; what it leaves out it has from the first.

    Raises
    ------
    DamagedFile
        If the file ends in it, or the numbers are not as many as it promises.
    """
    header: dict[str, Json] = {
        "block identifier": lines.text("block identifier"),
        "sample identifier": lines.text("sample identifier"),
    }
    mode, scan_mode = experiment.mode, experiment.scan_mode
    repeated = experiment.repeated if first is not None else _EVERYTHING
    # The technique is part 9, and none before it depends on it.
    _take(_steps(mode, scan_mode, "", repeated, 1, 10), header, lines, experiment, first)
    technique = str(header.get("technique", "")).lower()
    telling = technique if technique in _TELLING else ""
    _take(_steps(mode, scan_mode, telling, repeated, 10, N_PARTS + 1), header, lines, experiment, first)
    if experiment.n_future_entries:
        entries = lines.take(experiment.n_future_entries, "future upgrade block entries")
        header["future upgrade block entries"] = list(entries)
    variables = _labels(header)
    n_values = lines.count("number of ordinate values")
    extremes = lines.take(2 * len(variables), "minimum and maximum ordinate values")
    header["minimum and maximum ordinate values"] = list(extremes)
    if not variables or n_values % len(variables):
        raise DamagedFile(
            f"{place}: {n_values} ordinate values cannot be shared out among {len(variables)} corresponding variables.",
            mend=MEND,
        )
    values = lines.numbers(n_values, "ordinate values").reshape(-1, len(variables))
    return Block(header=header, variables=variables, extremes=extremes, values=values, place=place)


def _take(
    steps: list[_Step], header: dict[str, Json], lines: Lines, experiment: Experiment, first: Mapping[str, Json] | None
) -> None:
    """Put entries into the header, from the lines or from that of the first block."""
    for step in steps:
        if not step.is_repeated and first is not None:
            header |= {name: first[name] for name in step.names if name in first}
        elif step.counted:
            header[step.names[0]] = _counted(lines, step.counted, step.names[0], experiment)
        else:
            header.update(zip(step.names, lines.texts(step.names), strict=True))


def _counted(lines: Lines, number: int, name: str, experiment: Experiment) -> Json:
    match number:
        case 8:
            return list(lines.take(lines.count("number of lines in block comment"), name))
        case 11:
            return list(lines.take(len(experiment.variables), name))
        case 32:
            n = lines.count("number of corresponding variables")
            return [[lines.text(f"{name}: label"), lines.text(f"{name}: units")] for _ in range(n)]
        case _:
            n = lines.count("number of additional numerical parameters")
            return [list(lines.take(3, f"{name}: label, units and value")) for _ in range(n)]


def _names(number: int) -> tuple[str, ...]:
    return _PARTS.get(number) or _COUNTED[number]


_COUNTED = {
    8: ("block comment",),
    11: ("values of experimental variables",),
    32: ("corresponding variables",),
    40: ("additional numerical parameters",),
}
_EVERYTHING = frozenset(range(1, N_PARTS + 1))


def _labels(header: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    listed = header.get("corresponding variables")
    pairs = listed if isinstance(listed, list) else []
    return tuple((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list))
