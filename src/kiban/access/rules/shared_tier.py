"""The parties to an agreement may do with what is shared under it what the agreement gives them."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier


class SharedTier:
    """Says yes to the parties to the scope's agreement."""

    name = "shared_tier"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        if scope.tier is not Tier.SHARED or scope.agreement is None:
            return None
        membership = asker.agreements.get(scope.agreement)
        if membership is None:
            return None
        reason = f"You are a party to the agreement it is shared under: {membership.through}."
        return Verdict(True, reason, membership.rights, membership.until, {"through": membership.through})


RULE = SharedTier()
