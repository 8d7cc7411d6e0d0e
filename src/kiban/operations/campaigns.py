"""Campaigns: begin one, have experiments suggested, say what became of them, pause and go on.

Every move is the next version of the campaign's record, in one transaction: of two people who move it at once, the
second is told so, and nothing of the first is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from kiban.errors import Conflict, InvalidValue, KibanError, RecordNotFound, Refused, StorageError
from kiban.operations.campaign_archive import check_named, weighed_archive
from kiban.operations.campaign_records import campaign_of, learnt_links, part_for, usable
from kiban.operations.changed_records import check_version, commit, current, event_of, new_record, next_version
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.planning.campaign import asking, course, moves, telling
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.document import campaign_to_json
from kiban.planning.campaign.experiment import Move, Outcome
from kiban.planning.campaign.standstill import stand_still
from kiban.planning.campaign.telling import NOTHING_SAID, Done, Spent
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch

LARGEST_BYTES = 16 << 20
"""Of a campaign's document: each move keeps one."""
NOTHING_WRITTEN: Mapping[str, object] = MappingProxyType({})
_PLAIN: Mapping[Move, tuple[str, Callable[..., Campaign]]] = {
    Move.ACCEPT: ("accepted experiments", moves.accept),
    Move.START: ("started experiments", moves.start),
    Move.REFUSE: ("refused experiments", moves.refuse),
    Move.ABANDON: ("abandoned experiments", moves.abandon),
}
_CLOSING = frozenset({Move.REFUSE, Move.ABANDON})
"""After these fewer experiments are open."""
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
    campaign = telling.bring_in(campaign, usable(asker, resources, done), **_said(asker))
    scope = place(asker, resources, placement)
    record = new_record(asker, RecordKind.CAMPAIGN, campaign.name, _written(campaign), scope=scope)
    # Two campaigns may look for the same.
    record = replace(record, key=None)
    links = learnt_links(asker, resources, record, campaign)
    told = {"n_experiments": len(campaign.experiments)} if campaign.experiments else {}
    batch = Batch(records=(record,), links=links, events=(event_of(asker, record, "began campaign", told),))
    return commit(asker, resources, batch).records[0]


def suggest_experiments(
    asker: Asker, resources: Resources, identifier: str, n: int = 1, *, expected: int | None = None
) -> Record:
    """Have the campaign's engine suggest the next experiments, from what the asker may put into models: its own and,
    as far as they are believed, earlier studies.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else moved it first.
    IllegalMove
        If it is paused or ended, a limit is spent, or nothing is left to suggest.
    """
    record, campaign = _now(asker, resources, identifier, expected)
    seen = part_for(asker, resources, campaign)
    found = weighed_archive(asker, resources, record.pid, seen)
    after = asking.suggest(campaign, n, seen=seen, priors=found.priors, studies=found.used, **_said(asker))
    fresh = [each.number for each in after.experiments if each.number >= campaign.next_number]
    details = {"experiments": fresh, "batch": len(after.batches)}
    details |= {"n_studies": len(found.used)} if found.used else {}
    return _keep(asker, resources, record, campaign, after, "suggested experiments", details)


def move_experiments(
    asker: Asker,
    resources: Resources,
    identifier: str,
    made: Move,
    numbers: Sequence[int],
    *,
    note: str = "",
    expected: int | None = None,
    goes_on: bool = True,
) -> Record:
    """Accept, start, refuse or abandon experiments, all of them or none.

    Parameters
    ----------
    goes_on : bool
        Whether the next are suggested by themselves where the campaign keeps some ahead.

    Raises
    ------
    RecordNotFound, Conflict
    IllegalMove
        If the state of one does not allow it.
    InvalidValue
        If there is none of such a number, or another move is asked for.
    """
    if made not in _PLAIN:
        raise InvalidValue(f"'{made}' takes more than numbers.", mend=f"Use one of: {', '.join(_PLAIN)}.")
    if not numbers:
        raise InvalidValue("No experiment was named.", mend="Give the numbers of those that are meant.")
    action, deed = _PLAIN[made]
    record, campaign = _now(asker, resources, identifier, expected, *numbers)
    after = campaign
    for number in dict.fromkeys(numbers):
        after = deed(after, number, note=note, **_said(asker))
    moved = _keep(asker, resources, record, campaign, after, action, {"experiments": list(dict.fromkeys(numbers))})
    return go_on(asker, resources, moved) if goes_on and made in _CLOSING else moved


