"""MaiML that Kiban wrote: its numbers, metadata and header become the Reading that they were made of.

`kiban.standards.maiml` writes it. What MaiML has no attribute for stands in properties whose keys are in Kiban's
namespace.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.readers.maiml_parts.document import Document, Thing
from kiban.readers.maiml_parts.values import Value, numbers, time_of
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable
from kiban.records.rights.json_text import rights_in_file
from kiban.records.rights.rights import Rights

SPACE = "urn:kiban:maiml:1"
_MEND = "Export the measurement from Kiban again; the file is kept as it came."


def is_own(document: Document) -> bool:
    """Say whether Kiban wrote it."""
    return _result(document) is not None


def _result(document: Document) -> Thing | None:
    for group in document.groups:
        for result in document.things(group, "result"):
            if any(v.space == SPACE and v.local == "technique" for v in result.values):
                return result
    return None


def own_readings(document: Document) -> list[Reading]:
    """The Reading that the document was made of; none where its numbers are in a file beside it.

    Raises
    ------
    DamagedFile
        If something is missing or contradicts the rest.
    """
    result = _result(document)
    if result is None or not any(v.tag == "content" for v in result.values):
        return []
    try:
        return [_reading(document, result)]
    except (KeyError, ValueError, TypeError, AttributeError) as e:
        raise DamagedFile(f"{document.file} is MaiML that Kiban wrote, and lacks a part: {e}.", mend=_MEND) from e
    except KibanError as e:
        if isinstance(e, DamagedFile):
            raise
        raise DamagedFile(f"{document.file}: {e.fault}", mend=_MEND) from e


def stated_rights(document: Document) -> tuple[Rights | None, tuple[str, ...]]:
    """What the document states of its licence and the like, with a doubt where that was not understood."""
    for thing in document.named("document"):
        for value in thing.values:
            if value.space == SPACE and value.local == "rights":
                return rights_in_file(value.text())
    return None, ()


def raw_file(document: Document) -> tuple[str, int]:
    """The `id` of the result that inserts the raw file, and which of its readings the document is of, from 0."""
    for group in document.groups:
        for result in document.things(group, "result"):
            for value in result.values:
                text = value.text().strip()
                if value.space == SPACE and value.local == "reading_index" and text.isascii() and text.isdigit():
                    return result.id, int(text[:9])
    return "", 0


def _reading(document: Document, result: Thing) -> Reading:
    said = {v.local: v for v in result.values if v.tag == "property" and v.space == SPACE}
    variables = tuple(_variable(v, document.file) for v in result.values if v.tag == "content")
    group = result.element.getparent()
    condition = next(iter(document.things(group, "condition")), None) if group is not None else None
    material = next(iter(document.things(group, "material")), None) if group is not None else None
    metadata = {_name(v): _metadata(v, document.file) for v in condition.values} if condition is not None else {}
    names = {v.local: v.text() for v in material.values if v.texts and v.space == SPACE} if material is not None else {}
    header = _json(said["header"], document.file) if "header" in said else {}
    if not isinstance(header, dict) or group is None:
        raise ValueError("its header is no object")
    started_at = _metadata(said["started_at"], document.file) if "started_at" in said else None
    return Reading(
        technique=said["technique"].text(),
        title=title if (title := said["title"].text()).strip() else said["technique"].text(),
        variables=variables,
        header={**header, _free("maiml", header): document.header(group)["maiml"]},
        metadata=metadata,
        sample_name=names.get("sample_name"),
        operator=said["operator"].text() if "operator" in said else None,
        instrument=said["instrument"].text() if "instrument" in said else None,
        started_at=started_at if isinstance(started_at, datetime) else None,
        doubts=said["doubts"].texts if "doubts" in said else (),
    )


def _free(name: str, taken: dict[str, Json]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _name(value: Value) -> str:
    spelt = value.within(SPACE, "name")
    return spelt.text() if spelt is not None else value.local


def _marked(value: Value) -> str:
    mark = value.within(SPACE, "is")
    return mark.text() if mark is not None else ""


def _metadata(value: Value, file: str) -> MetadataValue:
    if value.item == "String":
        time = time_of(value.text()) if _marked(value) == "time" else None
        return value.text() if time is None else time
    if value.item == "DateTime":
        time = time_of(value.text())
        if time is None:
            raise ValueError(f"'{value.text()[:40]}' is no time")
        return time
    if value.item == "Decimal":
        return int(value.text())
    [number] = numbers(value, file=file).tolist()
    if value.units is None:
        return number  # type: ignore[no-any-return]
    return Measured(float(number), value.units, _uncertainty(value, file))


def _uncertainty(value: Value, file: str) -> Uncertainty | None:
    doubt = next((v for v in value.inner if v.tag == "uncertainty"), None)
    if doubt is None:
        return None
    [number] = numbers(doubt, file=file).tolist()
    return Uncertainty(
        value=float(number),
        kind=Kind(doubt.local),
        origin=Origin(_required(doubt, "origin")),
        distribution=Distribution(_required(doubt, "distribution")),
        coverage_factor=_optional(doubt, "coverage_factor"),
        degrees_of_freedom=_optional(doubt, "degrees_of_freedom"),
    )


def _required(value: Value, name: str) -> str:
    found = value.within(SPACE, name)
    if found is None:
        raise KeyError(name)
    return found.text()


def _optional(value: Value, name: str) -> float | None:
    found = value.within(SPACE, name)
    return float(found.text()) if found is not None else None


def _json(value: Value, file: str) -> Json:
    if value.item == "Property":
        raw = value.within(SPACE, "json")
        if raw is not None:
            return json.loads(raw.text())  # type: ignore[no-any-return]
        if _marked(value) == "list":
            return [_json(v, file) for v in value.inner if v.local == "item" and v.space == SPACE]
        return {_name(v): _json(v, file) for v in value.inner if v.space != SPACE}
    if _marked(value) == "null":
        return None
    found = _metadata(value, file)
    if isinstance(found, float) and not math.isfinite(found):
        raise ValueError("a number of the header is not finite")
    return found if isinstance(found, (str, bool, int, float)) else value.text()


def _variable(value: Value, file: str) -> Variable:
    real = numbers(value, file=file, keeps_floats=True)
    imaginary = value.within(SPACE, "imaginary", "content")
    values = real if imaginary is None else _complex(real, numbers(imaginary, file=file, keeps_floats=True))
    shape = value.within(SPACE, "shape")
    if shape is not None:
        values = values.reshape([int(token) for text in shape.texts for token in text.split()])
    stated = value.within(SPACE, "unit")
    role = Role(_required(value, "role"))
    if role is Role.AXIS and values.dtype.kind == "f" and not bool(np.all(np.isfinite(values))):
        raise ValueError(f"the axis {value.local} has gaps")
    unit = stated.text() if stated is not None else value.units or ""
    dimensions = value.within(SPACE, "dimensions")
    written = value.within(SPACE, "unit_as_written")
    return Variable(
        name=value.local,
        series=Series(values, unit, _uncertainties(value, values.shape, file)),
        dimensions=dimensions.texts if dimensions is not None else (),
        role=role,
        label=value.description,
        unit_as_written=written.text() if written is not None else unit,
    )


def _complex(real: NDArray[Any], imaginary: NDArray[Any]) -> NDArray[Any]:
    if real.shape != imaginary.shape:
        raise ValueError(f"{real.size} real parts have {imaginary.size} imaginary ones")
    values = np.empty(real.shape, dtype=np.complex64 if real.dtype == np.float32 else np.complex128)
    # Adding 1j times the imaginary part would make NaN of an infinite one.
    values.real, values.imag = real, imaginary
    return values


def _uncertainties(value: Value, shape: tuple[int, ...], file: str) -> Uncertainties | None:
    doubt = next((v for v in value.inner if v.tag == "uncertainty"), None)
    if doubt is None:
        return None
    values = numbers(doubt, file=file)
    return Uncertainties(
        values=values if values.size == 1 else values.reshape(shape),
        kind=Kind(doubt.local),
        origin=Origin(_required(doubt, "origin")),
        distribution=Distribution(_required(doubt, "distribution")),
        coverage_factor=_optional(doubt, "coverage_factor"),
    )
