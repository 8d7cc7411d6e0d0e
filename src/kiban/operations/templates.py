"""Templates: define one, bring out its next version, look at one of any version, and compare two."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from kiban.errors import InvalidIdentifier, InvalidValue
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import check_version, commit, current, event_of, new_record, next_version
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.query.question import Comparison, Operator
from kiban.records.document import from_json, to_json
from kiban.records.event import Event
from kiban.records.field import Field, renamed_paths
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.template import Template
from kiban.records.template_change import Change, changes
from kiban.records.template_use import TemplateUse
from kiban.store.catalog import Batch

_MOST = 500
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A template with its record."""

    record: Record
    template: Template

    @property
    def use(self) -> TemplateUse:
        """As a record made with it refers to it."""
        return TemplateUse(
            id=self.record.pid,
            name=self.template.name,
            version=self.record.version,
            renamed=renamed_paths(self.template.fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a new version of a template would bring, or brought."""

    before: Kept
    after: Kept
    changes: tuple[Change, ...]


def define_template(
    asker: Asker, resources: Resources, template: Template, *, placement: Placement = AS_THE_PROJECT_SAYS
) -> Kept:
    """Keep a new template.

    Raises
    ------
    Conflict
        If the project has one of that name.
    """
    scope = place(asker, resources, placement)
    record = new_record(asker, RecordKind.TEMPLATE, template.name, to_json(template), scope=scope)
    batch = commit(asker, resources, Batch(records=(record,), events=(event_of(asker, record, "defined template"),)))
    return Kept(record=batch.records[0], template=template)


def revise_template(
    asker: Asker, resources: Resources, identifier: str, template: Template, *, expected: int | None = None
) -> Revision:
    """Keep the next version of a template. Records made with earlier versions stay as they are.

    Parameters
    ----------
    template : Template
        Fields are recognised by their origin; a key that an earlier version used for another field is refused.
    expected : int, optional
        The version that the change was made on.

    Raises
    ------
    RecordNotFound
    Conflict
        If the template has another version by now.
    InvalidValue
        If nothing changes, or a key would change its meaning.
    """
    before = template_named(asker, resources, identifier)
    check_version(before.record, expected)
    revision, event = revised(asker, resources, before, template)
    commit(asker, resources, Batch(records=(revision.after.record,), events=(event,)))
    return revision


def revised(asker: Asker, resources: Resources, before: Kept, template: Template) -> tuple[Revision, Event]:
    """The next version of a template, to be written by the caller. Raises as `revise_template`."""
    found = changes(before.template, template)
    if not found:
        raise InvalidValue(f"{before.template.name} would stay as it is.", mend="Change a field, then save it.")
    if template.applies_to is not before.template.applies_to:
        raise InvalidValue(
            f"{before.template.name} is for a {before.template.applies_to.value}, and records of that kind use it.",
            mend=f"Define another template for a {template.applies_to.value}.",
        )
    earlier = [from_json(dict(v.document), Template) for v in _versions(asker, resources, before.record)]
    _check_keys(template.fields, [each.fields for each in earlier], template.name)
    record = next_version(asker, before.record, title=template.name, key=template.name, document=to_json(template))
    details = {"changes": len(found), "note": template.note}
    revision = Revision(before=before, after=Kept(record=record, template=template), changes=found)
    return revision, event_of(asker, record, "revised template", details)


def _versions(asker: Asker, resources: Resources, record: Record) -> tuple[Record, ...]:
    return resources.catalog.versions(record.id, resources.visible(asker))


def _check_keys(fields: tuple[Field, ...], earlier: list[tuple[Field, ...]], where: str) -> None:
    """A key means one field for ever: records of earlier versions are asked for by it."""
    meant = {name: each.first_key for before in earlier for each in before for name in (each.first_key, each.key)}
    for each in fields:
        if meant.get(each.key, each.first_key) != each.first_key:
            raise InvalidValue(
                f"In {where} '{each.key}' was the key of another field.",
                mend="Records of earlier versions are asked for by that key: choose another one.",
            )
        if each.origin and each.origin not in meant.values():
            raise InvalidValue(
                f"In {where} '{each.key}' comes from '{each.origin}', which no earlier version has.",
                mend="Leave the origin of a new field empty.",
            )
        inner = [f.fields for before in earlier for f in before if f.first_key == each.first_key]
        _check_keys(each.fields, inner, f"{where}.{each.key}")


@reads("read template")
def get_template(asker: Asker, resources: Resources, identifier: str, *, version: int | None = None) -> Kept:
    """A template by identifier or name, its current version unless another is asked for.

    Raises
    ------
    RecordNotFound
    """
    return template_named(asker, resources, identifier, version=version)


def template_named(asker: Asker, resources: Resources, identifier: str, *, version: int | None = None) -> Kept:
    """As `get_template`, for deeds that go on to write: what they write says what they have read."""
    record = current(asker, resources, _identifier_of(asker, resources, identifier), RecordKind.TEMPLATE)
    if version is not None:
        record = resources.catalog.get(record.id, resources.visible(asker), version=version)
    saw(record, subject=record.pid)
    return Kept(record=record, template=from_json(dict(record.document), Template))


def _identifier_of(asker: Asker, resources: Resources, given: str) -> str:
    """The identifier of the template with that name; what is given where it is an identifier itself."""
    try:
        resolve(given)
    except InvalidIdentifier as e:
        there = list_templates(asker, resources)
        named = [kept.record.pid for kept in there if kept.template.name == given]
        if len(named) == 1:
            return named[0]
        if named:
            raise InvalidIdentifier(
                f"{len(named)} templates are called '{given}'.", mend=f"Give an identifier: {', '.join(named)}."
            ) from e
        names = [kept.template.name for kept in there]
        close = difflib.get_close_matches(given[:_LONGEST_NAME], names, n=1)
        raise InvalidIdentifier(
            f"There is no template '{given[:80]}'.",
            mend=f"Did you mean {close[0]}?" if close else "`kiban template list` tells those that there are.",
        ) from e
    return given


def template_used(asker: Asker, resources: Resources, use: TemplateUse) -> Template:
    """The version of a template that a record was made with."""
    return get_template(asker, resources, use.id, version=use.version).template


@reads("listed templates")
def list_templates(asker: Asker, resources: Resources, *, applies_to: RecordKind | None = None) -> tuple[Kept, ...]:
    """The templates that the asker may see, in order of name."""
    kept = all_templates(asker, resources)
    saw(*(each.record for each in kept), n=len(kept))
    return tuple(each for each in kept if applies_to is None or each.template.applies_to is applies_to)


def all_templates(asker: Asker, resources: Resources) -> tuple[Kept, ...]:
    """As `list_templates`, for deeds that say themselves what they told of them."""
    page = resources.catalog.find(
        Comparison("kind", Operator.EQUAL, RecordKind.TEMPLATE.value), resources.visible(asker), limit=_MOST
    )
    kept = [Kept(record=record, template=from_json(dict(record.document), Template)) for record in page.records]
    return tuple(sorted(kept, key=lambda each: (each.template.name, each.record.pid)))


@reads("read template")
def compare_versions(asker: Asker, resources: Resources, identifier: str, one: int, other: int) -> tuple[Change, ...]:
    """What changed from one version of a template to another. Raises RecordNotFound."""
    old = get_template(asker, resources, identifier, version=one)
    new = get_template(asker, resources, identifier, version=other)
    return changes(replace(old.template, note=""), replace(new.template, note=""))
