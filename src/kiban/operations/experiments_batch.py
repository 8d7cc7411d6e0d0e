"""The records of a table of experiments: new ones, next versions, and what changed, as one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiban.operations.changed_records import event_of, new_record, next_version
from kiban.operations.experiments_matched import READER, Group, Matched, OfSample, Row, meant, said_of
from kiban.operations.experiments_structure import MARK, Structures
from kiban.records.document import from_json, to_json
from kiban.records.event import Event
from kiban.records.file_entry import Blob, FileEntry
from kiban.records.identity import new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.matter.sample_elements import with_elements
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.scope import Scope
from kiban.store.catalog import Batch

METHOD = "experiments/1"
MOST_CHANGES = 200


@dataclass(slots=True, kw_only=True)
class Made:
    """What comes of a table, before it is written."""

    records: list[Record] = field(default_factory=list)
    renewed: set[Any] = field(default_factory=set)
    compositions: dict[Any, Mapping[str, float]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)
    """Measurements that are new or changed."""
    n_new_samples: int = 0
    n_known_samples: int = 0
    n_new_processes: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    changes: list[str] = field(default_factory=list)
    """Sentences; the first two hundred."""
    told: list[str] = field(default_factory=list)

    def batch(self, made_with: Structures, blob: Blob, file: FileEntry, *, is_new_file: bool) -> Batch:
        """All that is to be written."""
        return Batch(
            blobs=(blob,),
            records=(*made_with.records, *self.records),
            renewed=frozenset(self.renewed),
            compositions=self.compositions,
            links=tuple(self.links),
            facts=tuple(self.facts),
            files=(file,) if is_new_file else (),
            file_records=tuple((file.id, record.id) for record in self.rows),
            events=(*made_with.events, *self.events),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What all rows of an import share."""

    asker: Asker
    table: str
    checksum: str
    mapping: str
    made_with: Structures
    scope: Scope


def make(given: Given, matched: Matched, *, withdraws_missing: bool = False) -> Made:
    """Work out the records of a table."""
    made = Made()
    for one in matched.samples:
        sample = _sample(made, given, one)
        if len([group for group in one.groups if group.parameters]) > 1:
            made.told.append(f"{one.name} stands with {len(one.groups)} different settings: each is a process of it.")
        for group in one.groups:
            process = _process(made, given, group, sample) if group.parameters else None
            for row in group.rows:
                _row(made, given, row, sample, process, is_of_import=one.known is None)
    if matched.missing and withdraws_missing:
        for record in matched.missing:
            gone = next_version(given.asker, record, deleted=True)
            made.records.append(gone)
            made.events.append(event_of(given.asker, gone, "withdrawn", {"table": given.table}))
            _change(made, f"Row {said_of(record).get('row')} of an earlier file ({record.pid}) is withdrawn.")
    elif matched.missing:
        n = len(matched.missing)
        made.told.append(f"{n} rows of an earlier file of {given.table} are not in this one; they stay as they are.")
    return made


def _sample(made: Made, given: Given, one: OfSample) -> Record:
    stated = next((r.experiment for r in one.rows if r.experiment.formula or r.experiment.composition), None)
    if one.known is None:
        noun = Sample(name=one.name)
        if stated is not None:
            noun = with_elements(replace(noun, formula=stated.formula, nominal=stated.composition))
        record = new_record(given.asker, RecordKind.SAMPLE, noun.name, to_json(noun), scope=given.scope)
        made.n_new_samples += 1
        _keep_sample(made, given, record, noun, "registered sample")
        return record
    made.n_known_samples += 1
    if stated is None:
        return one.known
    before = from_json(dict(one.known.document), Sample)
    after = with_elements(replace(before, formula=stated.formula or before.formula, nominal=stated.composition))
    if (after.formula, after.nominal) == (before.formula, before.nominal):
        return one.known
    is_ours = any(row.known is not None and said_of(row.known).get("made_sample") for row in one.rows)
    if (before.formula or before.nominal is not None or before.measured) and not is_ours:
        made.told.append(f"The sample {one.name} ({one.known.pid}) was there with another composition; that one stays.")
        return one.known
    record = next_version(given.asker, one.known, document=to_json(after))
    _keep_sample(made, given, record, after, "changed sample")
    _change(made, f"The composition of {one.name} ({record.pid}) is changed.")
    return record


def _keep_sample(made: Made, given: Given, record: Record, noun: Sample, action: str) -> None:
    made.records.append(record)
    if noun.composition:
        made.compositions[record.id] = noun.composition
    made.events.append(event_of(given.asker, record, action, {"from": given.table}))


