"""Data sets while they are drafted: begin one, say what it is, put records in, take them out; begin the next version.

Not to be taken for the data sets of RDE (`kiban.operations.data_sets`): those are one measurement with its files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from kiban.errors import Conflict, InvalidValue, RecordNotFound
from kiban.operations.changed_records import check_version, commit, current, event_of, new_record, next_version
from kiban.operations.find import understood
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place, scope_of
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.query.question import And, Extent, Has
from kiban.records.dataset import MEMBER_KINDS, MOST_MEMBERS, Dataset, DatasetState, Member
from kiban.records.document import from_json, to_json
from kiban.records.link import Link, Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Tier
from kiban.store.catalog import Batch

_PAGE = 1000
CHANGEABLE = (
    *("title", "description", "keywords", "resource_type", "publisher", "publisher_ror", "published_on"),
    *("related", "doi", "question"),
)
"""What people say of a draft."""


def begin_dataset(
    asker: Asker,
    resources: Resources,
    dataset: Dataset,
    *,
    records: Sequence[str] = (),
    question: str | None = None,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> Record:
    """Keep the draft of a new data set. Unless something else is said, it is closed where its project allows that.

    Parameters
    ----------
    dataset : Dataset
        Without members.
    records : sequence of str
        Identifiers of the records to hold.
    question : str, optional
        All samples, processes and measurements that answer it are held, too.

    Raises
    ------
    RecordNotFound, InvalidIdentifier
        If a record is not there, or is none that a data set can hold.
    InvalidQuestion
    InvalidValue
        If there are too many.
    """
    _check_new(dataset)
    chosen = _chosen(asker, resources, records, question)
    dataset = replace(dataset, members=_members(chosen), question=dataset.question or question or "")
    return _keep_new(asker, resources, dataset, _draft_scope(asker, resources, placement))


def change_dataset(
    asker: Asker, resources: Resources, identifier: str, changes: Mapping[str, Any], *, expected: int | None = None
) -> Record:
    """Say something else of a draft. Of a frozen one a DOI can be entered, once.

    Parameters
    ----------
    changes : mapping
        Attributes of `Dataset` by name, those of `CHANGEABLE`.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed it first.
    InvalidValue
        If nothing changes, a value breaks a rule, or what is said of it is frozen.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    check_version(record, expected)
    before = dataset_of(record)
    if unknown := sorted(set(changes) - set(CHANGEABLE)):
        raise InvalidValue(
            f"A data set has no '{unknown[0]}' to change.", mend=f"Change one of: {', '.join(CHANGEABLE)}."
        )
    after = from_json({**to_json(before), **{name: to_json(value) for name, value in changes.items()}}, Dataset)
    if before.is_frozen:
        before.check_same_contents(after)
        if before.doi and after.doi != before.doi:
            raise InvalidValue(
                f"{record.pid} has the DOI {before.doi}: what it is cited by does not change.",
                mend="Make its next version, which gets one of its own.",
            )
        if after.published_on != before.published_on or before.state is DatasetState.WITHDRAWN:
            before.check_same_contents(replace(after, number=after.number + 1))
    return save_dataset(asker, resources, record, after, "changed data set")


def add_members(
    asker: Asker,
    resources: Resources,
    identifier: str,
    *,
    records: Sequence[str] = (),
    question: str | None = None,
    expected: int | None = None,
) -> Record:
    """Put records into a draft, each in its current version; those that it holds stay.

    Raises
    ------
    RecordNotFound, InvalidIdentifier, InvalidQuestion
        As `begin_dataset`.
    Conflict
        If somebody else changed it first.
    InvalidValue
        If nothing is new, there are too many, or it is frozen.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    check_version(record, expected)
    before = check_draft(record)
    held = {member.id for member in before.members}
    chosen = [each for each in _chosen(asker, resources, records, question) if each.pid not in held]
    if not chosen:
        raise InvalidValue("All of these records are in the data set.", mend="Name others, or ask for others.")
    after = replace(
        before, members=(*before.members, *_members(chosen)), question=before.question or (question or "").strip()
    )
    links = _links_of(record, replace(after, members=_members(chosen), previous=None))
    return save_dataset(asker, resources, record, after, "added to data set", links=links)


def remove_members(
    asker: Asker, resources: Resources, identifier: str, records: Collection[str], *, expected: int | None = None
) -> Record:
    """Take records out of a draft.

    Raises
    ------
    RecordNotFound
        If there is no such data set that the asker may see, or one of the records is not in it.
    Conflict
        If somebody else changed it first.
    InvalidValue
        If it is frozen.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    check_version(record, expected)
    before = check_draft(record)
    if not records:
        raise InvalidValue("No record was named.", mend="Name those to take out.")
    going = {current(asker, resources, each).pid for each in records}
    # Those that the asker does not see are not there to be taken out, and stay.
    if missing := sorted(going - {member.id for member in before.members}):
        raise RecordNotFound(missing[0])
    after = replace(before, members=tuple(each for each in before.members if each.id not in going))
    links = _links_of(record, after)
    return save_dataset(asker, resources, record, after, "took out of data set", links=links, is_relinked=True)


