"""The `data` of a MaiML document: what was measured, under which conditions, and what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid5

import numpy as np

from kiban.quantity.measured import Measured
from kiban.records.measurement import Analysis
from kiban.records.property import Fact
from kiban.standards.contract import Exportable
from kiban.standards.maiml_elements import SAME, Builder, Insertion, local_name
from kiban.standards.maiml_protocol import steps
from kiban.standards.maiml_values import (
    content,
    write_group,
    write_json,
    write_property,
    write_text,
    write_texts,
    write_variable,
)

if TYPE_CHECKING:
    from lxml.etree import _Element


def write_data(
    build: Builder,
    root: _Element,
    given: Exportable,
    *,
    raw_file: Insertion | None,
    normalised: Insertion | None,
    has_numbers: bool,
) -> dict[str, _Element]:
    """Write sample, conditions and results, and give them by the place of the net at which they lie.

    Parameters
    ----------
    has_numbers : bool
        The arrays stand in the document. Otherwise only the inserted normalised file has them.
    """
    data = build.object(root, "data", "data", name="data")
    results = build.object(data, "results", "results", name="results", description=given.reading.title)
    made = {
        "sample": _write_sample(build, results, given),
        "conditions": build.object(
            results, "condition", "conditions", ref="template-conditions", name="conditions_of_measurement"
        ),
        "raw_file": _write_raw_file(build, results, given, raw_file),
        "numbers": _write_numbers(build, results, given, normalised, has_numbers=has_numbers),
    }
    for name, value in given.reading.metadata.items():
        write_property(build, made["conditions"], "kiban", name, value)
    if len(steps(given)) > 2:
        made["findings"] = _write_findings(build, results, given)
    return made


def _write_sample(build: Builder, results: _Element, given: Exportable) -> _Element:
    name = given.sample.title if given.sample is not None else given.reading.sample_name
    material = build.object(
        results,
        "material",
        "sample",
        uuid=str(uuid5(SAME, f"sample {given.sample.id}")) if given.sample is not None else None,
        ref="template-sample",
        name="sample",
        description=name,
    )
    if given.reading.sample_name is not None:
        write_text(build, material, "sample_name", given.reading.sample_name)
    if given.sample is not None:
        write_text(build, material, "sample", given.sample.title)
        write_text(build, material, "sample_identifier", given.sample.pid)
        if formula := given.sample.document.get("formula"):
            write_text(build, material, "formula", str(formula))
    if given.composition:
        group = write_group(build, material, "kiban:composition", "Amount fractions of the elements")
        for element, fraction in given.composition.items():
            write_property(build, group, "kiban", element, Measured(fraction, ""))
    return material


def _write_raw_file(build: Builder, results: _Element, given: Exportable, inserted: Insertion | None) -> _Element:
    measurement = given.measurement
    made = build.object(
        results,
        "result",
        "raw_file",
        ref="template-raw_file",
        name="raw_file",
        description=measurement.file_name,
        insertions=(inserted,) if inserted is not None else (),
    )
    write_text(build, made, "file_name", measurement.file_name)
    write_text(build, made, "sha256", measurement.file_checksum)
    write_property(build, made, "kiban", "reading_index", measurement.reading_index)
    return made


def _write_numbers(
    build: Builder, results: _Element, given: Exportable, inserted: Insertion | None, *, has_numbers: bool
) -> _Element:
    reading = given.reading
    made = build.object(
        results,
        "result",
        "numbers",
        ref="template-numbers",
        name="numbers",
        description=reading.title,
        insertions=(inserted,) if inserted is not None else (),
    )
    write_text(build, made, "technique", reading.technique)
    write_text(build, made, "title", reading.title)
    for name in ("operator", "instrument"):
        if (text := getattr(reading, name)) is not None:
            write_text(build, made, name, text)
    if reading.started_at is not None:
        write_property(build, made, "kiban", "started_at", reading.started_at)
    if reading.doubts:
        write_texts(build, made, "doubts", reading.doubts)
    write_json(build, made, "kiban:header", "header", dict(reading.header))
    if has_numbers:
        for variable in reading.variables:
            write_variable(build, made, variable)
    return made


def _write_findings(build: Builder, results: _Element, given: Exportable) -> _Element:
    made = build.object(results, "result", "findings", ref="template-findings", name="findings")
    for analysis in given.measurement.analyses:
        _write_analysis(build, made, analysis)
    for fact in given.facts:
        _write_fact(build, made, fact)
    return made


def _write_analysis(build: Builder, parent: _Element, analysis: Analysis) -> None:
    group = write_group(build, parent, "kiban:analysis", analysis.summary)
    write_text(build, group, "name", analysis.name)
    write_property(build, group, "kiban", "version", analysis.version)
    if analysis.doubts:
        write_texts(build, group, "doubts", analysis.doubts)
    for i, (name, unit) in enumerate(zip(analysis.columns, analysis.units, strict=True)):
        _write_column(build, group, name, unit, [row[i] for row in analysis.rows])


def _write_column(build: Builder, group: _Element, name: str, unit: str, cells: list[Any]) -> None:
    key = f"kiban:{local_name(name)}"
    if all(cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)) for cell in cells):
        whole = all(isinstance(cell, int) and abs(cell) < 2**63 for cell in cells)
        dtype = np.int64 if whole else np.float64
        numbers = np.array([np.nan if cell is None else cell for cell in cells], dtype=dtype)
        content(build, group, "content", key, numbers, unit, axis=name)
        return
    made = build.typed(group, "content", key, "contentStringEnumType", axis=name)
    for cell in cells:
        build.element(made, "value", "" if cell is None else str(cell))


def _write_fact(build: Builder, parent: _Element, fact: Fact) -> None:
    claim = fact.property
    group = write_group(build, parent, "kiban:property", claim.term)
    write_property(build, group, "kiban", claim.term, claim.value)
    write_text(build, group, "method", claim.method)
    if claim.condition:
        condition = write_group(build, group, "kiban:condition")
        for name, value in claim.condition.items():
            write_property(build, condition, "kiban", name, value)
