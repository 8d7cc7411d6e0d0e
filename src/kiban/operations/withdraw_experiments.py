"""Take the import of a table of past experiments back as a whole: what it made is deleted, its file stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from kiban.errors import RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import commit, event_of, next_version
from kiban.operations.experiments_matched import process_of, rows_of_table, said_of
from kiban.operations.resources import Resources
from kiban.records.link import Link, Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

_PART = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What is withdrawn, or would be."""

    table: str
    rows: tuple[Record, ...]
    processes: tuple[Record, ...]
    samples: tuple[Record, ...]
    stay: tuple[Record, ...]
    """Samples and processes that the import made and that other records rest on by now."""


@reads("previewed experiments")
def preview_withdrawal(asker: Asker, resources: Resources, table: str) -> Withdrawal:
    """What `withdraw_experiments` would withdraw. Raises RecordNotFound if no such table was imported."""
    found = _withdrawal(asker, resources, table)
    saw(*found.rows, details={"table": table})
    return found


def withdraw_experiments(asker: Asker, resources: Resources, table: str) -> Withdrawal:
    """Withdraw all rows of a table, and the samples and processes that were made for it and that nothing else rests on.

    Each gets a last version that is a deletion. The file, the mapping and terms stay. The table can be imported again.

    Parameters
    ----------
    table : str
        The name of the table, in the project that the asker works in.

    Raises
    ------
    RecordNotFound
        If no table of that name was imported.
    Refused, Conflict
        If the asker may not change one of the records, or somebody else changed it first.
    """
    found = _withdrawal(asker, resources, table)
    gone = [next_version(asker, r, deleted=True) for r in (*found.rows, *found.processes, *found.samples)]
    events = tuple(event_of(asker, record, "withdrawn", {"table": table}) for record in gone)
    commit(asker, resources, Batch(records=tuple(gone), events=events))
    return found


def _withdrawal(asker: Asker, resources: Resources, table: str) -> Withdrawal:
    visible = resources.visible(asker)
    rows = rows_of_table(resources, visible, table, project=resources.working_in(asker))
    if not rows:
        raise RecordNotFound(table)
    gone = {row.id for row in rows}
    told_of = {pid for row in rows if (pid := process_of(row)) is not None}
    made = resources.catalog.get_many(told_of, visible) if told_of else {}
    processes = {i for i, record in made.items() if record.kind is RecordKind.PROCESS}
    samples = {row.sample for row in rows if row.sample is not None and said_of(row).get("made_sample")}
    there = {**made, **(resources.catalog.get_many(samples, visible) if samples else {})}
    links = _links(asker, resources, processes | samples)
    others = {link.subject for link in links if link.object in samples} - gone - processes
    told = {process_of(r) for r in resources.catalog.get_many(others, visible).values()} if others else set()
    # A process stays where rows of another table tell of it, or somebody has tied more to it.
    kept = {i for i in processes if made[i].pid in told}
    kept |= {i for link in links for i in (link.subject, link.object) if i in processes and _is_tied(link, i, samples)}
    # A sample stays where anything else rests on it, or it came out of a process that stays or is another's.
    kept |= {link.object for link in links if link.object in samples and link.subject not in gone}
    fallen = processes - kept
    kept |= {link.subject for link in links if link.subject in samples and link.object not in fallen}
    return Withdrawal(
        table=table,
        rows=rows,
        processes=tuple(there[i] for i in sorted(processes - kept) if i in there),
        samples=tuple(there[i] for i in sorted(samples - kept) if i in there),
        stay=tuple(there[i] for i in sorted(kept) if i in there),
    )


def _is_tied(link: Link, process: UUID, samples: Collection[UUID]) -> bool:
    """Whether a link ties a process to more than the samples that the import made by it."""
    if link.subject == process:
        return True
    return link.object == process and not (link.predicate is Predicate.MADE_BY and link.subject in samples)


def _links(asker: Asker, resources: Resources, records: Iterable[UUID]) -> list[Link]:
    wanted = sorted(records)
    visible = resources.visible(asker)
    found: dict[tuple[UUID, str, UUID], Link] = {}
    for start in range(0, len(wanted), _PART):
        for link in resources.catalog.links(wanted[start : start + _PART], visible):
            found[link.subject, link.predicate.value, link.object] = link
    return list(found.values())
