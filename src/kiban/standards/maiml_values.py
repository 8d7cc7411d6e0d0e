"""Values as properties of MaiML, arrays as its contents.

A property's children come in the order: description, value, uncertainty, property, content. What MaiML has no attribute
for (roles, dimensions, origins of uncertainties, the original spelling of names) stands in nested properties with keys
of ours.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Uncertainties
from kiban.quantity.uncertainty import Uncertainty
from kiban.records.reading import Json, MetadataValue, Variable
from kiban.standards.maiml_elements import Builder, local_name
from kiban.standards.xsd_numbers import number_texts

if TYPE_CHECKING:
    from lxml.etree import _Element

_IN_ONE_VALUE = 50_000
"""Numbers: longer lists are given in several `value` elements, because libxml2 refuses texts of more than 10 MB."""
_DEEPEST = 40
"""Levels of a header that become elements; what lies deeper is JSON. libxml2 refuses more than 256 levels."""
_TYPES = {
    "b1": "Boolean",
    "i1": "Byte",
    "i2": "Short",
    "i4": "Int",
    "i8": "Long",
    "u1": "UnsignedByte",
    "u2": "UnsignedShort",
    "u4": "UnsignedInt",
    "u8": "UnsignedLong",
    "f4": "Float",
    "f8": "Double",
}


def write_property(build: Builder, parent: _Element, prefix: str, name: str, value: MetadataValue) -> None:
    """Write one value as a property. A quantity has `units`, also those of the number one; a plain number has none."""
    key = f"{prefix}:{local_name(name)}"
    match value:
        case Measured():
            made = build.typed(parent, "property", key, "doubleType", units=value.unit)
            build.element(made, "value", _double(value.value))
            if value.uncertainty is not None:
                _write_uncertainty(build, made, value.uncertainty, value.unit)
        case bool():
            made = _scalar(build, parent, key, "booleanType", "true" if value else "false")
        case int():
            made = _scalar(build, parent, key, "longType" if -(2**63) <= value < 2**63 else "decimalType", str(value))
        case float():
            made = _scalar(build, parent, key, "doubleType", _double(value))
        case datetime():
            made = _write_time(build, parent, key, value)
        case _:
            made = _scalar(build, parent, key, "stringType", value)
    _write_name(build, made, name)


def write_text(build: Builder, parent: _Element, name: str, text: str) -> None:
    """Write a text of ours as a property."""
    _scalar(build, parent, f"kiban:{name}", "stringType", text)


def write_texts(build: Builder, parent: _Element, name: str, texts: Iterable[str]) -> None:
    """Write several texts as one property."""
    made = build.typed(parent, "property", f"kiban:{name}", "stringEnumType")
    for text in texts:
        build.element(made, "value", text)


def write_group(build: Builder, parent: _Element, key: str, description: str | None = None) -> _Element:
    """Make a property that holds others."""
    made = build.typed(parent, "property", key, "propertyListType")
    if description:
        build.element(made, "description", description)
    return made


def _scalar(build: Builder, parent: _Element, key: str, kind: str, text: str) -> _Element:
    made = build.typed(parent, "property", key, kind)
    build.element(made, "value", text)
    return made


def _write_time(build: Builder, parent: _Element, key: str, time: datetime) -> _Element:
    text = xml_time(time)
    if text is not None:
        return _scalar(build, parent, key, "dateTimeType", text)
    made = _scalar(build, parent, key, "stringType", time.isoformat())
    write_text(build, made, "is", "time")
    return made


def xml_time(time: datetime) -> str | None:
    """A time as XML Schema writes it; `None` where its zone is one that XML Schema does not know."""
    offset = time.utcoffset()
    if offset is not None and (offset.total_seconds() % 60 or abs(offset.total_seconds()) > 14 * 3600):
        return None
    return time.isoformat()


def _write_name(build: Builder, made: _Element, name: str) -> None:
    if local_name(name) != name:
        write_text(build, made, "name", name)


def _double(value: float) -> str:
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def _write_uncertainty(build: Builder, parent: _Element, doubt: Uncertainty, unit: str) -> None:
    made = build.typed(parent, "uncertainty", f"kiban:{doubt.kind.value}", "doubleType", units=unit)
    build.element(made, "value", _double(doubt.value))
    write_text(build, made, "origin", doubt.origin.value)
    write_text(build, made, "distribution", doubt.distribution.value)
    for name in ("coverage_factor", "degrees_of_freedom"):
        if (number := getattr(doubt, name)) is not None:
            write_property(build, made, "kiban", name, float(number))


def write_json(build: Builder, parent: _Element, key: str, name: str, value: Json, *, depth: int = 0) -> None:
    """Write a JSON value as a property, objects and lists as properties inside it."""
    if isinstance(value, (dict, list)):
        made = build.typed(parent, "property", key, "propertyListType")
        _write_name(build, made, name)
        if depth >= _DEEPEST:
            write_text(build, made, "json", json.dumps(value, ensure_ascii=False))
        elif isinstance(value, dict):
            for inner, content in value.items():
                write_json(build, made, f"header:{local_name(inner)}", inner, content, depth=depth + 1)
        else:
            write_text(build, made, "is", "list")
            for content in value:
                write_json(build, made, "kiban:item", "item", content, depth=depth + 1)
    elif value is None:
        made = build.typed(parent, "property", key, "stringType")
        write_text(build, made, "is", "null")
        _write_name(build, made, name)
    else:
        prefix = key.partition(":")[0]
        write_property(build, parent, prefix, name, value)


def write_variable(build: Builder, parent: _Element, variable: Variable) -> None:
    """Write an array with its unit, uncertainties, role and dimensions as a content."""
    series = variable.series
    values = series.values
    real = values.real if values.dtype.kind == "c" else values
    made = content(build, parent, "content", f"kiban:{variable.name}", real, series.unit, axis=variable.name)
    if variable.label:
        made.insert(0, _description(build, made, variable.label))
    if series.uncertainty is not None:
        _write_uncertainties(build, made, series.uncertainty, series.unit)
    write_text(build, made, "role", variable.role.value)
    write_texts(build, made, "dimensions", variable.dimensions)
    if values.ndim != 1:
        shape = build.typed(made, "property", "kiban:shape", "longListType")
        if values.ndim:
            build.element(shape, "value", " ".join(map(str, values.shape)))
    if values.dtype.kind == "b" and series.unit:
        # The schema gives truth values no units.
        write_text(build, made, "unit", series.unit)
    if variable.unit_as_written != series.unit:
        write_text(build, made, "unit_as_written", variable.unit_as_written)
    if values.dtype.kind == "c":
        content(build, made, "content", "kiban:imaginary", values.imag, series.unit)


def _description(build: Builder, parent: _Element, text: str) -> _Element:
    return build.element(parent, "description", text)


def _write_uncertainties(build: Builder, parent: _Element, doubt: Uncertainties, unit: str) -> None:
    made = content(build, parent, "uncertainty", f"kiban:{doubt.kind.value}", doubt.values, unit)
    write_text(build, made, "origin", doubt.origin.value)
    write_text(build, made, "distribution", doubt.distribution.value)
    if doubt.coverage_factor is not None:
        write_property(build, made, "kiban", "coverage_factor", float(doubt.coverage_factor))


def content(
    build: Builder, parent: _Element, tag: str, key: str, values: NDArray[Any], unit: str, **attributes: str
) -> _Element:
    """Write an array as a list of numbers, row by row; `size` is how many there are."""
    flat = _with_known_type(values.reshape(-1))
    kind = _TYPES[f"{flat.dtype.kind}{flat.dtype.itemsize}"]
    if kind != "Boolean":
        attributes["units"] = unit
    if flat.size < 2**31:
        attributes["size"] = str(flat.size)
    made = build.typed(parent, tag, key, f"content{kind}ListType", **attributes)
    for start in range(0, flat.size, _IN_ONE_VALUE):
        made_of = build.element(made, "value")
        made_of.text = " ".join(number_texts(flat[start : start + _IN_ONE_VALUE]))
    return made


def _with_known_type(values: NDArray[Any]) -> NDArray[Any]:
    """Half floats become floats; what is wider than a double becomes one."""
    if values.dtype.kind == "f" and values.dtype.itemsize not in (4, 8):
        return values.astype(np.float32 if values.dtype.itemsize < 4 else np.float64)
    return values
