"""Accounts, tokens and sessions as JSON: what REST answers and the terminal prints with --json."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kiban.operations.accounts import roles_of
from kiban.operations.passwords import has_password
from kiban.operations.resources import Resources
from kiban.operations.second_factor import factor_state
from kiban.operations.who_is import Visitor
from kiban.records.parties.credentials import Session, Token
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Asker


def account_as_json(asker: Asker, resources: Resources, person: Person) -> dict[str, Any]:
    """An account, for a list."""
    directory = resources.directory.load()
    responsible = directory.people.get(person.responsible) if person.responsible else None
    return {
        "id": str(person.id),
        "login": person.login,
        "name": person.name,
        "kind": person.kind.value,
        "email": person.email,
        "organisation": directory.name_of(person.organisation) if person.organisation else None,
        "country": person.country,
        "residency": person.residency.value,
        "is_operator": person.is_operator,
        "is_export_officer": person.is_export_officer,
        "is_in_force": person.acts_at(asker.at),
        "until": person.until,
        "responsible": responsible.login if responsible is not None else None,
    }


def whole_account_as_json(asker: Asker, resources: Resources, person: Person) -> dict[str, Any]:
    """An account with its roles and the ways in which it logs in. Raises Refused, where those are not the asker's."""
    is_person = person.kind is PartyKind.PERSON
    return {
        **account_as_json(asker, resources, person),
        "roles": [{"project": held.name, "role": held.role.value} for held in roles_of(asker, resources, person)],
        "has_password": has_password(resources, person.id),
        "asks_for_codes": is_person and factor_state(asker, resources, person.id).is_on,
        "identities": [{"issuer": issuer, "subject": subject} for issuer, subject in sorted(person.identities)],
    }


def visitor_as_json(visitor: Visitor, person: Person, resources: Resources) -> dict[str, Any]:
    """Whoever asks, with what the way they came in leaves them."""
    directory, asker = resources.directory.load(), visitor.asker
    roles = sorted((directory.project(project).name, str(project), role.value) for project, role in asker.roles.items())
    return {
        "id": str(person.id),
        "login": person.login,
        "name": person.name,
        "kind": person.kind.value,
        "organisation": directory.name_of(person.organisation) if person.organisation else None,
        "is_operator": asker.is_operator,
        "is_export_officer": asker.is_export_officer,
        "acts": sorted(act.value for act in asker.acts),
        "working_in": str(asker.project) if asker.project else None,
        "projects": [{"id": project, "name": name, "role": role} for name, project, role in roles],
        "token": token_as_json(visitor.token) if visitor.token is not None else None,
        "session": str(visitor.session.id) if visitor.session is not None else None,
    }


def token_as_json(token: Token) -> dict[str, Any]:
    """A token, without its secret: that is not kept."""
    return {
        "id": str(token.id),
        "name": token.name,
        "acts": sorted(act.value for act in token.acts),
        "project": str(token.project) if token.project else None,
        "made": token.made_at,
        "expires": token.expires_at,
        "used": token.used_at,
        "revoked": token.revoked_at,
    }


def session_as_json(session: Session, own: UUID | None = None) -> dict[str, Any]:
    """A browser in which somebody is logged in. `own` is the one that asks."""
    return {
        "id": str(session.id),
        "way": session.way,
        "since": session.made_at,
        "used": session.used_at,
        "ends": session.ends_at,
        "address": session.address,
        "agent": session.agent,
        "is_own": session.id == own,
    }
