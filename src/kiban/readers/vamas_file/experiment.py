"""The head of a VAMAS file: what holds for all blocks."""

from __future__ import annotations

from dataclasses import dataclass

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.vamas_file.lines import MEND, Lines
from kiban.records.reading import Json

SIGNATURE = "VAMAS Surface Chemical Analysis Standard Data Transfer Format"
MAPS = frozenset({"MAP", "MAPDP"})
SPUTTERED = frozenset({"MAPDP", "MAPSVDP", "SDP", "SDPSV"})
LINESCANS = frozenset({"MAPSV", "MAPSVDP", "SEM"})
_WITH_REGIONS = frozenset({"MAP", "MAPDP", "NORM", "SDP"})
_MODES = MAPS | SPUTTERED | LINESCANS | _WITH_REGIONS | {"NOEXP"}
_SCANS = frozenset({"REGULAR", "IRREGULAR", "MAPPING"})
N_PARTS = 40
"""Parts of a block, by whose numbers the list of inclusions or exclusions calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What stands before the first block."""

    mode: str
    scan_mode: str
    variables: tuple[tuple[str, str], ...]
    """Label and unit of each experimental variable: what was changed from block to block."""
    repeated: frozenset[int]
    """Numbers of the parts that every block has; the other parts stand in the first block only and hold for all."""
    n_future_entries: int
    """Lines at the end of each block's head whose meaning is left to later versions of the format."""
    n_blocks: int
    header: dict[str, Json]
    """All of it as written, under the names that the standard gives the entries."""


def read_experiment(lines: Lines) -> Experiment:
    """Read the head of the file.

    Raises
    ------
    DamagedFile
        If it is not one, or promises more than the file can hold.
    UnsupportedVariant
        If its experiment or scan mode is not in the standard.
    """
    header: dict[str, Json] = {"format identifier": lines.text("format identifier")}
    if not str(header["format identifier"]).startswith(SIGNATURE):
        raise DamagedFile(f"{lines.place}: '{SIGNATURE} ...' was expected; it begins otherwise.", mend=MEND)
    for name in ("institution", "instrument model", "operator", "experiment"):
        header[f"{name} identifier"] = lines.text(f"{name} identifier")
    header["comment"] = list(lines.take(lines.count("number of lines in comment"), "comment"))
    mode = _word(lines, "experiment mode", _MODES)
    scan_mode = _word(lines, "scan mode", _SCANS)
    header |= {"experiment mode": mode, "scan mode": scan_mode}
    if mode in _WITH_REGIONS:
        header["number of spectral regions"] = lines.integer("number of spectral regions")
    if mode in MAPS:
        header["number of analysis positions"] = lines.integer("number of analysis positions")
        for letter in "xy":
            name = f"number of discrete {letter} coordinates available in full map"
            header[name] = lines.integer(name)
    variables = tuple(
        (lines.text("experimental variable label"), lines.text("experimental variable units"))
        for _ in range(lines.count("number of experimental variables"))
    )
    header["experimental variables"] = [[label, unit] for label, unit in variables]
    repeated = _repeated(lines, header)
    manual = lines.take(lines.count("number of manually entered items"), "manually entered items")
    header["manually entered items"] = list(manual)
    n_experiment = lines.count("number of future upgrade experiment entries")
    n_future = lines.count("number of future upgrade block entries")
    header["future upgrade experiment entries"] = list(lines.take(n_experiment, "future upgrade experiment entries"))
    return Experiment(
        mode=mode,
        scan_mode=scan_mode,
        variables=variables,
        repeated=repeated,
        n_future_entries=n_future,
        n_blocks=lines.count("number of blocks"),
        header=header,
    )


def _word(lines: Lines, what: str, allowed: frozenset[str]) -> str:
    word = lines.text(what).upper()
    if word not in allowed:
        raise UnsupportedVariant(
            f"{lines.place}: one of {', '.join(sorted(allowed))} was expected as {what}; '{word[:40]}' was found.",
            mend="What follows depends on it. Export the measurement again; the file is kept as it came.",
        )
    return word


def _repeated(lines: Lines, header: dict[str, Json]) -> frozenset[int]:
    """Read which parts later blocks have: a positive number of entries lists them, a negative one those left out."""
    n = lines.integer("number of entries in parameter inclusion or exclusion list")
    if abs(n) > N_PARTS:
        raise DamagedFile(f"{lines.place}: at most {N_PARTS} entries can be listed; {n} are promised.", mend=MEND)
    listed = [lines.integer("parameter inclusion or exclusion prefix number") for _ in range(abs(n))]
    header["parameters included" if n > 0 else "parameters excluded"] = list(listed)
    wrong = [number for number in listed if not 1 <= number <= N_PARTS]
    if wrong:
        raise DamagedFile(
            f"{lines.place}: part numbers from 1 to {N_PARTS} were expected; {wrong[0]} was found.", mend=MEND
        )
    everything = frozenset(range(1, N_PARTS + 1))
    return frozenset(listed) if n > 0 else everything - frozenset(listed)
