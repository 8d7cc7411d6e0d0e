"""NIMS RDE: a template as the definitions of a data set. What was imported and not changed leaves byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kiban.records.field import Field, Need
from kiban.records.template import Template
from kiban.standards.rde_fields import entry_of
from kiban.standards.rde_metadata_def import metadata_entry
from kiban.standards.rde_names import known_names
from kiban.standards.rde_places import Place, custom_places, section
from kiban.standards.rde_template import (
    ATTRIBUTES,
    CATALOG_SCHEMA,
    DEFINITIONS,
    INVOICE_SCHEMA,
    METADATA_DEFINITIONS,
    fields_of,
    files_of,
    is_of_rde,
)
from kiban.standards.rde_text import member, parsed, written

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
Entry = Callable[[Field, dict[str, Any] | None, list[str]], dict[str, Any]]


def write_template(template: Template, losses: list[str]) -> dict[str, bytes]:
    """Write the folder. What RDE has no place for is added to `losses`, as sentences."""
    files = files_of(template)
    if not is_of_rde(template):
        return {INVOICE_SCHEMA: written(_fresh_schema(template, losses)).encode(), METADATA_DEFINITIONS: b"{}"}
    documents = {name: parsed(files[name].decode(), name) for name in DEFINITIONS if name in files}
    before = {each.written: each for each in fields_of(documents, known_names([template]))}
    changed = {
        name: document
        for name, document in _changed(template, before, documents, losses).items()
        if document != documents.get(name)
    }
    return files | {name: written(document).encode() for name, document in changed.items()}


def _changed(
    template: Template, before: Mapping[str, Field], documents: Mapping[str, dict[str, Any]], losses: list[str]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    schema = documents[INVOICE_SCHEMA]
    places = custom_places(template, losses)
    is_as_before = [p.field for p in places] == list(before["custom"].fields if "custom" in before else ())
    if not is_as_before or _label(section(template, "custom")) != _label(before.get("custom")):
        schema = _with_group(schema, "custom", section(template, "custom"), places, INVOICE_SCHEMA, losses)
    if (sample := section(template, "sample")) != before.get("sample"):
        schema = _with_sample(schema, sample, losses)
    if schema is not documents[INVOICE_SCHEMA]:
        found[INVOICE_SCHEMA] = schema
    now = [section(template, name) for name in ("meta", "variable")]
    if now != [before.get(name) for name in ("meta", "variable")]:
        found[METADATA_DEFINITIONS] = _metadata(now, documents.get(METADATA_DEFINITIONS, {}), losses)
    catalog = section(template, "catalog")
    if catalog != before.get("catalog") and CATALOG_SCHEMA in documents:
        fields = catalog.fields if catalog is not None else ()
        parts = [Place((each.key,), each) for each in fields]
        found[CATALOG_SCHEMA] = _with_group(
            documents[CATALOG_SCHEMA], "catalog", catalog, parts, CATALOG_SCHEMA, losses
        )
    return found


def _label(group: Field | None) -> Any:
    return group.label if group is not None else None


def _with_group(
    schema: dict[str, Any], name: str, group: Field | None, places: list[Place], file: str, losses: list[str]
) -> dict[str, Any]:
    properties = member(schema, "properties", file)
    said = member(properties, name, file)
    entries = _entries((place.field for place in places), member(said, "properties", file), entry_of, losses)
    inner = {"type": "object", **said}
    if group is not None and (group.label.en or group.label.ja):
        inner["label"] = {**said.get("label", {}), **_both(group)}
    inner.setdefault("label", {"ja": name, "en": name})
    inner["required"] = _required(said.get("required"), [p.field for p in places])
    inner["properties"] = entries
    return _demanding({**schema, "properties": {**properties, name: inner}}, name)


def _both(group: Field) -> dict[str, str]:
    return {"ja": group.label.ja or group.label.en, "en": group.label.en or group.label.ja}


def _demanding(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """RDE takes a part of an invoice only where the schema demands it."""
    required = [each for each in schema.get("required", []) if isinstance(each, str)]
    return schema if name in required or name == "catalog" else {**schema, "required": [*required, name]}


def _required(before: Any, fields: Iterable[Field]) -> list[str]:
    wanted = [each.written or each.key for each in fields if each.need is Need.REQUIRED]
    stayed = [name for name in before if name in wanted] if isinstance(before, list) else []
    return [*stayed, *(name for name in wanted if name not in stayed)]


def _entries(fields: Iterable[Field], before: dict[str, Any], entry: Entry, losses: list[str]) -> dict[str, Any]:
    return {(f.written or f.key): entry(f, before.get(f.written or f.key), losses) for f in fields}


def _metadata(groups: list[Field | None], before: dict[str, Any], losses: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for group in groups:
        for name, entry in _entries(group.fields if group else (), before, metadata_entry, losses).items():
            found[name] = entry
            if group is not None and group.written == "variable" and entry.get("variable") not in (1, True):
                found[name] = {**entry, "variable": 1}
    order = [name for name in before if name in found]
    return {name: found[name] for name in [*order, *(n for n in found if n not in order)]}


def _with_sample(schema: dict[str, Any], sample: Field | None, losses: list[str]) -> dict[str, Any]:
    properties = member(schema, "properties", INVOICE_SCHEMA)
    if sample is None:
        rest = {name: said for name, said in properties.items() if name != "sample"}
        return {
            **schema, "required": [n for n in schema.get("required", []) if n != "sample"], "properties": rest
        }  # fmt: skip
    said = member(properties, "sample", INVOICE_SCHEMA)
    inner = dict(member(said, "properties", INVOICE_SCHEMA))
    for _, name, _, _ in ATTRIBUTES:
        group = next((each for each in sample.fields if each.written == name), None)
        items = inner.get(name, {}).get("items", [])
        known = {_term(item): item for item in items}
        wanted = [each for each in group.fields if each.written in known] if group is not None else []
        if group is not None and len(wanted) < len(group.fields):
            losses.append(f"New fields in {group.key} are left out: attributes of samples need the term ids of RDE.")
        if [each.written for each in wanted] != list(known):
            inner[name] = {**inner.get(name, {"type": "array"}), "items": [known[each.written] for each in wanted]}
    label = {**said.get("label", {}), **_both(sample)} if sample.label.en or sample.label.ja else said.get("label")
    return {**schema, "properties": {**properties, "sample": {**said, "label": label, "properties": inner}}}


def _term(item: dict[str, Any]) -> str:
    parts = [item["properties"].get(key, {}).get("const") for key in ("classId", "termId")]
    return "/".join(part for part in parts if part)


def _fresh_schema(template: Template, losses: list[str]) -> dict[str, Any]:
    """Of a template that was made here."""
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", template.name).strip("-") or "template"
    schema: dict[str, Any] = {
        "$schema": _DRAFT,
        "$id": f"urn:kiban:template:{slug}:{INVOICE_SCHEMA}",
        "description": template.description.ja or template.description.en or template.name,
        "type": "object",
        "required": ["custom", "sample"],
        "properties": {
            "custom": {"type": "object", "label": {"ja": "固有情報", "en": "Custom Information"}},
            "sample": {
                "type": "object",
                "label": {"ja": "試料情報", "en": "Sample Information"},
                "properties": {},
            },
        },
    }
    return _with_group(schema, "custom", None, custom_places(template, losses), INVOICE_SCHEMA, losses)
