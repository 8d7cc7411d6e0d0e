"""State the rights in a record, in a project, or in many records at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kiban.errors import Conflict, InvalidValue
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.datasets import check_draft
from kiban.operations.find import understood
from kiban.operations.resources import Resources
from kiban.operations.rights_of import own_rights
from kiban.query.question import And, Extent, Has
from kiban.records.document import to_json
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.rights.rights import Rights
from kiban.store.catalog import Batch

MANY = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT)
"""Kinds whose rights can be stated for all answers to a question."""
STATABLE = (*MANY, RecordKind.DATASET, RecordKind.PROJECT)
STATED = "stated rights"
WITHDRAWN = "withdrew rights"
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMany:
    """What became of many records."""

    n_stated: int
    n_same: int
    """They said the same before and stay as they are."""
    n_elsewhere: int
    """They belong to other projects and stay as they are."""


def state_rights(
    asker: Asker, resources: Resources, identifier: str, rights: Rights | None, *, expected: int | None = None
) -> Record:
    """Keep what is stated as the next version of a record.

    Parameters
    ----------
    rights : Rights, optional
        All of it anew; `None` takes away what the record states itself, so that its project's count.
    expected : int, optional
        The version that the statement was made on.

    Raises
    ------
    RecordNotFound
        If there is no such sample, process, measurement, data set or project that the asker may see.
    Conflict
        If somebody else changed it first.
    Refused
        If the asker may see the record and not change it.
    InvalidValue
        If the record states the same already, or is a data set that is frozen.
    """
    record = current(asker, resources, identifier, *STATABLE)
    check_version(record, expected)
    if record.kind is RecordKind.DATASET:
        check_draft(record)
    new = _stating(asker, record, rights)
    if new is None:
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Change something, then save it.")
    return commit(asker, resources, Batch(records=(new,), events=(_event(asker, record, new),))).records[0]


def state_rights_as_in(
    asker: Asker, resources: Resources, identifier: str, version: int, *, expected: int | None = None
) -> Record:
    """State again what an earlier version stated; all else of the record stays. Raises as `state_rights`."""
    record = current(asker, resources, identifier, *STATABLE)
    earlier = resources.catalog.get(record.id, resources.visible(asker), version=version)
    return state_rights(asker, resources, identifier, own_rights(earlier), expected=expected)


def state_rights_of_all(
    asker: Asker, resources: Resources, text: str, rights: Rights | None, *, expected: int | None = None
) -> StatedMany:
    """State the rights in all samples, processes and measurements that answer a question, in one transaction.

    Parameters
    ----------
    expected : int, optional
        How many answers there were when somebody decided.

    Raises
    ------
    InvalidQuestion
    Conflict
        If there are more or fewer answers by now.
    Refused
        If the asker may add to no project, or not to the one it works in.
    InvalidValue
        If nothing would change.
    """
    question = And((understood(asker, resources, text), Has("kind", Extent.ANY, tuple(k.value for k in MANY))))
    visible, project = resources.visible(asker), resources.project_of(asker)
    counts = {"stated": 0, "same": 0, "elsewhere": 0}

    def stating() -> Iterator[tuple[Record, Record]]:
        after: str | None = None
        while True:
            # What is written here is not seen by what is asked, so the pages stay the same.
            page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
            for record in page.records:
                new = _stating(asker, record, rights)
                is_elsewhere = record.project != project
                counts["elsewhere" if is_elsewhere else "same" if new is None else "stated"] += 1
                if new is not None and not is_elsewhere:
                    yield record, new
            if (after := page.next) is None:
                return

    with resources.catalog.writing(visible, project=project) as writing:
        changed = stating()
        while pairs := list(islice(changed, _PAGE)):
            events = tuple(_event(asker, before, after) for before, after in pairs)
            writing.add(Batch(records=tuple(after for _, after in pairs), events=events))
        # Raised inside, so that nothing of it is kept.
        if expected is not None and sum(counts.values()) != expected:
            raise Conflict(
                f"{sum(counts.values())} records answer by now; the statement was made for {expected}.",
                mend="Look at the answers again.",
            )
        if not counts["stated"]:
            raise InvalidValue(
                f"Of {sum(counts.values())} records that answer, none would change.",
                mend="Ask for others, or state something else.",
            )
    return StatedMany(n_stated=counts["stated"], n_same=counts["same"], n_elsewhere=counts["elsewhere"])


def _stating(asker: Asker, record: Record, rights: Rights | None) -> Record | None:
    if own_rights(record) == rights:
        return None
    stated = to_json(rights) if rights is not None else None
    return next_version(asker, record, document={**record.document, "rights": stated})


def _event(asker: Asker, before: Record, after: Record) -> Any:
    """Which parts changed, not what they say."""
    earlier, now = (dict(record.document.get("rights") or {}) for record in (before, after))
    changed = sorted(name for name in {**earlier, **now} if (earlier.get(name) or None) != (now.get(name) or None))
    return event_of(asker, after, STATED if now else WITHDRAWN, {"changed": changed})
