"""The structures behind a table of past experiments: a template of its rows, which keeps the mapping of its columns,
and one of the processes that the rows tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kiban.errors import Conflict, InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import event_of, new_record
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, all_templates, revised
from kiban.operations.terms import new_term
from kiban.query.vocabulary import Vocabulary, with_terms
from kiban.readers.experiments.meaning import Mapping, Meaning, Role, mapping_from_json, mapping_to_json
from kiban.readers.tables.column_headers import read_label
from kiban.records.document import to_json
from kiban.records.event import Event
from kiban.records.field import Field, FieldKind, Label
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope
from kiban.records.template import Template
from kiban.records.template_change import changes
from kiban.records.term import MAX_LABEL, PropertyTerm

MARK = "experiments"
"""Under it stands in `extra` what an import says: of a template the mapping, of a measurement its row."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMapping:
    """A mapping with its name and the template that keeps it."""

    name: str
    mapping: Mapping
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Structures:
    """What the records of a table are made with, and what of it has to be written first."""

    rows: Kept
    processes: Kept | None
    """`None` where the table has no parameters."""
    records: tuple[Record, ...]
    events: tuple[Event, ...]


@reads("listed templates")
def list_mappings(asker: Asker, resources: Resources) -> tuple[KeptMapping, ...]:
    """The mappings that the asker may see, in order of name."""
    found = mappings(asker, resources)
    saw(*(each.kept.record for each in found), n=len(found))
    return found


def mappings(asker: Asker, resources: Resources) -> tuple[KeptMapping, ...]:
    """As `list_mappings`, for deeds that go on to write."""
    found = [each for kept in all_templates(asker, resources) if (each := _mapping_in(kept)) is not None]
    return tuple(found)


def mapping_named(asker: Asker, resources: Resources, name: str) -> KeptMapping:
    """A kept mapping by its name or the identifier of its template; that of the asker's project before others.

    Raises
    ------
    RecordNotFound
        If there is none of that name, or several that are not the project's.
    """
    found = [each for each in mappings(asker, resources) if name in {each.name, each.kept.record.pid}]
    ours = [each for each in found if each.kept.record.project == resources.working_in(asker)] or found
    if len(ours) != 1:
        raise RecordNotFound(name)
    return ours[0]


def _mapping_in(kept: Kept) -> KeptMapping | None:
    said = kept.template.extra.get(MARK)
    if not isinstance(said, dict) or "mapping" not in said:
        return None
    return KeptMapping(name=str(said["name"]), mapping=mapping_from_json(said["mapping"]), kept=kept)


def check_name(name: str) -> str:
    """The name of a mapping, trimmed. Raises InvalidValue."""
    trimmed = " ".join(name.split())
    if not trimmed or len(trimmed) > _LONGEST_NAME or trimmed.startswith("kb:"):
        raise InvalidValue(
            f"A mapping was to be called '{name[:80]}'.", mend=f"Give it a name of 1 to {_LONGEST_NAME} characters."
        )
    return trimmed


def structures(
    asker: Asker, resources: Resources, name: str, mapping: Mapping, known: Vocabulary, scope: Scope
) -> Structures:
    """The templates as the mapping needs them, defined or revised, and terms for properties that are new.

    Raises
    ------
    Refused
        If the project has a template of one of the names that was not made for a table of experiments.
    Conflict
        If a property would take the name of another one.
    InvalidValue
        If a key meant something else in an earlier version.
    """
    records: list[Record] = []
    events: list[Event] = []
    words = known
    for each in mapping.of(Role.PROPERTY):
        if each.key not in words.terms:
            term = _term(each)
            record, event = _new_term(asker, term, words, scope)
            records.append(record)
            events.append(event)
            words = with_terms((*words.terms.values(), term))
    there = [kept for kept in all_templates(asker, resources) if kept.record.project == scope.project]
    rows = _kept(asker, resources, there, row_template(name, mapping), scope, records, events)
    processes = None
    if mapping.of(Role.PARAMETER):
        processes = _kept(asker, resources, there, process_template(name, mapping), scope, records, events)
    return Structures(rows=rows, processes=processes, records=tuple(records), events=tuple(events))


