"""Runs of a campaign in a named laboratory: begun, looked at and stopped by people who are somewhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from kiban.errors import Conflict, IllegalMove, InvalidValue, NotReached, Refused
from kiban.operations.campaign_ends import is_limited
from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import set_course
from kiban.operations.changed_records import check_version, current
from kiban.operations.moved_campaign import move_campaign
from kiban.operations.named_laboratories import Laboratories, NamedLaboratory, named_laboratories
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import RunTerms
from kiban.operations.standing_runs import StandingRun, are_kept, ask_for_run, path_of, read_run
from kiban.planning.campaign.campaign import Campaign, Passage, Stage
from kiban.planning.campaign.course import is_stopped
from kiban.planning.campaign.limits import Limits
from kiban.planning.space.rounding import as_it_can_be_set
from kiban.planning.space.sampling import sample
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind

UNKEPT = "No platform is up here that goes on with it. Start one on this machine: kiban up."
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    """The last run of a campaign that goes on by itself, without the settings of the laboratory.

    Parameters
    ----------
    by : str, optional
        Who asked for it; `None` for the person at the machine.
    counts : mapping of str to int
        How many experiments that this laboratory was given are in each state.
    at_work : tuple of int
        Numbers of those that it has now.
    waits : str
        Why it does not go on for the moment: the laboratory or the database does not answer, or no platform is up.
    ended, words
        As `kiban.operations.standing_runs.StandingRun` says it.
    """

    laboratory: str
    title: str
    by: str | None
    asked_at: str
    at_once: int
    counts: Mapping[str, int]
    at_work: tuple[int, ...]
    waits: str
    ended: str | None
    words: str
    ended_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOfCampaign:
    """What a person can see and do of the runs of a campaign."""

    last: ShownRun | None
    laboratories: Laboratories
    """In which it could be run; none for who may not begin a run."""
    may_start: bool
    may_stop: bool


def runs_of_campaign(asker: Asker, resources: Resources, record: Record) -> RunsOfCampaign:
    """Say how the last run of a campaign stands, and what the asker may do.

    Parameters
    ----------
    record : Record
        Of the campaign, as the asker was shown it; who may not read values gets no run.
    """
    visible = resources.visible(asker)
    may_change = record.scope in visible.writable
    last = _last(resources, record) if record.scope in visible.data else None
    is_owner = may_change and asker.has_role(record.project, Role.OWNER)
    laboratories = named_laboratories(asker, resources, _project(resources, record)) if is_owner else Laboratories()
    is_going = last is not None and last.ended is None
    return RunsOfCampaign(
        last=_shown(last, campaign_of(record), laboratories, resources) if last is not None else None,
        laboratories=laboratories,
        may_start=is_owner and not is_going and bool(laboratories.named or laboratories.broken),
        may_stop=may_change and is_going,
    )


def campaign_run(asker: Asker, resources: Resources, identifier: str) -> tuple[Record, RunsOfCampaign]:
    """Say how the last run of a campaign stands, for whoever asks again and again.

    Raises
    ------
    RecordNotFound
    """
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    return record, runs_of_campaign(asker, resources, record)


def start_run(
    asker: Asker,
    resources: Resources,
    identifier: str,
    laboratory: str,
    *,
    limits: Limits | Callable[[Campaign], Limits],
    at_once: int = 1,
    expected: int | None = None,
) -> StandingRun:
    """Have a campaign run in a named laboratory, in the asker's name and within limits that the campaign keeps.

    Whoever keeps runs (`kiban up`) begins with it within a second, and goes on after the machine was off.

    Parameters
    ----------
    laboratory : str
        Name of the laboratory.
    limits : Limits, or callable that gives them for the campaign
        Of the campaign, from now on.
    at_once : int
        So many experiments are in the laboratory at a time.

    Raises
    ------
    RecordNotFound, Conflict
    Refused
        If the asker does not own the campaign's project.
    IllegalMove
        If it is run already, or is paused or ended.
    InvalidValue, NothingAllowed
        If nothing limits the run, or no point keeps to the safety limits.
    NoSuchLaboratory
        If the operator has named none of that name for campaigns of this project.
    InvalidSetting
        If its settings are wrong.
    NotReached, DiskFull
        If it cannot be written down.
    """
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    check_version(record, expected)
    home = _home(resources)
    if record.scope not in resources.visible(asker).writable or not asker.has_role(record.project, Role.OWNER):
        raise Refused(
            f"You may not have {record.pid} run in a laboratory.", mend="Ask an owner of the project that owns it."
        )
    chosen = named_laboratories(asker, resources, _project(resources, record)).called(laboratory)
    campaign = campaign_of(record)
    allowed = limits if isinstance(limits, Limits) else limits(campaign)
    after = replace(campaign, limits=allowed)
    _check(record, after, resources, chosen)
    run = StandingRun(
        id=record.pid,
        settings=chosen.settings,
        folder=str(chosen.folder),
        driver=chosen.driver,
        by=None if asker.id is None else asker.party,
        terms=RunTerms(laboratory=chosen.name, at_once=at_once),
        asked_at=datetime.now(UTC).isoformat(),
    )
    move_campaign(
        asker,
        resources,
        record.pid,
        "had campaign run",
        lambda now, *, at, by: _begun(now, allowed, chosen.name, at=at, by=by),
        details={"experiments": [], "laboratory": chosen.name},
        expected=record.version,
    )
    return ask_for_run(asker, resources, home, run)


def stop_run(asker: Asker, resources: Resources, identifier: str, *, note: str = "") -> Record:
    """Stop the run of a campaign, whatever it does meanwhile: what the laboratory has is broken off within a second.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker may not move it.
    IllegalMove
        If it is stopped already.
    """
    for _ in range(_TRIES):
        try:
            return set_course(asker, resources, identifier, "stop", note=note)
        except Conflict:
            # The run itself moved it first; what is asked for is the same on whatever it is now.
            continue
    return set_course(asker, resources, identifier, "stop", note=note)


def _begun(campaign: Campaign, limits: Limits, laboratory: str, *, at: str, by: str) -> Campaign:
    passage = Passage(action=f"run in the laboratory '{laboratory}'", at=at, by=by)
    return replace(campaign, limits=limits, passages=(*campaign.passages, passage), standstill=None)


def _check(record: Record, campaign: Campaign, resources: Resources, chosen: NamedLaboratory) -> None:
    """Refuse before anything is written what the run would meet at once."""
    if campaign.stage is not Stage.ACTIVE:
        raise IllegalMove(f"{record.title} is {campaign.stage}.", mend="Resume it first.")
    before = _last(resources, record)
    if before is not None and before.ended is None:
        raise IllegalMove(f"{record.title} is run already.", mend="Stop it first, and begin anew once it has ended.")
    if not is_limited(campaign, None):
        raise InvalidValue(
            f"Nothing limits {record.title}: it would never end.", mend="Give it a limit of experiments, cost or hours."
        )
    # One point is looked for at once, as when a campaign is begun.
    sample(as_it_can_be_set(campaign.safe_space), 1, np.random.default_rng(campaign.seed))
    chosen.connect()


def _home(resources: Resources) -> Path:
    if resources.home is None:
        raise NotReached("This platform keeps no runs.", mend="Have it run at the terminal: kiban campaign run.")
    return resources.home


def _project(resources: Resources, record: Record) -> str:
    found = resources.directory.load().projects.get(record.project)
    return found.name if found is not None else ""


def _last(resources: Resources, record: Record) -> StandingRun | None:
    if resources.home is None or not (path := path_of(resources.home, record.pid)).is_file():
        return None
    return read_run(path)


def _shown(run: StandingRun, campaign: Campaign, laboratories: Laboratories, resources: Resources) -> ShownRun:
    name = run.terms.laboratory
    given = [each for each in campaign.experiments if each.laboratory == name]
    title = next((each.title for each in laboratories.named if each.name == name), name)
    # A run that was stopped says so itself in a moment; nobody has to wait for that to be told.
    is_ending = run.ended is None and is_stopped(campaign) and not any(each.state.value == "running" for each in given)
    return ShownRun(
        laboratory=name,
        title=title,
        by=run.by,
        asked_at=run.asked_at,
        at_once=run.terms.at_once,
        counts=Counter(each.state.value for each in given),
        at_work=tuple(each.number for each in given if each.state.value == "running"),
        waits=run.waits or ("" if run.ended is not None or is_ending else _unkept(resources)),
        ended="stopped" if is_ending else run.ended,
        words=run.words,
        ended_at=run.ended_at,
    )


def _unkept(resources: Resources) -> str:
    """What a run waits for that was asked for without a server, or from a program that is not the platform's."""
    return "" if resources.home is not None and are_kept(resources.home) else UNKEPT
