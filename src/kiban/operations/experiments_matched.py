"""The rows of a table of experiments held against what is there: which samples, processes and rows are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kiban.errors import Refused
from kiban.operations.experiments_structure import MARK
from kiban.operations.resources import Resources
from kiban.quantity.measured import Measured
from kiban.query.question import And, Comparison, Operator
from kiban.readers.experiments.rows import Experiment
from kiban.records.document import to_json
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.store.catalog import Writing

READER = "experiments"
_PAGE = 1000
_SPARE_NAMES = 8


@dataclass(slots=True, kw_only=True)
class Row:
    """One row with what is known of it."""

    experiment: Experiment
    key: str
    """Of its measurement."""
    known: Record | None = None
    """Its measurement, where the table was imported before."""


@dataclass(slots=True, kw_only=True)
class Group:
    """Rows of one sample with the same parameters: one process."""

    parameters: Mapping[str, Any]
    """As `Experiment.parameters`."""
    rows: list[Row]
    name: str
    known: Record | None = None


@dataclass(slots=True, kw_only=True)
class OfSample:
    """What a table says of one sample."""

    name: str
    groups: list[Group] = field(default_factory=list)
    known: Record | None = None

    @property
    def rows(self) -> Iterable[Row]:
        """Its rows."""
        return (row for group in self.groups for row in group.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A whole table."""

    samples: tuple[OfSample, ...]
    missing: tuple[Record, ...]
    """Measurements of rows that an earlier file of the table had, and this one has not."""


def match(
    asker: Asker,
    resources: Resources,
    writing: Writing,
    experiments: Sequence[Experiment],
    *,
    table: str,
    mapping: str,
    scope: int | None = None,
) -> Matched:
    """Hold rows against what is there.

    A row is known again by its sample and its place among that sample's rows; where the table does not name its
    samples, by all that was set.

    Parameters
    ----------
    table : str
        The name by which the table is known again.
    mapping : str
        The name of its mapping, and so of its processes.

    Raises
    ------
    Refused
        If the asker may not read the values of a record that is there, and so cannot be told what would change.
    """
    keyed = _keyed(experiments, table)
    known = writing.existing(RecordKind.MEASUREMENT, [key for key, _ in keyed], first=scope)
    rows = [Row(experiment=each, key=key, known=known.get(key)) for key, each in keyed]
    samples = _by_sample(asker, resources, writing, rows, table, scope)
    _with_processes(asker, resources, writing, samples, mapping, scope)
    there = {row.known.id for row in rows if row.known is not None}
    known_of = [one.known for one in samples] + [group.known for one in samples for group in one.groups]
    _check_readable(resources.visible(asker), [each for each in (*known.values(), *known_of) if each is not None])
    earlier = rows_of_table(resources, resources.visible(asker), table, project=resources.working_in(asker))
    missing = tuple(r for r in earlier if r.id not in there)
    return Matched(samples=tuple(samples), missing=missing)


def _check_readable(visible: Visible, records: Sequence[Record]) -> None:
    """What a transaction finds it finds with its values, whoever asks."""
    for record in records:
        if record.scope not in visible.data:
            raise Refused(
                f"{record.title} ({record.pid}) is there, and you may not read its values.",
                mend="Ask the project's owner for access, or give the table and its samples other names.",
            )


def rows_of_table(resources: Resources, visible: Visible, table: str, *, project: UUID) -> tuple[Record, ...]:
    """The measurements of all rows of a table in a project."""
    question = And(
        (
            Comparison("kind", Operator.EQUAL, RecordKind.MEASUREMENT.value),
            Comparison("reader", Operator.EQUAL, READER),
            Comparison("file", Operator.EQUAL, table),
        )
    )
    found: list[Record] = []
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        found.extend(each for each in page.records if each.project == project and said_of(each).get("table") == table)
        after = page.next
        if after is None:
            return tuple(found)


def said_of(record: Record) -> Mapping[str, Any]:
    """What the import of its table says of a measurement."""
    extra = record.document.get("extra") or {}
    said = extra.get(MARK)
    return said if isinstance(said, Mapping) else {}


def _keyed(experiments: Sequence[Experiment], table: str) -> list[tuple[str, Experiment]]:
    found = []
    n_before: dict[str, int] = {}
    for each in experiments:
        who = f"sample:{each.sample}" if each.sample else f"settings:{_digest(_settings(each))}"
        n_before[who] = n_before.get(who, 0) + 1
        told = json.dumps([table, who, n_before[who]], ensure_ascii=True)
        found.append((f"{MARK}:{hashlib.sha256(told.encode()).hexdigest()[:40]}", each))
    return found


def _settings(experiment: Experiment) -> object:
    composition = experiment.composition
    parts = [] if composition is None else [(c.what, to_json(c.amount)) for c in composition.components]
    return [_plain(experiment.parameters), experiment.formula, parts]


