"""Until the end of an embargo only the project and its guests see a record, whatever its tier."""

from __future__ import annotations

from kiban.access.verdict import EVERY_RIGHT, Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope


class Embargo:
    """Says no to all others while the embargo holds."""

    name = "embargo"

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        if not scope.is_embargoed_at(asker.at) or scope.project in asker.roles:
            return None
        if scope.invitation is not None and scope.invitation in asker.invitations:
            return None
        return Verdict(
            False, f"It is under embargo until {scope.closed_until:%Y-%m-%d}.", EVERY_RIGHT, scope.closed_until
        )


RULE = Embargo()
