"""Scienta SES text: spectra of Scienta's electron analysers as SES saves them in text files.

Instrument
----------
Electron analysers of Scienta and Scienta Omicron (R3000, R4000, DA30, ...) with the program SES.

What is read
------------
Each region gives a Reading of technique `photoemission` with

- the energy, shape (n,), eV: `kinetic_energy` or `binding_energy` as the name of its dimension says; nothing is
  converted;
- the other dimensions as axes, named as the file names them: `y_scale` (deg, mm), `sweep`, ...;
- `intensity`, its dimensions the last first, the energy last.

Uncertainties
-------------
`intensity`: √n of the Poisson distribution, origin estimate (1 where nothing was counted), where the detector counted
pulses and all numbers are whole; their unit then is counts. Otherwise none, and the unit is not stated.

What is left out
----------------
The scales are in the axes, not in the header. Tables under `[Run Mode Information]` stay text.

File structure
--------------
Text, lines ended by CRLF or LF, lines `Key=value` under marks `[Info]`, and for each region n `[Region n]` with name,
size and scale of its dimensions, `[Info n]`, `[Run Mode Information n]` and `[Data n]`: a row for each energy, the
energy first, then a number for each point of the second dimension. Regions of three dimensions have a block
`[Data n:k]` for each point of the third. Worked out from 1 file and what other programs write and read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import optional_number
from kiban.readers.scienta import ses
from kiban.readers.scienta.regions import MEND, Dimension, Region, dimensions, read_data, read_regions
from kiban.readers.source import Source
from kiban.readers.spectra.energy_axis import axis_name, unit_and_words
from kiban.readers.text import decode
from kiban.records.reading import Json, Reading, Role, Variable

_ROUNDING = 1e-5
"""By how much of itself the scale, which has six digits, may differ from the energies in front of the rows."""


class ScientaText:
    """Reads text files of SES."""

    name = "scienta_text"
    version = 1
    title = "Scienta SES text"
    makers = ("Scienta Omicron",)
    techniques = ("photoemission",)
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with `[Info]` and a number of regions."""
        text, _ = decode(source.head[:4096])
        begin = text.lstrip("\ufeff \t\r\n")
        if begin.startswith("[Info]") and "Number of Regions=" in begin[:400]:
            return Recognition(Confidence.CERTAIN, "it begins with [Info] and a number of regions")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all regions, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        general, regions = read_regions(lines)
        info = general.get("Info")
        promised = optional_number(ses.text(info, "Number of Regions")) if isinstance(info, dict) else None
        if promised is not None and promised != len(regions):
            raise DamagedFile(
                f"{source.name}: {promised:g} regions are promised, {len(regions)} follow.",
                mend=MEND,
            )
        if not regions:
            raise NothingMeasured(f"{source.name} holds no region.", mend=MEND)
        return [_reading(region, general, f"{source.name}, region {region.number}") for region in regions]


def _reading(region: Region, general: dict[str, Json], place: str) -> Reading:
    shape = dimensions(region, place)
    if not shape:
        raise DamagedFile(f"{place}: the region has no dimension.", mend=MEND)
    if min(len(dimension.values) for dimension in shape) == 0:
        raise NothingMeasured(f"{place} holds no data points.", mend=MEND)
    energies, intensity = read_data(region, shape, place)
    _compare(shape[0].values, energies, place)
    axes = _axes([Dimension(name=shape[0].name, values=energies), *shape[1:]], region)
    is_raw = ses.is_counting(region.info) and counting_uncertainty(intensity) is not None
    unit = "count" if is_raw else ""
    doubts = [f"The axis {axis.name} neither rises nor falls all the way." for axis in axes if not _is_ordered(axis)]
    if not is_raw:
        doubts.append("The file does not state the unit of the intensity.")
    signal = Variable(
        name="intensity",
        series=Series(intensity, unit, counting_uncertainty(intensity) if is_raw else None),
        dimensions=tuple(axis.name for axis in reversed(axes)),
    )
    sample, name = ses.text(region.info, "Sample"), ses.text(region.definition, "Region Name")
    return Reading(
        technique="photoemission",
        title=": ".join(t for t in (sample, name) if t) or f"region {region.number}",
        variables=(*axes, signal),
        header={**general, **region.header},
        metadata=ses.metadata(region.info),
        sample_name=sample or None,
        operator=ses.text(region.info, "User") or None,
        instrument=ses.text(region.info, "Instrument") or None,
        started_at=ses.started_at(region.info),
        doubts=tuple(doubts),
    )


def _compare(scale: NDArray[np.float64], energies: NDArray[np.float64], place: str) -> None:
    """Refuse a region whose scale is not that of its rows."""
    if bool(np.any(np.abs(scale - energies) > _ROUNDING * np.abs(scale) + 1e-6)):
        worst = int(np.argmax(np.abs(scale - energies)))
        raise DamagedFile(
            f"{place}: the scale has {scale[worst]:g} as energy of row {worst + 1}; the row begins with "
            f"{energies[worst]:g}.",
            mend=MEND,
        )


def _axes(shape: list[Dimension], region: Region) -> list[Variable]:
    made: list[Variable] = []
    for n, dimension in enumerate(shape, 1):
        unit, words = unit_and_words(dimension.name)
        name = axis_name(words, otherwise="") if words else ""
        if not name:
            name = ses.energy_name(region.info) if n == 1 else f"dimension_{n}"
        if any(name == axis.name for axis in made):
            name = f"{name}_{n}"
        made.append(
            Variable(
                name=name,
                series=Series(dimension.values, unit),
                dimensions=(name,),
                role=Role.AXIS,
                label=dimension.name,
                unit_as_written=unit,
            )
        )
    return made


def _is_ordered(axis: Variable) -> bool:
    steps = np.diff(axis.series.values)
    return bool(np.all(steps > 0)) or bool(np.all(steps < 0))


READER = ScientaText()
