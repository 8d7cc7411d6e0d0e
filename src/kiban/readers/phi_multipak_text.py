"""MultiPak text: spectra and depth profiles of ULVAC-PHI, as the Multipak Exporter writes them of SPE and PRO.

Instrument
----------
Photoelectron and Auger spectrometers of ULVAC-PHI (Quantera, VersaProbe, ...). NIMS publishes this text beside the
instrument's own files.

What is read
------------
Each block over energies gives a Reading of technique `xps` (`auger`, `photoemission`, `electron_energy_loss` where the
header says so) with

- `binding_energy` or `kinetic_energy`, shape (n,), as the block names it, in its unit (eV); nothing is converted;
- `intensity`, in the unit of the block (count/s), shape (n,), or [`sputter_time`, energy] for a depth profile;
- of depth profiles `sputter_time` (min) of each cycle, or `cycle_number` where no one block of times belongs to the
  spectra, and `profile_intensity`, what the program worked out for each cycle. The file states neither its unit nor
  whether it is an area or a height, which is doubted.

Uncertainties
-------------
`intensity`: where the rate times the time for each point is whole everywhere, √n of the Poisson distribution divided
by that time, origin estimate (1 count where nothing was counted). The file states none.

What is left out
----------------
Nothing. Blocks over sputter times that belong to no spectra are Readings of their own.

File structure
--------------
Lines `//Multipak Exporter` with its version and `//Load file from` with the file; `//HEADER INFORMATION` and the lines
`Key:value` of the SPE or PRO. Then blocks: a line `//Area Comment,...,DataCount` that names the lines that follow it,
one each (comment, number of the region, line of the element, number of the place or of cycles, labels of the axes with
their units, number of rows), and the rows, columns separated by tabs or commas. An empty line ends a block. Worked out
from text that NIMS exported of four files of an XPS and an AES instrument with versions 1.2.5 and 1.2.8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.phi.exported import MARK, MEND, Exported, read_exported
from kiban.readers.phi.header import Header, Region, read_lines, read_regions
from kiban.readers.phi.metadata import metadata, technique
from kiban.readers.source import Source
from kiban.readers.spectra.count_rates import rate_uncertainty
from kiban.readers.spectra.energy_axis import axis_name
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Reading, Role, Variable

_FIRST = b"//Multipak Exporter"
_HEADER = "//HEADER INFORMATION"
_BEGINNING = 1000


class PhiMultipakText:
    """Reads text of the Multipak Exporter."""

    name = "phi_multipak_text"
    version = 1
    title = "PHI MultiPak exported text"
    makers = ("ULVAC-PHI",)
    techniques = ("xps", "auger", "photoemission", "electron_energy_loss", "spectrum")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that names the exporter in a comment at its beginning."""
        if source.head.lstrip(b"\xef\xbb\xbf").startswith(b"//") and _FIRST in source.head[:_BEGINNING]:
            return Recognition(Confidence.CERTAIN, "it begins with a comment of the Multipak Exporter")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all blocks. Raises as the contract says."""
        text, _ = decode(source.read())
        lines = text.lstrip("\ufeff").splitlines()
        above = next((n for n, line in enumerate(lines) if line.strip() == _HEADER), None)
        if above is None:
            raise DamagedFile(f"{source.name}: a line '{_HEADER}' was expected.", mend=MEND)
        first = next((n for n, line in enumerate(lines) if line.startswith(MARK)), len(lines))
        written = read_lines(line for line in lines[above + 1 : first])
        written["#comments"] = [line[2:].strip() for line in lines[:above] if line.strip("/- ")]
        header = Header(lines=written, length=0, file=source.name)
        blocks = read_exported(lines, first, source.name)
        if not any(len(block.values) for block in blocks):
            raise NothingMeasured(f"{source.name} holds no numbers below its header.", mend=MEND)
        regions = read_regions(header)
        profiles = [block for block in blocks if not block.is_spectrum]
        spectra = [block for block in blocks if block.is_spectrum]
        used = [_times(block, profiles) for block in spectra]
        return [
            *(_reading(header, _region(regions, block), block, profiles) for block in spectra),
            *(_alone(header, block) for block in profiles if not any(block is other for other in used)),
        ]


def _region(regions: dict[int, Region], block: Exported) -> Region:
    number = block.count("RegionNo")
    if number not in regions:
        raise DamagedFile(
            f"{block.place}: numbers follow for region {number}, which the header does not define.", mend=MEND
        )
    return regions[number]


def _reading(header: Header, region: Region, block: Exported, profiles: Sequence[Exported]) -> Reading:
    label, unit = block.label("XLabel")
    name = axis_name(label, otherwise="energy")
    energy = Variable(
        name=name,
        series=Series(block.values[:, 0].astype(np.float64), read_unit(unit) or ""),
        dimensions=(name,),
        role=Role.AXIS,
        label=label,
        unit_as_written=unit,
    )
    is_profile = "Cycle" in block.fields
    outer, doubts = _profile(block, profiles) if is_profile else ([], [])
    label, unit = block.label("YLabel")
    values = block.values[:, 1:].T.astype(np.float64) if is_profile else block.values[:, 1].astype(np.float64)
    known = read_unit(unit) or ""
    if not known:
        doubts.append(f"The unit '{unit}' of the intensity is not known.")
    # Numbers were 32-bit floats and the time is written to the microsecond.
    precision = 6e-8 + 5e-7 / region.time_s if region.time_s else 0.0
    doubt = rate_uncertainty(values, region.time_s, relative_precision=precision) if known == "count/s" else None
    signal = Variable(
        name="intensity",
        series=Series(values, known, doubt),
        dimensions=(*outer[0].dimensions, name) if outer else (name,),
        label=label,
        unit_as_written=unit,
    )
    what = "survey" if region.is_survey else region.name
    return _made(
        header,
        block,
        what=f"{what} depth profile" if is_profile else what,
        variables=(*outer[:1], energy, signal, *outer[1:]),
        region=region,
        doubts=doubts,
    )


def _times(block: Exported, profiles: Sequence[Exported]) -> Exported | None:
    """Find the one block over sputter times that belongs to the spectra of a block."""
    n = block.values.shape[1] - 1
    fitting = [other for other in profiles if other.key == block.key and len(other.values) == n]
    if "Cycle" not in block.fields or len(fitting) != 1 or not np.all(np.diff(fitting[0].values[:, 0]) > 0):
        return None
    return fitting[0]


def _profile(block: Exported, profiles: Sequence[Exported]) -> tuple[list[Variable], list[str]]:
    """Make the axis along the depth, and what the program worked out for each cycle."""
    times = _times(block, profiles)
    if times is not None:
        return _over_time(times)
    series = Series(np.arange(1, block.values.shape[1]))
    axis = Variable(name="cycle_number", series=series, dimensions=("cycle_number",), role=Role.AXIS)
    return [axis], ["The file states no sputter times that rise from cycle to cycle; the cycles are numbered."]


def _over_time(block: Exported) -> tuple[list[Variable], list[str]]:
    label, unit = block.label("XLabel")
    name = axis_name(label, otherwise="sputter_time")
    time = Variable(
        name=name,
        series=Series(block.values[:, 0].astype(np.float64), read_unit(unit) or ""),
        dimensions=(name,),
        role=Role.AXIS,
        label=label,
        unit_as_written=unit,
    )
    label, unit = block.label("YLabel")
    known = read_unit(unit) or "" if unit else ""
    worked_out = Variable(
        name="profile_intensity",
        series=Series(block.values[:, 1].astype(np.float64), known),
        dimensions=(name,),
        role=Role.AUXILIARY,
        label=label,
        unit_as_written=unit,
    )
    doubt = "Whether the intensities over the sputter time are areas or heights of peaks is not stated, nor their unit."
    return [time, worked_out], [] if known else [doubt]


def _alone(header: Header, block: Exported) -> Reading:
    """Make a Reading of a profile without spectra."""
    (time, worked_out), doubts = _over_time(block)
    signal = Variable(
        name=worked_out.name,
        series=worked_out.series,
        dimensions=worked_out.dimensions,
        label=worked_out.label,
        unit_as_written=worked_out.unit_as_written,
    )
    what = f"{block.fields['AtomicName']} depth profile"
    return _made(header, block, what=what, variables=(time, signal), region=None, doubts=doubts)


def _made(
    header: Header,
    block: Exported,
    *,
    what: str,
    variables: tuple[Variable, ...],
    region: Region | None,
    doubts: Sequence[str],
) -> Reading:
    sample = block.fields.get("Area Comment", "")
    model = header.text("InstrumentModel")
    found = (
        metadata(header, region, is_profile="depth profile" in what) if region is not None else {"maker": "ULVAC-PHI"}
    )
    return Reading(
        technique=technique(header),
        title=f"{sample or header.text('FileDesc') or model or 'PHI'}: {what}",
        variables=variables,
        header={**header.lines, "#block": dict(block.fields)},
        metadata=found,
        sample_name=sample or None,
        operator=header.text("Operator") or None,
        instrument=model or None,
        started_at=header.date(),
        doubts=tuple(doubts),
    )


READER = PhiMultipakText()
