"""Freeze a data set, publish it, withdraw it.

Publishing opens the data set itself and nothing that it holds: what its records say is opened by those who decide about
them, before, and by a step of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kiban.access.asker_of import anonymous
from kiban.errors import Conflict, InvalidValue, Refused
from kiban.operations.audited import reads, saw
from kiban.operations.change_tier import TierChange, preview_tier
from kiban.operations.changed_records import check_version, commit, current, event_of, next_version
from kiban.operations.chosen import chosen_record
from kiban.operations.dataset_rights import RightsConflict, completed, conflicts, gathered
from kiban.operations.datasets import check_draft, dataset_of, save_dataset
from kiban.operations.placement import scope_of
from kiban.operations.rescope import Preview, Rescoped, carry_out
from kiban.operations.resources import Resources
from kiban.operations.rights_of import effective_rights, own_rights, stated_rights
from kiban.operations.show_dataset import seen_members
from kiban.records.dataset import Dataset, DatasetState, Member
from kiban.records.document import to_json
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope, Tier
from kiban.store.catalog import Batch

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOpen:
    """A record of a data set that not everybody could see when the data set is open."""

    record: Record
    is_other_version: bool
    """It is open by now, in another version than the one that the data set holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What publishing a data set would change, and what stands in its way."""

    record: Record
    dataset: Dataset
    preview: Preview | None
    """For whom what would change; `None` where the data set is open already."""
    not_open: tuple[NotOpen, ...]
    """At most 20, of those that the asker may see."""
    n_not_open: int
    is_whole: bool
    """Everything that it holds would be seen by everybody."""
    conflicts: tuple[RightsConflict, ...]
    mark: str
    """Tells this preview from any other: what is confirmed is what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was done."""

    record: Record
    rescoped: Rescoped | None


def freeze_dataset(asker: Asker, resources: Resources, identifier: str, *, expected: int | None = None) -> Record:
    """Let a draft be as it is from now on: its records in their current versions, its rights as they count now.

    Contributors and funding that it does not state are those of its records, and so is the licence where they all have
    the same one.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed it first.
    InvalidValue
        If it is frozen, it lacks what it takes to be cited, or a record of it is not there any more.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    check_version(record, expected)
    before = check_draft(record)
    visible = resources.visible(asker)
    there = resources.catalog.get_many([member.uuid for member in before.members], visible)
    if any(member.uuid not in there for member in before.members):
        # Whoever freezes it answers for what is in it. Which one it is would tell of a record that is not theirs.
        raise InvalidValue(
            f"Not all records of {record.pid} are there any more, or not for you.",
            mend="Have somebody freeze it who sees all of it, or begin it anew with those that are there.",
        )
    members = tuple(there[member.uuid] for member in before.members)
    stated = stated_rights(resources, visible, record)
    found = gathered(members, effective_rights(resources, visible, members))
    after = replace(
        before,
        members=tuple(Member(id=each.pid, version=each.version, uuid=each.id) for each in members),
        rights=completed(stated.rights if stated is not None else None, found),
        state=DatasetState.FROZEN,
        frozen_at=datetime.now(asker.at.tzinfo).isoformat(timespec="seconds"),
        frozen_by=asker.party,
    )
    if missing := after.missing():
        raise InvalidValue(
            f"{record.pid} lacks {', '.join(missing)}.", mend="State that first: it cannot be added once it is frozen."
        )
    return save_dataset(asker, resources, record, after, "froze data set")


@reads("looked at publication")
def preview_publication(
    asker: Asker, resources: Resources, identifier: str, *, closed_until: datetime | None = None
) -> Publication:
    """What publishing would change, for whom, and which records stand in its way.

    Parameters
    ----------
    closed_until : datetime, optional
        The end of an embargo: it is open to everybody only after that.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker is no steward of its project, the project does not allow open records, or export control does not
        let it go to everybody.
    InvalidValue
        If it is not frozen, is published, or was withdrawn.
    """
    choice = chosen_record(asker, resources, identifier)
    record = current(asker, resources, identifier, RecordKind.DATASET)
    dataset = dataset_of(record)
    if dataset.state is not DatasetState.FROZEN:
        raise InvalidValue(
            f"{record.pid} is {'a draft' if dataset.state is DatasetState.DRAFT else 'withdrawn'}.",
            mend="Freeze it first: what is published does not change."
            if dataset.state is DatasetState.DRAFT
            else "Publish its next version.",
        )
    scope = scope_of(resources, record.scope)
    if dataset.published_at and scope.number in resources.visible(anonymous(resources.directory.load(), asker.at)):
        raise InvalidValue(f"{record.pid} is published.", mend="Change it by its next version.")
    change = TierChange(tier=Tier.OPEN, closed_until=closed_until, ends_embargo=closed_until is None)
    preview = None if _is_as_wanted(scope, closed_until) else preview_tier(asker, resources, choice, change)
    not_open, n_not_open, is_whole = _not_open(asker, resources, dataset, closed_until)
    visible = resources.visible(asker)
    _, members = seen_members(resources, visible, record)
    saw(record, *members, subject=record.pid, n=len(members))
    return Publication(
        record=record,
        dataset=dataset,
        preview=preview,
        not_open=not_open[:_MOST_NAMED],
        n_not_open=n_not_open,
        is_whole=is_whole,
        conflicts=conflicts(own_rights(record), gathered(members, effective_rights(resources, visible, members))),
        mark=f"{record.version}-{preview.mark if preview is not None else 'open'}",
    )


