"""The earlier studies of a campaign in the words of its page: which ones, and how much each counted."""

from __future__ import annotations

from typing import Any

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.earlier import AUTO
from kiban.web.language import Speaker
from kiban.web.number_text import number_text

_LEAST_SHOWN = 0.005


def studies_of(campaign: Campaign, speaker: Speaker) -> dict[str, Any]:
    """What `campaign_studies.html` needs."""
    if not campaign.archive:
        choice = speaker("campaign_archive.none")
    elif campaign.archive == (AUTO,):
        choice = speaker("campaign_archive.auto")
    elif AUTO in campaign.archive:
        choice = speaker("campaign_archive.auto_and", n=len(campaign.archive) - 1)
    else:
        choice = speaker("campaign_archive.chosen", n=len(campaign.archive))
    rows = [
        {
            "name": each.name,
            "record": each.record,
            "n_trials": each.n_trials or "",
            "counts": [_count(each.counts.get(outcome, 0.0), speaker) for outcome in campaign.objective.outcomes],
        }
        for each in campaign.studies_used()
    ]
    return {
        "choice": choice,
        "outcomes": [speaker.term(outcome) for outcome in campaign.objective.outcomes],
        "rows": rows,
        "is_asked": bool(campaign.batches),
    }


def _count(count: float, speaker: Speaker) -> str:
    if abs(count) < _LEAST_SHOWN:
        return speaker("campaign_archive.nothing")
    percent = f"{number_text(100.0 * abs(count), 2)} %"
    return percent if count > 0 else speaker("campaign_archive.reversed", percent=percent)
