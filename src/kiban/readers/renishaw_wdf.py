"""Renishaw WDF: the files of WiRE, the program of Renishaw's Raman microscopes.

Instrument
----------
Renishaw inVia, Virsa and their kin; other makers' programs that write WDF (Nanonics).

What is read
------------
One Reading. Its technique is `raman` where the axis is a Raman shift, else `spectrum`: a scale in nm or eV can be of
Raman scattering or of luminescence, which the file does not say.

- the spectral axis, shape (n_points,): `raman_shift` or `wavenumber` (1/cm), `wavelength` (nm), `photon_energy` (eV),
  or `spectral_axis` (arbitrary unit), in the order of the file, which is often descending;
- `intensity`, shape (n_points,) for a single spectrum; (y, x, n_points) for a map of rows and columns, with
  `position_x` and `position_y` as its axes; (spectrum, n_points) for lines, series and maps whose places fit no grid;
- for series and lines what is known of each spectrum, shape (spectrum,): `position_x`, `position_y`, ..., `time` (s
  since the first), `temperature`, `flags`, ...

A map that was interrupted has NaN where nothing was measured, and a doubt.

Uncertainties
-------------
None: counts of a CCD are in units of its converter, and cosmic rays and backgrounds may have been taken away.

What is left out
----------------
The white-light picture (WHTL), and the property sets of instrument and processing (WXDA, WXDM, WXCS, WXIS, ZLDC, BKXL,
WARP): how they are built is published nowhere. Checksums of spectra.

File structure
--------------
Little-endian blocks: four letters, uint32 number, uint64 size with these 16 bytes. WDF1 (512 bytes): at 0x3C uint32
points, uint64 spectra planned, uint64 measured, uint32 accumulations, lengths of YLST and XLST, number of data
origins, name and version of the program, uint32 scan type and measurement type, two FILETIMEs; at 0x98 uint32 unit,
float32 wavenumber of the laser; at 0xD0 user, at 0xF0 title. DATA: float32. XLST, YLST: uint32 kind, uint32 unit,
float32. ORGN: uint32 count, then kind (highest bit: primary), unit, name (16 bytes), 8 bytes for each planned spectrum.
WMAP: uint32 flags, 4 bytes, float32 start and step of x, y, z, uint32 counts. Worked out from 6 files with the codes
that the open programs renishawWiRE and gwyddion name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.renishaw.blocks import MEND, Head, Origin, blocks, floats, head, list_head, origins
from kiban.readers.renishaw.grid import Grid, grid_of
from kiban.readers.renishaw.units import MEASUREMENTS, ORIGINS, SCAN_TYPES, SPECTRAL, UNITS
from kiban.readers.source import Source
from kiban.records.reading import MetadataValue, Reading, Role, Variable

_FILE_TIME = 24
_TIME, _FLAGS = 11, 17
_ARBITRARY = ("arbitrary_unit", "")


class RenishawWdf:
    """Reads WDF."""

    name = "renishaw_wdf"
    version = 1
    title = "Renishaw WiRE (WDF)"
    makers = ("Renishaw",)
    techniques = ("raman", "spectrum")
    suffixes = (".wdf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with the block WDF1 of 512 bytes."""
        if source.head[:4] == b"WDF1" and source.head[8:16] == b"\x00\x02\0\0\0\0\0\0":
            return Recognition(Confidence.CERTAIN, "it begins with the block WDF1")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all spectra. Raises as the contract says."""
        content = source.read()
        header = head(content, source.name)
        found = blocks(content, source.name)
        _check(header, found, source.name)
        n_spectra, n_points = header.n_spectra, header.n_points
        axis = _spectral_axis(found, header, source.name)
        numbers = floats(found, "DATA", 0, n_spectra * n_points, source.name).reshape(n_spectra, n_points)
        known = origins(found, header, source.name)
        doubts: tuple[str, ...] = ()
        if n_spectra < header.capacity:
            doubts = (f"{header.capacity} spectra were planned, {n_spectra} were measured: it was interrupted.",)
        if header.unit in SPECTRAL:
            doubts += (f"It says that intensities are in {UNITS[header.unit][1]}, the unit of an axis; none is given.",)
        if len(found["DATA"]) not in {4 * n_points * n_spectra, 4 * n_points * header.capacity}:
            doubts += ("Its block of spectra is longer than what was measured; the rest is left out.",)
        grid = _grid(found, header, known)
        if n_spectra == 1:
            variables = [axis, _intensity(header, numbers[0], (axis.name,))]
            variables += [
                _of_spectrum(origin, ()) for origin in known if origin.kind in ORIGINS.keys() - {_TIME, _FLAGS}
            ]
        elif grid is not None:
            variables = _map(axis, header, numbers, grid, known)
        else:
            variables = [axis, _intensity(header, numbers, ("spectrum", axis.name))]
            variables += [_of_spectrum(origin, ("spectrum",)) for origin in known if origin.kind in ORIGINS]
        return [_reading(header, found, variables, doubts)]


def _check(header: Head, found: dict[str, memoryview], file: str) -> None:
    if not header.n_spectra or not header.n_points:
        raise NothingMeasured(f"{file}: no spectrum was measured.", mend="Measure again; the file is kept as it came.")
    if header.n_spectra > header.capacity:
        raise DamagedFile(
            f"{file}: {header.n_spectra} spectra were measured, but room is for {header.capacity}.", mend=MEND
        )
    if header.y_length > 1:
        raise UnsupportedVariant(
            f"{file}: each of its spectra is a picture of {header.y_length} lines, which is not read.",
            mend="Bin the lines in WiRE and save again; the file is kept as it came.",
        )
    if header.x_length != header.n_points:
        raise DamagedFile(
            f"{file}: spectra of {header.n_points} points come with an axis of {header.x_length}.", mend=MEND
        )
    if "DATA" not in found:
        raise DamagedFile(f"{file}: the block DATA with the spectra is missing.", mend=MEND)


def _spectral_axis(found: dict[str, memoryview], header: Head, file: str) -> Variable:
    _, unit = list_head(found, "XLST", file)
    values = floats(found, "XLST", 8, header.x_length, file)
    steps = np.diff(values)
    if not np.isfinite(values).all() or not (np.all(steps > 0) or np.all(steps < 0)):
        raise DamagedFile(f"{file}: the axis of the spectra neither ascends nor descends throughout.", mend=MEND)
    ours, written = UNITS.get(unit, _ARBITRARY)
    name = SPECTRAL.get(unit, "spectral_axis")
    series = Series(values, ours if unit in SPECTRAL else "arbitrary_unit")
    return Variable(name=name, series=series, dimensions=(name,), role=Role.AXIS, unit_as_written=written)


def _intensity(header: Head, numbers: NDArray[Any], dimensions: tuple[str, ...]) -> Variable:
    ours, written = _ARBITRARY if header.unit in SPECTRAL else UNITS.get(header.unit, _ARBITRARY)
    return Variable(name="intensity", series=Series(numbers, ours), dimensions=dimensions, unit_as_written=written)


def _of_spectrum(origin: Origin, dimensions: tuple[str, ...]) -> Variable:
    """What is known of each spectrum, or of the only one."""
    values: NDArray[Any] = origin.values
    ours, written = UNITS.get(origin.unit, ("", ""))
    if origin.unit == _FILE_TIME:
        # Times of 1601 and the like are kept as differences, which need no calendar.
        values = (values - values[0]).astype(np.int64).astype(np.float64) * 1e-7
        ours, written = "s", "s"
    name = ORIGINS[origin.kind]
    is_axis = origin.is_primary and bool(dimensions) and bool(np.isfinite(values).all())
    return Variable(
        name=name,
        series=Series(values if dimensions else values[0], ours),
        dimensions=dimensions,
        role=Role.AXIS if is_axis else Role.AUXILIARY,
        label=origin.label,
        unit_as_written=written,
    )


def _grid(found: dict[str, memoryview], header: Head, known: list[Origin]) -> Grid | None:
    places = {origin.kind: origin.values for origin in known}
    x, y = places.get(3), places.get(4)
    if header.measurement_type != 3 or x is None or y is None:
        return None
    return grid_of(found.get("WMAP"), x.astype(np.float64), y.astype(np.float64), capacity=header.capacity)


def _map(axis: Variable, header: Head, numbers: NDArray[Any], grid: Grid, known: list[Origin]) -> list[Variable]:
    shape = (grid.y.size, grid.x.size)
    folded = np.full((*shape, header.n_points), np.nan, dtype=np.float32)
    folded[grid.row, grid.column] = numbers
    units = {origin.kind: UNITS.get(origin.unit, ("", "")) for origin in known}
    variables = [axis]
    for kind, name, values in ((4, "position_y", grid.y), (3, "position_x", grid.x)):
        ours, written = units[kind]
        variables.append(
            Variable(
                name=name, series=Series(values, ours), dimensions=(name,), role=Role.AXIS, unit_as_written=written
            )
        )
    dimensions = ("position_y", "position_x")
    variables.append(_intensity(header, folded, (*dimensions, axis.name)))
    for origin in known:
        if origin.kind in {3, 4} or origin.kind not in ORIGINS:
            continue
        one = _of_spectrum(origin, ("spectrum",))
        values = np.full(shape, np.nan)
        values[grid.row, grid.column] = one.series.values
        series = Series(values, one.series.unit)
        variables.append(
            Variable(name=one.name, series=series, dimensions=dimensions, role=Role.AUXILIARY, label=one.label)
        )
    return variables


def _reading(header: Head, found: dict[str, memoryview], variables: list[Variable], doubts: tuple[str, ...]) -> Reading:
    laser = Measured(1e7 / header.laser_per_cm, "nm") if header.laser_per_cm else None
    comment = bytes(found.get("TEXT", b"")).decode("utf-8", "replace").strip("\0 \r\n")
    metadata: dict[str, MetadataValue | None] = {
        "maker": "Renishaw" if header.program == "WiRE" else None,
        "software": f"{header.program} {header.version}" if header.program else None,
        "laser_wavelength": laser,
        "n_scans": header.n_accumulations or None,
        "scan_mode": SCAN_TYPES.get(header.scan_type),
        "technique_name": MEASUREMENTS.get(header.measurement_type),
        "ended_at": header.ended_at,
        "comment": comment or None,
    }
    written = {name: getattr(header, name) for name in Head.__slots__ if name not in {"started_at", "ended_at"}}
    written |= {"blocks": {name: len(block) for name, block in found.items()}, "text": comment}
    return Reading(
        technique="raman" if variables[0].name == "raman_shift" else "spectrum",
        title=header.title or "Spectrum",
        variables=tuple(variables),
        header=written,
        metadata={name: value for name, value in metadata.items() if value is not None},
        operator=header.user or None,
        started_at=header.started_at,
        doubts=doubts,
    )


READER = RenishawWdf()
