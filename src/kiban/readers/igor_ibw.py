"""Igor binary waves (IBW): the arrays that Igor Pro saves, with what Scienta and Asylum Research write into them.

Instrument
----------
Igor Pro, in which electron spectrometers (Scienta SES), atomic force microscopes (Asylum Research) and whole
laboratories keep their data.

What is read
------------
One Reading. Its array has the dimensions of the wave, rows last, which run fastest; an axis for each from scaling and
unit of the dimension. Labels of the elements of a dimension (channels of a microscope) make a variable of each.

- Waves of SES: technique `photoemission`, `intensity` over `binding_energy` or `kinetic_energy` as the wave says, and
  over angle, place or what else it has. Nothing is converted.
- Waves of Asylum Research: `force_spectroscopy` with `deflection`, `z_sensor`, ... (m) over `time` (s) and `direction`,
  1 towards the sample and -1 away from it; `scanning_probe_microscopy` with `height_retrace`, ... over `y` and `x` (m).
- Other waves: technique `table`, `image` where both dimensions are lengths; one variable named after the wave. Complex
  numbers stay complex.

Uncertainties
-------------
None, but for waves of SES in counts whose detector counted pulses: √n of the Poisson distribution, origin estimate.

What is left out
----------------
Waves of texts and of references are refused by name, as are packed experiments (PXP, PXT). Waves that depend on a
formula and were saved without numbers hold nothing. Bits that Igor uses in memory only.

File structure
--------------
Binary, in the byte order of the machine that wrote it, told by the version in the first two bytes: 1, 2, 3 (one
dimension) or 5 (up to four). A short header with sizes and a checksum, a header of the wave, the numbers, then formula,
note, long units and labels. WaveMetrics' Technical Note 003, compared with the library igor2 on 3 files. The notes
were worked out from the same files; Asylum's channels are in SI units and degrees as the program keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.igor import asylum
from kiban.readers.igor.axes import axes_of
from kiban.readers.igor.wave import Wave, byte_order, has_sound_checksum, is_plausible, read_wave
from kiban.readers.sampled_axes import Axis, Kind, axis_variables
from kiban.readers.scienta import ses
from kiban.readers.source import Source
from kiban.readers.spectra.energy_axis import unit_and_words
from kiban.readers.tables.column_headers import slug
from kiban.records.reading import Json, Reading, Role, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A wave cut into what its variables need."""

    wave: Wave
    axes: tuple[Axis, ...]
    """In the order of the array's axes."""
    doubts: tuple[str, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)


