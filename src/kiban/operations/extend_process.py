"""Say what else went into a process, came out of it or recorded it, once that is known."""

from __future__ import annotations

from collections.abc import Sequence

from kiban.errors import InvalidValue
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.resources import Resources
from kiban.records.link import Link, Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch


def extend_process(
    asker: Asker,
    resources: Resources,
    identifier: str,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    logs: Sequence[str] = (),
    expected: int | None = None,
) -> Record:
    """Link samples and measurements that exist to a process.

    Parameters
    ----------
    inputs, outputs : sequence of str
        Identifiers of samples that went in and came out.
    logs : sequence of str
        Identifiers of measurements that recorded it, such as the log of a furnace.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed the process first.
    InvalidValue
        If nothing new is said, or something would come from itself.
    """
    process = current(asker, resources, identifier, RecordKind.PROCESS)
    check_version(process, expected)
    links = [
        *(_link(process, Predicate.USED, current(asker, resources, i, RecordKind.SAMPLE)) for i in inputs),
        *(_link(current(asker, resources, i, RecordKind.SAMPLE), Predicate.MADE_BY, process) for i in outputs),
        *(_link(current(asker, resources, i, RecordKind.MEASUREMENT), Predicate.LOG_OF, process) for i in logs),
    ]
    known = {
        (link.subject, link.predicate, link.object)
        for link in resources.catalog.links([process.id], resources.visible(asker))
    }
    new = [link for link in links if (link.subject, link.predicate, link.object) not in known]
    if not new:
        raise InvalidValue(f"{process.title} would stay as it is.", mend="Name samples or measurements that are new.")
    after = next_version(asker, process)
    details = {"inputs": list(inputs), "outputs": list(outputs), "logs": list(logs)}
    event = event_of(asker, after, "extended process", {name: ids for name, ids in details.items() if ids})
    return commit(asker, resources, Batch(records=(after,), links=tuple(new), events=(event,))).records[0]


def _link(subject: Record, predicate: Predicate, target: Record) -> Link:
    return Link(subject=subject.id, predicate=predicate, object=target.id, scope=subject.scope)
