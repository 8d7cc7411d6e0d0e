"""CSVW: tables as CSV, with metadata on the web that say what their columns are.

What is carried
---------------
A zip archive with one CSV file for each set of dimensions (`two_theta.csv`), one for the table of each analysis
(`analysis_powder_xrd.csv`), `csv-metadata.json`, and the header of the raw file as it is kept (`header.json`). Columns
are named after the variables, with the unit in the first row: `two_theta [deg]`. Uncertainties of single points have
columns of their own (`u_intensity`), one that holds for all points is a virtual column. Variables of several dimensions
have a row for each point, and a column for each dimension. Complex numbers are two columns.

The metadata have, for each column, its data type, label, unit (in our spelling and, where QUDT has it, as an IRI),
role, and of uncertainties kind, origin, distribution and coverage factor; for the whole: identifier, title, technique,
licence, rights holder, contributors, funding, sample, operator, instrument, time, raw file with its SHA-256, all
metadata with their units and uncertainties; doubts, what analyses say and the properties that rest on the measurement
as notes.

What is lost
------------
Which numbers of 64 bits were half floats, and in which order of bytes all were; the record's history, tier and terms of
access.

Source
------
W3C Recommendations of 17 December 2015: Metadata Vocabulary for Tabular Data; Model for Tabular Data and Metadata on
the Web. QUDT 3 for units; schema.org and PROV for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import kiban
from kiban.quantity.measured import Measured
from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Uncertainty
from kiban.records.measurement import Measurement
from kiban.records.reading import MetadataValue
from kiban.records.technique import TECHNIQUES
from kiban.standards.contract import Exportable, Exported
from kiban.standards.csvw_rights import rights_metadata
from kiban.standards.csvw_tables import AnalysisTable, Column, Table, analysis_tables, number_text, tables, written
from kiban.standards.qudt_units import unit_iri
from kiban.standards.zip_archive import zipped

_OURS = "urn:kiban:csvw:"
_QUDT_UNIT = "http://qudt.org/schema/qudt/unit"
_TYPES = {
    "b1": "boolean",
    "i1": "byte",
    "i2": "short",
    "i4": "int",
    "i8": "long",
    "u1": "unsignedByte",
    "u2": "unsignedShort",
    "u4": "unsignedInt",
    "u8": "unsignedLong",
    "f4": "float",
}


@dataclass(frozen=True, slots=True)
class CsvwExport:
    """Writes CSVW."""

    name: str = "csvw"
    title: str = "CSV on the Web"
    suffix: str = ".csvw.zip"
    media_type: str = "application/zip"
    needs_raw: bool = False

    def obstacle(self, measurement: Measurement) -> str | None:  # noqa: ARG002
        """None: it carries every Reading."""
        return None

    def export(self, given: Exportable) -> Exported:
        """Write the archive."""
        made = tables(given.reading)
        members = {f"{table.name}.csv": written(table) for table in made}
        found = analysis_tables(given.measurement.analyses, made)
        members |= {f"{table.name}.csv": table.content for table in found}
        members["csv-metadata.json"] = _json(_metadata(given, made, found))
        members["header.json"] = _json(dict(given.reading.header))
        losses = ["The record's history, its tier and the terms of access are not in the file."]
        return Exported(content=zipped(members, given.record.created_at), losses=tuple(losses))


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _metadata(given: Exportable, made: list[Table], found: list[AnalysisTable]) -> dict[str, Any]:
    reading, measurement = given.reading, given.measurement
    document: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:identifier": given.record.pid,
        "dc:title": reading.title,
        "dc:type": TECHNIQUES[reading.technique].en,
        f"{_OURS}technique": reading.technique,
        "schema:softwareVersion": f"Kiban {kiban.__version__}",
    }
    if given.rights is not None:
        document |= rights_metadata(given.rights, _OURS)
    if reading.operator is not None:
        document["dc:creator"] = reading.operator
    if reading.started_at is not None:
        document["dc:date"] = reading.started_at.isoformat()
    if reading.instrument is not None:
        document["schema:instrument"] = reading.instrument
    if reading.sample_name is not None:
        document[f"{_OURS}sampleName"] = reading.sample_name
    if given.sample is not None:
        document["schema:about"] = {"schema:identifier": given.sample.pid, "schema:name": given.sample.title}
    document["prov:wasDerivedFrom"] = {
        "schema:name": measurement.file_name,
        "schema:sha256": measurement.file_checksum,
        f"{_OURS}reader": f"{measurement.reader}/{measurement.reader_version}",
    }
    if reading.metadata:
        document["schema:additionalProperty"] = [_property(name, value) for name, value in reading.metadata.items()]
    notes = list(_notes(given))
    if notes:
        document["notes"] = notes
    document["tables"] = [*(_table(table) for table in made), *(_analysis_table(table) for table in found)]
    return document


def _notes(given: Exportable) -> Iterator[dict[str, Any]]:
    for doubt in given.reading.doubts:
        yield {f"{_OURS}doubt": doubt}
    for analysis in given.measurement.analyses:
        yield {
            f"{_OURS}analysis": f"{analysis.name}/{analysis.version}",
            f"{_OURS}summary": analysis.summary,
            f"{_OURS}doubt": list(analysis.doubts),
        }
    for fact in given.facts:
        claim = fact.property
        yield {
            **_property(claim.term, claim.value),
            f"{_OURS}method": claim.method,
            f"{_OURS}condition": [_property(name, value) for name, value in claim.condition.items()],
        }
    if given.composition:
        yield {f"{_OURS}composition": [_property(name, value) for name, value in given.composition.items()]}


def _property(name: str, value: MetadataValue) -> dict[str, Any]:
    """One entry of the metadata as a schema:PropertyValue."""
    entry: dict[str, Any] = {"@type": "schema:PropertyValue", "schema:name": name}
    if isinstance(value, Measured):
        entry |= {"schema:value": value.value, **_unit(value.unit)}
        if value.uncertainty is not None:
            entry |= {f"{_OURS}uncertainty": value.uncertainty.value, **_uncertainty(value.uncertainty)}
    elif isinstance(value, datetime):
        entry |= {"schema:value": value.isoformat(), f"{_OURS}is": "time"}
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        # JSON has no word for it.
        entry |= {"schema:value": number_text(value), f"{_OURS}is": "number"}
    else:
        entry["schema:value"] = value
    return entry


def _unit(unit: str) -> dict[str, Any]:
    found: dict[str, Any] = {"schema:unitText": unit}
    if (iri := unit_iri(unit)) is not None:
        found[_QUDT_UNIT] = {"@id": iri}
    return found


def _uncertainty(doubt: Uncertainty | Uncertainties) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{_OURS}kind": doubt.kind.value,
        f"{_OURS}origin": doubt.origin.value,
        f"{_OURS}distribution": doubt.distribution.value,
    }
    if doubt.coverage_factor is not None:
        found[f"{_OURS}coverageFactor"] = doubt.coverage_factor
    if isinstance(doubt, Uncertainty) and doubt.degrees_of_freedom is not None:
        found[f"{_OURS}degreesOfFreedom"] = doubt.degrees_of_freedom
    return found


def _table(table: Table) -> dict[str, Any]:
    return {
        "url": f"{table.name}.csv",
        f"{_OURS}dimensions": list(table.dimensions),
        "dialect": {"header": True, "delimiter": ",", "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {"columns": [_column(column) for column in table.columns]},
    }


def _column(column: Column) -> dict[str, Any]:
    kind = f"{column.values.dtype.kind}{column.values.dtype.itemsize}"
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.title,
        "datatype": {"base": _TYPES.get(kind, "double")},
        # An empty cell is missing; NaN is written out.
        "required": not column.is_virtual,
        **_unit(column.unit),
    }
    variable = column.variable
    if column.is_virtual:
        described |= {"virtual": True, "default": number_text(column.values[0])}
    if variable is not None:
        if variable.label:
            described["dc:description"] = variable.label
        described |= {f"{_OURS}variable": variable.name, f"{_OURS}role": variable.role.value}
        if variable.unit_as_written != variable.series.unit:
            described[f"{_OURS}unitAsWritten"] = variable.unit_as_written
    if column.part:
        described[f"{_OURS}part"] = column.part
    if column.doubt is not None:
        described |= _uncertainty(column.doubt)
    return described


def _analysis_table(table: AnalysisTable) -> dict[str, Any]:
    columns = [
        {"name": f"column_{i}", "titles": title, "datatype": datatype, "dc:description": name, **_unit(unit)}
        for i, (name, title, unit, datatype) in enumerate(table.columns, start=1)
    ]
    return {
        "url": f"{table.name}.csv",
        f"{_OURS}analysis": table.analysis,
        "tableSchema": {"columns": columns},
    }


EXPORT = CsvwExport()
