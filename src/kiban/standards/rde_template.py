"""NIMS RDE: a folder of data set definitions as a template for measurements, and back.

`invoice.schema.json`, `metadata-def.json` and `catalog.schema.json` become one template with these groups:

| group | from |
|---|---|
| `basic` | what every invoice of RDE has: date, owner, name, instrument, experiment, description |
| `custom` | `properties.custom` of the invoice schema |
| `sample` | what every invoice says of its sample; in it `general` and `specific`, the attributes with term ids |
| `meta` | entries of the metadata definitions that hold for the whole data set |
| `variable` | entries with `variable: 1`, as a table: one row for each measurement of the data set |
| `catalog` | `properties.catalog` of the catalogue schema |

The files stand in the template's `extra` as they came, with all other files of the folder. On the way back only the
groups that were changed since are written anew, entry by entry; everything else leaves as it came, byte for byte.
A `pattern` is kept and handed back, and not tested here: a regular expression of a stranger can take for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import DamagedFile, InvalidValue
from kiban.records.field import Field, FieldKind, Label, Need
from kiban.records.record import RecordKind
from kiban.records.template import Template
from kiban.standards.rde_fields import field_of, label_of, spoken
from kiban.standards.rde_metadata_def import metadata_field
from kiban.standards.rde_names import Known, keys_for
from kiban.standards.rde_text import member, parsed, text_of

INVOICE_SCHEMA = "invoice.schema.json"
METADATA_DEFINITIONS = "metadata-def.json"
CATALOG_SCHEMA = "catalog.schema.json"
DEFINITIONS = (INVOICE_SCHEMA, METADATA_DEFINITIONS, CATALOG_SCHEMA)
MARK = "rde"
"""The key of `extra`, of templates and of measurements, under which stands what came from RDE."""

_ID = re.compile(r"dataset-templates/([^/]+)/")
_TEXT, _DATE = FieldKind.TEXT, FieldKind.DATE
_BASIC = (
    ("date_submitted", "dateSubmitted", _DATE, "Date of submission", "登録日"),
    ("data_owner", "dataOwnerId", _TEXT, "Data owner", "データ所有者"),
    ("data_name", "dataName", _TEXT, "Data name", "データ名"),
    ("instrument", "instrumentId", _TEXT, "Instrument", "装置"),
    ("experiment", "experimentId", _TEXT, "Experiment", "実験ID"),
    ("description", "description", _TEXT, "Description", "説明"),
)
_SAMPLE = (
    ("sample_id", "sampleId", _TEXT, "Sample ID in RDE", "RDEの試料ID"),
    ("names", "names", _TEXT, "Names", "試料名"),
    ("composition", "composition", _TEXT, "Composition", "化学式・組成式・分子式"),
    ("reference_url", "referenceUrl", _TEXT, "Reference URL", "参考URL"),
    ("description", "description", _TEXT, "Description", "試料の説明"),
    ("owner", "ownerId", _TEXT, "Sample owner", "試料管理者"),
)
ATTRIBUTES = (
    ("general", "generalAttributes", "General attributes", "一般項目"),
    ("specific", "specificAttributes", "Attributes of its class", "分類別項目"),
)


def read_template(files: Mapping[str, bytes], *, name: str, known: Known | None = None) -> Template:
    """Read a folder.

    Parameters
    ----------
    files : mapping of path below the folder to bytes
        `invoice.schema.json` at least.
    name : str
        For the template, where `$id` of the invoice schema names none.
    known : Known, optional
        What fields of earlier versions are called.

    Raises
    ------
    DamagedFile
        If a definition is no sound JSON, or contradicts itself; the place is named.
    """
    if INVOICE_SCHEMA not in files:
        raise DamagedFile(f"The folder has no {INVOICE_SCHEMA}.", mend="Name the folder with the RDE definitions.")
    texts = {each: text_of(files[each], each) for each in DEFINITIONS if each in files}
    documents = {each: parsed(text, each) for each, text in texts.items()}
    others = {each: content for each, content in files.items() if each not in texts}
    try:
        return _template(documents, name, known or Known(), {"files": texts | _kept(others)})
    except InvalidValue as e:
        raise DamagedFile(f"The RDE template {name}: {e.fault}", mend=e.mend) from e


def fields_of(documents: Mapping[str, dict[str, Any]], known: Known) -> tuple[Field, ...]:
    """The groups of a template, from the parsed definitions."""
    schema = documents.get(INVOICE_SCHEMA, {})
    properties = member(schema, "properties", INVOICE_SCHEMA)
    basic = tuple(_plain(row) for row in _BASIC)
    found = [
        _group("basic", basic, known, label=Label(en="Basic information", ja="送状基本情報")),
        _schema_group("custom", properties, schema, INVOICE_SCHEMA, known),
        _sample(properties, schema, known) if "sample" in properties else None,
        *_metadata(documents.get(METADATA_DEFINITIONS, {}), known),
    ]
    catalog = documents.get(CATALOG_SCHEMA, {})
    # What RDE demands in its catalogue is asked there: no file of a data set brings it.
    group = _schema_group("catalog", member(catalog, "properties", CATALOG_SCHEMA), {}, CATALOG_SCHEMA, known)
    found.append(replace(group, need=Need.OPTIONAL) if group is not None else None)
    return tuple(each for each in found if each is not None)


def _template(documents: Mapping[str, dict[str, Any]], name: str, known: Known, kept: Mapping[str, Any]) -> Template:
    schema = documents[INVOICE_SCHEMA]
    identifier = schema.get("$id")
    named = _ID.search(identifier) if isinstance(identifier, str) else None
    name = named[1] if named else name
    catalog = member(member(documents.get(CATALOG_SCHEMA, {}), "properties", CATALOG_SCHEMA), "catalog", CATALOG_SCHEMA)
    label = label_of(catalog.get("label"))
    return Template(
        name=name[:200],
        label=label if label != Label() else Label(en=name[:200]),
        description=spoken(schema.get("description")),
        applies_to=RecordKind.MEASUREMENT,
        fields=fields_of(documents, known),
        extra={MARK: dict(kept)},
    )


def _kept(others: Mapping[str, bytes]) -> dict[str, Any]:
    """Files that mean nothing here: as text where they are one, else in Base64."""
    import base64

    kept: dict[str, Any] = {}
    for name, content in others.items():
        try:
            kept[name] = content.decode()
        except UnicodeDecodeError:
            kept[name] = {"base64": base64.b64encode(content).decode()}
    return kept


def files_of(template: Template) -> dict[str, bytes]:
    """The files that a template was imported from, as they came; none where it was made in another way."""
    import base64

    kept = template.extra.get(MARK, {}).get("files", {})
    return {
        name: held.encode() if isinstance(held, str) else base64.b64decode(held["base64"])
        for name, held in kept.items()
    }


def is_of_rde(template: Template) -> bool:
    """Whether it was imported from RDE."""
    return INVOICE_SCHEMA in template.extra.get(MARK, {}).get("files", {})


def _plain(row: tuple[str, str, FieldKind, str, str]) -> Field:
    key, written, kind, en, ja = row
    return Field(key=key, kind=kind, label=Label(en=en, ja=ja), written=written, many=key == "names")


def _group(
    written: str,
    fields: Iterable[Field],
    known: Known,
    *,
    label: Label,
    need: Need = Need.OPTIONAL,
    kind: FieldKind = FieldKind.GROUP,
    path: tuple[str, ...] = (),
    key: str = "",
) -> Field | None:
    parts = tuple(fields)
    if not parts:
        return None
    key, origin = known.keys.get((path, written), (key or written, ""))
    return Field(key=key, origin=origin, kind=kind, label=label, need=need, fields=parts, written=written)


def _schema_group(
    name: str, properties: dict[str, Any], schema: dict[str, Any], file: str, known: Known
) -> Field | None:
    said = member(properties, name, file)
    entries = member(said, "properties", f"{file}, {name}")
    required = _names(said.get("required"))
    keys = keys_for(entries, (name,), known)
    fields = [
        field_of(each, entry, key=keys[each], is_required=each in required, where=f"{file}: {name}.{each}")
        for each, entry in entries.items()
    ]
    need = Need.REQUIRED if name in _names(schema.get("required")) else Need.OPTIONAL
    return _group(name, fields, known, label=label_of(said.get("label")), need=need)


def _names(said: Any) -> set[str]:
    return {each for each in said if isinstance(each, str)} if isinstance(said, list) else set()


def _metadata(definitions: dict[str, Any], known: Known) -> list[Field | None]:
    is_variable = {n: isinstance(d, dict) and d.get("variable") in (1, True) for n, d in definitions.items()}
    groups = []
    for written, kind, label, wanted in (
        ("meta", FieldKind.GROUP, Label(en="Metadata", ja="メタデータ"), False),
        ("variable", FieldKind.TABLE, Label(en="Metadata of each measurement", ja="測定ごとのメタデータ"), True),
    ):
        names = [name for name in definitions if is_variable[name] is wanted]
        keys = keys_for(names, (written,), known)
        fields = [metadata_field(n, definitions[n], key=keys[n], where=f"{METADATA_DEFINITIONS}: {n}") for n in names]
        groups.append(_group(written, fields, known, label=label, kind=kind))
    return groups


def _sample(properties: dict[str, Any], schema: dict[str, Any], known: Known) -> Field | None:
    where = f"{INVOICE_SCHEMA}, sample"
    said = member(properties, "sample", INVOICE_SCHEMA)
    inner = member(said, "properties", where)
    fields = [_plain(row) for row in _SAMPLE]
    for key, written, en, ja in ATTRIBUTES:
        items = member(inner, written, where).get("items", [])
        if not isinstance(items, list):
            raise DamagedFile(
                f"{where}.{written}: items is a {type(items).__name__}; RDE has a list of schemas there.",
                mend="Correct it there.",
            )
        terms = [term_of(item, f"{where}.{written}") for item in items]
        keys = keys_for(terms, ("sample", written), known)
        parts = [
            Field(key=keys[t][0], origin=keys[t][1], kind=_TEXT, label=label_of(_label(item)), written=t)
            for t, item in zip(terms, items, strict=True)
        ]
        group = _group(written, parts, known, label=Label(en=en, ja=ja), path=("sample",), key=key)
        fields += [group] if group is not None else []
    need = Need.REQUIRED if "sample" in _names(schema.get("required")) else Need.OPTIONAL
    return _group("sample", fields, known, label=label_of(said.get("label")), need=need)


def _label(item: dict[str, Any]) -> Any:
    value = item.get("properties", {}).get("value")
    return item.get("label") or (value.get("label") if isinstance(value, dict) else None)


def term_of(item: Any, where: str) -> str:
    """What tells one attribute from others: its term, after the class where there is one."""
    said = member(item, "properties", where) if isinstance(item, dict) else {}
    parts = [member(said, key, where).get("const") for key in ("classId", "termId")]
    if not isinstance(parts[1], str) or not isinstance(parts[0], str | None):
        raise DamagedFile(f"{where} has an item without a termId that is constant.", mend="Correct it there.")
    return "/".join(part for part in parts if part)
