"""Who can see a record, and why; tiers, embargoes and invitations of records, each after a preview."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, model_validator

from kiban.operations import invite
from kiban.operations.change_tier import change_tier, preview_tier, preview_undo, tier_change, undo_change
from kiban.operations.chosen import Choice, chosen_by, chosen_record
from kiban.operations.placement import end_of_embargo
from kiban.operations.rescope_as_json import preview_as_json, rescoped_as_json
from kiban.operations.who_sees import as_json, who_sees
from kiban.records.parties.right import Right
from kiban.web.api.access_models import RescopedModel, WhoSeesModel
from kiban.web.api.describe import problems
from kiban.web.api.records import Identifier
from kiban.web.api.sample_models import Id, Sent
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json
from kiban.web.placement_choice import LONGEST, TierChoice

ROUTER = APIRouter(tags=["access"])

_MARK = "Nothing is changed without it. It comes with the preview, and is refused when something has changed since."
Mark = Annotated[str | None, Field(max_length=64, description=_MARK)]


class _ChosenModel(Sent):
    id: Id | None = Field(None, description="One record.")
    question: Annotated[str | None, Field(max_length=10_000)] = Field(
        None, description="All records that answer, of projects of which you are a steward."
    )
    mark: Mark = None

    @model_validator(mode="after")
    def _one_of_two(self) -> _ChosenModel:
        if (self.id is None) == (self.question is None):
            raise ValueError("Give an identifier or a question.")
        return self

    def choice(self, desk: Desk) -> Choice:
        """The records that are meant."""
        if self.id is not None:
            return chosen_record(desk.asker, desk.resources, self.id)
        return chosen_by(desk.asker, desk.resources, self.question or "")


class TierChangeModel(_ChosenModel):
    """What is to become of the tier of records; what is not sent stays."""

    model_config = ConfigDict(title="TierChange", extra="forbid")

    tier: TierChoice | Literal["project"] | None = Field(
        None, description="`project`: as the project says from now on."
    )
    agreement: Annotated[str | None, Field(max_length=LONGEST)] = Field(
        None, description="Name or identifier; the project's own unless given."
    )
    embargo: Annotated[str | None, Field(max_length=40)] = Field(
        None, description="Closed until then: a day (`2028-04-01`), a time (`24 months`), or `none`."
    )


class InvitationModel(_ChosenModel):
    """Whom to let see records, whatever their tier."""

    model_config = ConfigDict(title="InvitationToRecords", extra="forbid")

    to: Annotated[str, Field(max_length=LONGEST)] = Field(
        description="Login of a person, name of a group or organisation, or an identifier."
    )
    right: Literal["metadata", "data", "use"] = "data"
    until: Annotated[str | None, Field(max_length=40)] = Field(None, description="A day, or a time: `6 months`.")
    take_back: bool = Field(False, description="End the invitation at once.")


class UndoModel(Sent):
    """What confirms that a change is taken back."""

    model_config = ConfigDict(title="Undo", extra="forbid")

    mark: Mark = None


@ROUTER.get(
    "/records/{identifier}/access",
    summary="Who can see a record",
    response_model=WhoSeesModel,
    responses=problems(404, 422, 503),
)
def get_access(
    desk: AtDesk,
    identifier: Identifier,
    others: Annotated[bool, Query(description="Also those who cannot, with what refuses it.")] = False,
) -> Any:
    """What you may do with it, and why; for stewards of its project everybody who can see it, with rule and dates."""
    return Json(as_json(who_sees(desk.asker, desk.resources, identifier, others=others)))


@ROUTER.post(
    "/tiers",
    summary="Change the tier of records",
    response_model=RescopedModel,
    responses=problems(403, 404, 409, 422, 503),
)
def post_tier(desk: AtDesk, body: TierChangeModel) -> Any:
    """Say what a change would change, or make it. No record gets a new version by it."""
    asker, resources = desk.asker, desk.resources
    change, choice = tier_change(body.tier, body.agreement, body.embargo, asker.at), body.choice(desk)
    if body.mark is None:
        return Json({"done": False, "change": None, **preview_as_json(preview_tier(asker, resources, choice, change))})
    done = change_tier(asker, resources, choice, change, mark=body.mark)
    return Json({"done": True, **rescoped_as_json(done)})


@ROUTER.post(
    "/invitations",
    summary="Invite to records",
    response_model=RescopedModel,
    responses=problems(403, 404, 409, 422, 503),
)
def post_invitation(desk: AtDesk, body: InvitationModel) -> Any:
    """Say what an invitation would change, or make it, or take it back."""
    asker, resources = desk.asker, desk.resources
    choice = body.choice(desk)
    party = invite.party_called(asker, resources, body.to)
    if body.take_back:
        if body.mark is None:
            seen = invite.preview_uninviting(asker, resources, choice, party)
            return Json({"done": False, "change": None, **preview_as_json(seen)})
        return Json(
            {"done": True, **rescoped_as_json(invite.uninvite(asker, resources, choice, party, mark=body.mark))}
        )
    right, until = Right(body.right), end_of_embargo(body.until, asker.at) if body.until else None
    if body.mark is None:
        seen = invite.preview_invitation(asker, resources, choice, party, right, until)
        return Json({"done": False, "change": None, **preview_as_json(seen)})
    done = invite.invite(asker, resources, choice, party, right, until, mark=body.mark)
    return Json({"done": True, **rescoped_as_json(done)})


@ROUTER.post(
    "/changes/{change}/undo",
    summary="Take a change of tier back",
    response_model=RescopedModel,
    responses=problems(403, 404, 409, 422, 503),
)
def post_undo(desk: AtDesk, change: UUID, body: UndoModel) -> Any:
    """Say what it would change to bring records back to where they were, or do it."""
    if body.mark is None:
        seen = preview_undo(desk.asker, desk.resources, change)
        return Json({"done": False, "change": None, **preview_as_json(seen)})
    return Json({"done": True, **rescoped_as_json(undo_change(desk.asker, desk.resources, change, mark=body.mark))})
