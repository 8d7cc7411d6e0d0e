"""From a file's bytes to everything that is kept of it. Runs behind the fence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.compute.outside_formats import read
from kiban.compute.outside_reader import OutsideReader
from kiban.compute.preview import preview
from kiban.compute.structured import ReadSummary, Structured, StructuredReading
from kiban.readers.recognise import Choice
from kiban.records.document import metadata_to_json, to_json
from kiban.records.measurement import Measurement, VariableSummary
from kiban.records.property import Property
from kiban.records.reading import MetadataValue, Reading, Variable

if TYPE_CHECKING:
    from kiban.readers.source import Source


def structure(
    source: Source, *, checksum: str, companions: Mapping[str, str] | None = None
) -> tuple[Structured, list[bytes]]:
    """Recognise, read, normalise and analyse one file.

    Parameters
    ----------
    companions : mapping of str to str, optional
        Checksums of the files that belong to it, by their path below its folder.

    Returns
    -------
    (Structured, list of bytes)
        What the catalog keeps, and one normalised NeXus file for each Reading, in the same order.

    Raises
    ------
    UnreadableFile
    """
    from kiban.analysis.similarity.curves import likeness

    choice, readings = read(source)
    structured: list[StructuredReading] = []
    normalised: list[bytes] = []
    for index, reading in enumerate(readings):
        measurement, properties = _keep(choice, reading, index=index, checksum=checksum, file_name=source.name)
        measurement = replace(measurement, companions=dict(companions or {}))
        formula = reading.metadata.get("chemical_formula") or reading.metadata.get("molecular_formula")
        structured.append(
            StructuredReading(
                measurement=measurement,
                properties=properties,
                formula=formula if isinstance(formula, str) else None,
                likeness=likeness(reading),
            )
        )
        normalised.append(
            _normalise(choice, reading, checksum=checksum, file_name=source.name, companions=companions or {})
        )
    return (
        Structured(
            reader=choice.reader.name,
            reader_version=choice.reader.version,
            why=choice.why,
            readings=tuple(structured),
        ),
        normalised,
    )


def summarise(source: Source) -> ReadSummary:
    """Recognise and read one file, and say what is in it without the numbers. Raises UnreadableFile."""
    choice, readings = read(source)
    return ReadSummary(
        reader=choice.reader.name, why=choice.why, readings=tuple(_reading_summary(reading) for reading in readings)
    )


def _reading_summary(reading: Reading) -> dict[str, object]:
    variables = [
        {
            "name": v.name,
            "label": v.label,
            "unit": v.unit_as_written,
            "unit_normalised": v.unit,
            "role": v.role,
            "shape": list(v.shape),
            "min": v.minimum,
            "max": v.maximum,
        }
        for v in map(_variable_summary, reading.variables)
    ]
    stated = {"rights": to_json(reading.rights)} if reading.rights is not None else {}
    return {
        "technique": reading.technique,
        "title": reading.title,
        "variables": variables,
        "metadata": metadata_to_json(_metadata(reading)),
        "doubts": list(reading.doubts),
        **stated,
    }


def _metadata(reading: Reading) -> dict[str, MetadataValue]:
    """All that is known beside the numbers, under the standard names."""
    known: dict[str, MetadataValue | None] = {
        "sample_name": reading.sample_name,
        "operator": reading.operator,
        "instrument": reading.instrument,
        "started_at": reading.started_at,
    }
    return {name: value for name, value in known.items() if value is not None} | dict(reading.metadata)


def _variable_summary(variable: Variable) -> VariableSummary:
    limits = _limits(variable.series.values)
    return VariableSummary(
        name=variable.name,
        label=variable.label,
        unit=variable.series.unit,
        unit_as_written=variable.unit_as_written or variable.series.unit,
        role=variable.role.value,
        dimensions=variable.dimensions,
        shape=variable.series.shape,
        minimum=_number(limits[0]) if limits is not None else None,
        maximum=_number(limits[1]) if limits is not None else None,
    )


def _limits(values: NDArray[Any]) -> tuple[Any, Any] | None:
    """Lowest and highest finite value (magnitude, of complex numbers)."""
    if values.dtype.kind == "c":
        values = np.abs(values)
    low, high = values.min(), values.max()
    # A NaN anywhere makes both NaN, so the slower search is done only where it is needed.
    if values.dtype.kind == "f" and not (math.isfinite(low) and math.isfinite(high)):
        values = values[np.isfinite(values)]
        if not values.size:
            return None
        low, high = values.min(), values.max()
    return low, high


def _number(value: float | np.number | np.bool_) -> float:
    """A float32 is widened by its shortest decimal form, so that 1.1 in the file is 1.1 on the page."""
    return float(str(value)) if isinstance(value, np.float32) else float(value)


def _keep(
    choice: Choice, reading: Reading, *, index: int, checksum: str, file_name: str
) -> tuple[Measurement, tuple[Property, ...]]:
    from kiban.analysis.run import analyse

    findings = analyse(reading)
    measurement = Measurement(
        technique=reading.technique,
        title=reading.title,
        file_checksum=checksum,
        file_name=file_name,
        reading_index=index,
        reader=choice.reader.name,
        reader_version=choice.reader.version,
        why=choice.why,
        normalised="",  # the object store gives it its checksum
        sample_name=reading.sample_name,
        operator=reading.operator,
        instrument=reading.instrument,
        started_at=reading.started_at.isoformat() if reading.started_at is not None else None,
        metadata=metadata_to_json(dict(reading.metadata)),
        variables=tuple(_variable_summary(variable) for variable in reading.variables),
        doubts=reading.doubts,
        rights=reading.rights,
        analyses=tuple(finding.kept() for finding in findings),
        preview=preview(reading),
    )
    return measurement, tuple(p for finding in findings for p in finding.properties)


def _normalise(
    choice: Choice, reading: Reading, *, checksum: str, file_name: str, companions: Mapping[str, str]
) -> bytes:
    from kiban.standards.nexus import write

    provenance: dict[str, str | int] = {
        "reader": choice.reader.name,
        "reader_version": choice.reader.version,
        "source_sha256": checksum,
        "source_name": file_name,
    }
    if isinstance(choice.reader, OutsideReader):
        provenance["library"] = str(choice.reader.library)
    if companions:
        provenance["companions"] = "\n".join(f"{sha256}  {name}" for name, sha256 in sorted(companions.items()))
    return write(reading, provenance=provenance)
