"""The experiments of a campaign: have them suggested, put in one's own, say what became of them, and go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from kiban.errors import Conflict, InvalidValue, KibanError, RecordNotFound, Refused, StorageError
from kiban.operations.campaign_archive import weighed_archive
from kiban.operations.campaign_records import campaign_of, part_for, usable
from kiban.operations.moved_campaign import as_it_is, keep_moved, said_by
from kiban.operations.resources import Resources
from kiban.planning.campaign import asking, moves, telling
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.experiment import Move, Outcome
from kiban.planning.campaign.standstill import stand_still
from kiban.planning.campaign.telling import NOTHING_SAID, Done, Spent
from kiban.records.party import Asker
from kiban.records.record import Record

NOTHING_WRITTEN: Mapping[str, object] = MappingProxyType({})
_PLAIN: Mapping[Move, tuple[str, Callable[..., Campaign]]] = {
    Move.ACCEPT: ("accepted experiments", moves.accept),
    Move.START: ("started experiments", moves.start),
    Move.REFUSE: ("refused experiments", moves.refuse),
    Move.ABANDON: ("abandoned experiments", moves.abandon),
}
_CLOSING = frozenset({Move.REFUSE, Move.ABANDON})
"""After these fewer experiments are open."""


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
    record, campaign = as_it_is(asker, resources, identifier, expected)
    seen = part_for(asker, resources, campaign)
    found = weighed_archive(asker, resources, record.pid, seen)
    after = asking.suggest(campaign, n, seen=seen, priors=found.priors, studies=found.used, **said_by(asker))
    fresh = [each.number for each in after.experiments if each.number >= campaign.next_number]
    details = {"experiments": fresh, "batch": len(after.batches)}
    details |= {"n_studies": len(found.used)} if found.used else {}
    return keep_moved(asker, resources, record, campaign, after, "suggested experiments", details)


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
    record, campaign = as_it_is(asker, resources, identifier, expected, *numbers)
    after = campaign
    for number in dict.fromkeys(numbers):
        after = deed(after, number, note=note, **said_by(asker))
    moved = keep_moved(asker, resources, record, campaign, after, action, {"experiments": list(dict.fromkeys(numbers))})
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
    record, campaign = as_it_is(asker, resources, identifier, expected, number)
    after = telling.tell(
        campaign,
        number,
        (*outcomes, *telling.written(campaign, values)),
        note=note,
        is_all=is_all,
        is_correction=is_correction,
        spent=spent,
        **said_by(asker),
    )
    action = "corrected results" if is_correction else "told results"
    told = keep_moved(asker, resources, record, campaign, after, action, {"experiments": [number]})
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
    record, campaign = as_it_is(asker, resources, identifier, expected, number)
    after = telling.fail(campaign, number, note=note, spent=spent, **said_by(asker))
    told = keep_moved(asker, resources, record, campaign, after, "told failures", {"experiments": [number]})
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
    after = stand_still(before, error.fault, error.mend, at=said_by(asker)["at"])
    if after == before:
        return record
    try:
        return keep_moved(asker, resources, record, before, after, "could not suggest", {"error": error.name})
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
    record, campaign = as_it_is(asker, resources, identifier, expected, number)
    after = moves.change(campaign, number, point, beyond=beyond, note=note, **said_by(asker))
    return keep_moved(asker, resources, record, campaign, after, "changed experiments", {"experiments": [number]})


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
    record, campaign = as_it_is(asker, resources, identifier, expected)
    after = moves.add(campaign, point, beyond=beyond, note=note, **said_by(asker))
    return keep_moved(
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
    record, campaign = as_it_is(asker, resources, identifier, expected, number)
    after = moves.replicate(campaign, number, n, note=note, **said_by(asker))
    fresh = [each.number for each in after.experiments if each.number >= campaign.next_number]
    return keep_moved(
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
    record, campaign = as_it_is(asker, resources, identifier, expected)
    after = telling.bring_in(campaign, usable(asker, resources, done), **said_by(asker))
    n = len(after.experiments) - len(campaign.experiments)
    return keep_moved(asker, resources, record, campaign, after, "imported experiments", {"n_experiments": n})
