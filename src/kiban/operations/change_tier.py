"""Bring records to another tier, under another agreement, or out of or into an embargo; and take that back.

No record gets a new version by it: what changes is who may see it, not what it says. What hangs together with a record
(the sample of a measurement) stays where it is, unless it is chosen as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound, Refused, WrongUsage
from kiban.operations.chosen import Choice, Chosen
from kiban.operations.placement import placement_of, tier_in
from kiban.operations.rescope import Plan, Preview, Rescoped, carry_out, plan, plan_of_undoing, preview
from kiban.operations.resources import Resources, require_act
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.party import Act, Asker
from kiban.records.scope import Scope, Tier

CHANGED = "tier changed"
EMBARGOED = "embargo changed"
TAKEN_BACK = "change of tier taken back"
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChange:
    """What is to become of the tier of records; what is not said stays.

    Parameters
    ----------
    tier : Tier, optional
        The one to have whatever the project says.
    agreement : str, optional
        Name or identifier; the project's own for what is shared, unless given.
    follows : bool
        As the project says from now on.
    closed_until : datetime, optional
        The end of the embargo, earlier or later than it was.
    ends_embargo : bool
        There is none any more.
    """

    tier: Tier | None = None
    agreement: str | None = None
    follows: bool = False
    closed_until: datetime | None = None
    ends_embargo: bool = False

    def __post_init__(self) -> None:
        if self.follows and self.tier is not None:
            raise WrongUsage("A tier was given, and the project's.", mend="Give one of the two.")
        if self.agreement is not None and self.tier is not Tier.SHARED:
            raise WrongUsage(
                "An agreement was named for records that are not shared.", mend="Give the tier shared with it."
            )
        if self.closed_until is not None and self.ends_embargo:
            raise WrongUsage("An embargo was given, and none.", mend="Give one of the two.")
        if not (self.moves or self.closed_until is not None or self.ends_embargo):
            raise WrongUsage("Nothing is to change.", mend="Give a tier or an embargo.")

    @property
    def moves(self) -> bool:
        """It says something of the tier, not of the embargo alone."""
        return self.tier is not None or self.follows


def tier_change(tier: str | None, agreement: str | None, embargo: str | None, at: datetime) -> TierChange:
    """What somebody typed or chose. Raises WrongUsage.

    Parameters
    ----------
    tier : str, optional
        `open`, `shared`, `closed`, or `project`: as the project says; nothing: as it is.
    embargo : str, optional
        As of `placement_of`.
    """
    wanted = placement_of(tier, agreement, embargo, at)
    return TierChange(
        tier=wanted.tier,
        agreement=wanted.agreement,
        follows=tier == "project",
        closed_until=wanted.closed_until,
        ends_embargo=wanted.has_no_embargo,
    )


def preview_tier(asker: Asker, resources: Resources, choice: Choice, change: TierChange) -> Preview:
    """What a change would change, for whom.

    Raises
    ------
    Refused
        If a project does not allow the tier.
    InvalidValue
        If the agreement is none under which a project can share.
    """
    directory = resources.directory.load()

    def reshape(scope: Scope) -> Scope:
        return _reshaped(directory, scope, change, asker)

    action = CHANGED if change.moves else EMBARGOED
    return preview(asker, resources, plan(resources, choice, action, reshape))


def change_tier(
    asker: Asker, resources: Resources, choice: Choice, change: TierChange, *, mark: str | None = None
) -> Rescoped:
    """Change it, in one transaction for each project. Raises as `preview_tier` and `carry_out`."""
    return carry_out(asker, resources, preview_tier(asker, resources, choice, change), mark)


def _reshaped(directory: Directory, scope: Scope, change: TierChange, asker: Asker) -> Scope:
    project = directory.project(scope.project)
    if change.moves:
        tier, agreement = tier_in(directory, project, change.tier, change.agreement, asker)
        scope = replace(scope, tier=tier, agreement=agreement, follows=change.follows)
    if change.ends_embargo:
        return replace(scope, closed_until=None)
    return scope if change.closed_until is None else replace(scope, closed_until=change.closed_until)


def preview_undo(asker: Asker, resources: Resources, change: UUID) -> Preview:
    """What it would change to take a change back.

    Records that have been moved since are left where they are; `plan.choice.n_left` says how many.

    Raises
    ------
    RecordNotFound
        If there is no such change that the asker may know of.
    Refused
        If the asker is no steward of the project, or the project does not allow any more what was before.
    InvalidValue
        If no record is left that it could be taken back for.
    """
    return preview(asker, resources, _plan_of_undoing(asker, resources, change))


def undo_change(asker: Asker, resources: Resources, change: UUID, *, mark: str | None = None) -> Rescoped:
    """Take a change of tier, embargo or invitation back. Raises as `preview_undo` and `carry_out`."""
    return carry_out(asker, resources, preview_undo(asker, resources, change), mark)


def _plan_of_undoing(asker: Asker, resources: Resources, change: UUID) -> Plan:
    require_act(asker, Act.ADMINISTER)
    visible = resources.visible(asker)
    told = resources.catalog.events(visible, subject=change, limit=_MOST_PAGES)
    moved = {UUID(i): (before, after) for event in told for i, before, after in event.details.get("records", ())}
    if not moved:
        raise RecordNotFound(str(change))
    now = resources.catalog.get_many(list(moved), visible)
    back: list[Chosen] = []
    for i, (before, after) in moved.items():
        record = now.get(i)
        if record is None or record.scope != after or before == after:
            continue
        if not asker.has_role(record.project, Role.STEWARD):
            raise Refused("Who may see these records is decided by the stewards of their project.", mend="Ask one.")
        back.append(Chosen(id=i, pid=record.pid, title=record.title, project=record.project, scope=record.scope))
    if not back:
        raise InvalidValue(
            "No record is left that this change could be taken back for.",
            mend="They have been moved since: choose their tier anew.",
        )
    choice = Choice(records=tuple(back), n_left=len(moved) - len(back))
    made = plan_of_undoing(resources, choice, TAKEN_BACK, {i: before for i, (before, _) in moved.items()})
    _check_allowed(made)
    return made


def _check_allowed(made: Plan) -> None:
    wanted = Counter((scope.project, scope.tier) for scope in made.single.values() if not scope.follows)
    for (project, tier), n in wanted.items():
        owner = made.directory.project(project)
        if tier not in owner.allowed:
            raise Refused(
                f"{n} records were {tier} before, which {owner.name} does not allow any more.",
                mend="Choose another tier for them.",
            )
