"""What harvesters are given: the published data sets that everybody may see, and those that everybody could see.

It is the same for whoever asks: what an anonymous party may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kiban.access.asker_of import anonymous
from kiban.operations.audited import reads, saw
from kiban.operations.export_dataset import exportable
from kiban.operations.resources import Resources
from kiban.operations.show_dataset import DATASETS
from kiban.records.dataset import DatasetState
from kiban.records.harvest import Notice, Span, Told
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.standards.dataset_contract import DatasetExportable
from kiban.store.harvest_register import Place

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """One data set."""

    told: Told
    given: DatasetExportable | None
    """What it is described from; `None` where it is gone, or only identifiers were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPage:
    """Part of what was asked for, in order of datestamp; `next` starts the part after it."""

    found: tuple[Harvested, ...]
    total: int
    next: Place | None


@reads("harvested")
def harvest(
    asker: Asker,
    resources: Resources,
    span: Span,
    *,
    after: Place | None = None,
    limit: int = 100,
    with_descriptions: bool = True,
    address: str | None = None,
) -> HarvestPage:
    """A part of what changed in a span of time.

    Parameters
    ----------
    after : tuple of datetime and UUID, optional
        `next` of the part before.
    address : str, optional
        Where the platform is reached.
    """
    everybody, visible = _everybody(asker, resources)
    bring_up_to_date(asker, resources)
    told = resources.harvests.told(span, after=after, limit=limit + 1)
    part = told[:limit]
    found = tuple(_described(everybody, resources, visible, part, address, with_descriptions=with_descriptions))
    last = part[-1] if part else None
    saw(n=len(found))
    return HarvestPage(
        found=found,
        total=resources.harvests.count(span),
        next=(last.datestamp, last.record) if last is not None and len(told) > limit else None,
    )


@reads("harvested")
def harvest_one(asker: Asker, resources: Resources, pid: str, *, address: str | None = None) -> Harvested | None:
    """One data set by its short identifier; `None` where it was never open to everybody."""
    everybody, visible = _everybody(asker, resources)
    bring_up_to_date(asker, resources)
    told = resources.harvests.one(pid)
    if told is None:
        return None
    [found] = _described(everybody, resources, visible, (told,), address, with_descriptions=True)
    saw(subject=pid)
    return found


@reads("harvested")
def harvest_sets(asker: Asker, resources: Resources) -> tuple[str, ...]:
    """The sets that something belongs to."""
    bring_up_to_date(asker, resources)
    return resources.harvests.sets()


@reads("harvested")
def harvest_begins(asker: Asker, resources: Resources) -> datetime | None:
    """The datestamp before which nothing has one; `None` where there is nothing."""
    bring_up_to_date(asker, resources)
    return resources.harvests.first()


def bring_up_to_date(asker: Asker, resources: Resources) -> int:
    """Hold what was told against what is open now; gives how many have changed."""

    def see() -> Collection[Notice]:
        _, visible = _everybody(replace(asker, at=datetime.now(UTC)), resources)
        return list(_open_now(resources, visible))

    return resources.harvests.bring_up_to_date(see, datetime.now(UTC))


def _everybody(asker: Asker, resources: Resources) -> tuple[Asker, Visible]:
    party = anonymous(resources.directory.load(), asker.at, address=asker.address)
    return party, resources.visible(party)


def _open_now(resources: Resources, visible: Visible) -> Iterator[Notice]:
    after: str | None = None
    while True:
        page = resources.catalog.find(DATASETS, visible, limit=_PAGE, after=after)
        published = [record for record in page.records if _is_published(record)]
        ties = _ties(resources, visible, published)
        for record in published:
            yield Notice(
                record=record.id,
                pid=record.pid,
                # Of another version that appears or gets a DOI its own description tells.
                mark=" ".join([str(record.version), str(record.scope), *sorted(ties[record.pid])]),
                sets=sets_of(record),
            )
        if (after := page.next) is None:
            return


def _is_published(record: Record) -> bool:
    return record.document.get("state") == DatasetState.FROZEN.value and bool(record.document.get("published_at"))


def _ties(resources: Resources, visible: Visible, records: list[Record]) -> defaultdict[str, set[str]]:
    ties: defaultdict[str, set[str]] = defaultdict(set)
    links = [
        x
        for x in (resources.catalog.links([record.id for record in records], visible) if records else ())
        if x.predicate is Predicate.REVISION_OF
    ]
    others = resources.catalog.get_many({end for x in links for end in (x.subject, x.object)}, visible)
    for link in links:
        if link.subject in others and link.object in others:
            one, other = others[link.subject], others[link.object]
            ties[one.pid].add(f"{other.pid}={other.document.get('doi') or ''}")
            ties[other.pid].add(f"{one.pid}={one.document.get('doi') or ''}")
    return ties


def sets_of(record: Record) -> tuple[str, ...]:
    """The sets of a data set: its project's, and those of its techniques, with what is above them."""
    techniques = [f"technique:{each}" for each in record.document.get("techniques", ())]
    return ("project", f"project:{record.project}", *(["technique", *techniques] if techniques else []))


def _described(
    asker: Asker,
    resources: Resources,
    visible: Visible,
    part: tuple[Told, ...],
    address: str | None,
    *,
    with_descriptions: bool,
) -> Iterator[Harvested]:
    live = [each.record for each in part if not each.is_gone]
    records = resources.catalog.get_many(live, visible) if with_descriptions and live else {}
    for told in part:
        record = records.get(told.record)
        if told.is_gone or not with_descriptions:
            yield Harvested(told=told, given=None)
        elif record is None or not _is_published(record):
            # Closed since it was looked at, a moment ago: told as gone, and noted so the next time.
            yield Harvested(told=replace(told, is_gone=True), given=None)
        else:
            given = exportable(asker, resources, visible, record, address=address, whole=False)
            yield Harvested(told=told, given=given)
