"""A template as its editor shows it, and the editor's form back as a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.quantity.unit import is_known
from kiban.records.document import to_json
from kiban.records.field import Field, FieldKind, Label, Need, Option, rules_of
from kiban.records.field_text import number_as_typed, text_of
from kiban.records.field_value import value_of
from kiban.records.record import RecordKind
from kiban.records.template import Template

PARTS = (FieldKind.GROUP, FieldKind.TABLE)
_NUMBERS = ("minimum", "maximum")
_COUNTS = ("shortest", "longest")
_FLAGS = ("excludes_minimum", "excludes_maximum", "is_whole", "many")
_YES = "on"


@dataclass(slots=True)
class Built:
    """What came of the editor's form."""

    template: Template | None = None
    problems: dict[str, KibanError] = field(default_factory=dict)
    """By the name of the place in the form; empty for the template itself."""


def typed_template(template: Template) -> dict[str, Any]:
    """A template as the editor's form would send it."""
    return {
        "name": template.name,
        "label": _typed_label(template.label),
        "description": _typed_label(template.description),
        "applies_to": template.applies_to.value,
        "techniques": list(template.techniques),
        "iri": template.iri,
        "note": "",
        "fields": [_typed_field(each) for each in template.fields],
    }


def _typed_label(label: Label) -> dict[str, str]:
    return {"en": label.en, "ja": label.ja}


def _typed_field(each: Field) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "key": each.key,
        "first": each.first_key,
        "kind": each.kind.value,
        "label": _typed_label(each.label),
        "help": _typed_label(each.help),
        "need": each.need.value,
        "iri": each.iri,
        "unit": each.unit,
        "vocabulary": each.vocabulary,
        "options": [{"key": o.key, "en": o.label.en, "ja": o.label.ja, "iri": o.iri} for o in each.options],
        "refers_to": {kind.value: _YES for kind in each.refers_to},
        "fields": [_typed_field(part) for part in each.fields],
        "default": "" if _is_structured(each) or each.default is None else text_of(each, each.default),
    }
    shown |= {name: _typed_number(getattr(each, name)) for name in (*_NUMBERS, *_COUNTS)}
    return shown | {name: _YES for name in _FLAGS if getattr(each, name)}


def _typed_number(value: float | None) -> str:
    return "" if value is None else number_as_typed(value)


def _is_structured(each: Field) -> bool:
    """Its default is more than one text: the page keeps it and does not show it."""
    return each.many or each.kind in {*PARTS, FieldKind.TERM, FieldKind.FILE}


