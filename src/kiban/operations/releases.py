"""The release table and the decisions that it asks for: who edits it, and what a change would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from kiban.access.release import HeldBack, held_back
from kiban.access.who import Move, WhatIf, what_if
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import entry
from kiban.operations.judge_export import require_officer
from kiban.operations.resources import Resources, require_act
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Decision
from kiban.records.parties.export_control import CAUTIOUS, ReleaseRow, ReleaseTable
from kiban.records.party import Act, Asker
from kiban.records.scope import Scope, Visible
from kiban.store.directory_rows import RELEASES
from kiban.store.directory_store import Change

_MOST_ROWS = 200
_LONGEST_GROUND = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """The table, what waits and what was decided."""

    table: ReleaseTable
    is_shipped: bool
    """Whether it is the one that Kiban comes with."""
    revision: int
    """Of the directory; a change names the one that it was made on."""
    held_back: tuple[HeldBack, ...]
    decisions: tuple[Decision, ...]
    """The newest first; of each scope and party the last one."""


def show_releases(asker: Asker, resources: Resources) -> Releases:
    """The whole of it, for operators and those who judge exports. Raises Refused."""
    _require(asker)
    directory = resources.directory.load()
    return Releases(
        table=directory.releases,
        is_shipped=directory.releases == CAUTIOUS,
        revision=directory.revision,
        held_back=held_back(directory, _with_records(resources), datetime.now(UTC)),
        decisions=tuple(sorted(directory.decisions.values(), key=lambda d: d.id, reverse=True)),
    )


def preview_table(asker: Asker, resources: Resources, rows: Sequence[ReleaseRow]) -> WhatIf:
    """What another table would change, for each person; a scope counts as one. Raises Refused, InvalidValue."""
    _require(asker)
    before = resources.directory.load()
    after = replace(before, releases=_table(rows))
    moves = [Move(before=scope, after=scope, n_records=1) for scope in _with_records(resources)]
    return what_if(before, after, moves, datetime.now(UTC))


def set_table(asker: Asker, resources: Resources, rows: Sequence[ReleaseRow], *, expected: int) -> Releases:
    """Put another table in its place.

    Raises
    ------
    Refused
        If the asker is neither an operator nor in charge of export control.
    InvalidValue
        If there are no rows or too many.
    Conflict
        If the directory was changed since the table was looked at.
    """
    _require(asker)
    table = _table(rows)
    line = entry(asker, "changed release table", n_rows=len(table.rows))
    resources.directory.change([table], by=asker.party, expected=expected, audit=[line])
    return show_releases(asker, resources)


def table_history(asker: Asker, resources: Resources) -> tuple[Change, ...]:
    """The tables that there were, newest first; where none was set, that of Kiban counts. Raises Refused."""
    _require(asker)
    return resources.directory.history(RELEASES)


def decide_release(
    asker: Asker, resources: Resources, *, scope: int, party: UUID, allowed: bool, ground: str, expected: int
) -> Decision:
    """Decide a release that the table wants decided, for a person or an organisation. The last decision counts.

    Raises
    ------
    Refused
        If the asker does not judge exports, or would decide for themselves.
    RecordNotFound
        If there is no such scope or party.
    InvalidValue
        If the ground is missing.
    Conflict
    """
    require_officer(asker)
    if party == asker.id:
        raise Refused("You would decide what is released to yourself.", mend="Let another person decide it.")
    ground = ground.strip()
    if not 1 <= len(ground) <= _LONGEST_GROUND:
        raise InvalidValue(
            "The decision has no ground, or an endless one.",
            mend=f"Say in 1 to {_LONGEST_GROUND} characters why: the licence, or why none is needed.",
        )
    directory = resources.directory.load()
    known = {each.number for each in resources.catalog.scopes()}
    if scope not in known or not (party in directory.people or party in directory.organisations):
        raise RecordNotFound(str(party))
    earlier = next((d for d in directory.decisions.values() if (d.scope, d.party) == (scope, party)), None)
    decision = Decision(
        id=earlier.id if earlier else new_uuid(),
        scope=scope,
        party=party,
        allowed=allowed,
        ground=ground,
        by=asker.party,
    )
    line = entry(
        asker,
        "allowed release" if allowed else "refused release",
        subject=str(party),
        scope=scope,
        rule="export_control",
        ground=ground,
    )
    resources.directory.change([decision], by=asker.party, expected=expected, audit=[line])
    return decision


def _with_records(resources: Resources) -> list[Scope]:
    """The scopes that hold something. Whoever judges exports need not see what it is."""
    scopes = resources.catalog.scopes()
    counts = resources.catalog.count_by_scope(Visible.of(scopes))
    return [scope for scope in scopes if scope.number in counts]


def _require(asker: Asker) -> None:
    require_act(asker, Act.ADMINISTER)
    if not (asker.is_operator or asker.is_export_officer):
        raise Refused(
            "You neither run this platform nor judge exports.",
            mend="Ask the person in charge of export control (輸出管理責任者).",
        )


def _table(rows: Sequence[ReleaseRow]) -> ReleaseTable:
    if not 1 <= len(rows) <= _MOST_ROWS:
        raise InvalidValue(
            f"The release table would have {len(rows)} rows.",
            mend=f"Give 1 to {_MOST_ROWS}; the first that holds decides.",
        )
    return ReleaseTable(tuple(rows))