def _plain(parameters: Mapping[str, Measured | str]) -> object:
    return sorted((key, value if isinstance(value, str) else to_json(value)) for key, value in parameters.items())


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()


def _by_sample(
    asker: Asker, resources: Resources, writing: Writing, rows: Sequence[Row], table: str, scope: int | None
) -> list[OfSample]:
    stem = table.rpartition("/")[2].rpartition(".")[0] or table
    ids = {row.known.sample for row in rows if row.known is not None and row.known.sample is not None}
    by_id = resources.catalog.get_many(ids, resources.visible(asker)) if ids else {}
    # A sample that a row was given before stays its sample; new rows are called by their numbers.
    wanted = {row.key: row.experiment.sample or f"{stem} {row.experiment.row}" for row in rows}
    there = writing.existing(RecordKind.SAMPLE, list(wanted.values()), first=scope)
    found: dict[str, OfSample] = {}
    for row in rows:
        sample = by_id.get(row.known.sample) if row.known is not None and row.known.sample is not None else None
        name = wanted[row.key] if sample is None else sample.title
        if sample is None and row.experiment.sample:
            sample = there.get(name)
        elif sample is None and name in there:
            # Another row took the number when the table was shorter.
            name = f"{name} ({row.key[-6:]})"
        one = found.setdefault(name, OfSample(name=name, known=sample))
        settings = dict(row.experiment.parameters)
        group = next((each for each in one.groups if each.parameters == settings), None)
        if group is None:
            one.groups.append(group := Group(parameters=settings, rows=[], name=""))
        group.rows.append(row)
    return list(found.values())


def _with_processes(
    asker: Asker,
    resources: Resources,
    writing: Writing,
    samples: Sequence[OfSample],
    mapping: str,
    scope: int | None,
) -> None:
    """Name the processes, and find those that are there: made for these rows, or of the same sample and settings."""
    names = {
        one.name: [_process_name(one.name, mapping, n) for n in range(1, len(one.groups) + _SPARE_NAMES)]
        for one in samples
    }
    taken = _taken(writing, samples, names, scope)
    ids = {
        i for one in samples for row in one.rows if row.known is not None and (i := process_of(row.known)) is not None
    }
    there = resources.catalog.get_many(ids, resources.visible(asker)).values() if ids else ()
    by_pid = {record.pid: record for record in there if _is_of(record, mapping)}
    for one in samples:
        of_sample = [taken[name] for name in names[one.name] if name in taken]
        claimed: set[UUID] = set()
        made = [group for group in one.groups if group.parameters]
        for is_same in (True, False):
            for group in (each for each in made if each.known is None):
                own = [by_pid[i] for row in group.rows if row.known and (i := process_of(row.known)) in by_pid]
                candidates = [*own, *of_sample] if is_same else own
                for process in candidates:
                    if process.id not in claimed and (not is_same or _has(process, group.parameters)):
                        group.known = process
                        claimed.add(process.id)
                        break
        free = iter([name for name in names[one.name] if name not in taken])
        for group in made:
            spare = f"{_process_name(one.name, mapping, 1)} ({_digest(_plain(group.parameters))[:6]})"
            group.name = group.known.title if group.known is not None else next(free, spare)


def _taken(
    writing: Writing, samples: Sequence[OfSample], names: Mapping[str, Sequence[str]], scope: int | None
) -> dict[str, Record]:
    """The processes of these names. Spare names are asked for only where others may be taken: most samples are new."""
    first = [name for one in samples for name in names[one.name][: len(one.groups)]]
    found = writing.existing(RecordKind.PROCESS, first, first=scope)
    spare = [
        name
        for one in samples
        if one.known is not None or any(each in found for each in names[one.name][: len(one.groups)])
        for name in names[one.name][len(one.groups) :]
    ]
    return {**found, **(writing.existing(RecordKind.PROCESS, spare, first=scope) if spare else {})}


def process_of(record: Record) -> str | None:
    """Short identifier of the process that a row tells of."""
    said = said_of(record).get("process")
    return said if isinstance(said, str) else None


def _is_of(record: Record, mapping: str) -> bool:
    use = record.document.get("template")
    return record.kind is RecordKind.PROCESS and isinstance(use, Mapping) and use.get("name") == mapping


def _process_name(sample: str, mapping: str, number: int) -> str:
    return f"{sample}: {mapping}" + (f" {number}" if number > 1 else "")


def _has(process: Record, parameters: Mapping[str, Measured | str]) -> bool:
    return dict(process.document.get("meant") or {}) == meant(parameters)


def meant(parameters: Mapping[str, Measured | str]) -> dict[str, Any]:
    """Parameters as a document holds them."""
    return {key: value if isinstance(value, str) else _quantity(value) for key, value in parameters.items()}


def _quantity(value: Measured) -> dict[str, Any]:
    said: dict[str, Any] = {"value": value.value, "unit": value.unit}
    if value.uncertainty is not None:
        said["uncertainty"] = to_json(value.uncertainty)
    return said
