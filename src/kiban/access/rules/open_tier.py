"""Open records may be seen by anyone."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier


class OpenTier:
    """Says yes to everyone for the open tier, and nothing of the others."""

    name = "open_tier"

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:  # noqa: ARG002  anyone may see it
        """See `Rule.judge`."""
        return Verdict(True, "It is open to everyone.") if scope.tier is Tier.OPEN else None


RULE = OpenTier()
