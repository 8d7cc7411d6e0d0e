"""Technology is not shown to whom the release table does not let it go."""

from __future__ import annotations

from kiban.access.verdict import EVERY_RIGHT, Verdict
from kiban.records.parties.export_control import Relation, Release, ReleaseFacts
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier


class ExportControl:
    """Says no where the table refuses, and where it wants a decision that nobody has made."""

    name = "export_control"

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        row = asker.releases.decide(
            ReleaseFacts(
                export_class=scope.export_class,
                item=scope.export_item,
                relation=relation(asker, scope),
                residency=asker.residency,
                country=asker.country,
            )
        )
        if row.says is Release.ALLOW or (row.says is Release.ASK and scope.number in asker.decided):
            return None
        return Verdict(False, f"Export control: {row.reason}", EVERY_RIGHT, details={"row": row.reason})


def relation(asker: Asker, scope: Scope) -> Relation:
    """What the asker is to records of the scope."""
    if scope.project in asker.roles:
        return Relation.MEMBER
    if scope.tier is Tier.OPEN and not scope.is_embargoed_at(asker.at):
        return Relation.PUBLIC
    return Relation.PARTY


RULE = ExportControl()
