"""Guests see the records that they were invited to."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope


class InvitedGuest:
    """Says yes to the guests of the scope's invitation, whatever the tier."""

    name = "invitation"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        membership = asker.invitations.get(scope.invitation) if scope.invitation else None
        if membership is None:
            return None
        reason = f"You were invited to it: {membership.through}."
        return Verdict(True, reason, membership.rights, membership.until, {"through": membership.through})


RULE = InvitedGuest()
