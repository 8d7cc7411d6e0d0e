"""Open records may be seen by anyone."""

from __future__ import annotations

from kiban.access.verdict import Verdict
from kiban.records.parties.right import READING, Right
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier

_RIGHTS = READING | {Right.RESHARE}


class OpenTier:
    """Says yes to everyone for the open tier, and nothing of the others."""

    name = "open_tier"
    is_steady = True

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:  # noqa: ARG002  anyone may see it
        """See `Rule.judge`."""
        return Verdict(True, "It is open to everyone.", _RIGHTS) if scope.tier is Tier.OPEN else None


RULE = OpenTier()
