"""Measurements to be exported in tests, made of Readings without a platform."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Origin, Uncertainty
from kiban.records.document import metadata_to_json, to_json
from kiban.records.file_entry import FileEntry, FileStatus
from kiban.records.measurement import Analysis, Measurement, VariableSummary
from kiban.records.property import Fact, Property
from kiban.records.reading import Reading, Role, Variable
from kiban.records.record import Record, RecordKind
from kiban.standards.contract import Exportable
from kiban.standards.nexus import write

RAW = b"* the raw file\r\n\x00\xff"
_IDS = [UUID(int=(0x0190_0000_0000_7000_8000 << 48) + n) for n in range(4)]
_NOW = datetime(2026, 5, 4, 12, 30, 0, 123456, tzinfo=UTC)


def exportable(reading: Reading, *, analyses: tuple[Analysis, ...] = (), **changes: Any) -> Exportable:
    """A measurement of that Reading, read from a raw file of a few bytes.

    Parameters
    ----------
    changes
        Fields of the Exportable that differ.
    """
    checksum = hashlib.sha256(RAW).hexdigest()
    measurement = Measurement(
        technique=reading.technique,
        title=reading.title,
        file_checksum=checksum,
        file_name="測定 1.ras",
        reading_index=0,
        reader="rigaku_ras",
        reader_version=2,
        why="it begins with *RAS_DATA_START",
        normalised="0" * 64,
        sample_name=reading.sample_name,
        operator=reading.operator,
        instrument=reading.instrument,
        started_at=reading.started_at.isoformat() if reading.started_at is not None else None,
        metadata=metadata_to_json(dict(reading.metadata)),
        variables=tuple(_summary(variable) for variable in reading.variables),
        doubts=reading.doubts,
        rights=reading.rights,
        analyses=analyses,
    )
    given: dict[str, Any] = {
        "record": _record(0, RecordKind.MEASUREMENT, reading.title.strip() or "untitled", to_json(measurement)),
        "measurement": measurement,
        "reading": reading,
        "normalised": write(reading, provenance={"reader": "rigaku_ras", "reader_version": 2}),
        "file": FileEntry(
            id=_IDS[2],
            path="run-1/測定 1.ras",
            checksum=checksum,
            size=len(RAW),
            media_type="application/octet-stream",
            status=FileStatus.STRUCTURED,
            reader="rigaku_ras",
            reader_version=2,
            reason="it begins with *RAS_DATA_START",
            project=_IDS[3],
            scope=1,
            deposited_at=_NOW,
            deposited_by="operator",
        ),
        "raw": RAW,
        "rights": reading.rights,
    }
    return Exportable(**(given | changes))


def sample_record(name: str) -> Record:
    """A sample of that name."""
    return _record(1, RecordKind.SAMPLE, name, {"name": name})


def fact_of(given: Exportable, term: str, value: Measured, **condition: Any) -> Fact:
    """A property that rests on the measurement."""
    return Fact(
        id=_IDS[3],
        property=Property(term=term, value=value, condition=condition, method="powder_xrd/1"),
        subject=None,
        evidence=given.record.id,
        scope=1,
    )


def _record(n: int, kind: RecordKind, title: str, document: Any) -> Record:
    return Record(
        id=_IDS[n],
        pid=("kb:7Q4M-2KXD-98", "kb:0000-0000-00")[n],
        kind=kind,
        title=title,
        project=_IDS[3],
        owner="operator",
        scope=1,
        document=document,
        created_at=_NOW,
        created_by="operator",
    )


def _summary(variable: Variable) -> VariableSummary:
    values = np.abs(variable.series.values) if variable.series.values.dtype.kind == "c" else variable.series.values
    finite = values[np.isfinite(values)]
    return VariableSummary(
        name=variable.name,
        label=variable.label,
        unit=variable.series.unit,
        unit_as_written=variable.unit_as_written,
        role=variable.role.value,
        dimensions=variable.dimensions,
        shape=variable.series.shape,
        minimum=float(finite.min()) if finite.size else None,
        maximum=float(finite.max()) if finite.size else None,
    )


def pattern(n_points: int = 300) -> Reading:
    """A diffraction pattern with counting statistics, metadata of every type and Japanese texts."""
    angles = np.round(20 + 0.02 * np.arange(n_points), 2)
    counts = np.random.default_rng(1).poisson(200 + 5000 * np.exp(-(((angles - 22.44) / 0.1) ** 2)))
    return Reading(
        technique="xrd",
        title="TiO2-A600: Gonio scan",
        variables=(
            Variable(
                name="two_theta",
                series=Series(angles, "deg"),
                dimensions=("two_theta",),
                role=Role.AXIS,
                label="2Theta",
                unit_as_written="°2θ",
            ),
            Variable(
                name="intensity",
                series=Series(
                    counts,
                    "count",
                    Uncertainties(
                        values=np.sqrt(np.maximum(counts, 1)),
                        origin=Origin.ESTIMATE,
                        distribution=Distribution.POISSON,
                    ),
                ),
                dimensions=("two_theta",),
                unit_as_written="counts",
            ),
            Variable(name="omega", series=Series(angles / 2, "deg"), dimensions=("two_theta",), role=Role.AUXILIARY),
        ),
        header={"sample": {"id": "TiO2-A600", "name": "酸化チタン"}, "lists": [1, 2.5, None, True], "empty": {}},
        metadata={
            "maker": "PANalytical",
            "wavelength": Measured(0.15405929, "nm", Uncertainty(value=5e-8, origin=Origin.CERTIFICATE)),
            "tube_voltage": Measured(45.0, "kV"),
            "anode": "Cu",
            "kalpha2_to_kalpha1": 0.5,
            "n_scans": 1,
            "is_spinning": True,
            "ended_at": datetime(2026, 5, 4, 10, 30, tzinfo=UTC),
        },
        sample_name="TiO2-A600",
        operator="佐藤",
        instrument="Empyrean",
        started_at=datetime(2026, 5, 4, 10, 0, 0, 250000),
        doubts=("The end angle is not reached.", "二重"),
    )


def spectrum() -> Reading:
    """An infrared spectrum whose numbers are floats of 32 bits."""
    wavenumbers = np.linspace(4000, 400, 181)
    return Reading(
        technique="ir",
        title="polystyrene",
        variables=(
            Variable(name="wavenumber", series=Series(wavenumbers, "1/cm"), dimensions=("wavenumber",), role=Role.AXIS),
            Variable(
                name="transmittance",
                series=Series((0.5 + 0.4 * np.sin(wavenumbers / 90)).astype(np.float32), "transmittance"),
                dimensions=("wavenumber",),
            ),
        ),
    )


def decay() -> Reading:
    """A free induction decay: complex numbers along time."""
    time = np.arange(64) * 2.5e-4
    return Reading(
        technique="nmr",
        title="fid",
        variables=(
            Variable(name="time", series=Series(time, "s"), dimensions=("time",), role=Role.AXIS),
            Variable(
                name="signal",
                series=Series(np.exp(-time / 4e-3 + 2j * math.pi * 500 * time), "arbitrary_unit"),
                dimensions=("time",),
            ),
        ),
        metadata={"nucleus": "1H", "spectrometer_frequency": Measured(400.13, "MHz")},
    )


def diffraction_map() -> Reading:
    """Counts over two axes, and a temperature for each row."""
    counts = np.arange(12).reshape(3, 4)
    return Reading(
        technique="xrd_map",
        title="map",
        variables=(
            Variable(name="omega", series=Series([1.0, 1.5, 2.0], "deg"), dimensions=("omega",), role=Role.AXIS),
            Variable(
                name="two_theta", series=Series([3.0, 4.0, 5.0, 7.0], "deg"), dimensions=("two_theta",), role=Role.AXIS
            ),
            Variable(name="intensity", series=Series(counts, "count"), dimensions=("omega", "two_theta")),
            Variable(
                name="temperature",
                series=Series([25.0, np.nan, 26.0], "degC"),
                dimensions=("omega",),
                role=Role.AUXILIARY,
            ),
        ),
    )


EXAMPLES = {"pattern": pattern, "spectrum": spectrum, "decay": decay, "map": diffraction_map}
"""Readings that differ in what a standard may have no place for."""
