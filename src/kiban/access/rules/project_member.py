"""The members of a project may see all that the project owns."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope


class ProjectMember:
    """Says yes to members of the owning project, whatever the tier."""

    name = "project_member"

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        if scope.project in asker.projects:
            return Verdict(True, "You belong to the project that owns it.")
        return None


RULE = ProjectMember()
