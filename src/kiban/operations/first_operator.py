"""The operator of a new home: the account that makes all others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiban.errors import Conflict
from kiban.operations.login_links import make_link
from kiban.operations.projects import FIRST_ORGANISATION, FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.records.parties.people import Person
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Project, RoleGrant
from kiban.records.party import Asker
from kiban.store.directory_store import DirectoryStore

FIRST_OPERATOR = UUID("0190a2d0-0000-7000-8000-000000000005")
"""The same in every home, as the other first entries."""
FIRST_LINK_GOOD_FOR = timedelta(hours=1)


def ensure_first_operator(directory: DirectoryStore, *, by: str) -> None:
    """Make the operator of a new home, owner of its first project, once. Safe when several do it at once."""
    while FIRST_OPERATOR not in (found := directory.load()).people:
        project = found.project(FIRST_PROJECT)
        operator = Person(
            id=FIRST_OPERATOR,
            login="operator",
            name="Operator",
            organisation=FIRST_ORGANISATION,
            is_operator=True,
            is_export_officer=True,
        )
        try:
            directory.change([operator, _owned(project, by)], by=by, expected=found.revision)
        except Conflict:
            continue  # another command was faster; what it made is looked at again


def first_link(asker: Asker, resources: Resources) -> str | None:
    """The code of a link that logs the first operator in, while there is no other way; `None` once there is one."""
    operator = resources.directory.load().people.get(FIRST_OPERATOR)
    if operator is None or operator.identities or not operator.acts_at(asker.at):
        return None
    if resources.credentials.password(operator.id) is not None:
        return None
    return make_link(asker, resources, operator, good_for=FIRST_LINK_GOOD_FOR)


def _owned(project: Project, by: str) -> Project:
    grant = RoleGrant(party=FIRST_OPERATOR, role=Role.OWNER, since=datetime.now(UTC), by=by)
    return replace(project, grants=(*project.grants, grant))