def tell_result(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    outcomes: Sequence[Outcome] = (),
    *,
    values: Mapping[str, object] = NOTHING_WRITTEN,
    is_all: bool = False,
    is_correction: bool = False,
    spent: Spent = NOTHING_SAID,
    note: str = "",
    expected: int | None = None,
    goes_on: bool = True,
) -> Record:
    """Say what came out of an experiment, all of it or a part.

    Parameters
    ----------
    outcomes : sequence of Outcome
        As `kiban.operations.campaign_results` finds them in the catalog.
    values : mapping
        By outcome: numbers in the campaign's units, or texts like `2.51(3) GPa`.
    is_all : bool
        No further outcome will come.
    is_correction : bool
        Values that were told before are replaced.
    goes_on : bool
        Whether the next are suggested by themselves where the campaign keeps some ahead.

    Raises
    ------
    RecordNotFound, Conflict, IllegalMove, InvalidValue
        As `kiban.planning.campaign.telling.tell`.
    """
    record, campaign = _now(asker, resources, identifier, expected, number)
    after = telling.tell(
        campaign,
        number,
        (*outcomes, *telling.written(campaign, values)),
        note=note,
        is_all=is_all,
        is_correction=is_correction,
        spent=spent,
        **_said(asker),
    )
    action = "corrected results" if is_correction else "told results"
    told = _keep(asker, resources, record, campaign, after, action, {"experiments": [number]})
    return go_on(asker, resources, told) if goes_on else told


def tell_failure(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    *,
    spent: Spent = NOTHING_SAID,
    note: str = "",
    expected: int | None = None,
    goes_on: bool = True,
) -> Record:
    """Say that an experiment could not be made or measured at its point. Raises as `tell_result`."""
    record, campaign = _now(asker, resources, identifier, expected, number)
    after = telling.fail(campaign, number, note=note, spent=spent, **_said(asker))
    told = _keep(asker, resources, record, campaign, after, "told failures", {"experiments": [number]})
    return go_on(asker, resources, told) if goes_on else told


def go_on(asker: Asker, resources: Resources, record: Record) -> Record:
    """Have the next experiments suggested, where the campaign keeps some ahead and fewer are open.

    What was moved is safe by then. Where nothing can be suggested (a limit is spent, nothing is left, the engine is not
    installed or broke off), the campaign keeps the reason: its `standstill`.

    Parameters
    ----------
    record : Record
        Of the campaign, as it was just moved.

    Returns
    -------
    Record
        As it is now.
    """
    campaign = campaign_of(record)
    n = (campaign.limits.ahead or 0) - sum(each.is_open for each in campaign.experiments)
    if n < 1 or campaign.stage is not Stage.ACTIVE:
        return record
    return suggest_or_say_why(asker, resources, record, n)


def suggest_or_say_why(asker: Asker, resources: Resources, record: Record, n: int) -> Record:
    """Have experiments suggested after something that is safe already: where that cannot be done, the campaign keeps
    the reason instead, until something can be suggested again.

    Parameters
    ----------
    record : Record
        Of the campaign, as it is.

    Returns
    -------
    Record
        As it is then. Where somebody moved it meanwhile it is theirs to go on with.
    """
    try:
        return suggest_experiments(asker, resources, record.pid, n, expected=record.version)
    except (Conflict, RecordNotFound, Refused, StorageError):
        # To raise here would say that what was told was not kept.
        return record
    except KibanError as e:
        before, error = campaign_of(record), e
    after = stand_still(before, error.fault, error.mend, at=_said(asker)["at"])
    if after == before:
        return record
    try:
        return _keep(asker, resources, record, before, after, "could not suggest", {"error": error.name})
    except (Conflict, StorageError):
        return record


