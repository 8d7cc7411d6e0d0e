"""/api/v1/agreements: terms under which records are shared, and the parties to them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from kiban.operations import agreement_parties as parties
from kiban.operations import agreements
from kiban.operations import directory_as_json as as_json
from kiban.operations import shared_under as shared
from kiban.operations.agreements import Terms
from kiban.operations.directory_history import history_of
from kiban.web.api.agreement_models import (
    AgreementModel,
    AnswerOfPartyModel,
    NewAgreementModel,
    PartyInvitationModel,
    PartyRightsModel,
    SharedUnderModel,
    TakenModel,
    TermsChangeModel,
    TermsPreviewModel,
)
from kiban.web.api.describe import problems
from kiban.web.api.directory_models import PastChangeModel, Which, WhichParty
from kiban.web.api.effect_models import EffectsModel
from kiban.web.asker import AtDesk, Desk
from kiban.web.json_response import Json

ROUTER = APIRouter(tags=["agreements"])
_CHANGES = problems(403, 404, 409, 422, 503)


def _shown(desk: Desk, name: str) -> Json:
    return Json(as_json.agreement_as_json(agreements.show_agreement(desk.asker, desk.resources, name)))


def terms_of(body: TermsChangeModel) -> Terms:
    """What the body says."""
    return Terms(
        name=body.name,
        purposes=tuple(body.purposes) if body.purposes is not None else None,
        text=body.text,
        obligations=frozenset(body.obligations) if body.obligations is not None else None,
        starts=body.starts,
        ends=body.ends,
        never_ends=body.never_ends,
    )


@ROUTER.get("/agreements", summary="List agreements", response_model=list[AgreementModel], responses=problems(503))
def list_agreements(desk: AtDesk) -> Any:
    """Those that you are a party to or keep; those that wait for your answer first."""
    return Json([as_json.agreement_as_json(each) for each in agreements.list_agreements(desk.asker, desk.resources)])


@ROUTER.post(
    "/agreements",
    summary="Draft an agreement",
    response_model=AgreementModel,
    responses=problems(403, 404, 422, 503),
)
def draft_agreement(desk: AtDesk, body: NewAgreementModel) -> Any:
    """For stewards of the project that keeps it. Nobody sees anything by it yet."""
    made = agreements.draft_agreement(desk.asker, desk.resources, body.keeper, terms_of(body))
    return _shown(desk, str(made.id))


@ROUTER.get(
    "/agreements/{agreement}",
    summary="One agreement",
    response_model=AgreementModel,
    responses=problems(404, 422, 503),
)
def show_agreement(desk: AtDesk, agreement: Which) -> Any:
    """With the parties that you may know of."""
    return _shown(desk, agreement)


@ROUTER.post(
    "/agreements/{agreement}/terms/preview",
    summary="Preview other terms",
    response_model=TermsPreviewModel,
    responses=problems(403, 404, 422, 503),
)
def preview_terms(desk: AtDesk, agreement: Which, body: TermsChangeModel) -> Any:
    """What would have to be accepted again, and who would see less until then. Nothing is changed."""
    preview = agreements.preview_terms(desk.asker, desk.resources, agreement, terms_of(body))
    return Json(as_json.terms_preview_as_json(preview))


@ROUTER.patch("/agreements/{agreement}", summary="Change terms", response_model=AgreementModel, responses=_CHANGES)
def change_terms(desk: AtDesk, agreement: Which, body: TermsChangeModel) -> Any:
    """Other wording or purposes, more to owe and a later end must be accepted again."""
    changed = agreements.change_terms(desk.asker, desk.resources, agreement, terms_of(body), seen=body.seen)
    return _shown(desk, str(changed.id))


@ROUTER.post(
    "/agreements/{agreement}/end", summary="End an agreement", response_model=AgreementModel, responses=_CHANGES
)
def end_agreement(desk: AtDesk, agreement: Which, body: AnswerOfPartyModel) -> Any:
    """At once, for all parties."""
    ended = agreements.end_agreement(desk.asker, desk.resources, agreement, seen=body.seen)
    return _shown(desk, str(ended.id))


@ROUTER.post(
    "/agreements/{agreement}/parties/preview",
    summary="Preview an invitation",
    response_model=EffectsModel,
    responses=problems(403, 404, 422, 503),
)
def preview_invitation(desk: AtDesk, agreement: Which, body: PartyInvitationModel) -> Any:
    """Who would see how much, once it is accepted. Nothing is changed."""
    effects = parties.preview_invitation(desk.asker, desk.resources, agreement, body.party, body.rights)
    return Json(as_json.effects_as_json(effects))


@ROUTER.post(
    "/agreements/{agreement}/parties", summary="Invite a party", response_model=AgreementModel, responses=_CHANGES
)
def invite_party(desk: AtDesk, agreement: Which, body: PartyInvitationModel) -> Any:
    """An organisation or a person; it sees nothing before it has accepted."""
    changed = parties.invite_party(
        desk.asker, desk.resources, agreement, body.party, body.rights, since=body.since, seen=body.seen
    )
    return _shown(desk, str(changed.id))


@ROUTER.put(
    "/agreements/{agreement}/parties/{party}",
    summary="Change a party's rights",
    response_model=AgreementModel,
    responses=_CHANGES,
)
def change_party(desk: AtDesk, agreement: Which, party: WhichParty, body: PartyRightsModel) -> Any:
    """At once, wider or narrower."""
    changed = parties.change_party(desk.asker, desk.resources, agreement, party, body.rights, seen=body.seen)
    return _shown(desk, str(changed.id))


@ROUTER.delete(
    "/agreements/{agreement}/parties/{party}",
    summary="Exclude a party",
    response_model=AgreementModel,
    responses=_CHANGES,
)
def exclude_party(desk: AtDesk, agreement: Which, party: WhichParty) -> Any:
    """At once; an invitation that nobody has answered is taken back."""
    changed = parties.exclude_party(desk.asker, desk.resources, agreement, party)
    return _shown(desk, str(changed.id))


@ROUTER.post(
    "/agreements/{agreement}/accept", summary="Accept an agreement", response_model=AgreementModel, responses=_CHANGES
)
def accept_agreement(desk: AtDesk, agreement: Which, body: AnswerOfPartyModel) -> Any:
    """For the person, or a steward of the organisation, that was invited."""
    parties.accept_agreement(desk.asker, desk.resources, agreement, body.party, seen=body.seen)
    return _shown(desk, agreement)


@ROUTER.post(
    "/agreements/{agreement}/decline",
    summary="Decline an agreement",
    response_model=AgreementModel,
    responses=_CHANGES,
)
def decline_agreement(desk: AtDesk, agreement: Which, body: AnswerOfPartyModel) -> Any:
    """For the person, or a steward of the organisation, that was invited."""
    parties.decline_agreement(desk.asker, desk.resources, agreement, body.party, seen=body.seen)
    return _shown(desk, agreement)


@ROUTER.post(
    "/agreements/{agreement}/leave", summary="Leave an agreement", response_model=AgreementModel, responses=_CHANGES
)
def leave_agreement(desk: AtDesk, agreement: Which, body: AnswerOfPartyModel) -> Any:
    """At once: nobody of the party sees what is shared under it any more."""
    parties.leave_agreement(desk.asker, desk.resources, agreement, body.party, seen=body.seen)
    return _shown(desk, agreement)


@ROUTER.get(
    "/agreements/{agreement}/shared",
    summary="What is shared under an agreement",
    response_model=SharedUnderModel,
    responses=problems(404, 422, 503),
)
def shared_under(desk: AtDesk, agreement: Which) -> Any:
    """As far as you may know: counts by kind, and the newest records."""
    return Json(as_json.shared_as_json(shared.shared_under(desk.asker, desk.resources, agreement)))


@ROUTER.get(
    "/agreements/{agreement}/taken",
    summary="What a party exported and downloaded under an agreement",
    response_model=list[TakenModel],
    responses=problems(403, 404, 422, 503),
)
def taken_under(desk: AtDesk, agreement: Which, party: str = Query(max_length=300)) -> Any:
    """As far as the audit log knows; for stewards of the party, and of the project that keeps the agreement."""
    taken = shared.taken_under(desk.asker, desk.resources, agreement, party)
    return Json(as_json.taken_as_json(taken))


@ROUTER.get(
    "/agreements/{agreement}/history",
    summary="Who changed an agreement, and when",
    response_model=list[PastChangeModel],
    responses=problems(404, 422, 503),
)
def agreement_history(desk: AtDesk, agreement: Which) -> Any:
    """For stewards of the project that keeps it."""
    found = agreements.find_agreement(desk.asker, desk.resources, agreement)
    return Json(as_json.history_as_json(history_of(desk.asker, desk.resources, found.id)))
