"""What differs between two versions of a template, and what each difference means for records that exist.

Fields are recognised by their origin (`Field.first_key`), so that a renamed field is not taken for one removed and one
added. A change is *compatible* if every record that fits the old version fits the new one as it stands: then records
carry over by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kiban.records.field import Field, Label, Need
from kiban.records.template import Template

_NEEDS = (Need.OPTIONAL, Need.RECOMMENDED, Need.REQUIRED)
_PLAIN = ("label", "help", "iri", "written", "extra", "default", "vocabulary")
_LONGEST = 500
_TEMPLATE_PLAIN = ("name", "label", "description", "iri", "extra")


class What(StrEnum):
    """Kinds of change."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    KIND = "kind"
    UNIT = "unit"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    NEED = "need"
    OPTIONS = "options"
    MANY = "many"
    WORDING = "wording"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference."""

    what: What
    path: tuple[str, ...]
    """Keys of the new version; of the old one for what was removed. Empty for the template itself."""
    before: str
    after: str
    is_compatible: bool
    """Every record that fits the old version still fits."""
    loses: bool = False
    """Values of old records have no place in the new version."""


def changes(old: Template, new: Template) -> tuple[Change, ...]:
    """Compare two versions, in order of the new one's fields, removed ones after them."""
    return (*_of_template(old, new), *_of_fields(old.fields, new.fields, ()))


def _of_template(old: Template, new: Template) -> Iterator[Change]:
    for name in _TEMPLATE_PLAIN:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            # What was imported along with a template can be as long as its files.
            told = [f"{name}: {_said(value)}"[:_LONGEST] for value in (before, after)]
            yield Change(what=What.WORDING, path=(), before=told[0], after=told[1], is_compatible=True)
    if (old.applies_to, old.techniques) != (new.applies_to, new.techniques):
        yield Change(
            what=What.SCOPE,
            path=(),
            before=_scope(old),
            after=_scope(new),
            is_compatible=old.applies_to is new.applies_to
            and (not new.techniques or (bool(old.techniques) and set(old.techniques) <= set(new.techniques))),
        )


def _said(value: object) -> str:
    return " / ".join(text for text in (value.en, value.ja) if text) if isinstance(value, Label) else str(value)


def _scope(template: Template) -> str:
    return f"{template.applies_to.value} {', '.join(template.techniques)}".strip()


def _of_fields(old: tuple[Field, ...], new: tuple[Field, ...], path: tuple[str, ...]) -> Iterator[Change]:
    before = {each.first_key: each for each in old}
    stayed = [each.first_key for each in new if each.first_key in before]
    order = [each.first_key for each in old if each.first_key in set(stayed)]
    for each in new:
        here = (*path, each.key)
        known = before.get(each.first_key)
        if known is None:
            yield Change(
                what=What.ADDED,
                path=here,
                before="",
                after=each.kind.value,
                is_compatible=each.need is not Need.REQUIRED,
            )
        else:
            yield from _of_field(known, each, here)
    if stayed != order:
        yield Change(what=What.MOVED, path=path, before=", ".join(order), after=", ".join(stayed), is_compatible=True)
    still = set(stayed)
    for each in old:
        if each.first_key not in still:
            yield Change(
                what=What.REMOVED,
                path=(*path, each.key),
                before=each.kind.value,
                after="",
                is_compatible=True,
                loses=True,
            )