def begin_next_version(asker: Asker, resources: Resources, identifier: str) -> Record:
    """Begin the next version of a frozen data set: a draft that says and holds the same, each record as it is now.

    Its identifier is a new one, and it gets a DOI of its own. Records that are not there any more are left out.

    Raises
    ------
    RecordNotFound
    Conflict
        If there is a next version.
    InvalidValue
        If it is not frozen: then it can be changed itself.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    before = dataset_of(record)
    if not before.is_frozen:
        raise InvalidValue(f"{record.pid} is a draft.", mend="Change it as it is; freeze it to have a version of it.")
    visible = resources.visible(asker)
    for link in resources.catalog.links([record.id], visible):
        if link.predicate is Predicate.REVISION_OF and link.object == record.id:
            later = resources.catalog.get(link.subject, visible)
            raise Conflict(f"{record.pid} has a next version, {later.pid}.", mend="Change that one.")
    found = resources.catalog.get_many([member.id for member in before.members], visible)
    by_pid = {each.pid: each for each in found.values()}
    chosen = [by_pid[member.id] for member in before.members if member.id in by_pid]
    after = Dataset(
        title=before.title,
        description=before.description,
        members=_members(chosen),
        question=before.question,
        keywords=before.keywords,
        resource_type=before.resource_type,
        publisher=before.publisher,
        publisher_ror=before.publisher_ror,
        related=before.related,
        rights=before.rights,
        number=before.number + 1,
        previous=_member(record),
    )
    own = replace(asker, project=record.project)
    return _keep_new(own, resources, after, _draft_scope(own, resources, AS_THE_PROJECT_SAYS), before=record)


def save_dataset(
    asker: Asker,
    resources: Resources,
    record: Record,
    after: Dataset,
    action: str,
    *,
    links: Sequence[Link] = (),
    is_relinked: bool = False,
) -> Record:
    """Keep the next version of a data set's record, with an event that names what changed. Raises as `commit`.

    Events do not count members: whoever reads them may not see all of these.
    """
    before = dataset_of(record)
    if after == before:
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Change something, then save it.")
    earlier, document = to_json(before), to_json(after)
    changed = sorted(name for name in document if earlier.get(name) != document[name])
    new = next_version(asker, record, title=after.name, document=document)
    batch = Batch(
        records=(new,),
        relinked=frozenset({record.id}) if is_relinked else frozenset(),
        links=tuple(links),
        events=(event_of(asker, new, action, {"changed": changed}),),
    )
    return commit(asker, resources, batch).records[0]


def dataset_of(record: Record) -> Dataset:
    """What a record says, as a data set."""
    return from_json(dict(record.document), Dataset)


def check_draft(record: Record) -> Dataset:
    """The data set of a record, if it may still be changed. Raises InvalidValue."""
    dataset = dataset_of(record)
    if dataset.is_frozen:
        raise InvalidValue(
            f"{record.pid} is {dataset.state}: what it says and holds does not change.",
            mend="Make its next version, and change that.",
        )
    return dataset


def _check_new(dataset: Dataset) -> None:
    if dataset.members or dataset.is_frozen or dataset.number != 1 or dataset.previous or dataset.published_at:
        raise InvalidValue(
            "A new data set came with members, or as a version of another.", mend="Name its records beside it."
        )


def _keep_new(
    asker: Asker,
    resources: Resources,
    dataset: Dataset,
    scope: Scope,
    before: Record | None = None,
) -> Record:
    record = new_record(asker, RecordKind.DATASET, dataset.name, to_json(dataset), scope=scope)
    # Versions of a data set share their title: it is no key.
    record = replace(record, key=None)
    links = _links_of(record, dataset)
    told = {"previous": before.pid} if before is not None else {}
    batch = Batch(records=(record,), links=tuple(links), events=(event_of(asker, record, "began data set", told),))
    return commit(asker, resources, batch).records[0]


def _draft_scope(asker: Asker, resources: Resources, placement: Placement) -> Scope:
    if placement != AS_THE_PROJECT_SAYS:
        return place(asker, resources, placement)
    project = resources.directory.load().project(resources.project_of(asker))
    is_closed = Tier.CLOSED in project.allowed
    scope = place(asker, resources, Placement(tier=Tier.CLOSED) if is_closed else placement)
    return scope_of(resources, scope.number)


def _chosen(asker: Asker, resources: Resources, records: Sequence[str], question: str | None) -> list[Record]:
    visible = resources.visible(asker)
    found: dict[UUID, Record] = {}
    wanted = [resolve(each) for each in records]
    there = resources.catalog.get_many(wanted, visible)
    by_name: dict[str | UUID, Record] = {each.pid: each for each in there.values()}
    by_name |= {each.id: each for each in there.values()}
    for asked, name in zip(records, wanted, strict=True):
        record = by_name.get(name)
        if record is None or record.kind not in MEMBER_KINDS:
            raise RecordNotFound(asked)
        found[record.id] = record
    if question is not None:
        found |= {each.id: each for each in _answers(asker, resources, question)}
    return list(found.values())


def _answers(asker: Asker, resources: Resources, text: str) -> Iterable[Record]:
    question = And((understood(asker, resources, text), Has("kind", Extent.ANY, tuple(k.value for k in MEMBER_KINDS))))
    visible = resources.visible(asker)
    if (n := resources.catalog.count(question, visible)) > MOST_MEMBERS:
        raise InvalidValue(
            f"{n} records answer; a data set holds at most {MOST_MEMBERS}.", mend="Ask for fewer, or make several."
        )
    after: str | None = None
    while True:
        page = resources.catalog.find(question, visible, limit=_PAGE, after=after)
        yield from page.records
        if (after := page.next) is None:
            return


def _members(records: Iterable[Record]) -> tuple[Member, ...]:
    return tuple(_member(record) for record in records)


def _member(record: Record) -> Member:
    return Member(id=record.pid, version=record.version, uuid=record.id)


def _links_of(record: Record, dataset: Dataset) -> list[Link]:
    held = [(Predicate.HAD_MEMBER, member.uuid) for member in dataset.members]
    before = [(Predicate.REVISION_OF, dataset.previous.uuid)] if dataset.previous is not None else []
    return [
        Link(subject=record.id, predicate=predicate, object=other, scope=record.scope)
        for predicate, other in (*held, *before)
    ]