def shaped(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a form sent with every place that the page shows, whatever the form left out or bent."""
    texts = {name: _text(typed, name) for name in ("name", "applies_to", "iri", "note")}
    labels = {name: _shaped_label(typed.get(name)) for name in ("label", "description")}
    rows = [_shaped_field(row) for row in _rows(typed.get("fields")) if isinstance(row, Mapping)]
    return {**texts, **labels, "techniques": [str(k) for k in _rows(typed.get("techniques"))], "fields": rows}


def _shaped_field(row: Mapping[str, Any]) -> dict[str, Any]:
    texts = ("key", "first", "kind", "need", "iri", "unit", "vocabulary", "default", *_NUMBERS, *_COUNTS, *_FLAGS)
    shown: dict[str, Any] = {name: _text(row, name) for name in texts}
    refers_to = row.get("refers_to")
    options = [option for option in _rows(row.get("options")) if isinstance(option, Mapping)]
    return shown | {
        "kind": shown["kind"] or FieldKind.TEXT.value,
        "label": _shaped_label(row.get("label")),
        "help": _shaped_label(row.get("help")),
        "refers_to": {str(k) for k in refers_to} if isinstance(refers_to, Mapping) else set(),
        "options": [{name: _text(option, name) for name in ("key", "en", "ja", "iri")} for option in options],
        "fields": [_shaped_field(part) for part in _rows(row.get("fields")) if isinstance(part, Mapping)],
    }


def _shaped_label(given: Any) -> dict[str, str]:
    return _typed_label(_label(given))


def template_of(typed: Mapping[str, Any], before: Template | None) -> Built:
    """Make a template of the editor's form.

    Parameters
    ----------
    before : Template, optional
        The version that was edited. What the page does not show of it (parts of imported structures, fields nested
        deeper than the page goes) is kept.

    Returns
    -------
    Built
        Without a template where something is wrong; all of it is told.
    """
    built = Built()
    fields = _fields(typed.get("fields"), before.fields if before else (), "fields", built)
    if built.problems:
        return built
    try:
        built.template = Template(
            name=_text(typed, "name"),
            label=_label(typed.get("label")),
            description=_label(typed.get("description")),
            applies_to=RecordKind(_text(typed, "applies_to")),
            techniques=tuple(str(key) for key in _rows(typed.get("techniques"))),
            iri=_text(typed, "iri"),
            note=_text(typed, "note"),
            fields=fields,
            extra=before.extra if before else {},
        )
    except KibanError as e:
        built.problems[""] = e
    except ValueError:
        built.problems["applies_to"] = InvalidValue("The template is for nothing.", mend="Choose what it describes.")
    return built


def _fields(given: Any, before: Iterable[Field], name: str, built: Built) -> tuple[Field, ...]:
    known = {each.first_key: each for each in before}
    made = []
    for number, row in enumerate(_rows(given)):
        if isinstance(row, Mapping) and not _is_blank(row):
            made.append(_field(row, known.get(_text(row, "first")), f"{name}.{number}", built))
    return tuple(each for each in made if each is not None)


def _field(row: Mapping[str, Any], before: Field | None, name: str, built: Built) -> Field | None:
    n_problems = len(built.problems)
    try:
        kind = FieldKind(_text(row, "kind"))
        need = Need(_text(row, "need") or Need.OPTIONAL)
    except ValueError:
        built.problems[name] = InvalidValue("The field is of no kind.", mend="Choose what stands in it.")
        return None
    rules = _rules(row, kind, name, built)
    if kind in PARTS:
        # The page shows the parts of fields of its first level only; of deeper ones it says so and keeps them.
        keeps = not _text(row, "shows_parts") and before is not None and before.kind is kind
        rules["fields"] = (
            before.fields
            if keeps and before is not None
            else _fields(row.get("fields"), before.fields if before else (), f"{name}.fields", built)
        )
    if len(built.problems) > n_problems:
        return None
    key = _text(row, "key")
    origin = before.first_key if before is not None and before.first_key != key else ""
    given: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "origin": origin,
        "label": _label(row.get("label")),
        "help": _label(row.get("help")),
        "need": need,
        "iri": _text(row, "iri"),
        # A table is many rows by itself; an imported one may say so twice.
        "many": bool(row.get("many")) if kind is not FieldKind.TABLE else before is not None and before.many,
        **rules,
    }
    try:
        kept: dict[str, Any] = {"written": before.written, "extra": before.extra} if before is not None else {}
        made = Field(**given, **kept)
    except KibanError as e:
        built.problems[name] = e
        return None
    return _with_default(made, _text(row, "default"), before, name, built)


def _rules(row: Mapping[str, Any], kind: FieldKind, name: str, built: Built) -> dict[str, Any]:
    """What the form says of the rules that mean something for the kind; the boxes of others are hidden, not empty."""
    rules: dict[str, Any] = {}
    for rule in rules_of(kind) - {"fields"}:
        if rule in _NUMBERS or rule in _COUNTS:
            rules[rule] = _number(row, rule, name, built, is_count=rule in _COUNTS)
        elif rule == "options":
            rules[rule] = tuple(
                _option(one) for one in _rows(row.get(rule)) if isinstance(one, Mapping) and any(one.values())
            )
        elif rule == "refers_to":
            chosen = row.get(rule)
            rules[rule] = tuple(k for k in RecordKind if isinstance(chosen, Mapping) and chosen.get(k.value))
        elif rule in {"unit", "vocabulary"}:
            rules[rule] = _text(row, rule)
        else:
            rules[rule] = bool(row.get(rule))
    if rules.get("unit") and not is_known(rules["unit"]):
        built.problems[f"{name}.unit"] = InvalidValue(
            f"The unit '{rules['unit'][:60]}' is not known.", mend="Write it like degC, MPa or mA*h/g."
        )
    return rules


def _number(row: Mapping[str, Any], rule: str, name: str, built: Built, *, is_count: bool) -> float | int | None:
    text = _text(row, rule)
    if not text:
        return None
    number = Field(key="number", kind=FieldKind.NUMBER, is_whole=is_count, minimum=0 if is_count else None)
    try:
        found = value_of(number, text)
    except KibanError as e:
        built.problems[f"{name}.{rule}"] = e
        return None
    return int(found) if is_count else float(found)


def _is_blank(row: Mapping[str, Any]) -> bool:
    """A row that was added and not filled in."""
    label = _label(row.get("label"))
    return not (_text(row, "key") or _text(row, "first") or label.en or label.ja)


def _option(row: Mapping[str, Any]) -> Option:
    return Option(key=_text(row, "key"), label=Label(en=_text(row, "en"), ja=_text(row, "ja")), iri=_text(row, "iri"))


def _with_default(made: Field, text: str, before: Field | None, name: str, built: Built) -> Field | None:
    if _is_structured(made):
        same = before is not None and (before.kind, before.many) == (made.kind, made.many)
        return replace(made, default=before.default) if same and before is not None else made
    if not text:
        return made
    try:
        return replace(made, default=to_json(value_of(made, text)))
    except KibanError as e:
        built.problems[f"{name}.default"] = e
        return None


def _rows(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list) else []


def _text(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name, "")
    return found.strip() if isinstance(found, str) else ""


def _label(given: Any) -> Label:
    return Label(en=_text(given, "en"), ja=_text(given, "ja")) if isinstance(given, Mapping) else Label()
