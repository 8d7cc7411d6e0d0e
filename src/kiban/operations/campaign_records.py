"""A campaign and the records that it rests on: what of it is for whom, and which links lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiban.errors import RecordNotFound
from kiban.operations.resources import Resources
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import campaign_from_json
from kiban.planning.campaign.telling import Done
from kiban.query.identifiers import named_record
from kiban.records.link import Link, Predicate
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record


def campaign_of(record: Record) -> Campaign:
    """What a record says, as a campaign."""
    return campaign_from_json(dict(record.document))


def records_in(campaign: Campaign) -> tuple[str, ...]:
    """The short identifiers of the records that its experiments rest on."""
    return tuple(dict.fromkeys(_named(text for each in campaign.experiments for text in each.records)))


def part_for(asker: Asker, resources: Resources, campaign: Campaign, right: Right = Right.USE) -> Campaign:
    """The campaign without what rests on records on which the asker has no such right: to put them into models."""
    named = records_in(campaign)
    if not named:
        return campaign
    there = resources.catalog.get_many(named, resources.visible(asker, right))
    return campaign.without_records(set(named) - {record.pid for record in there.values()})


def usable(asker: Asker, resources: Resources, done: Iterable[Done]) -> tuple[Done, ...]:
    """Experiments of the past, with the identifiers of records that they rest on in their one spelling.

    Raises
    ------
    RecordNotFound
        If one rests on a record that the asker may not put into models.
    """
    given = tuple(done)
    named = {pid for each in given if (pid := named_record(each.rests_on)) is not None}
    if not named:
        return given
    found = {r.pid for r in resources.catalog.get_many(sorted(named), resources.visible(asker, Right.USE)).values()}
    if missing := sorted(named - found):
        raise RecordNotFound(missing[0])
    return tuple(replace(each, rests_on=named_record(each.rests_on) or each.rests_on) for each in given)


def learnt_links(
    asker: Asker, resources: Resources, record: Record, after: Campaign, before: Campaign | None = None
) -> tuple[Link, ...]:
    """The links of a campaign's record to what it rests on by now and did not before."""
    fresh = _rested_on(after) - (_rested_on(before) if before is not None else set())
    if not fresh:
        return ()
    visible = resources.visible(asker)
    there = {link.object for link in resources.catalog.links([record.id], visible)} if before is not None else set()
    found = resources.catalog.get_many(sorted(fresh), visible)
    return tuple(
        Link(subject=record.id, predicate=Predicate.LEARNT_FROM, object=i, scope=record.scope)
        for i in sorted(found)
        if i not in there
    )


def _rested_on(campaign: Campaign) -> set[str]:
    """What its experiments rest on, and the studies that counted for suggestions."""
    studies = (used.record for batch in campaign.batches for used in batch.studies if any(used.counts.values()))
    return {*records_in(campaign), *_named(studies)}


def _named(texts: Iterable[str]) -> Iterable[str]:
    return (pid for text in texts if (pid := named_record(text)) is not None)
