"""Who can see a record, and why: the whole list for stewards of its project, what is their own for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiban.access.verdict import Judgement, Verdict, weigh
from kiban.access.who import Sight, sights
from kiban.operations.audited import reads, saw
from kiban.operations.directory_changes import view_of
from kiban.operations.placement import scope_of
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.records.parties.directory import Directory
from kiban.records.parties.people import Person
from kiban.records.parties.right import Right, Role
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One rule's word, with what it rests on in the directory.

    Parameters
    ----------
    through : str
        The agreement, or whoever has the role or was invited: a group or organisation where it is not the person.
    since, until : datetime, optional
        From when on it holds, and when it ends by itself.
    by : str
        The party that granted the role or invited.
    """

    rule: str
    verdict: Verdict
    through: str = ""
    since: datetime | None = None
    until: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seer:
    """One party and what it may do.

    Parameters
    ----------
    person : Person, optional
        `None` for everybody who has not logged in.
    grounds : tuple of Ground
        What gives the rights; where there are none, what refuses them.
    is_given : bool
        Whether any rule gives something, be it refused by another.
    """

    person: Person | None
    organisation: str
    rights: frozenset[Right]
    grounds: tuple[Ground, ...]
    is_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSees:
    """Who can see a record.

    Parameters
    ----------
    agreement : str
        Name of the one that it is shared under; empty where it is not.
    mine : Seer
        What the asker may do itself.
    is_steward : bool
        Whether the rest is told.
    seers : tuple of Seer
        The public first, then people by organisation and name.
    others : tuple of Seer
        Those whom the asker knows and who may not see it, and what refuses it where something does.
    """

    record: Record
    scope: Scope
    project: str
    agreement: str
    mine: Seer
    is_steward: bool
    seers: tuple[Seer, ...] = ()
    others: tuple[Seer, ...] = ()


@reads("read who can see")
def who_sees(asker: Asker, resources: Resources, identifier: str, *, others: bool = False) -> WhoSees:
    """Say who can see a record.

    Parameters
    ----------
    others : bool
        Also those who cannot.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    InvalidIdentifier
    """
    record = resources.catalog.get(resolve(identifier), resources.visible(asker))
    saw(record, subject=record.pid)
    directory, scope = resources.directory.load(), scope_of(resources, record.scope)
    is_steward = asker.has_role(record.project, Role.STEWARD) and Right.DECIDE in weigh(asker, scope).rights
    found = [_seer(directory, scope, sight, asker.at) for sight in sights(directory, scope, asker.at)] * is_steward
    found.sort(
        key=lambda s: (s.person is not None, s.organisation == "", s.organisation, s.person.name if s.person else "")
    )
    project = directory.projects.get(record.project)
    agreement = directory.agreements.get(scope.agreement) if scope.agreement is not None else None
    return WhoSees(
        record=record,
        scope=scope,
        project=project.name if project is not None and record.project in asker.projects else "",
        agreement=agreement.name if agreement is not None and _may_know(asker, scope) else "",
        mine=_mine(asker, directory, scope),
        is_steward=is_steward,
        seers=tuple(seer for seer in found if seer.rights),
        others=_known(asker, resources, found) if others else (),
    )


def _known(asker: Asker, resources: Resources, found: list[Seer]) -> tuple[Seer, ...]:
    people = view_of(asker, resources).people
    return tuple(each for each in found if not each.rights and (each.person is None or each.person.id in people))


def _may_know(asker: Asker, scope: Scope) -> bool:
    """Of an agreement know its parties, and the members of the project that shares under it; guests do not."""
    return scope.project in asker.projects or scope.agreement in asker.agreements


def _mine(asker: Asker, directory: Directory, scope: Scope) -> Seer:
    judgement = weigh(asker, scope)
    person = directory.people.get(asker.id) if asker.id is not None else None
    return Seer(
        person=person,
        organisation="",
        rights=judgement.rights,
        grounds=_grounds(directory, scope, person, judgement, asker.at),
        is_given=bool(judgement.permissions),
    )


def _seer(directory: Directory, scope: Scope, sight: Sight, at: datetime) -> Seer:
    person = sight.person
    home = directory.organisations.get(person.organisation) if person and person.organisation else None
    return Seer(
        person=person,
        organisation=home.name if home is not None else "",
        rights=sight.rights,
        grounds=_grounds(directory, scope, person, sight.judgement, at),
        is_given=bool(sight.judgement.permissions),
    )


def _grounds(
    directory: Directory, scope: Scope, person: Person | None, judgement: Judgement, at: datetime
) -> tuple[Ground, ...]:
    told = judgement.deciding
    if not judgement.rights:
        # What gives nothing is no ground; what refuses is. Who has not logged in has used no token.
        told = tuple(each for each in judgement.refusals if each[0] != "token_acts")
    return tuple(_ground(directory, scope, person, rule, verdict, at) for rule, verdict in told)


def _ground(
    directory: Directory, scope: Scope, person: Person | None, rule: str, verdict: Verdict, at: datetime
) -> Ground:
    parties = directory.parties_of(person) if person is not None else frozenset()
    if rule == "project_member" and scope.project in directory.projects:
        grant = directory.projects[scope.project].role_of(parties, at)
        if grant is not None:
            through = directory.name_of(grant.party) if person is None or grant.party != person.id else ""
            return Ground(
                rule=rule, verdict=verdict, through=through, since=grant.since, until=grant.until, by=grant.by
            )
    if rule == "shared_tier" and scope.agreement is not None and scope.agreement in directory.agreements:
        agreement = directory.agreements[scope.agreement]
        held = [each for each in agreement.participants if each.party in parties and each.holds_at(at)]
        begun = min((max(each.since, each.accepted_at or each.since, agreement.starts) for each in held), default=None)
        through = verdict.details.get("through", agreement.name)
        return Ground(rule=rule, verdict=verdict, through=through, since=begun, until=verdict.until)
    if rule == "invitation" and scope.invitation is not None and scope.invitation in directory.invitations:
        guests = directory.invitations[scope.invitation].guests
        invited = [each for each in guests if each.party in parties and each.holds_at(at)]
        if invited:
            first = min(invited, key=lambda each: each.since)
            through = directory.name_of(first.party) if person is None or first.party != person.id else ""
            return Ground(
                rule=rule, verdict=verdict, through=through, since=first.since, until=verdict.until, by=first.by
            )
    return Ground(rule=rule, verdict=verdict, until=verdict.until)


def as_json(found: WhoSees) -> dict[str, object]:
    """What `kiban access --json` prints and REST answers."""
    scope = found.scope
    return {
        "id": found.record.pid,
        "tier": scope.tier.value,
        "agreement": found.agreement or None,
        "follows_project": scope.follows,
        "closed_until": scope.closed_until.isoformat() if scope.closed_until is not None else None,
        "mine": _seer_as_json(found.mine),
        "is_steward": found.is_steward,
        "seers": [_seer_as_json(each) for each in found.seers],
        "others": [_seer_as_json(each) for each in found.others],
    }


def _seer_as_json(seer: Seer) -> dict[str, object]:
    person = seer.person
    return {
        "login": person.login if person is not None else None,
        "name": person.name if person is not None else None,
        "organisation": seer.organisation or None,
        "rights": sorted(seer.rights),
        "grounds": [
            {
                "rule": ground.rule,
                "reason": ground.verdict.reason,
                "through": ground.through or None,
                "since": ground.since.isoformat() if ground.since is not None else None,
                "until": ground.until.isoformat() if ground.until is not None else None,
                "by": ground.by or None,
            }
            for ground in seer.grounds
        ],
    }
