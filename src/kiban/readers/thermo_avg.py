"""Thermo Avantage AVG: spectra, depth profiles and maps that Avantage writes as text.

Instrument
----------
X-ray photoelectron spectrometers of Thermo Scientific (K-Alpha, Nexsa, ESCALAB, Theta Probe, ...) with Avantage.

What is read
------------
One Reading, of technique `photoemission` where the source has less than 100 eV, else `xps`, with

- the energy, shape (n,), eV: `kinetic_energy` or `binding_energy` as the file's energy scale says, `energy` where it
  does not. Nothing is converted;
- `intensity` in counts or counts per second, with what was stepped as further dimensions, the last first: `etch_time`,
  `position_y`, `position_x`, `emission_angle`, ...; for a second quantity along the same dimension (`etch_level`) an
  auxiliary variable. Spectra that are not there are NaN, with a doubt.

Uncertainties
-------------
`intensity`: √n of the Poisson distribution, origin estimate, where the file calls the numbers counts and all are
whole. Otherwise none.

What is left out
----------------
DataSpaces without an energy are refused: images, tables of heights and of results. Names of positions are in the
header.

File structure
--------------
Text. `;Dump of DataSpace ...`, `$FORMAT=`, properties `DS_NAME : VT_TYPE = value`, then `$DATAAXES=n` with first and
last point and number of space axes of each, `$SPACEAXES=n` with start, step, points, type, spacing, symbol, unit and
label of each, perhaps `$AXISVALUE` for axes that are not linear, and for each spectrum `$DATA=*` with its place and
lines `LIST@ place= values`. Dates have the day or the month first, by the language of the computer. Worked out from
what 4 open programs read and write, which had tried it on real files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.avantage.dump import MEND, Dump, SpaceAxis, dump
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_OWN = re.compile(rb"(?:\xef\xbb\xbf)?\s*;Dump of DataSpace ")
_SOFT_X_RAYS_EV = 100.0
_ENERGIES = {"1": "kinetic_energy", "2": "binding_energy"}
_NAMES = {
    "ETCHTIME": "etch_time",
    "ETCHLEVEL": "etch_level",
    "X": "position_x",
    "Y": "position_y",
    "Z": "position_z",
    "ANGLE": "emission_angle",
    "TIME": "time",
    "POSITION": "position_number",
}
_NUMBERS = (
    ("incident_energy", "DS_SOPROPID_ENERGY", "eV"),
    ("pass_energy", "DS_ANPROPID_PASS", "eV"),
    ("work_function", "DS_ANPROPID_WORK_FTN", "eV"),
    ("count_time", "DS_ACPROPID_ACQ_TIME", "s"),
)
_TEXTS = (
    ("model", "DS_GEPROPID_INSTRUMENT"),
    ("lens_mode", "DS_ANPROPID_LENS_MODE_NAME"),
    ("analyser_mode", "DS_ANPROPID_MODE_NAME"),
    ("charge_neutraliser", "DS_SOURCE_FLOODGUNPROPID_DESCRIPTION"),
)


class ThermoAvg:
    """Reads AVG of Avantage."""

    name = "thermo_avg"
    version = 1
    title = "Thermo Avantage AVG"
    makers = ("Thermo Scientific",)
    techniques = ("xps", "photoemission")
    suffixes = (".avg",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins as a dump of a DataSpace."""
        if _OWN.match(source.head):
            return Recognition(Confidence.CERTAIN, "it begins with ';Dump of DataSpace' as Avantage writes it")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum, profile or map. Raises as the contract says."""
        found = dump(decode(source.read())[0], file=source.name)
        if not found.data_axes or not found.blocks:
            raise NothingMeasured(f"{source.name} holds no values.", mend=MEND)
        if found.data_axes[0][1] != 1 or found.space_axes[0].type != "ENERGY":
            raise UnsupportedVariant(
                f"{source.name}: an energy was expected along the first axis; it is {found.space_axes[0].type[:30]}: "
                "an image or a table of Avantage.",
                mend="Export images as pictures and tables as text. The file is kept as it came.",
            )
        properties = found.properties
        incident = optional_number(properties.get("DS_SOPROPID_ENERGY"))
        title = properties.get("DS_EXT_SUPROPID_TITLE", "").strip()
        variables, doubts = _variables(found)
        header: dict[str, Json] = dict(properties)
        names = {str(axis): {str(p): t for p, t in of.items()} for axis, of in found.values.items()}
        if names:
            header["$AXISVALUE"] = {axis: dict(of) for axis, of in names.items()}
        return [
            Reading(
                technique="photoemission" if incident is not None and incident < _SOFT_X_RAYS_EV else "xps",
                title=title or source.name or "Spectrum",
                variables=variables,
                header=header,
                metadata=_metadata(properties),
                operator=properties.get("DS_EXT_SUPROPID_AUTHOR", "").strip() or None,
                instrument=properties.get("DS_GEPROPID_INSTRUMENT", "").strip() or None,
                started_at=_time(properties),
                doubts=doubts,
            )
        ]


def _variables(found: Dump) -> tuple[tuple[Variable, ...], tuple[str, ...]]:
    energy_axis = found.space_axes[0]
    energy = _ENERGIES.get(found.properties.get("DS_ACPROPID_EV_SCALE", "").strip(), "energy")
    made = [_linear(energy, energy_axis, "eV")]
    doubts = [] if energy != "energy" else ["Whether the energies are kinetic or binding energies is not stated."]
    dimensions = [energy]
    number = 1
    for n, (length, n_spaces) in enumerate(found.data_axes[1:], 1):
        spaces = list(enumerate(found.space_axes[number : number + n_spaces], number))
        number += n_spaces
        outer = list(_outer(found, spaces, length, n, {variable.name for variable in made}))
        dimensions.append(outer[0].dimensions[0])
        made += outer
    values = np.full([n for n, _ in found.data_axes[::-1]], np.nan)
    for index, block in found.blocks.items():
        values[index[::-1]] = block
    n_missing = values.shape[-1] and int(np.isnan(values).all(axis=-1).sum())
    if n_missing:
        doubts.append(f"{n_missing} of {values[..., 0].size} spectra were not measured or are not in the file.")
    unit = _unit(found.properties)
    known = counting_uncertainty(values) if unit == "count" and not np.isnan(values).any() else None
    made.append(
        Variable(
            name="intensity",
            series=Series(values, unit, known),
            dimensions=tuple(dimensions[::-1]),
            label=found.properties.get("DS_GEPROPID_VALUE_LABEL", ""),
            unit_as_written=found.properties.get("DS_GEPROPID_VALUE_UNIT", ""),
        )
    )
    return tuple(made), tuple(doubts)


def _linear(name: str, axis: SpaceAxis, unit: str) -> Variable:
    return Variable(
        name=name,
        series=Series(axis.start + axis.step * np.arange(axis.n, dtype=np.float64), unit),
        dimensions=(name,),
        role=Role.AXIS,
        label=axis.label,
        unit_as_written=axis.unit,
    )


def _outer(
    found: Dump, spaces: list[tuple[int, SpaceAxis]], length: int, n: int, taken: set[str]
) -> Iterator[Variable]:
    """What was stepped along one axis of the data: an axis first, then what else is known of its points."""
    known: list[tuple[str, SpaceAxis, NDArray[np.float64]]] = []
    for number, axis in spaces:
        name = _NAMES.get(axis.type) or slug(axis.label) or slug(axis.type) or f"axis_{n}"
        values = _points(found, number, axis, length)
        if values is not None:
            known.append((name if name not in taken else f"{name}_{n + 1}", axis, values))
            taken.add(known[-1][0])
    known.sort(key=lambda item: not _is_monotone(item[2]))
    if not known or not _is_monotone(known[0][2]):
        name = f"point_{n}"
        yield Variable(
            name=name, series=Series(np.arange(1, length + 1)), dimensions=(name,), role=Role.AXIS, label="point"
        )
        along, rest = name, known
    else:
        along, rest = known[0][0], known[1:]
        yield _outer_variable(*known[0], along=along, role=Role.AXIS)
    for item in rest:
        yield _outer_variable(*item, along=along, role=Role.AUXILIARY)


def _outer_variable(name: str, axis: SpaceAxis, values: NDArray[np.float64], *, along: str, role: Role) -> Variable:
    return Variable(
        name=name,
        series=Series(values, read_unit(axis.unit) or ""),
        dimensions=(along,),
        role=role,
        label=axis.label,
        unit_as_written=axis.unit,
    )


def _points(found: Dump, number: int, axis: SpaceAxis, length: int) -> NDArray[np.float64] | None:
    """The numbers of a space axis; `None` where it has names, or not a number for each point."""
    stated = found.values.get(number, {})
    numbers = [optional_number(stated.get(point)) for point in range(length)]
    if all(value is not None for value in numbers):
        return np.array(numbers, dtype=np.float64)
    return axis.start + axis.step * np.arange(length, dtype=np.float64) if axis.is_linear and not stated else None


def _is_monotone(values: NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0) or np.all(steps < 0))


def _unit(properties: dict[str, str]) -> str:
    label = properties.get("DS_GEPROPID_VALUE_LABEL", "").strip().lower()
    unit = properties.get("DS_GEPROPID_VALUE_UNIT", "").strip()
    if label.startswith("counts") and not unit:
        return "count/s" if label.replace(" ", "") in {"counts/s", "counts/sec"} else "count"
    if unit.lower() in {"/s", "1/s", "s", "cps", "counts/s"} and label.startswith("counts"):
        return "count/s"
    return read_unit(unit) or "arbitrary_unit"


def _metadata(properties: dict[str, str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Thermo Scientific"}
    for name, key, unit in _NUMBERS:
        value = optional_number(properties.get(key))
        if value is not None and value > 0:
            metadata[name] = Measured(value, unit)
    return metadata | {name: text for name, key in _TEXTS if (text := properties.get(key, "").strip())}


def _time(properties: dict[str, str]) -> datetime | None:
    """A date whose day and month cannot be told apart stays in the header."""
    for key in ("DS_ACPROPID_START_TIME", "DS_EXT_SUPROPID_CREATED"):
        at = read_date(re.sub(r"\s+", " ", properties.get(key, "")).strip())
        if at is not None:
            return at
    return None


READER = ThermoAvg()
