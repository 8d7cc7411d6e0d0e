"""Campaigns: begin one, give it other limits or settings, pause it, stop it and go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.operations.campaign_archive import check_named
from kiban.operations.campaign_experiments import go_on
from kiban.operations.campaign_records import learnt_links, usable
from kiban.operations.changed_records import commit, event_of, new_record
from kiban.operations.moved_campaign import as_it_is, keep_moved, said_by, written_campaign
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.planning.campaign import asking, course, telling
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.telling import Done
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

_COURSE: Mapping[str, tuple[str, Callable[..., Campaign]]] = {
    "pause": ("paused campaign", course.pause),
    "resume": ("resumed campaign", course.resume),
    "end": ("ended campaign", course.end),
    "stop": ("stopped campaign", course.stop),
}


def new_campaign(
    asker: Asker,
    resources: Resources,
    campaign: Campaign,
    *,
    done: Iterable[Done] = (),
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> Record:
    """Keep a new campaign.

    Parameters
    ----------
    done : iterable of Done
        Experiments that it learns from, done before.

    Raises
    ------
    Refused
        If the asker may add to no project.
    RecordNotFound
        If something of `done` rests on a record that the asker may not use.
    InvalidValue
        If something of it does not fit.
    """
    if campaign.experiments or campaign.batches or campaign.passages:
        raise InvalidValue("A new campaign came with experiments.", mend="Name those that were done beside it.")
    check_named(asker, resources, campaign.archive)
    campaign = telling.bring_in(campaign, usable(asker, resources, done), **said_by(asker))
    scope = place(asker, resources, placement)
    record = new_record(asker, RecordKind.CAMPAIGN, campaign.name, written_campaign(campaign), scope=scope)
    # Two campaigns may look for the same.
    record = replace(record, key=None)
    links = learnt_links(asker, resources, record, campaign)
    told = {"n_experiments": len(campaign.experiments)} if campaign.experiments else {}
    batch = Batch(records=(record,), links=links, events=(event_of(asker, record, "began campaign", told),))
    return commit(asker, resources, batch).records[0]


def change_campaign(
    asker: Asker,
    resources: Resources,
    identifier: str,
    changes: Mapping[str, Any],
    *,
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Give a campaign another name, description, limits, engine or settings, or other studies to rest on. One that
    stood still then goes on, if it can.

    Raises
    ------
    RecordNotFound, Conflict
    InvalidValue
        If something else is named, nothing changes, or there is no such engine, setting or study.
    """
    record, campaign = as_it_is(asker, resources, identifier, expected)
    if "archive" in changes:
        check_named(asker, resources, changes["archive"])
    after = course.reset(campaign, changes, note=note, **said_by(asker))
    asking.engine_of(after)
    kept = keep_moved(asker, resources, record, campaign, after, "changed campaign", {"changed": sorted(changes)})
    return go_on(asker, resources, kept) if campaign.standstill is not None else kept


def set_course(
    asker: Asker, resources: Resources, identifier: str, action: str, *, note: str = "", expected: int | None = None
) -> Record:
    """Pause a campaign, stop it, resume it or end it. To stop it also breaks off what laboratories do for it. One that
    keeps experiments ahead goes on with them when it is resumed.

    Raises
    ------
    RecordNotFound, Conflict
    IllegalMove
        If it is so already.
    """
    if action not in _COURSE:
        raise InvalidValue(f"A campaign cannot be told to '{action[:40]}'.", mend=f"Use one of: {', '.join(_COURSE)}.")
    told, deed = _COURSE[action]
    record, campaign = as_it_is(asker, resources, identifier, expected)
    kept = keep_moved(asker, resources, record, campaign, deed(campaign, note=note, **said_by(asker)), told, {})
    return go_on(asker, resources, kept) if action == "resume" else kept
