"""A record with all it rests on and all that came of it: what exports of provenance are given."""

from __future__ import annotations

from uuid import UUID

from kiban.operations.changed_records import current
from kiban.operations.graph_campaigns import campaigns_of
from kiban.operations.resources import Resources
from kiban.operations.rights_of import effective_rights
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.provenance import Direction
from kiban.records.record import RecordKind
from kiban.standards.graph_contract import GraphExportable

MOST = 10_000
"""So many records are walked each way."""
KINDS = (RecordKind.SAMPLE, RecordKind.PROCESS, RecordKind.MEASUREMENT)
"""What a provenance graph is made of."""


def graph_of(
    asker: Asker, resources: Resources, identifier: str, *, address: str | None = None, most: int = MOST
) -> GraphExportable:
    """Walk back and forward from a record and gather what is there.

    Parameters
    ----------
    address : str, optional
        Where identifiers resolve, as `https://kiban.example.org/`.
    most : int
        Records each way; where there are more, `is_cut` says so.

    Raises
    ------
    RecordNotFound
        If there is no such sample, process or measurement that the asker may see.
    InvalidIdentifier
    """
    start = current(asker, resources, identifier, *KINDS)
    visible = resources.visible(asker)
    walks = [resources.catalog.walk([start.id], visible, direction=each, most=most) for each in Direction]
    ids: set[UUID] = {start.id}.union(*(walk.depths for walk in walks))
    # What was deleted since the walk is not there any more.
    found = {i: r for i, r in resources.catalog.get_many(ids, visible).items() if r.kind in KINDS}
    # Not those of the walks: what came of the start may rest directly on what the start rests on.
    links = resources.catalog.links(sorted(found), visible)
    inside = {link for link in links if link.subject in found and link.object in found}
    measurements = [record.id for record in found.values() if record.kind is RecordKind.MEASUREMENT]
    facts = resources.catalog.facts(visible, evidence=sorted(measurements)) if measurements else ()
    is_cut = any(walk.is_cut for walk in walks)
    chosen = {link for link in links if link.predicate is Predicate.HAD_MEMBER}
    learnt = {link for link in links if link.predicate is Predicate.LEARNT_FROM}
    return GraphExportable(
        start=start,
        records=tuple(found[i] for i in sorted(found)),
        links=tuple(sorted(inside, key=lambda link: (link.subject, link.predicate.value, link.object))),
        facts=tuple(sorted(facts, key=lambda fact: fact.id)),
        is_cut=is_cut,
        rights=effective_rights(resources, visible, found.values()),
        n_beyond=0 if is_cut else len(set(links) - inside - chosen - learnt),
        n_datasets=len({link.subject for link in chosen}),
        n_campaigns=len({link.subject for link in learnt}),
        campaigns=campaigns_of(resources, visible, learnt, found),
        address=address if address is None or address.endswith("/") else f"{address}/",
    )
