"""The list of campaigns: where each stands, and how to begin one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from kiban.operations.show_campaign import ListedCampaign, list_campaigns
from kiban.planning.campaign.experiment import State
from kiban.records.parties.right import Role
from kiban.web.api.search import After
from kiban.web.asker import AtDesk
from kiban.web.language import Speaker, language_of
from kiban.web.page import page
from kiban.web.show_values import quantity

ROUTER = APIRouter()

_ON_A_PAGE = 50


@ROUTER.get("/campaigns")
def show_campaigns(request: Request, desk: AtDesk, after: After = None) -> Response:
    """Show those that the visitor may see, the last begun first."""
    found = list_campaigns(desk.asker, desk.resources, limit=_ON_A_PAGE, after=after)
    speaker = Speaker(language_of(request))
    return page(
        request,
        "campaigns.html",
        total=found.total,
        rows=[_row(each, speaker) for each in found.campaigns],
        next=f"?{urlencode({'after': found.next})}" if found.next else None,
        may_begin=any(role.is_at_least(Role.CONTRIBUTOR) for role in desk.asker.roles.values()),
    )


def _row(listed: ListedCampaign, speaker: Speaker) -> dict[str, Any]:
    counts = listed.counts
    return {
        "id": listed.id,
        "title": listed.title,
        "stage": listed.stage.value,
        "tier": listed.tier,
        "targets": [speaker.term(name) for name in listed.targets],
        "best": [
            (speaker.term(each.name), quantity(each.value)) for each in listed.best if each.name in listed.targets
        ],
        "n_best": listed.n_best,
        "n_waiting": counts[State.SUGGESTED],
        "n_open": counts[State.PENDING] + counts[State.RUNNING],
        "n_done": counts[State.COMPLETED] + counts[State.FAILED],
        "moved_at": listed.changed_at,
    }
