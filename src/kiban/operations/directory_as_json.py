"""Projects, agreements, organisations and groups as JSON: what REST answers and the terminal prints with --json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kiban.operations.agreements import ListedAgreement, TermsPreview
from kiban.operations.directory_history import PastChange
from kiban.operations.groups import ListedGroup
from kiban.operations.manage_project import ListedProject
from kiban.operations.organisations import ListedOrganisation
from kiban.operations.share_project import PolicyPreview
from kiban.operations.shared_under import SharedUnder, Taken
from kiban.operations.weigh_change import Effects
from kiban.operations.what_person_sees import PersonSees
from kiban.records.document import to_json
from kiban.records.parties.people import Person
from kiban.records.parties.terms import Project


def project_as_json(listed: ListedProject) -> dict[str, Any]:
    """A project, what the asker is in it, and who else."""
    return {
        **policy_as_json(listed.project),
        "organisation": listed.organisation or None,
        "role": listed.role,
        "revision": listed.revision,
        "members": [
            {
                "party": str(member.party),
                "name": member.name,
                "kind": member.kind,
                "role": member.grant.role.value,
                "since": member.grant.since,
                "until": member.grant.until,
            }
            for member in listed.members
        ],
    }


def policy_as_json(project: Project) -> dict[str, Any]:
    """What becomes of a project's records."""
    return {
        "id": str(project.id),
        "name": project.name,
        "tier": project.tier.value,
        "agreement": str(project.agreement) if project.agreement else None,
        "allowed": sorted(project.allowed),
        "embargo_days": project.embargo_days,
    }


def preview_as_json(preview: PolicyPreview) -> dict[str, Any]:
    """What a change of policy would change."""
    return {
        "before": policy_as_json(preview.before),
        "after": policy_as_json(preview.after),
        "revision": preview.revision,
        "n_following": preview.n_following,
        "n_own": preview.n_own,
        "n_own_wider": preview.n_own_wider,
        "waiting": list(preview.waiting),
        "effects": effects_as_json(preview.effects),
    }


def effects_as_json(effects: Effects) -> dict[str, Any]:
    """A change, weighed."""
    return {
        "n_gaining": effects.n_gaining,
        "n_losing": effects.n_losing,
        "n_organisations": effects.n_organisations,
        "most_gained": effects.most_gained,
        "most_lost": effects.most_lost,
        "is_public": effects.is_public,
        "held_back": [to_json(each) for each in effects.held_back],
        "groups": [
            {
                "organisation": each.organisation or None,
                "is_public": each.is_public,
                "people": list(each.people),
                "n_people": each.n_people,
                "n_gained": each.n_gained,
                "n_lost": each.n_lost,
                "gained": sorted(each.gained),
                "lost": sorted(each.lost),
            }
            for each in effects.effects
        ],
    }


def agreement_as_json(listed: ListedAgreement) -> dict[str, Any]:
    """An agreement with the parties that the asker may know of."""
    agreement = listed.agreement
    return {
        "id": str(agreement.id),
        "name": agreement.name,
        "keeper": listed.keeper.project,
        "keeper_organisation": listed.keeper.organisation or None,
        "purposes": list(agreement.purposes),
        "text": agreement.text,
        "obligations": sorted(agreement.obligations),
        "starts": agreement.starts,
        "ends": agreement.ends,
        "is_in_force": listed.is_in_force,
        "is_keeper": listed.is_keeper,
        "is_party": listed.is_party,
        "revision": listed.revision,
        "parties": [
            {
                "party": str(party.participant.party),
                "name": party.name,
                "standing": party.standing.value,
                "rights": sorted(party.participant.rights),
                "since": party.participant.since,
                "accepted_at": party.participant.accepted_at,
                "accepted_by": party.accepted_by or None,
                "left_at": party.participant.left_at,
                "is_own": party.is_own,
            }
            for party in listed.parties
        ],
    }


def terms_preview_as_json(preview: TermsPreview) -> dict[str, Any]:
    """What other terms would bring."""
    return {
        "accept_again": list(preview.accept_again),
        "revision": preview.revision,
        "effects": effects_as_json(preview.effects),
    }


def shared_as_json(shared: SharedUnder) -> dict[str, Any]:
    """What is shared under an agreement."""
    return {
        "n_records": shared.n_records,
        "kinds": dict(shared.kinds),
        "records": [to_json(each) for each in shared.records],
        "projects": list(shared.projects),
    }


def taken_as_json(taken: Iterable[Taken]) -> list[dict[str, Any]]:
    """What a party took along."""
    return [{"at": each.at, "by": each.by, "act": each.act, "subject": each.subject} for each in taken]


def organisation_as_json(listed: ListedOrganisation) -> dict[str, Any]:
    """An organisation with the people and groups that the asker may know of."""
    organisation = listed.organisation
    return {
        "id": str(organisation.id),
        "name": organisation.name,
        "name_ja": organisation.name_ja,
        "ror": organisation.ror,
        "country": organisation.country,
        "is_own": listed.is_own,
        "is_steward": listed.is_steward,
        "revision": listed.revision,
        "stewards": [person_as_json(person) for person in listed.stewards],
        "people": [person_as_json(person) for person in listed.people],
        "groups": [{"id": str(group.id), "name": group.name} for group in listed.groups],
    }


def group_as_json(listed: ListedGroup) -> dict[str, Any]:
    """A group with the members that the asker may know of."""
    return {
        "id": str(listed.group.id),
        "name": listed.group.name,
        "organisation": listed.organisation or None,
        "may_change": listed.may_change,
        "revision": listed.revision,
        "members": [person_as_json(person) for person in listed.members],
    }


def person_as_json(person: Person) -> dict[str, Any]:
    """Who it is, as others may know it."""
    return {"id": str(person.id), "login": person.login, "name": person.name}


def history_as_json(history: Iterable[PastChange]) -> list[dict[str, Any]]:
    """Who changed what when."""
    return [
        {"revision": c.revision, "at": c.at, "by": c.by, "changed": list(c.changed), "is_first": c.is_first}
        for c in history
    ]


def sees_as_json(sees: PersonSees) -> dict[str, Any]:
    """What a person may see, and why."""
    return {
        "person": person_as_json(sees.person),
        "organisation": sees.organisation or None,
        "n_records": sees.n_records,
        "seen": [
            {
                "project": each.project,
                "tier": each.scope.tier.value,
                "agreement": each.agreement or None,
                "closed_until": each.scope.closed_until,
                "n_records": each.n_records,
                "rights": sorted(each.rights),
                "reasons": [{"rule": rule, "reason": reason} for rule, reason, _ in each.reasons],
            }
            for each in sees.seen
        ],
    }
