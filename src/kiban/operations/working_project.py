"""The projects that somebody can work in, and the one they work in now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiban.operations.resources import Resources
from kiban.records.parties.right import Role
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Where what is added goes, and where else it could go."""

    project: UUID | None
    name: str
    """Of the project; empty where it is none."""
    choices: tuple[tuple[UUID, str], ...]
    """All projects that the asker may add to, by name."""


def working_project(asker: Asker, resources: Resources) -> Working:
    """Say where the asker works."""
    projects = resources.directory.load().projects
    choices = sorted(
        (projects[i].name, i) for i, role in asker.roles.items() if role.is_at_least(Role.CONTRIBUTOR) and i in projects
    )
    here = projects[asker.project] if asker.project is not None and asker.project in {i for _, i in choices} else None
    return Working(
        project=here.id if here is not None else None,
        name=here.name if here is not None else "",
        choices=tuple((i, name) for name, i in choices),
    )
