"""MaiML that other programs wrote: lists of numbers, tables of single ones, and what is said of them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kiban.quantity.measured import Measured
from kiban.readers.maiml_parts.arrays import arrays
from kiban.readers.maiml_parts.document import Document, Thing
from kiban.readers.maiml_parts.names import name_of, spoken, technique_of
from kiban.readers.maiml_parts.tables import Table, of_executions, of_groups, row_groups
from kiban.readers.maiml_parts.values import Value, everything, numbers, time_of
from kiban.readers.tables import technique as table_technique
from kiban.readers.tables.column_headers import slug
from kiban.readers.xml_header import children
from kiban.records.reading import Json, MetadataValue, Reading, Variable

if TYPE_CHECKING:
    from lxml.etree import _Element

_STANDARD = {
    "comment": "comment",
    "detector": "detector",
    "laser_power": "laser_power",
    "laser_wavelength": "laser_wavelength",
    "pressure": "pressure",
    "sample_id": "sample_id",
    "solvent": "solvent",
    "temperature": "temperature",
    "tube_current": "tube_current",
    "tube_voltage": "tube_voltage",
    "wavelength": "wavelength",
    "accelerating_voltage": "acceleration_voltage",
    "acceleration_voltage": "acceleration_voltage",
}
"""Keys as other programs spell them, in our letters, and the standard name."""
_MOST_ROWS_NAMED = 40
_SAMPLE_NAMES = ("sample_name", "samplename", "name")
_OPERATORS = ("operator", "operator_name", "user")


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a document says of all results of one group."""

    technique: str | None
    title: str
    sample_name: str | None
    operator: str | None
    instrument: str | None
    started_at: datetime | None
    metadata: dict[str, MetadataValue]
    doubts: list[str] = field(default_factory=list)


def foreign_readings(document: Document) -> list[Reading]:
    """One Reading for each set of lists, one for each table in a result, and one for the single numbers of all.

    Raises
    ------
    DamagedFile
        If a number is none, or a list is longer or shorter than it promises.
    """
    drafts: list[tuple[_Element, Reading, dict[str, Json]]] = []
    for group in document.groups:
        around = surroundings(document, group)
        for result in document.things(group, "result"):
            drafts += [(group, reading, more) for reading, more in _of_result(document, result, around)]
    drafts += _of_executions(document)
    # A header is made of the elements, and takes their lists away: all numbers have to be read by then.
    return [replace(reading, header={**document.header(group), **more}) for group, reading, more in drafts]


def _of_result(document: Document, result: Thing, around: Surroundings) -> Iterator[tuple[Reading, dict[str, Json]]]:
    called = result.called
    for found in arrays(result.values, file=document.file):
        title = " ".join(part for part in (called, spoken(found.called) if found.called else "") if part)
        yield _reading(around, title, tuple(found.variables), [*around.doubts, *found.doubts]), {}
    rows = row_groups(result.values)
    if rows:
        table = of_groups(rows, file=document.file)
        yield _table_reading(around, called, table), {"rows": list(table.rows)}


def _of_executions(document: Document) -> list[tuple[_Element, Reading, dict[str, Json]]]:
    """Single numbers: a row for each group of results, where a result has some or there are several groups."""
    executions: list[tuple[str, list[tuple[Value, ...]]]] = []
    has_result = False
    for group in document.groups:
        things = [thing for tag in ("material", "condition", "result") for thing in document.things(group, tag)]
        executions.append((group.get("id") or "", [thing.values for thing in things]))
        results = [thing for thing in things if thing.tag == "result" and not row_groups(thing.values)]
        has_result = has_result or any(_has_number(thing.values) for thing in results)
    if not document.groups or not (has_result or len(executions) > 1):
        return []
    table = of_executions(executions, file=document.file)
    if not table.variables:
        return []
    around = surroundings(document, document.groups[0])
    if len(executions) > 1:
        around = replace(around, sample_name=None, started_at=None, metadata={})
    return [(document.groups[0], _table_reading(around, around.title, table), {"rows": list(table.rows)})]


def _has_number(values: tuple[Value, ...]) -> bool:
    return any(v.tag == "property" and v.is_numeric for v in everything(values))


