"""NIMS RDE: an invoice and `metadata.json`, written from the values of a record.

The invoice that a data set came with is the ground: what has not changed since stays as it stood there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiban.errors import NotExportable
from kiban.quantity.measured import Measured
from kiban.records.field import Field, FieldKind
from kiban.records.template import Template
from kiban.standards.rde_fields import type_of
from kiban.standards.rde_places import custom_places, section
from kiban.standards.rde_text import parsed, written
from kiban.standards.rde_values import attribute_term, values_of

NOBODY = "0" * 56
"""RDE wants an identifier of 56 letters and digits for owners; this one is nobody's."""
_ATTRIBUTES = ("generalAttributes", "specificAttributes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The texts that a data set came with, or what stands in for them."""

    invoice: str
    metadata: str | None
    is_fresh: bool = False


def fresh(*, identifier: str, day: str, title: str, sample: str | None, formula: str, description: str) -> Said:
    """An invoice for a record that did not come from RDE."""
    document = {
        "datasetId": identifier,
        "basic": {
            "dateSubmitted": day,
            "dataOwnerId": NOBODY,
            "dataName": title,
            "instrumentId": None,
            "experimentId": None,
            "description": None,
        },
        "custom": {},
        "sample": {
            "sampleId": "",
            "names": [sample] if sample else [],
            "composition": formula or None,
            "referenceUrl": None,
            "description": description or None,
            "generalAttributes": [],
            "specificAttributes": [],
            "ownerId": NOBODY,
        },
    }
    return Said(invoice=written(document), metadata=None, is_fresh=True)


def write_values(
    template: Template,
    values: Mapping[str, Any],
    said: Said,
    definitions: Mapping[str, Mapping[str, Any]],
    losses: list[str],
) -> Said:
    """Bring the texts up to date with the values.

    Parameters
    ----------
    definitions : mapping
        The entries of `custom` by name, under `custom`, and those of the metadata definitions, under `meta`: as they
        are exported, so that values have the types that they demand.

    Raises
    ------
    NotExportable
        If a value has another type than RDE demands.
    """
    invoice = parsed(said.invoice, "invoice.json")
    metadata = parsed(said.metadata, "metadata.json") if said.metadata is not None else None
    before: Mapping[str, Any] = values_of(template, invoice, metadata).values
    if before == values and not said.is_fresh:
        return said
    custom = dict(invoice.get("custom") or {})
    for place in custom_places(template, losses):
        entry = definitions["custom"].get(place.field.written, {})
        _set(custom, place.field, _at(before, place.path), _at(values, place.path), entry, losses)
    invoice = {**invoice, "custom": custom}
    for name in ("basic", "sample"):
        if (group := section(template, name)) is not None:
            now, then = values.get(group.key, {}), before.get(group.key, {})
            invoice[name] = _part(group, then, now, invoice.get(name), losses)
    text = said.invoice if invoice == parsed(said.invoice, "invoice.json") else written(invoice)
    return Said(invoice=text, metadata=_metadata(template, before, values, said.metadata, definitions, losses))


def _at(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _set(
    part: dict[str, Any], field: Field, before: Any, now: Any, entry: Mapping[str, Any], losses: list[str]
) -> None:
    if before == now:
        return
    if now is None:
        part[field.written] = None
    else:
        part[field.written] = plain_value(field, now, entry, losses)


def _part(
    group: Field, before: Mapping[str, Any], now: Mapping[str, Any], said: Any, losses: list[str]
) -> dict[str, Any]:
    part = dict(said) if isinstance(said, Mapping) else {}
    for each in group.fields:
        then, value = before.get(each.key), now.get(each.key)
        if each.written in _ATTRIBUTES:
            part[each.written] = _attributes(each, then or {}, value or {}, part.get(each.written) or [])
        elif each.written:
            _set(part, each, then, value, {}, losses)
            # RDE has empty texts and lists there, not nothing.
            if part.get(each.written) is None and each.written in {"names", "sampleId"}:
                part[each.written] = [] if each.many else ""
    return part


def _attributes(group: Field, before: Mapping[str, Any], now: Mapping[str, Any], said: list[Any]) -> list[Any]:
    items: list[Any] = [dict(item) if isinstance(item, Mapping) else item for item in said]
    for each in group.fields:
        value = now.get(each.key)
        if before.get(each.key) == value:
            continue
        found: Any = next((i for i in items if isinstance(i, dict) and attribute_term(i) == each.written), None)
        if found is None:
            class_id, _, term = each.written.rpartition("/")
            found = {"classId": class_id, "termId": term} if class_id else {"termId": term}
            items.append(found)
        found["value"] = value
    return items


def _metadata(
    template: Template,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    text: str | None,
    definitions: Mapping[str, Mapping[str, Any]],
    losses: list[str],
) -> str | None:
    constant, variable = section(template, "meta"), section(template, "variable")
    keys = [group.key for group in (constant, variable) if group is not None]
    if all(before.get(key) == values.get(key) for key in keys):
        return text
    said = parsed(text, "metadata.json") if text is not None else {"constant": {}, "variable": []}
    if constant is not None:
        part = said.get("constant")
        then, now = before.get(constant.key, {}), values.get(constant.key, {})
        said = {**said, "constant": _entries(constant, then, now, part, definitions, losses)}
    if variable is not None:
        parts, now_rows = list(said.get("variable") or []), values.get(variable.key, [])
        then_rows = before.get(variable.key, [])
        rows = []
        for number, row in enumerate(now_rows):
            part = parts[number] if number < len(parts) else {}
            then = then_rows[number] if number < len(then_rows) else {}
            rows.append(_entries(variable, then, row, part, definitions, losses))
        # Rows of which this template knows no value stay.
        rows += [part for part in parts[len(now_rows) :] if len(then_rows) <= len(now_rows)]
        said = {**said, "variable": rows}
    return written(said)


def _entries(
    group: Field,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    said: Any,
    definitions: Mapping[str, Mapping[str, Any]],
    losses: list[str],
) -> dict[str, Any]:
    part = dict(said) if isinstance(said, Mapping) else {}
    for each in group.fields:
        value = now.get(each.key)
        if before.get(each.key) == value:
            continue
        if value is None:
            part.pop(each.written or each.key, None)
            continue
        entry = definitions["meta"].get(each.written or each.key, {})
        found = {"value": plain_value(each, value, entry.get("schema", {}), losses)}
        unit = entry.get("unit")
        part[each.written or each.key] = found | ({"unit": unit} if isinstance(unit, str) else {})
    return part


def plain_value(field: Field, value: Any, entry: Mapping[str, Any], losses: list[str]) -> Any:
    """A value of a record as RDE has it: one number, text or truth, numbers in the unit of the field."""
    if isinstance(value, list):
        return [plain_value(field, each, entry, losses) for each in value]
    kind = type_of(dict(entry))
    match field.kind:
        case FieldKind.QUANTITY:
            return _number(field, _in_its_unit(field, value, losses), kind)
        case FieldKind.NUMBER:
            return _number(field, value, kind)
        case FieldKind.CHOICE:
            return json.loads(value) if kind in {"integer", "number"} else value
        case FieldKind.DATE:
            if len(value) > 10 and entry.get("format") == "date":
                losses.append(f"The time of day of {field.key} is left out: RDE has days there.")
                return value[:10]
            return value
        case FieldKind.TERM:
            return value["iri"]
        case FieldKind.FILE:
            return value["sha256"]
        case _:
            return value


def _in_its_unit(field: Field, value: Mapping[str, Any], losses: list[str]) -> float:
    if "uncertainty" in value:
        losses.append(f"The uncertainty of {field.key} is left out: RDE has no place for it.")
    if str(value["unit"]) == field.unit:
        return float(value["value"])
    return Measured(float(value["value"]), str(value["unit"])).in_unit(field.unit).value


def _number(field: Field, value: float, kind: str) -> float | int:
    if kind != "integer":
        return value
    if value != int(value):
        raise NotExportable(
            f"{field.key} is {value:g}; RDE demands a whole number there.",
            mend="Correct the value, or the type of the field in the template.",
        )
    return int(value)