def change_experiment(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    point: Mapping[str, object],
    *,
    beyond: bool = False,
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Do an experiment with own values; what was suggested is remembered beside them. Raises as `moves.change`."""
    record, campaign = _now(asker, resources, identifier, expected, number)
    after = moves.change(campaign, number, point, beyond=beyond, note=note, **_said(asker))
    return _keep(asker, resources, record, campaign, after, "changed experiments", {"experiments": [number]})


def add_experiment(
    asker: Asker,
    resources: Resources,
    identifier: str,
    point: Mapping[str, object],
    *,
    beyond: bool = False,
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Put in an experiment of one's own. Raises as `moves.add`."""
    record, campaign = _now(asker, resources, identifier, expected)
    after = moves.add(campaign, point, beyond=beyond, note=note, **_said(asker))
    return _keep(
        asker, resources, record, campaign, after, "added experiments", {"experiments": [campaign.next_number]}
    )


def repeat_experiment(
    asker: Asker,
    resources: Resources,
    identifier: str,
    number: int,
    n: int = 1,
    *,
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Do an experiment again, n times. Raises as `moves.replicate`."""
    record, campaign = _now(asker, resources, identifier, expected, number)
    after = moves.replicate(campaign, number, n, note=note, **_said(asker))
    fresh = [each.number for each in after.experiments if each.number >= campaign.next_number]
    return _keep(
        asker, resources, record, campaign, after, "repeated experiments", {"experiments": fresh, "of": number}
    )


def import_experiments(
    asker: Asker, resources: Resources, identifier: str, done: Iterable[Done], *, expected: int | None = None
) -> Record:
    """Let a campaign learn from experiments that were done elsewhere; those that it has are passed over.

    Raises
    ------
    RecordNotFound, Conflict
    InvalidValue
        If something does not fit, or nothing is new.
    """
    record, campaign = _now(asker, resources, identifier, expected)
    after = telling.bring_in(campaign, usable(asker, resources, done), **_said(asker))
    n = len(after.experiments) - len(campaign.experiments)
    return _keep(asker, resources, record, campaign, after, "imported experiments", {"n_experiments": n})


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
    record, campaign = _now(asker, resources, identifier, expected)
    if "archive" in changes:
        check_named(asker, resources, changes["archive"])
    after = course.reset(campaign, changes, note=note, **_said(asker))
    asking.engine_of(after)
    kept = _keep(asker, resources, record, campaign, after, "changed campaign", {"changed": sorted(changes)})
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
    record, campaign = _now(asker, resources, identifier, expected)
    kept = _keep(asker, resources, record, campaign, deed(campaign, note=note, **_said(asker)), told, {})
    return go_on(asker, resources, kept) if action == "resume" else kept


def move_campaign(
    asker: Asker,
    resources: Resources,
    identifier: str,
    action: str,
    deed: Callable[..., Campaign],
    *,
    details: Mapping[str, Any],
    expected: int | None,
) -> Record:
    """Make a move on a campaign, for deeds that decide by its state which one: `deed(campaign, at=..., by=...)`.

    Parameters
    ----------
    details : mapping
        Of the event: the numbers of the `experiments`, and more.

    Raises
    ------
    RecordNotFound, Conflict
    """
    record, campaign = _now(asker, resources, identifier, expected, *details["experiments"])
    return _keep(asker, resources, record, campaign, deed(campaign, **_said(asker)), action, details)


def _now(
    asker: Asker, resources: Resources, identifier: str, expected: int | None, *numbers: int
) -> tuple[Record, Campaign]:
    """The campaign as it is, if the asker sees the experiments of these numbers: what is hidden is not there."""
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    check_version(record, expected)
    campaign = campaign_of(record)
    if numbers:
        seen = part_for(asker, resources, campaign, Right.DATA)
        for number in numbers:
            seen.experiment(number)
    return record, campaign


def _keep(
    asker: Asker,
    resources: Resources,
    record: Record,
    before: Campaign,
    after: Campaign,
    action: str,
    details: Mapping[str, Any],
) -> Record:
    if after == before:
        raise InvalidValue(f"{record.title} would stay as it is.", mend="Say something that is new to it.")
    new = next_version(asker, record, title=after.name, document=_written(after))
    batch = Batch(
        records=(new,),
        links=learnt_links(asker, resources, new, after, before),
        events=(event_of(asker, new, action, details),),
    )
    return commit(asker, resources, batch).records[0]


def _written(campaign: Campaign) -> dict[str, Any]:
    document = campaign_to_json(campaign)
    if (n := len(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))) > LARGEST_BYTES:
        raise InvalidValue(
            f"The campaign would take {n / 2**20:.0f} MiB; at most {LARGEST_BYTES >> 20} are kept.",
            mend="Give fewer candidates, or ranges and steps instead of a list; or begin another campaign.",
        )
    return document


def _said(asker: Asker) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "by": asker.party}