def _table_reading(around: Surroundings, title: str, table: Table) -> Reading:
    metadata: dict[str, MetadataValue] = {**around.metadata}
    if len(table.rows) <= _MOST_ROWS_NAMED:
        metadata["rows"] = ", ".join(table.rows)
    around = replace(around, technique="table", metadata=metadata)
    return _reading(around, title, tuple(table.variables), [*around.doubts, *table.doubts])


def _reading(around: Surroundings, title: str, variables: tuple[Variable, ...], doubts: list[str]) -> Reading:
    technique = around.technique or table_technique.infer(variables, title)
    if around.technique != "table" and technique != "table":
        doubts = [*doubts, f"The file names no technique; {technique} was inferred from its words."]
    return Reading(
        technique=technique,
        title=(title or around.title or "MaiML")[:300],
        variables=variables,
        metadata=around.metadata,
        sample_name=around.sample_name,
        operator=around.operator,
        instrument=around.instrument,
        started_at=around.started_at,
        doubts=tuple(dict.fromkeys(doubts)),
    )


def surroundings(document: Document, group: _Element) -> Surroundings:
    """What is said of the sample, the conditions, the instrument and the times of one group of results."""
    materials, conditions = document.things(group, "material"), document.things(group, "condition")
    of_material = _scalars(materials)
    of_condition = _scalars(conditions)
    instruments = list(document.named("document", "instrument"))
    started_at, ended_at = _times(document, group)
    metadata: dict[str, MetadataValue] = {}
    for name, value in {**of_condition, **of_material}.items():
        if name in _STANDARD:
            metadata.setdefault(_STANDARD[name], _metadata(value, document.file))
    if ended_at is not None:
        metadata["ended_at"] = ended_at
    vendors = list(document.named("document", "vendor"))
    if len(vendors) == 1 and instruments:
        metadata["maker"] = vendors[0].called
    things = [*materials, *conditions, *document.things(group, "result")]
    doubts = ["Parts of the document are encrypted; they were not read."] if any(t.is_encrypted for t in things) else []
    sample = next((of_material[name].text().strip() for name in _SAMPLE_NAMES if name in of_material), "")
    operator = next((of_condition[name].text().strip() for name in _OPERATORS if name in of_condition), "")
    return Surroundings(
        technique=technique_of(document.technique_words),
        title=next((thing.called for thing in document.named("protocol", "method")), ""),
        sample_name=sample or None,
        operator=operator or None,
        instrument=instruments[0].called if len(instruments) == 1 else None,
        started_at=started_at,
        metadata=metadata,
        doubts=doubts,
    )


def _scalars(things: tuple[Thing, ...]) -> dict[str, Value]:
    """Single values of several objects by their keys in our letters; the first of each."""
    found: dict[str, Value] = {}
    for thing in things:
        for value in everything(thing.values):
            if value.tag == "property" and len(value.texts) == 1 and value.text().strip() and not value.is_list:
                found.setdefault(slug(spoken(value.key)), value)
    return found


def _metadata(value: Value, file: str) -> MetadataValue:
    if not value.is_numeric:
        return value.text().strip()
    number = numbers(value, file=file).tolist()[0]
    named = name_of(value)
    return Measured(float(number), named.unit) if named.unit else number


def _times(document: Document, group: _Element) -> tuple[datetime | None, datetime | None]:
    """When the group's measurement began and ended: events that refer to it, or all where the group is the only one."""
    started: list[datetime] = []
    ended: list[datetime] = []
    is_only = len(document.groups) == 1
    for event in document.events:
        referred = [reference.get("ref") for reference in children(event.element, "resultsRef")]
        if group.get("id") not in referred and not (is_only and not referred):
            continue
        said = {value.local: value.text().strip() for value in event.values}
        time = time_of(said.get("timestamp", ""))
        if time is not None:
            (started if said.get("transition") == "start" else ended).append(time)
    same_kind = len({time.tzinfo is None for time in (*started, *ended)}) < 2
    return (
        min(started) if started and same_kind else None,
        max(ended) if ended and same_kind else None,
    )
