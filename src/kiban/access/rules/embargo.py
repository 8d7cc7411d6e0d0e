"""Until the end of an embargo only the project and its guests see a record, whatever its tier."""

from __future__ import annotations

from kiban.access.verdict import EVERY_RIGHT, Verdict
from kiban.records.parties.right import NO_RIGHTS
from kiban.records.party import Asker
from kiban.records.scope import Scope


class Embargo:
    """Says no, while the embargo holds, to all that neither a role in the project nor the invitation gives."""

    name = "embargo"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        if not scope.is_embargoed_at(asker.at):
            return None
        role = asker.roles.get(scope.project)
        guest = asker.invitations.get(scope.invitation) if scope.invitation is not None else None
        own = (role.rights if role else NO_RIGHTS) | (guest.rights if guest else NO_RIGHTS)
        if not (refused := EVERY_RIGHT - own):
            return None
        return Verdict(False, f"It is under embargo until {scope.closed_until:%Y-%m-%d}.", refused, scope.closed_until)


RULE = Embargo()