def _of_field(old: Field, new: Field, path: tuple[str, ...]) -> Iterator[Change]:
    def change(what: What, before: object, after: object, *, is_compatible: bool, loses: bool = False) -> Change:
        return Change(
            what=what, path=path, before=str(before), after=str(after), is_compatible=is_compatible, loses=loses
        )

    if old.key != new.key:
        yield change(What.RENAMED, old.key, new.key, is_compatible=True)
    if old.kind is not new.kind:
        yield change(What.KIND, old.kind.value, new.kind.value, is_compatible=False)
        return
    if old.unit != new.unit:
        yield change(What.UNIT, old.unit, new.unit, is_compatible=_same_dimension(old.unit, new.unit))
    yield from _of_bounds(old, new, path)
    if old.need is not new.need:
        is_weaker = _NEEDS.index(new.need) <= _NEEDS.index(old.need) or new.need is not Need.REQUIRED
        yield change(What.NEED, old.need.value, new.need.value, is_compatible=is_weaker)
    if old.many != new.many:
        yield change(What.MANY, _often(old), _often(new), is_compatible=new.many)
    if old.options != new.options:
        before, after = [o.key for o in old.options], [o.key for o in new.options]
        yield change(What.OPTIONS, ", ".join(before), ", ".join(after), is_compatible=set(before) <= set(after))
    if old.refers_to != new.refers_to:
        wider = not new.refers_to or (bool(old.refers_to) and set(old.refers_to) <= set(new.refers_to))
        yield change(What.SCOPE, _kinds(old), _kinds(new), is_compatible=wider)
    for name in _PLAIN:
        if getattr(old, name) != getattr(new, name):
            # A narrower vocabulary can refuse terms that were allowed.
            compatible = name != "vocabulary" or old.vocabulary.startswith(new.vocabulary)
            yield change(
                What.WORDING,
                f"{name}: {_said(getattr(old, name))}",
                f"{name}: {_said(getattr(new, name))}",
                is_compatible=compatible,
            )
    yield from _of_fields(old.fields, new.fields, path)


def _often(field: Field) -> str:
    return "several values" if field.many else "one value"


def _kinds(field: Field) -> str:
    return ", ".join(kind.value for kind in field.refers_to) or "any record"


def _same_dimension(one: str, other: str) -> bool:
    from kiban.quantity.unit import is_compatible

    return is_compatible(one, other)


def _of_bounds(old: Field, new: Field, path: tuple[str, ...]) -> Iterator[Change]:
    before, after = _bounds(old), _bounds(new)
    if before == after:
        return
    is_wider = _in_new_unit(old, new) and _holds(old, new)
    yield Change(
        what=What.LOOSENED if is_wider else What.TIGHTENED,
        path=path,
        before=before,
        after=after,
        is_compatible=is_wider,
    )


def _in_new_unit(old: Field, new: Field) -> bool:
    return old.unit == new.unit or _same_dimension(old.unit, new.unit)


def _holds(old: Field, new: Field) -> bool:
    """Whether everything that the old bounds allow is allowed by the new ones."""
    from kiban.quantity.unit import convert

    def moved(value: float | None) -> float | None:
        return value if value is None or old.unit == new.unit else convert(value, old.unit, new.unit)

    low, high = moved(old.minimum), moved(old.maximum)
    if new.minimum is not None and (
        low is None or low < new.minimum or (low == new.minimum and new.excludes_minimum and not old.excludes_minimum)
    ):
        return False
    if new.maximum is not None and (
        high is None
        or high > new.maximum
        or (high == new.maximum and new.excludes_maximum and not old.excludes_maximum)
    ):
        return False
    return (
        (not new.is_whole or old.is_whole)
        and (new.shortest or 0) <= (old.shortest or 0)
        and (new.longest is None or (old.longest is not None and old.longest <= new.longest))
    )


def _bounds(field: Field) -> str:
    parts = []
    if field.minimum is not None:
        parts.append(f"{'>' if field.excludes_minimum else '>='} {field.minimum:g}")
    if field.maximum is not None:
        parts.append(f"{'<' if field.excludes_maximum else '<='} {field.maximum:g}")
    if field.is_whole:
        parts.append("whole")
    if field.shortest is not None:
        parts.append(f"at least {field.shortest} characters")
    if field.longest is not None:
        parts.append(f"at most {field.longest} characters")
    return f"{', '.join(parts)} {field.unit}".strip() if parts else ""