def row_template(name: str, mapping: Mapping) -> Template:
    """The structure of what describes one row: everything that was set and noted. What came out are its properties."""
    fields = tuple(map(_field, mapping.of(Role.PARAMETER, Role.NOTE)))
    note = Field(key="note", kind=FieldKind.TEXT, label=Label(en="Note", ja="メモ"))
    return Template(
        name=f"{name} (table)",
        label=Label(en=f"{name} (table)", ja=f"{name}（表）"),
        applies_to=RecordKind.MEASUREMENT,
        fields=fields or (note,),
        extra={MARK: {"name": name, "mapping": mapping_to_json(mapping)}},
    )


def process_template(name: str, mapping: Mapping) -> Template:
    """The structure of one process: what was set."""
    return Template(
        name=name,
        label=Label(en=name, ja=name),
        applies_to=RecordKind.PROCESS,
        fields=tuple(map(_field, mapping.of(Role.PARAMETER))),
        extra={MARK: {"name": name}},
    )


def _field(meaning: Meaning) -> Field:
    is_number = meaning.role is Role.PARAMETER and not meaning.is_text
    kind = FieldKind.QUANTITY if is_number else FieldKind.TEXT
    label = _words(meaning.header)
    return Field(key=meaning.key, kind=kind, label=Label(en=label, ja=label), unit=meaning.unit)


def _words(header: str) -> str:
    """A header without its unit."""
    if not read_label(header).unit:
        return header
    bare = re.sub(r"\s*(?:[(\[{（［][^()\[\]{}（）［］]*[)\]}）］]|/[^/]*)\s*$", "", header)
    return bare.strip(" ,_") or header


def _term(meaning: Meaning) -> PropertyTerm:
    label = _words(meaning.header)[:MAX_LABEL]
    spoken = meaning.key.replace("_", " ")
    try:
        if label.isascii():
            return PropertyTerm(key=meaning.key, unit=meaning.unit, en=label)
        return PropertyTerm(key=meaning.key, unit=meaning.unit, en=spoken, ja=label)
    except InvalidValue:
        # A label with a sign by which questions are cut: the key in words is one as well.
        return PropertyTerm(key=meaning.key, unit=meaning.unit, en=spoken)


def _new_term(asker: Asker, term: PropertyTerm, known: Vocabulary, scope: Scope) -> tuple[Record, Event]:
    try:
        return new_term(asker, term, known, scope)
    except (Conflict, InvalidValue):
        # Its header is the name of another property, and a person has said that it is not that one.
        return new_term(asker, replace(term, en=f"{term.key.replace('_', ' ')}", ja=""), known, scope)


def _kept(
    asker: Asker,
    resources: Resources,
    there: Iterable[Kept],
    wanted: Template,
    scope: Scope,
    records: list[Record],
    events: list[Event],
) -> Kept:
    known = next((kept for kept in there if kept.template.name == wanted.name), None)
    if known is None:
        record = new_record(asker, RecordKind.TEMPLATE, wanted.name, to_json(wanted), scope=scope)
        records.append(record)
        events.append(event_of(asker, record, "defined template"))
        return Kept(record=record, template=wanted)
    if MARK not in known.template.extra:
        raise Refused(
            f"The project has a template {wanted.name} that was made here ({known.record.pid}).",
            mend="Give the mapping another name.",
        )
    after = _widened(known.template, wanted)
    if not changes(known.template, after):
        return known
    revision, event = revised(asker, resources, known, after)
    records.append(revision.after.record)
    events.append(event)
    return revision.after


def _widened(before: Template, wanted: Template) -> Template:
    """The wanted fields, and those of earlier tables: their records are asked for by them."""
    new = {each.key for each in wanted.fields}
    old = {each.key: each for each in before.fields}
    fields = tuple(replace(each, origin=old[each.key].origin) if each.key in old else each for each in wanted.fields)
    gone = tuple(each for each in before.fields if each.key not in new)
    return replace(
        before,
        fields=(*fields, *gone),
        extra={**before.extra, **wanted.extra},
        note="For another table of experiments.",
    )
