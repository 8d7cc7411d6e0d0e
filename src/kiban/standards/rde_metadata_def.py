"""One entry of `metadata-def.json` as a field, and back: the words of `invoice.schema.json`, in other places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiban.records.field import Field
from kiban.standards.rde_fields import entry_of, field_of

_OWN = ("name", "schema", "unit", "description")
_SCHEMA = {
    "type", "format", "items", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
    "maxLength", "pattern", "default",
}  # fmt: skip


def metadata_field(name: str, said: Any, *, key: tuple[str, str], where: str) -> Field:
    """Read an entry; its `uri` is what the field means. Raises DamagedFile as `field_of`."""
    entry = said if isinstance(said, dict) else None
    field = field_of(name, said if entry is None else _as_property(entry), key=key, is_required=False, where=where)
    uri = entry.get("uri") if entry is not None else None
    return replace(field, iri=uri) if isinstance(uri, str) else field


def metadata_entry(field: Field, said: dict[str, Any] | None, losses: list[str]) -> dict[str, Any]:
    """Write an entry; `said` is the one that the field was imported from."""
    if said is not None and metadata_field(field.written, said, key=(field.key, field.origin), where="") == field:
        return said
    uri = {"uri": field.iri} if field.iri else {}
    described = replace(field, extra={k: v for k, v in field.extra.items() if k != "uri"} | uri)
    entry = _as_entry(entry_of(described, _as_property(said) if said is not None else None, losses), said or {})
    entry.setdefault("name", {"ja": field.key, "en": field.key})
    return entry


def _as_property(entry: dict[str, Any]) -> dict[str, Any]:
    schema = entry.get("schema")
    found = dict(schema) if isinstance(schema, dict) else {}
    for ours, theirs in (("label", "name"), ("description", "description")):
        if theirs in entry:
            found[ours] = entry[theirs]
    if entry.get("unit") is not None:
        found["options"] = {"unit": entry["unit"]}
    return found | {k: v for k, v in entry.items() if k not in _OWN and k not in found}


def _as_entry(said: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    entry = {k: v for k, v in before.items() if k in _OWN or k in said}
    schema_before = before.get("schema") if isinstance(before.get("schema"), dict) else {}
    in_schema = _SCHEMA | set(schema_before or {})
    for key, value in said.items():
        if key == "label":
            entry["name"] = value
        elif key == "options":
            continue
        elif key not in in_schema or key in before:
            entry[key] = value
    if "description" not in said:
        entry.pop("description", None)
    order = [*(schema_before or {}), *said]
    entry["schema"] = {k: said[k] for k in order if k in in_schema and k in said and k not in before}
    options = said.get("options")
    if isinstance(options, dict) and "unit" in options:
        entry["unit"] = options["unit"]
    else:
        entry.pop("unit", None)
    return entry
