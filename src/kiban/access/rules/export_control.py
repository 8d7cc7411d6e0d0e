"""Technology is not shown to whom the release table does not let it go."""

from __future__ import annotations

from kiban.access.verdict import EVERY_RIGHT, Verdict
from kiban.records.parties.export_control import (
    CAUTIOUS,
    Relation,
    Release,
    ReleaseFacts,
    ReleaseRow,
    ReleaseTable,
)
from kiban.records.party import Asker
from kiban.records.scope import Scope, Tier

_MOST_ROWS = 1000


class ExportControl:
    """Says no where the table refuses, and where it wants a decision that nobody has made."""

    name = "export_control"
    is_steady = True

    def __init__(self) -> None:
        # Of thousands of scopes the table is asked the same few questions. Table and answers are put in place together.
        self._known: tuple[ReleaseTable, dict[tuple[object, ...], ReleaseRow]] = (CAUTIOUS, {})

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """See `Rule.judge`."""
        row = self._row(asker, scope)
        if row.says is Release.ALLOW or (row.says is Release.ASK and scope.number in asker.decided):
            return None
        return Verdict(
            False, f"Export control: {row.reason}", EVERY_RIGHT, details={"row": row.reason, "row_ja": row.reason_ja}
        )

    def _row(self, asker: Asker, scope: Scope) -> ReleaseRow:
        table, rows = self._known
        if table is not asker.releases or len(rows) >= _MOST_ROWS:
            table, rows = self._known = (asker.releases, {})
        of = relation(asker, scope)
        key = (scope.export_class, scope.export_item, of, asker.residency, asker.country)
        if (row := rows.get(key)) is None:
            facts = ReleaseFacts(
                export_class=scope.export_class,
                item=scope.export_item,
                relation=of,
                residency=asker.residency,
                country=asker.country,
            )
            row = rows[key] = table.decide(facts)
        return row


def relation(asker: Asker, scope: Scope) -> Relation:
    """What the asker is to records of the scope."""
    if scope.project in asker.roles:
        return Relation.MEMBER
    if scope.tier is Tier.OPEN and not scope.is_embargoed_at(asker.at):
        return Relation.PUBLIC
    return Relation.PARTY


RULE = ExportControl()
