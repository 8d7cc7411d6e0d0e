"""An asker that came in with something that is good for one project alone."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiban.records.party import Asker


def within_project(asker: Asker, project: UUID) -> Asker:
    """The same asker with what it has in one project, and nothing of what it has elsewhere.

    What is open stays open to it, as to anybody.
    """
    return replace(
        asker,
        roles={project: asker.roles[project]} if project in asker.roles else {},
        agreements={},
        invitations={},
        decided=frozenset(),
        is_operator=False,
        is_export_officer=False,
        project=project,
    )
