"""Campaigns as JSON: what `kiban campaign --json` prints and REST answers."""

from __future__ import annotations

from typing import Any

from kiban.operations.show_as_json import record_as_json
from kiban.operations.show_campaign import CampaignList, ShownCampaign
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import campaign_to_json
from kiban.planning.campaign.experiment import Experiment
from kiban.records.document import to_json

_PLAIN = (
    "description",
    "stage",
    "engine",
    "settings",
    "seed",
    "space",
    "objective",
    "duration",
    "limits",
    "archive",
    "batches",
)


def shown_campaign_as_json(shown: ShownCampaign) -> dict[str, Any]:
    """Everything that `show_campaign` gathers."""
    campaign = shown.campaign
    document = campaign_to_json(campaign)
    return {
        **record_as_json(shown.record),
        "tier": shown.scope.tier.value,
        **{name: document[name] for name in _PLAIN},
        "passages": document["passages"],
        "counts": {state.value: n for state, n in campaign.counts.items()},
        "spending": to_json(campaign.spending),
        "left": dict(campaign.spending.left_of(campaign.limits)),
        "best": list(shown.best),
        "baseline": list(shown.baseline),
        "standstill": to_json(campaign.standstill) if campaign.standstill is not None else None,
        "advice": [to_json(each) for each in shown.advice],
        "experiments": [experiment_as_json(campaign, each) for each in campaign.experiments],
        "sees_values": shown.sees_values,
        "may_change": shown.may_change,
    }


def experiment_as_json(campaign: Campaign, experiment: Experiment) -> dict[str, Any]:
    """An experiment; while it is open, with the records that what is expected of it was learnt from."""
    written: dict[str, Any] = to_json(experiment)
    proposal = written["proposal"]
    if proposal is not None:
        proposal["trials"] = [list(run) for run in proposal["trials"]]
        if experiment.is_open:
            proposal["records"] = records_behind(campaign, experiment)
    return {
        **written,
        "outcomes": list(written["outcomes"]),
        "turns": list(written["turns"]),
        "is_changed": experiment.is_changed,
        "is_open": experiment.is_open,
    }


def records_behind(campaign: Campaign, experiment: Experiment) -> list[str]:
    """The records, or texts that stand for them, that the expectation of an experiment was learnt from."""
    if experiment.proposal is None:
        return []
    behind = set(experiment.proposal.rests_on)
    return list(
        dict.fromkeys(record for each in campaign.experiments if each.number in behind for record in each.records)
    )


def listed_as_json(found: CampaignList) -> dict[str, Any]:
    """A part of the list."""
    return {
        "total": found.total,
        "next": found.next,
        "campaigns": [
            {
                **to_json(each),
                "targets": list(each.targets),
                "counts": {s.value: n for s, n in each.counts.items()},
                "best": [to_json(outcome) for outcome in each.best],
            }
            for each in found.campaigns
        ],
    }