def _process(made: Made, given: Given, group: Group, sample: Record) -> Record:
    kept = given.made_with.processes
    if kept is None:
        raise AssertionError(group.name)  # rows with parameters come with a template of them
    first = group.rows[0].experiment
    noun = Process(
        name=group.name,
        template=kept.use,
        meant=meant(group.parameters),
        started_at=first.performed_at,
        operator=first.operator,
        description=f"From {given.table}.",
    )
    if group.known is not None:
        before = from_json(dict(group.known.document), Process)
        if before.meant == noun.meant:
            return group.known
        record = next_version(
            given.asker, group.known, document=to_json(replace(before, template=kept.use, meant=noun.meant))
        )
        made.events.append(event_of(given.asker, record, "changed process", {"from": given.table}))
        for what in _differences(before.meant, noun.meant):
            _change(made, f"Row {first.row}, {sample.title}: {what}")
    else:
        record = new_record(given.asker, RecordKind.PROCESS, noun.name, to_json(noun), scope=given.scope)
        made.n_new_processes += 1
        made.links.append(Link(subject=sample.id, predicate=Predicate.MADE_BY, object=record.id, scope=sample.scope))
        made.events.append(event_of(given.asker, record, "recorded process", {"from": given.table}))
    made.records.append(record)
    return record


def _row(made: Made, given: Given, row: Row, sample: Record, process: Record | None, *, is_of_import: bool) -> None:
    experiment = row.experiment
    # What stands in fields of a template describes a record, and may be read by those who may not read its values.
    values = {**meant(experiment.parameters), **experiment.notes}
    outcomes = meant(experiment.outcomes)
    before = said_of(row.known) if row.known is not None else {}
    said = {
        "table": given.table,
        "row": experiment.row,
        "mapping": given.mapping,
        "process": process.pid if process is not None else None,
        "outcomes": outcomes,
        "made_sample": bool(before.get("made_sample")) if row.known is not None else is_of_import,
    }
    noun = Measurement(
        technique="table",
        title=f"{sample.title}, row {experiment.row} of {given.table}",
        file_checksum=given.checksum,
        file_name=given.table,
        reading_index=experiment.row,
        reader=READER,
        reader_version=1,
        why="It is a row of a table of past experiments.",
        normalised="",
        sample_name=sample.title,
        operator=experiment.operator or None,
        started_at=experiment.performed_at,
        linked_by="The table names it." if experiment.sample else "It was made of this row.",
        template=given.made_with.rows.use if values else None,
        values=values,
        extra={MARK: said},
    )
    if row.known is None:
        record = new_record(given.asker, RecordKind.MEASUREMENT, noun.title, to_json(noun), scope=given.scope)
        record = replace(record, key=row.key, sample=sample.id)
        made.links.append(Link(subject=record.id, predicate=Predicate.MEASURED, object=sample.id, scope=record.scope))
        made.events.append(event_of(given.asker, record, "imported experiment", {"table": given.table}))
        made.n_new += 1
    else:
        known = from_json(dict(row.known.document), Measurement)
        # Where the row stands, and in which of its files, is no change of what it says.
        earlier = before.get("outcomes") or {}
        stated = (known.values, earlier, known.operator, known.started_at)
        if stated == (values, outcomes, noun.operator, noun.started_at):
            made.n_unchanged += 1
            return
        for what in _differences({**known.values, **earlier}, {**values, **outcomes}):
            _change(made, f"Row {experiment.row}, {sample.title}: {what}")
        noun = replace(noun, rights=known.rights)
        record = next_version(given.asker, row.known, title=noun.title, document=to_json(noun))
        made.renewed.add(record.id)
        made.events.append(event_of(given.asker, record, "changed experiment", {"table": given.table}))
        made.n_changed += 1
    made.records.append(record)
    made.rows.append(record)
    made.facts.extend(
        Fact(
            id=new_uuid(),
            property=Property(term=term, value=value, method=METHOD),
            subject=sample.id,
            evidence=record.id,
            scope=record.scope,
        )
        for term, value in experiment.outcomes.items()
    )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys((*before, *after))
    return [
        f"{key} was {_shown(before.get(key))}, is {_shown(after.get(key))}."
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _shown(value: Any) -> str:
    if value is None:
        return "not said"
    if isinstance(value, Mapping):
        doubt = value.get("uncertainty") or {}
        shown = f"{value.get('value')!r}" + (f" ± {doubt['value']!r}" if doubt else "")
        return f"{shown} {value.get('unit', '')}".strip()
    return f"'{str(value)[:60]}'"


def _change(made: Made, sentence: str) -> None:
    # A row and the process that it tells of change together.
    if len(made.changes) < MOST_CHANGES and sentence not in made.changes:
        made.changes.append(sentence)
