"""Where new records go, as programs and forms say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from kiban.operations.placement import Choices, Placement, choices, in_project, placement_of
from kiban.records.scope import Tier
from kiban.web.asker import AtDesk, Desk

if TYPE_CHECKING:
    from kiban.web.form_data import Given

LONGEST = 300
TierChoice = Literal["closed", "shared", "open"]
_TIER = "Who may see it: the project, the parties to an agreement, everyone. As the project says, unless given."
_AGREEMENT = "Name or identifier of the agreement of what is shared; the project's own unless given."
_EMBARGO = "Closed until then, whatever the tier: a day (`2028-04-01`), a time (`24 months`), or `none`."
_PROJECT = "Name or identifier of the project it goes to; the one that you work in unless given."
_SHARED_UNDER = "shared:"
"""What stands before the identifier of an agreement where a form's list of tiers has one line for each."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The desk, with the asker working in the project that was named, and what was said of the tier."""

    desk: Desk
    placement: Placement


class PlacementFields(BaseModel):
    """The fields of a body by which a program says where a new record goes."""

    tier: Annotated[TierChoice | None, Field(description=_TIER)] = None
    agreement: Annotated[str | None, Field(max_length=LONGEST, description=_AGREEMENT)] = None
    embargo: Annotated[str | None, Field(max_length=40, description=_EMBARGO, examples=["2028-04-01"])] = None
    project: Annotated[str | None, Field(max_length=LONGEST, description=_PROJECT)] = None

    def placed(self, desk: Desk) -> Placed:
        """What was said. Raises WrongUsage, InvalidValue."""
        return placed(desk, self.tier, self.agreement, self.embargo, self.project)


PLACEMENT_FIELDS = tuple(PlacementFields.model_fields)


def placed(desk: Desk, tier: str | None, agreement: str | None, embargo: str | None, project: str | None) -> Placed:
    """What a program said. Raises WrongUsage, InvalidValue."""
    asker = in_project(desk.asker, desk.resources, project)
    return Placed(Desk(asker, desk.resources), placement_of(tier, agreement, embargo, asker.at))


def _of_address(
    desk: AtDesk,
    tier: Annotated[TierChoice | None, Query(description=_TIER)] = None,
    agreement: Annotated[str | None, Query(max_length=LONGEST, description=_AGREEMENT)] = None,
    embargo: Annotated[str | None, Query(max_length=40, description=_EMBARGO, examples=["2028-04-01"])] = None,
    project: Annotated[str | None, Query(max_length=LONGEST, description=_PROJECT)] = None,
) -> Placed:
    return placed(desk, tier, agreement, embargo, project)


InAddress = Annotated[Placed, Depends(_of_address)]
"""What the query of an address says."""


def of_form(desk: Desk, form: Given) -> Placement:
    """What was chosen in a form that has the pieces of `placement_parts.html`. Raises WrongUsage."""
    return chosen(desk, form.text("tier"), form.text("embargo"))


def chosen(desk: Desk, tier: str, embargo: str) -> Placement:
    """One line of the list of tiers, and the end of an embargo. Raises WrongUsage."""
    if tier.startswith(_SHARED_UNDER):
        return placement_of(Tier.SHARED, tier.removeprefix(_SHARED_UNDER), embargo, desk.asker.at)
    return placement_of(tier, None, embargo, desk.asker.at)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a form offers, and what is chosen in it."""

    choices: Choices
    tier: str = ""
    embargo: str = ""


def offered(desk: Desk, form: Given | None = None) -> Offered:
    """For `placement_parts.html`: what can be chosen, with what was chosen before where the form is shown again."""
    there = choices(desk.asker, desk.resources)
    return Offered(there, form.text("tier"), form.text("embargo")) if form is not None else Offered(there)
