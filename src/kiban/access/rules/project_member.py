"""The members of a project may see all that the project owns, and do with it what their role says."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope


class ProjectMember:
    """Says yes to members of the owning project, whatever the tier."""

    name = "project_member"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        role = asker.roles.get(scope.project)
        if role is None:
            return None
        reason = f"You belong to the project that owns it, as {role}."
        return Verdict(True, reason, role.rights, details={"role": role})


RULE = ProjectMember()
