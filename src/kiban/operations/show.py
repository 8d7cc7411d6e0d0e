"""One record with everything that is known of it: values, provenance, files, history, and why the asker sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from kiban.access.verdict import Verdict, weigh
from kiban.errors import RecordNotFound
from kiban.operations.as_seen import as_seen, events_as_seen
from kiban.operations.audited import reads, saw
from kiban.operations.owed import Owed, owed_for
from kiban.operations.resources import Resources
from kiban.operations.rights_of import StatedRights, stated_rights
from kiban.records.event import Event
from kiban.records.file_entry import FileEntry
from kiban.records.identity import parse_pid
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Visible, having_numbers

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of the record to another one."""

    predicate: str
    other: Record
    outgoing: bool
    """The record is the link's subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A record and its surroundings."""

    record: Record
    scope: Scope
    held: frozenset[Right]
    """What the asker may do with it."""
    grounds: tuple[tuple[str, Verdict], ...]
    """What gives these rights: each verdict with the name of its rule, that which gives most first."""
    sample: Record | None
    ties: tuple[Tie, ...]
    facts: tuple[Fact, ...]
    evidence: dict[UUID, Record]
    """The measurements that the facts rest on."""
    composition: dict[str, float]
    files: tuple[FileEntry, ...]
    versions: tuple[Record, ...]
    events: tuple[Event, ...]
    rights: StatedRights | None = None
    """Those that are stated for it: licence, holder, contributors, funding."""
    owed: Owed | None = None
    """What its use is bound to by the agreement that it is shared under."""

    @property
    def reason(self) -> str:
        """Why the asker may see it."""
        return self.grounds[0][1].reason

    def may(self, right: Right | str) -> bool:
        """Say whether the asker may do this with it."""
        return Right(right) in self.held

    @property
    def is_earlier(self) -> bool:
        """It is not the current version that is shown."""
        return bool(self.versions) and self.record.version < self.versions[0].version


@reads("read record", at_one_moment=True)
def show(asker: Asker, resources: Resources, identifier: str, *, version: int | None = None) -> Shown:
    """Gather one record.

    For who may read what describes it alone, it comes without values, files and what rests on it.

    Raises
    ------
    RecordNotFound
        If there is none, or none that the asker may see.
    InvalidIdentifier
        If the identifier is misspelt.
    """
    catalog, visible = resources.catalog, resources.visible(asker)
    record = catalog.get(resolve(identifier), visible, version=version)
    [scope] = having_numbers(resources.scopes(), [record.scope])
    judgement = weigh(asker, scope)
    links = catalog.links([record.id], visible)
    others = catalog.get_many({link.object if link.subject == record.id else link.subject for link in links}, visible)
    is_sample = record.kind is RecordKind.SAMPLE
    facts = catalog.facts(visible, subjects=[record.id]) if is_sample else catalog.facts(visible, evidence=[record.id])
    ties = tuple(
        Tie(link.predicate.value, others[other], link.subject == record.id)
        for link in links
        if (other := link.object if link.subject == record.id else link.subject) in others
    )
    sample = catalog.get_many([record.sample], visible).get(record.sample) if record.sample is not None else None
    files = catalog.files(visible, record=record.id)
    versioned = {} if version is None else {"version": version}
    saw(record, *others.values(), *files, subject=record.pid, details=versioned)
    return Shown(
        record=as_seen(resources, visible, record),
        scope=scope,
        held=judgement.rights,
        grounds=tuple(sorted(judgement.permissions, key=lambda ground: -len(ground[1].rights))),
        sample=sample,
        ties=ties,
        facts=facts,
        evidence=catalog.get_many({fact.evidence for fact in facts}, visible),
        composition=catalog.compositions([sample.id], visible).get(sample.id, {}) if sample is not None else {},
        files=files,
        versions=_versions(resources, visible, record, is_newest=version is None),
        events=events_as_seen(visible, record, catalog.events(visible, subject=record.id)),
        rights=stated_rights(resources, visible, record),
        owed=owed_for(asker, resources, scope),
    )


def _versions(resources: Resources, visible: Visible, record: Record, *, is_newest: bool) -> tuple[Record, ...]:
    """Its versions. Where the newest was asked for, one that was added since does not make it an earlier one."""
    found = resources.catalog.versions(record.id, visible)
    return tuple(each for each in found if each.version <= record.version) if is_newest else found


def resolve(identifier: str) -> UUID | str:
    """Read an identifier in any of its spellings: short, or the long one that programs use.

    Raises
    ------
    InvalidIdentifier
        If it is neither.
    RecordNotFound
        If it is far too long to be one.
    """
    if len(identifier) > _LONGEST:
        raise RecordNotFound(identifier[:_LONGEST])
    if _UUID.fullmatch(identifier):
        return UUID(identifier)
    return parse_pid(identifier)
