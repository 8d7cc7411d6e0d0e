"""Sections of numbers: chromatograms, status traces, mass spectra and the absorbances of a diode array."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series
from kiban.readers.labsolutions.sections import MEND, Section
from kiban.readers.number_list import optional_number, rows
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Role, Variable

Array = NDArray[np.float64]

_CHROMATOGRAM = re.compile(
    r"(?:LC |GC )?Chromatogram ?\(.*\)|PDA Multi Chromatogram\(.*\)|MS Chromatogram.*|LC Status Trace\(.*\)"
)
_UNITS = {"mau": "mAU", "au": "AU", "uau": "uAU", "nriu": "nRIU", "c": "degC"}
_POINTS = ("# of Points", "# of Peaks", "# of Raw Peaks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The variables of one section and what is doubtful about them."""

    technique: str
    variables: tuple[Variable, ...]
    doubts: tuple[str, ...] = ()


def is_trace(section: Section) -> bool:
    """Whether a section holds measured numbers."""
    return section.name in {"PDA 3D", "MS Spectrum"} or _CHROMATOGRAM.fullmatch(section.name) is not None


def trace(section: Section, file: str) -> Trace | None:
    """Read a section; `None` where it promises no points and has none.

    Raises
    ------
    DamagedFile
        If it has other points than promised, or something between them is no number.
    """
    place = f"{file}, [{section.name}]"
    if section.name == "PDA 3D":
        return _diode_array(section, place)
    keys = section.keys
    at = section.table_at
    promised = next((value for key in _POINTS if (value := optional_number(keys.get(key))) is not None), None)
    body = section.lines[at + 1 :]
    if not body and not promised:
        return None
    if promised is None or promised != len(body):
        shown = "no number" if promised is None else f"{promised:g}"
        raise DamagedFile(f"{place}: {shown} of points are promised, {len(body)} rows follow.", mend=MEND)
    table = _numbers(section, at + 1, place)
    columns = section.lines[at]
    if table.shape[1] < 2 or table.shape[1] > len(columns):
        raise DamagedFile(f"{place}: {len(columns)} columns were expected; rows have {table.shape[1]}.", mend=MEND)
    if section.name == "MS Spectrum":
        return _mass_spectrum(table, columns)
    return _chromatogram(section, table, columns, place)


def _numbers(section: Section, start: int, place: str) -> Array:
    body = [" ".join(cells) for cells in section.lines[start:]]
    return rows(body, what="data", file=place, first_line=section.first_line + 1 + start)


def _chromatogram(section: Section, table: Array, columns: list[str], place: str) -> Trace:
    keys = section.keys
    time, values = table[:, 0], table[:, 1]
    if np.any(np.diff(time) <= 0):
        raise DamagedFile(f"{place}: the times do not ascend throughout.", mend=MEND)
    written = keys.get("Intensity Units", "")
    multiplier = optional_number(keys.get("Intensity Multiplier"))
    if multiplier is not None and multiplier != 1.0:
        values = values * multiplier
    unit = _UNITS.get(written.lower()) or read_unit(written) or "arbitrary_unit"
    doubts = []
    if "min" not in columns[0] and not any("(min)" in key for key in keys):
        doubts.append(f"The unit of {columns[0]} is not stated; it is taken for minutes.")
    interval_ms = optional_number(keys.get("Interval(msec)"))
    if interval_ms and len(time) > 1:
        mean_ms = float(time[-1] - time[0]) / (len(time) - 1) * 60000.0
        # Times are rounded to a few digits; over the whole run that does not count.
        if abs(mean_ms - interval_ms) > 0.01 * interval_ms + 60.0 / (len(time) - 1):
            doubts.append(f"An interval of {interval_ms:g} ms is stated; the points are {mean_ms:g} ms apart.")
    name = "status_trace" if section.name.startswith("LC Status") else "detector_signal"
    label = section.name
    return Trace(
        technique="chromatography",
        variables=(
            Variable(name="time", series=Series(time, "min"), dimensions=("time",), role=Role.AXIS, label=columns[0]),
            Variable(
                name=name, series=Series(values, unit), dimensions=("time",), label=label, unit_as_written=written
            ),
        ),
        doubts=tuple(doubts),
    )


def _mass_spectrum(table: Array, columns: list[str]) -> Trace:
    along = ("mass_to_charge",)
    return Trace(
        technique="mass_spectrometry",
        variables=(
            Variable(
                name="mass_to_charge",
                series=Series(table[:, 0], "dalton/elementary_charge"),
                dimensions=along,
                role=Role.AXIS,
                label=columns[0],
                unit_as_written="m/z",
            ),
            Variable(
                name="intensity", series=Series(table[:, 1], "arbitrary_unit"), dimensions=along, label=columns[1]
            ),
        ),
    )


def _diode_array(section: Section, place: str) -> Trace | None:
    """A table of times and wavelengths. The wavelengths stand in hundredths of a nanometre."""
    at = next((n for n, cells in enumerate(section.lines) if not cells[0] and len(cells) > 1), None)
    keys = {cells[0].removeprefix("# of "): " ".join(cells[1:]) for cells in section.lines[:at] if len(cells) > 1}
    n_times, n_waves = (optional_number(keys.get(f"{what} Axis Points")) for what in ("Time", "Wavelength"))
    if at is None:
        if not n_times:
            return None
        raise DamagedFile(f"{place}: a line of wavelengths was expected; there is none.", mend=MEND)
    head = rows([" ".join(section.lines[at])], what="wavelength", file=place, first_line=section.first_line + 1 + at)
    table = _numbers(section, at + 1, place)
    if (n_times, n_waves) != (len(table), head.size) or (len(table) and table.shape[1] != head.size + 1):
        raise DamagedFile(
            f"{place}: {n_times or 0:g} times and {n_waves or 0:g} wavelengths are promised; {len(table)} and "
            f"{head.size} follow.",
            mend=MEND,
        )
    if not len(table):
        return None
    waves, doubts = _wavelengths(head[0], keys)
    if np.any(np.diff(table[:, 0]) <= 0) or np.any(np.diff(waves) <= 0):
        raise DamagedFile(f"{place}: times and wavelengths were expected to ascend.", mend=MEND)
    values = table[:, 1:]
    multiplier = optional_number(keys.get("Intensity Multiplier"))
    if multiplier is not None and multiplier != 1.0:
        values = values * multiplier
    written = keys.get("Intensity Units", "")
    unit = _UNITS.get(written.lower()) or read_unit(written) or "arbitrary_unit"
    return Trace(
        technique="chromatography",
        variables=(
            Variable(name="time", series=Series(table[:, 0], "min"), dimensions=("time",), role=Role.AXIS),
            Variable(name="wavelength", series=Series(waves, "nm"), dimensions=("wavelength",), role=Role.AXIS),
            Variable(
                name="detector_signal",
                series=Series(values, unit),
                dimensions=("time", "wavelength"),
                label=section.name,
                unit_as_written=written,
            ),
        ),
        doubts=doubts,
    )


def _wavelengths(written: Array, keys: dict[str, str]) -> tuple[Array, tuple[str, ...]]:
    ends = [optional_number(keys.get(f"{end} Wavelength(nm)")) for end in ("Start", "End")]
    for factor in (0.01, 1.0):
        waves = written * factor
        if all(end is not None and abs(wave - end) < 1.0 for end, wave in zip(ends, waves[[0, -1]], strict=True)):
            return waves, ()
    return written * 0.01, ("The ends of the wavelengths that are stated are not those of the table.",)
