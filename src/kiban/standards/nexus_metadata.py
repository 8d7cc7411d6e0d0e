"""Normalised metadata as fields of a NeXus NXparameters group, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.records.reading import MetadataValue
from kiban.standards.hdf5_memory import Dataset, Group
from kiban.standards.hdf5_texts import distribution_of, number_attribute, text_attribute, text_of

if TYPE_CHECKING:
    import h5py

_VALID = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.]*[A-Za-z0-9_])?")
"""validItemName of the NeXus definitions."""


def write_parameters(group: Group, values: Mapping[str, MetadataValue]) -> None:
    """Write each value as one field: quantities with `units`, times as ISO 8601 text with `type` = `NX_DATE_TIME`.

    A name that NeXus does not allow is respelt, and stands as written in the attribute `name`.

    Raises
    ------
    InvalidValue
        If a value is of another type than metadata may be, or cannot be written.
    """
    taken: set[str] = set()
    for name, value in values.items():
        stored = _valid_name(name, taken)
        field = _write_value(group, stored, value)
        if stored != name:
            field.attribute("name", name)


def _valid_name(name: str, taken: set[str]) -> str:
    base = name if _VALID.fullmatch(name) else re.sub(r"[^A-Za-z0-9_]", "_", name) or "_"
    stored, number = base, 2
    while stored in taken:
        stored, number = f"{base}_{number}", number + 1
    taken.add(stored)
    return stored


def _write_value(group: Group, name: str, value: MetadataValue) -> Dataset:
    match value:
        case Measured():
            return _write_quantity(group, name, value)
        case datetime():
            field = group.text(name, value.isoformat())
            field.attribute("type", "NX_DATE_TIME")
            return field
        case str():
            return group.text(name, value)
        case bool() | int() | float():
            return group.number(name, value)
    raise InvalidValue(
        f"The metadata value {name} is a {type(value).__name__}.",
        mend="Give a text, a number, a truth value, a time or a quantity.",
    )


def _write_quantity(group: Group, name: str, quantity: Measured) -> Dataset:
    field = group.number(name, float(quantity.value))
    field.attribute("units", quantity.unit)
    doubt = quantity.uncertainty
    if doubt is not None:
        field.attribute("uncertainty", float(doubt.value))
        field.attribute("kind", doubt.kind.value)
        field.attribute("origin", doubt.origin.value)
        field.attribute("probability_distribution", doubt.distribution.value)
        if doubt.coverage_factor is not None:
            field.attribute("coverage_factor", float(doubt.coverage_factor))
        if doubt.degrees_of_freedom is not None:
            field.attribute("degrees_of_freedom", float(doubt.degrees_of_freedom))
    return field


def read_parameters(group: h5py.Group) -> dict[str, MetadataValue]:
    """Read what `write_parameters` wrote, in the same order.

    Raises
    ------
    KeyError, ValueError, OSError, TypeError, RuntimeError
        If something is missing or cannot be read.
    """
    return {text_attribute(field, "name", stored): _read_value(field) for stored, field in group.items()}


def _read_value(field: h5py.Dataset) -> MetadataValue:
    if field.dtype.kind in "SO":
        text = text_of(field)
        return datetime.fromisoformat(text) if "type" in field.attrs else text
    number = field[()].item()
    if "units" in field.attrs:
        return Measured(number, text_attribute(field, "units"), _read_uncertainty(field))
    return bool(number) if "dtype" in field.attrs else cast(int | float, number)


def _read_uncertainty(field: h5py.Dataset) -> Uncertainty | None:
    value = number_attribute(field, "uncertainty")
    if value is None:
        return None
    return Uncertainty(
        value=value,
        kind=Kind(text_attribute(field, "kind")),
        origin=Origin(text_attribute(field, "origin")),
        distribution=Distribution(distribution_of(field)),
        coverage_factor=number_attribute(field, "coverage_factor"),
        degrees_of_freedom=number_attribute(field, "degrees_of_freedom"),
    )
