"""Where new records go: as their project says, or to another tier, under another agreement, closed for a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from kiban.errors import InvalidValue, Refused, WrongUsage
from kiban.operations.export_gate import check_publication
from kiban.operations.resources import Resources
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Agreement, Project
from kiban.records.party import Asker
from kiban.records.scope import Scope, ScopeTerms, Tier

_LONGEST_DAYS = 36525
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SPAN = re.compile(r"(\d{1,5})\s*(days?|weeks?|months?|years?|日|週間|か月|ヶ月|カ月|年)")
_DAYS = {"d": 1, "日": 1, "w": 7, "週": 7}
_NO_EMBARGO = "none"
_NONE = "There is none yet: ask the operator for one."

Named = TypeVar("Named", Project, Agreement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What is said of the tier of new records. Nothing said means: as the project says, also when it says otherwise.

    Parameters
    ----------
    agreement : str, optional
        Name or identifier of the agreement of shared records; the project's own where it has one, unless given.
    closed_until : datetime, optional
        The end of the embargo.
    has_no_embargo : bool
        There is none, also where the project has one for new records; a steward's decision.
    """

    tier: Tier | None = None
    agreement: str | None = None
    closed_until: datetime | None = None
    has_no_embargo: bool = False

    def __post_init__(self) -> None:
        if self.agreement is not None and self.tier is not Tier.SHARED:
            raise WrongUsage(
                f"The agreement '{self.agreement[:80]}' was named for records that are not shared.",
                mend="Give the tier shared with it.",
            )
        if self.closed_until is not None and self.has_no_embargo:
            raise WrongUsage("An embargo was given, and none.", mend="Give one of the two.")


AS_THE_PROJECT_SAYS = Placement()


def placement_of(tier: str | None, agreement: str | None, embargo: str | None, at: datetime) -> Placement:
    """What somebody typed or chose. Raises WrongUsage.

    Parameters
    ----------
    tier : str, optional
        `open`, `shared`, `closed`; nothing, or `project`: as the project says.
    embargo : str, optional
        A day (`2028-04-01`), a time from now on (`24 months`), or `none`.
    """
    if tier and tier not in {"project", *Tier}:
        raise WrongUsage(f"'{tier[:40]}' is no tier.", mend=f"Use {', '.join(Tier)}, or nothing: as the project says.")
    ends = (embargo or "").strip()
    return Placement(
        tier=Tier(tier) if tier and tier != "project" else None,
        agreement=(agreement or "").strip() or None,
        closed_until=end_of_embargo(ends, at) if ends not in {"", _NO_EMBARGO} else None,
        has_no_embargo=ends == _NO_EMBARGO,
    )


def end_of_embargo(text: str, at: datetime) -> datetime:
    """The end of an embargo: the beginning of a day (UTC), so that records of one day have one scope.

    Raises
    ------
    WrongUsage
        If it is neither a day nor a time, or lies in the past or more than a hundred years ahead.
    """
    day = _day(text.strip(), at)
    if day is None:
        raise WrongUsage(
            f"'{text[:40]}' is no end of an embargo.", mend="Give a day, as 2028-04-01, or a time, as 24 months."
        )
    if not at.date() < day <= at.date() + timedelta(days=_LONGEST_DAYS):
        raise WrongUsage(
            f"An embargo until {day} was given; today is {at.date()}.", mend="Give a day within the next hundred years."
        )
    return datetime.combine(day, time(), UTC)


def _day(text: str, at: datetime) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else _after(text, at.date())
    except (ValueError, OverflowError):
        return None


def _after(text: str, today: date) -> date | None:
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    n, unit = int(found[1]), found[2]
    if (days := _DAYS.get(unit[0])) is not None:
        return today + timedelta(days=n * days)
    months = today.month - 1 + n * (12 if unit.startswith(("year", "年")) else 1)
    first = date(today.year + months // 12, months % 12 + 1, 1)
    # A month after 31 January is 28 or 29 February, not a day in March.
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(today.day, last.day))


def place(asker: Asker, resources: Resources, placement: Placement = AS_THE_PROJECT_SAYS) -> Scope:
    """The scope of new records in the project that the asker works in.

    Raises
    ------
    Refused
        If the asker may add to no project, the project does not allow the tier, or the embargo is shorter than the
        project's and the asker is none of its stewards, or export control does not let it be open.
    InvalidValue
        If the agreement is none under which the project can share.
    """
    directory = resources.directory.load()
    project = directory.project(resources.project_of(asker))
    tier, agreement = tier_in(directory, project, placement.tier, placement.agreement, asker)
    scope = resources.catalog.ensure_scope(
        ScopeTerms(
            project=project.id,
            tier=tier,
            agreement=agreement,
            follows=placement.tier is None,
            closed_until=_closed_until(asker, project, placement),
            export_class=project.export_class,
            export_item=project.export_item,
        )
    )
    check_publication(resources, scope)
    return scope


