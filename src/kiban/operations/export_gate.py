"""The gate before publication: what the release table does not let go to everybody is not made open."""

from __future__ import annotations

from datetime import UTC, datetime

from kiban.access.release import publication
from kiban.errors import Refused
from kiban.operations.resources import Resources
from kiban.records.parties.export_control import Release
from kiban.records.scope import Scope, Tier


def check_publication(resources: Resources, scope: Scope) -> None:
    """Look at where records are to be put. Any scope that is not open passes: who sees it, the rules decide each time.

    Raises
    ------
    Refused
        If the scope is open, now or after its embargo, and the table does not let its records go to everybody.
    """
    if scope.tier is not Tier.OPEN:
        return
    row = publication(resources.directory.load(), scope, scope.closed_until or datetime.now(UTC))
    if row.says is not Release.ALLOW:
        raise Refused(
            f"Records would be open to everyone and '{scope.export_class}': {row.reason}",
            mend="Have them closed or shared; what is published stays known to those who have read it.",
        )
