"""From blocks to Readings: spectra, and depth profiles with their sputter times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.series import Series, Uncertainties
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.phi.blocks import Block
from kiban.readers.phi.header import MEND, Header, Region
from kiban.readers.phi.metadata import axis, metadata, technique
from kiban.readers.spectra.count_rates import rate_uncertainty
from kiban.readers.spectra.energy_axis import axis_name
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Reading, Role, Variable

_TIME_DIGITS = 5e-7
"""Times are written to the microsecond."""
_AREA_UNIT = "count*eV/s"


def readings(header: Header, regions: dict[int, Region], blocks: Sequence[Block]) -> list[Reading]:
    """Make a Reading of each region at each place.

    Raises
    ------
    DamagedFile
        If a region has no block, or a block another number of points than its region.
    """
    measured = [block for block in blocks if block.region != 0]
    tables = [block for block in blocks if block.region == 0]
    missing = [region.name for region in regions.values() if region.number not in {b.region for b in measured}]
    if missing:
        raise DamagedFile(f"{header.file}: no numbers follow for the region {missing[0]}.", mend=MEND)
    made = []
    for block in measured:
        region = regions.get(block.region)
        if region is None:
            raise DamagedFile(
                f"{header.file}: numbers follow for region {block.region}, which the header does not define.", mend=MEND
            )
        for area, part in _places(block):
            made.append(_reading(header, region, area, part, tables, list(regions).index(region.number)))
    return made


def _places(block: Block) -> Iterator[tuple[int, Block]]:
    """Take apart a block that holds several places on the sample, which are samples of their own."""
    if "sar" not in block.axes:
        yield block.area, block
        return
    where = block.axes.index("sar")
    axes = tuple(axis for axis in block.axes if axis != "sar")
    for n in range(block.values.shape[where]):
        values = np.take(block.values, n, axis=where)
        yield (
            n + 1,
            Block(
                region=block.region,
                area=n + 1,
                axes=axes,
                unit=block.unit,
                values=values,
                precision=block.precision,
            ),
        )


def _reading(
    header: Header, region: Region, area: int, block: Block, tables: Sequence[Block], position: int
) -> Reading:
    place = f"{header.file}, region {region.name}"
    if "pnt" not in block.axes or block.values.shape[block.axes.index("pnt")] != region.n_points:
        shape = " x ".join(f"{n} {tag}" for tag, n in zip(block.axes, block.values.shape, strict=True))
        raise DamagedFile(f"{place}: the header promises {region.n_points} points; {shape} follow.", mend=MEND)
    energy, doubts = _energies(region, place)
    name, is_sure = axis(header, region)
    if not is_sure:
        doubts.append("Whether the energies are kinetic or binding energies is not stated.")
    is_profile = "cyc" in block.axes
    profile: list[Variable] = []
    if is_profile:
        profile, more = _profile(tables, position, block.values.shape[block.axes.index("cyc")])
        doubts += more
    names = {"pnt": name, **({"cyc": profile[0].dimensions[0]} if profile else {})}
    dimensions = tuple(names.get(tag) or axis_name(tag, otherwise="axis") for tag in block.axes)
    unknown = [tag for tag in block.axes if tag not in names]
    if unknown:
        doubts.append(f"What PHI's axis '{unknown[0]}' counts is not known; it has no values.")
    signal = _signal(block, region, dimensions)
    if not signal.series.unit:
        doubts.append(f"The unit '{block.unit}' of the intensity is not known.")
    if header.text("EnergyRecal").lower() not in {"no", ""}:
        doubts.append("The file says that its energies were recalibrated, but not by how much.")
    variables = (
        *(v for v in profile if v.role is Role.AXIS),
        Variable(name=name, series=Series(energy, "eV"), dimensions=(name,), role=Role.AXIS, unit_as_written=""),
        signal,
        *(v for v in profile if v.role is not Role.AXIS),
    )
    sample = header.numbered("SpatialAreaDesc", area)
    what = "survey" if region.is_survey else region.name
    what = f"{what} depth profile" if is_profile else what
    return Reading(
        technique=technique(header),
        title=f"{sample or header.text('FileDesc') or header.text('InstrumentModel') or 'PHI'}: {what}",
        variables=variables,
        header=header.lines,
        metadata=metadata(header, region, is_profile=is_profile),
        sample_name=sample or None,
        operator=header.text("Operator") or None,
        instrument=header.text("InstrumentModel") or None,
        started_at=header.date(),
        doubts=tuple(doubts),
    )


def _energies(region: Region, place: str) -> tuple[NDArray[np.float64], list[str]]:
    """Work out the axis of a region and check that start, step and end agree."""
    n, step = region.n_points, region.step
    reached = region.start + step * (n - 1)
    off = abs(reached - region.stop)
    # Steps are written with four decimals.
    rounding = 6e-5 * n
    if not np.isfinite(reached) or (n > 1 and step == 0) or off > 1.51 * abs(step) + rounding:
        raise DamagedFile(
            f"{place}: {n} points in steps of {step:g} eV from {region.start:g} eV on end at {reached:g} eV; the "
            f"header promises {region.stop:g} eV.",
            mend=MEND,
        )
    if off > 0.51 * abs(step) + rounding:
        doubt = f"The header promises that the region ends at {region.stop:g} eV; its points end at {reached:g} eV."
        return region.start + step * np.arange(n, dtype=np.float64), [doubt]
    return np.linspace(region.start, region.stop if n > 1 else region.start, n), []


def _signal(block: Block, region: Region, dimensions: tuple[str, ...]) -> Variable:
    unit = read_unit(block.unit) or ""
    doubt: Uncertainties | None = None
    if unit == "count/s" and region.time_s:
        precision = block.precision + _TIME_DIGITS / region.time_s
        doubt = rate_uncertainty(block.values, region.time_s, relative_precision=precision)
    elif unit == "count":
        doubt = counting_uncertainty(block.values)
    return Variable(
        name="intensity",
        series=Series(block.values, unit, doubt),
        dimensions=dimensions,
        label=region.name,
        unit_as_written=block.unit,
    )


def _profile(tables: Sequence[Block], position: int, n_cycles: int) -> tuple[list[Variable], list[str]]:
    """Make the axis along the depth of the tables that hold a number for each cycle and region, and what else they
    hold."""
    columns = {}
    for table in tables:
        if table.axes == ("reg", "cyc") and table.values.shape[1] == n_cycles and position < len(table.values):
            columns[table.unit] = table.values[position]
        elif table.axes == ("cyc",) and len(table.values) == n_cycles and position == 0:
            columns[table.unit] = table.values
    # The first time is written as minus zero.
    times = columns.pop("s", None)
    doubts = []
    if times is not None and bool(np.all(np.isfinite(times))) and bool(np.all(np.diff(times) > 0)):
        series, name, written = Series(times + 0.0, "s"), "sputter_time", "s"
    else:
        series, name, written = Series(np.arange(1, n_cycles + 1)), "cycle_number", ""
        doubts.append("The file states no sputter times that rise from cycle to cycle; the cycles are numbered.")
    made = [Variable(name=name, series=series, dimensions=(name,), role=Role.AXIS, unit_as_written=written)]
    if "c/s * eV" in columns:
        made.append(
            Variable(
                name="peak_area",
                series=Series(columns["c/s * eV"], _AREA_UNIT),
                dimensions=(name,),
                role=Role.AUXILIARY,
                unit_as_written="c/s * eV",
            )
        )
    return made, doubts