def tier_in(
    directory: Directory, project: Project, tier: Tier | None, agreement: str | None, asker: Asker
) -> tuple[Tier, UUID | None]:
    """The tier and agreement that records of a project are given. Raises as `place`."""
    if tier is None:
        return project.tier, project.agreement if project.tier is Tier.SHARED else None
    if tier not in project.allowed:
        allowed = ", ".join(each for each in Tier if each in project.allowed)
        raise Refused(
            f"{project.name} does not allow its records to be {tier}.",
            mend=f"Choose one of: {allowed}; or have a steward of the project allow it.",
        )
    return tier, _agreement(directory, project, agreement, asker).id if tier is Tier.SHARED else None


def agreements_for(directory: Directory, project: Project, asker: Asker) -> tuple[Agreement, ...]:
    """The agreements in force under which the project can share: those it keeps or shares under, and the asker's."""
    found = (
        each
        for each in directory.agreements.values()
        if each.keeper == project.id or each.id == project.agreement or each.id in asker.agreements
    )
    return tuple(sorted((each for each in found if each.ends is None or asker.at < each.ends), key=lambda e: e.name))


def _agreement(directory: Directory, project: Project, wanted: str | None, asker: Asker) -> Agreement:
    there = agreements_for(directory, project, asker)
    if wanted is not None:
        return _named(wanted, there, f"agreement under which {project.name} can share")
    if project.agreement is not None:
        return directory.agreements[project.agreement]
    kept = [each for each in there if each.keeper == project.id]
    if len(kept) != 1:
        told = ", ".join(f"'{each.name}'" for each in there)
        raise InvalidValue(
            f"{project.name} has {len(kept) or 'no'} agreements, and none was named.",
            mend=f"Name one of: {told}." if told else "Make an agreement first.",
        )
    return kept[0]


def _closed_until(asker: Asker, project: Project, placement: Placement) -> datetime | None:
    wanted = placement.closed_until
    if project.embargo_days is None:
        return wanted
    usual = end_of_embargo(f"{project.embargo_days} days", asker.at)
    if wanted is None and not placement.has_no_embargo:
        return usual
    if (wanted is None or wanted < usual) and not asker.has_role(project.id, Role.STEWARD):
        raise Refused(
            f"New records of {project.name} stay closed until {usual:%Y-%m-%d} at least.",
            mend="Give no embargo or a later day, or ask a steward of the project to end it.",
        )
    return wanted


def in_project(asker: Asker, resources: Resources, wanted: str | None) -> Asker:
    """The asker working in a project, by name or identifier: what it adds goes there.

    Raises
    ------
    InvalidValue
        If the asker belongs to no project of that name.
    """
    if not wanted:
        return asker
    projects = resources.directory.load().projects
    mine = [projects[each] for each in asker.projects if each in projects]
    return replace(asker, project=_named(wanted, mine, "project of yours").id)


def _named(wanted: str, entries: Iterable[Named], what: str) -> Named:
    """One entry by identifier or name. Raises InvalidValue, which names those that there are."""
    there = sorted(entries, key=lambda each: each.name)
    found = [each for each in there if wanted in {str(each.id), each.name}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidValue(
            f"{len(found)} are called '{wanted[:80]}'.",
            mend=f"Give an identifier: {', '.join(str(each.id) for each in found)}.",
        )
    told = ", ".join(f"'{each.name}'" for each in there)
    raise InvalidValue(f"There is no {what} called '{wanted[:80]}'.", mend=f"Use one of: {told}." if told else _NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody who adds records can choose from.

    Parameters
    ----------
    project : Project, optional
        The one that the asker works in; `None` where it works in none.
    tiers : tuple of Tier
        Those that the project allows, the most closed first.
    closed_until : datetime, optional
        The end of the embargo that new records get where nothing else is said.
    """

    project: Project | None = None
    tiers: tuple[Tier, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    closed_until: datetime | None = None


def choices(asker: Asker, resources: Resources) -> Choices:
    """What the asker can choose from where it works."""
    return choices_in(asker, resources, resources.working_in(asker))


def choices_in(asker: Asker, resources: Resources, wanted: UUID) -> Choices:
    """What the asker can choose from in a project; nothing where it does not belong to it."""
    directory = resources.directory.load()
    project = directory.projects.get(wanted)
    if project is None or project.id not in asker.projects:
        return Choices()
    agreements = agreements_for(directory, project, asker)
    possible = (tier for tier in reversed(Tier) if tier in project.allowed)
    return Choices(
        project=project,
        tiers=tuple(tier for tier in possible if tier is not Tier.SHARED or agreements),
        agreements=agreements,
        closed_until=_closed_until(asker, project, AS_THE_PROJECT_SAYS),
    )


def scope_of(resources: Resources, number: int) -> Scope:
    """The scope with this number."""
    return next(scope for scope in resources.catalog.scopes() if scope.number == number)
