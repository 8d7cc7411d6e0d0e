"""The parties to an agreement may see what is shared under it."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier


class SharedTier:
    """Says yes to the parties to the scope's agreement."""

    name = "shared_tier"

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        if scope.tier is Tier.SHARED and scope.agreement in asker.agreements:
            return Verdict(True, "You are a party to the agreement it is shared under.")
        return None


RULE = SharedTier()