class IgorIbw:
    """Reads Igor binary waves."""

    name = "igor_ibw"
    version = 1
    title = "Igor binary wave"
    makers = ("WaveMetrics", "Scienta Omicron", "Asylum Research")
    techniques = ("photoemission", "force_spectroscopy", "scanning_probe_microscopy", "image", "table")
    suffixes = (".ibw",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with a version of the format and whose headers add up to zero."""
        if byte_order(source.head) is None:
            return None
        if has_sound_checksum(source.head):
            return Recognition(Confidence.CERTAIN, "its headers are those of an Igor wave and their checksum is right")
        if is_plausible(source.head):
            return Recognition(Confidence.LIKELY, "number of points, type and length in it are those of an Igor wave")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the wave. Raises as the contract says."""
        wave = read_wave(source.read(), source.name)
        ses_sections = dict(ses.sections(wave.note.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        if "SES" in ses_sections:
            return [_of_ses(wave, {name: ses.fields(lines) for name, lines in ses_sections.items()})]
        note = asylum.fields(wave.note)
        if asylum.is_asylum(note):
            return [_of_asylum(wave, note)]
        return [_of_any(wave)]


def _parts(wave: Wave, names: dict[str, str], *, without: int | None = None) -> _Parts:
    dimensions = [dimension for n, dimension in enumerate(wave.dimensions) if n != without]
    axes, doubts = axes_of(dimensions, names)
    return _Parts(wave=wave, axes=axes[::-1], doubts=doubts)


def _of_ses(wave: Wave, sections: dict[str, dict[str, Json]]) -> Reading:
    info = sections["SES"]
    parts = _parts(wave, {"eV": ses.energy_name(info)})
    unit, words = unit_and_words(wave.unit)
    is_raw = unit == "count" and ses.is_counting(info)
    signal = Variable(
        name="intensity",
        series=Series(wave.values, unit, counting_uncertainty(wave.values) if is_raw else None),
        dimensions=parts.dimensions,
        label=words,
        unit_as_written=wave.unit,
    )
    sample, region = ses.text(info, "Sample"), ses.text(info, "Region Name")
    note: dict[str, Json] = {name: dict(found) for name, found in sections.items()}
    return Reading(
        technique="photoemission",
        title=": ".join(t for t in (sample, region or wave.name) if t) or "SES",
        variables=(*axis_variables(parts.axes[::-1]), signal),
        header={**wave.header, "note": note},
        metadata=ses.metadata(info),
        sample_name=sample or None,
        operator=ses.text(info, "User") or None,
        instrument=ses.text(info, "Instrument") or None,
        started_at=ses.started_at(info),
        doubts=parts.doubts,
    )


def _of_asylum(wave: Wave, note: dict[str, Json]) -> Reading:
    along = _labelled(wave)
    labels = wave.dimensions[along].labels if along is not None else ()
    first_unit, _ = unit_and_words(wave.dimensions[0].unit)
    is_curve = asylum.is_force_curve(labels, first_unit)
    parts = _parts(wave, {"s": "time"}, without=along)
    channels = _channels(wave, along) if along is not None else [(wave.name, wave.values)]
    unit, _ = unit_and_words(wave.unit)
    made: list[Variable] = list(axis_variables(parts.axes[::-1]))
    for label, values in channels:
        name, channel_unit = asylum.channel(label, note, otherwise=unit)
        made.append(
            Variable(
                name=_unique(name, made),
                series=Series(values, unit_and_words(channel_unit)[0]),
                dimensions=parts.dimensions,
                label=label,
                unit_as_written=channel_unit,
            )
        )
    ways = asylum.directions(note, len(channels[0][1])) if is_curve and len(parts.axes) == 1 else None
    if ways is not None:
        made.append(Variable(name="direction", series=Series(ways), dimensions=parts.dimensions, role=Role.AUXILIARY))
    return Reading(
        technique="force_spectroscopy" if is_curve else "scanning_probe_microscopy",
        title=wave.name or "Asylum Research",
        variables=tuple(made),
        header={**wave.header, "note": note},
        metadata=asylum.metadata(note, is_curve=is_curve),
        instrument=asylum.text(note, "MicroscopeModel") or None,
        started_at=asylum.started_at(note),
        doubts=parts.doubts,
    )


def _labelled(wave: Wave) -> int | None:
    """The last dimension, where all of its elements have labels of their own: these are channels."""
    last = len(wave.dimensions) - 1
    labels = wave.dimensions[last].labels
    return last if last > 0 and labels and all(labels) and len(set(labels)) == len(labels) else None


def _channels(wave: Wave, along: int) -> list[tuple[str, NDArray[Any]]]:
    axis = len(wave.dimensions) - 1 - along
    return [(label, np.take(wave.values, n, axis=axis)) for n, label in enumerate(wave.dimensions[along].labels)]


def _of_any(wave: Wave) -> Reading:
    along = _labelled(wave)
    parts = _parts(wave, {}, without=along)
    unit, words = unit_and_words(wave.unit)
    made: list[Variable] = list(axis_variables(parts.axes[::-1]))
    doubts = list(parts.doubts)
    for label, values in _channels(wave, along) if along is not None else [(words or wave.name, wave.values)]:
        made.append(
            Variable(
                name=_unique(slug(label) or "signal", made),
                series=Series(values, unit),
                dimensions=parts.dimensions,
                label=label,
                unit_as_written=wave.unit,
            )
        )
    if wave.unit and not unit:
        doubts.append(f"The unit '{wave.unit[:40]}' of the wave is not known; it is given without.")
    header: dict[str, Json] = {**wave.header, "note": wave.note}
    return Reading(
        technique="image" if [axis.kind for axis in parts.axes] == [Kind.LENGTH] * 2 else "table",
        title=wave.name or "Igor wave",
        variables=tuple(made),
        header=header,
        metadata={"comment": wave.note.strip()} if wave.note.strip() else {},
        doubts=tuple(doubts),
    )


def _unique(name: str, taken: Sequence[Variable]) -> str:
    names = {variable.name for variable in taken}
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(names) + 3))) if n not in names)


READER = IgorIbw()
