"""A data set as one asker sees it: its records that the asker may see, each in the version it holds, and its versions.

Who does not see a record sees a data set without it: nothing says that there is another one, and none is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from kiban.operations.as_seen import as_seen
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.dataset_rights import Gathered, gathered
from kiban.operations.datasets import dataset_of
from kiban.operations.placement import scope_of
from kiban.operations.resources import Resources
from kiban.operations.rights_of import StatedRights, effective_rights, stated_rights
from kiban.query.question import Comparison, Operator, Question
from kiban.records.dataset import Dataset, DatasetState
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Visible

DATASETS: Question = Comparison("kind", Operator.EQUAL, RecordKind.DATASET.value)
_MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDataset:
    """A data set with its surroundings, cut down to what the asker may see."""

    record: Record
    dataset: Dataset
    """Its members are those that the asker may see."""
    scope: Scope
    members: tuple[Record, ...]
    """In the versions that the data set holds, in its order."""
    rights: StatedRights | None
    gathered: Gathered
    """What the members state."""
    versions: tuple[Record, ...]
    """Of the same data set, the first one first; this one is among them."""
    may_change: bool

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many members there are of each kind."""
        return tuple(sorted(Counter(each.kind.value for each in self.members).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDataset:
    """A data set as a list shows it."""

    id: str
    title: str
    title_ja: str
    state: DatasetState
    number: int
    tier: str
    n_members: int
    """Those that the asker may see."""
    doi: str
    published_on: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class DatasetList:
    """Part of a list; `next` starts the part after it."""

    datasets: tuple[ListedDataset, ...]
    next: str | None
    total: int


@reads("read data set")
def show_dataset(asker: Asker, resources: Resources, identifier: str) -> ShownDataset:
    """Gather one data set.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    InvalidIdentifier
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    visible = resources.visible(asker)
    dataset, members = seen_members(resources, visible, record)
    versions = _versions(resources, visible, record)
    saw(record, *members, subject=record.pid, n=len(members))
    return ShownDataset(
        record=as_seen(resources, visible, record),
        dataset=dataset,
        scope=scope_of(resources, record.scope),
        members=members,
        rights=stated_rights(resources, visible, record),
        gathered=gathered(members, effective_rights(resources, visible, members)),
        versions=versions,
        may_change=record.scope in visible.writable,
    )


def seen_members(resources: Resources, visible: Visible, record: Record) -> tuple[Dataset, tuple[Record, ...]]:
    """A data set with the members that are visible, and their records in the versions that it holds.

    What was withdrawn holds nothing any more but for those who may change it: it should not be used.
    """
    dataset = dataset_of(record)
    if dataset.state is DatasetState.WITHDRAWN and record.scope not in visible.writable:
        dataset = replace(dataset, members=())
    wanted = [(member.uuid, member.version) for member in dataset.members]
    found = resources.catalog.get_versions(wanted, visible) if wanted else {}
    held = tuple(member for member in dataset.members if (member.uuid, member.version) in found)
    previous = dataset.previous
    if previous is not None and previous.uuid not in resources.catalog.get_many([previous.uuid], visible):
        previous = None
    return (
        replace(dataset, members=held, previous=previous),
        tuple(found[member.uuid, member.version] for member in held),
    )


@reads("listed data sets")
def list_datasets(asker: Asker, resources: Resources, *, limit: int = 50, after: str | None = None) -> DatasetList:
    """List the data sets that the asker may see, the last begun first."""
    visible = resources.visible(asker)
    page = resources.catalog.find(DATASETS, visible, limit=limit, after=after)
    counts = resources.catalog.count_by_scope(visible, DATASETS)
    saw(scopes=counts, n=sum(counts.values()))
    tiers = {scope.number: scope.tier.value for scope in resources.catalog.scopes()}
    drawn = [_listed(resources, visible, record, tiers[record.scope]) for record in page.records]
    return DatasetList(datasets=tuple(drawn), next=page.next, total=sum(counts.values()))


@reads("listed data sets")
def datasets_with(asker: Asker, resources: Resources, records: Collection[UUID]) -> dict[UUID, tuple[Record, ...]]:
    """For each of some records the data sets that hold it and that the asker may see."""
    visible = resources.visible(asker)
    links = [x for x in resources.catalog.links(records, visible) if x.predicate is Predicate.HAD_MEMBER]
    found = resources.catalog.get_many({link.subject for link in links}, visible)
    saw(*found.values(), n=len(found))
    held: dict[UUID, list[Record]] = {}
    for link in links:
        if link.subject in found:
            held.setdefault(link.object, []).append(found[link.subject])
    return {record: tuple(each) for record, each in held.items()}


def _listed(resources: Resources, visible: Visible, record: Record, tier: str) -> ListedDataset:
    dataset, members = seen_members(resources, visible, record)
    return ListedDataset(
        id=record.pid,
        title=dataset.title.en or dataset.title.ja,
        title_ja=dataset.title.ja or dataset.title.en,
        state=dataset.state,
        number=dataset.number,
        tier=tier,
        n_members=len(members),
        doi=dataset.doi,
        published_on=dataset.published_on,
        changed_at=record.created_at.isoformat(),
    )


def _versions(resources: Resources, visible: Visible, record: Record) -> tuple[Record, ...]:
    """All that are tied to it as versions, by their numbers."""
    found, waiting = {record.id: record}, [record.id]
    while waiting and len(found) < _MOST_VERSIONS:
        links = resources.catalog.links(waiting, visible)
        ends = {end for x in links if x.predicate is Predicate.REVISION_OF for end in (x.subject, x.object)}
        waiting = sorted(ends - found.keys())
        found |= {each.id: each for each in resources.catalog.get_many(waiting, visible).values()}
    return tuple(sorted(found.values(), key=lambda each: (each.document.get("number", 1), each.id)))
