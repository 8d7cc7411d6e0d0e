"""The scopes of a catalog in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

from kiban.records.parties.terms import Project
from kiban.records.scope import Scope, ScopeTerms


class MemoryScopes:
    """Keeps scopes in order of number. Safe to use from several threads."""

    def __init__(self) -> None:
        self._scopes: list[Scope] = []
        self._projects: dict[UUID, Project] = {}
        self._mutex = threading.Lock()

    def all(self) -> tuple[Scope, ...]:
        """All scopes there are."""
        return tuple(self._scopes)

    def ensure(self, wanted: ScopeTerms) -> Scope:
        """See `kiban.store.catalog.Catalog.ensure_scope`."""
        with self._mutex:
            made = Scope.numbered(len(self._scopes), wanted)
            for scope in self._scopes:
                same = replace(made, number=scope.number)
                if wanted.follows:
                    same = replace(same, tier=scope.tier, agreement=scope.agreement)
                if same == scope:
                    return scope
            if wanted.follows and (now := self._projects.get(wanted.project)) is not None:
                made = replace(made, tier=now.tier, agreement=now.agreement)
            self._scopes.append(made)
            return made

    def follow(self, project: Project) -> None:
        """Give the scopes that follow a project its tier and agreement."""
        with self._mutex:
            self._projects[project.id] = project
            self._scopes = [
                replace(scope, tier=project.tier, agreement=project.agreement)
                if scope.follows and scope.project == project.id
                else scope
                for scope in self._scopes
            ]
