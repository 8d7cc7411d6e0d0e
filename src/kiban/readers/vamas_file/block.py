"""One block of a VAMAS file: forty parts, of which later blocks may leave out those that stay the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.vamas_file.experiment import LINESCANS, MAPS, N_PARTS, SPUTTERED, Experiment
from kiban.readers.vamas_file.lines import MEND, Lines
from kiban.records.reading import Json

_BY_PARTICLES = frozenset({"fabms", "fabms energy spec", "iss", "sims", "sims energy spec", "snms", "snms energy spec"})
_BY_ELECTRONS_OR_X_RAYS = frozenset({"aes diff", "aes dir", "edx", "els", "ups", "xps", "xrf"})

# Number of the part: the entries that it consists of. Parts 8, 11, 31, 32 and 40 count their entries themselves.
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

_Applies = Callable[[Experiment, str], bool]
# Parts that only some experiments or techniques have.
_ONLY: dict[int, _Applies] = {
    10: lambda experiment, _: experiment.mode in MAPS,
    13: lambda experiment, technique: experiment.mode in SPUTTERED or technique in _BY_PARTICLES,
    17: lambda experiment, _: experiment.mode in MAPS | LINESCANS,
    18: lambda experiment, _: experiment.mode in LINESCANS,
    23: lambda _, technique: technique == "aes diff",
    31: lambda experiment, _: experiment.scan_mode == "REGULAR",
    37: lambda experiment, technique: experiment.mode in SPUTTERED and technique in _BY_ELECTRONS_OR_X_RAYS,
}


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
    for number in range(1, N_PARTS + 1):
        applies = _ONLY.get(number)
        if applies is not None and not applies(experiment, str(header.get("technique", "")).lower()):
            continue
        if first is None or number in experiment.repeated:
            header |= _part(lines, number, experiment)
        else:
            header |= {name: first[name] for name in _names(number) if name in first}
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


def _part(lines: Lines, number: int, experiment: Experiment) -> dict[str, Json]:
    name, *_ = _names(number)
    match number:
        case 8:
            return {name: list(lines.take(lines.count("number of lines in block comment"), name))}
        case 11:
            return {name: list(lines.take(len(experiment.variables), name))}
        case 32:
            n = lines.count("number of corresponding variables")
            return {name: [[lines.text(f"{name}: label"), lines.text(f"{name}: units")] for _ in range(n)]}
        case 40:
            n = lines.count("number of additional numerical parameters")
            return {name: [list(lines.take(3, f"{name}: label, units and value")) for _ in range(n)]}
    return {name: lines.text(name) for name in _names(number)}


def _names(number: int) -> tuple[str, ...]:
    return _PARTS.get(number) or _COUNTED[number]


_COUNTED = {
    8: ("block comment",),
    11: ("values of experimental variables",),
    31: ("abscissa label", "abscissa units", "abscissa start", "abscissa increment"),
    32: ("corresponding variables",),
    40: ("additional numerical parameters",),
}


def _labels(header: Mapping[str, Json]) -> tuple[tuple[str, str], ...]:
    listed = header.get("corresponding variables")
    pairs = listed if isinstance(listed, list) else []
    return tuple((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list))