def publish_dataset(
    asker: Asker,
    resources: Resources,
    identifier: str,
    *,
    closed_until: datetime | None = None,
    mark: str | None = None,
) -> Published:
    """Open a frozen data set to everybody, now or after an embargo, and have harvesters be told of it.

    Parameters
    ----------
    mark : str, optional
        Of the preview that was confirmed.

    Raises
    ------
    RecordNotFound, Refused, InvalidValue
        As `preview_publication`; and Refused if not everybody could see all that it holds.
    Conflict
        If something has changed since it was looked at.
    """
    seen = preview_publication(asker, resources, identifier, closed_until=closed_until)
    if mark is not None and mark != seen.mark:
        raise Conflict("Something has changed since the preview.", mend="Look at it again, then confirm it.")
    if not seen.is_whole:
        named = ", ".join(each.record.pid for each in seen.not_open[:5])
        raise Refused(
            f"Not everybody could see all that {seen.record.pid} holds" + (f": {named}." if named else "."),
            mend="Have its records opened first (kiban tier --all QUESTION), or make a version without them.",
        )
    now = datetime.now(asker.at.tzinfo)
    day = (closed_until or now).date().isoformat()
    _, members = seen_members(resources, resources.visible(asker), seen.record)
    after = replace(
        seen.dataset,
        published_at=now.isoformat(timespec="seconds"),
        published_on=seen.dataset.published_on or day,
        techniques=tuple(sorted({t for each in members if isinstance(t := each.document.get("technique"), str)})),
    )
    new = next_version(asker, seen.record, document=to_json(after))
    until = {"closed_until": closed_until.isoformat()} if closed_until is not None else {}
    event = event_of(asker, new, "published data set", {"tier": Tier.OPEN.value, **until})
    # What it says of its publication comes first: a data set that is open and does not say so would not be harvested.
    written = commit(asker, resources, Batch(records=(new,), events=(event,))).records[0]
    rescoped = carry_out(asker, resources, seen.preview, None) if seen.preview is not None else None
    return Published(record=written, rescoped=rescoped)


def withdraw_dataset(asker: Asker, resources: Resources, identifier: str, reason: str) -> Record:
    """Say that a data set should no longer be used. What it was, and the reason, stay where it was found.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker is no steward of its project.
    InvalidValue
        If it is a draft, was withdrawn, or no reason is given.
    """
    chosen_record(asker, resources, identifier)
    record = current(asker, resources, identifier, RecordKind.DATASET)
    before = dataset_of(record)
    if before.state is not DatasetState.FROZEN:
        raise InvalidValue(
            f"{record.pid} is {'a draft' if before.state is DatasetState.DRAFT else 'withdrawn'}.",
            mend="Only what was frozen can be withdrawn, once.",
        )
    after = replace(
        before,
        state=DatasetState.WITHDRAWN,
        reason=reason,
        withdrawn_at=datetime.now(asker.at.tzinfo).isoformat(timespec="seconds"),
    )
    return save_dataset(asker, resources, record, after, "withdrew data set")


def _is_as_wanted(scope: Scope, closed_until: datetime | None) -> bool:
    return scope.tier is Tier.OPEN and not scope.follows and scope.closed_until == closed_until


def _not_open(
    asker: Asker, resources: Resources, dataset: Dataset, closed_until: datetime | None
) -> tuple[tuple[NotOpen, ...], int, bool]:
    """Members that everybody could not see, those of them that the asker sees, and whether there are none at all."""
    public = resources.visible(anonymous(resources.directory.load(), max(asker.at, closed_until or asker.at)))
    wanted = [(member.uuid, member.version) for member in dataset.members]
    open_to_all = resources.catalog.get_versions(wanted, public)
    away = [member for member in dataset.members if (member.uuid, member.version) not in open_to_all]
    known = resources.catalog.get_many([member.uuid for member in away], resources.visible(asker))
    by_now = resources.catalog.get_many([member.uuid for member in away], public)
    told = tuple(
        NotOpen(record=known[member.uuid], is_other_version=member.uuid in by_now)
        for member in away
        if member.uuid in known
    )
    return told, len(told), not away
