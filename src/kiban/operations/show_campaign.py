"""A campaign as one asker sees it: its state, its experiments, what is best so far, and what speaks for stopping.

Who may not read a record sees a campaign without the experiments that rest on it, and without what they teach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiban.operations.as_seen import all_as_seen, as_seen
from kiban.operations.audited import reads, saw
from kiban.operations.campaign_records import campaign_of, records_in
from kiban.operations.changed_records import current
from kiban.operations.placement import scope_of
from kiban.operations.resources import Resources
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.experiment import Outcome, State
from kiban.planning.campaign.progress import Advice, advice, baseline, best
from kiban.query.question import Comparison, Operator, Question
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Scope

CAMPAIGNS: Question = Comparison("kind", Operator.EQUAL, RecordKind.CAMPAIGN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCampaign:
    """A campaign with its surroundings, cut down to what the asker may see."""

    record: Record
    campaign: Campaign
    scope: Scope
    best: tuple[int, ...]
    """Numbers of the best experiments."""
    baseline: tuple[int, ...]
    """Numbers of the best of those that were done before the campaign."""
    advice: tuple[Advice, ...]
    sees_values: bool
    """Whether the asker may read more than what describes it; else it comes without experiments."""
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCampaign:
    """A campaign as a list shows it."""

    id: str
    title: str
    stage: Stage
    tier: str
    targets: tuple[str, ...]
    counts: Mapping[State, int]
    """How many experiments are in each state, of those that the asker may see."""
    best: tuple[Outcome, ...]
    """Of the best experiment so far; of a front of several, where none is the best, nothing."""
    n_best: int
    changed_at: str


@dataclass(frozen=True, slots=True)
class CampaignList:
    """Part of a list; `next` starts the part after it."""

    campaigns: tuple[ListedCampaign, ...]
    next: str | None
    total: int


@reads("read campaign")
def show_campaign(asker: Asker, resources: Resources, identifier: str) -> ShownCampaign:
    """Gather one campaign.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may see.
    InvalidIdentifier
    """
    record = current(asker, resources, identifier, RecordKind.CAMPAIGN)
    visible = resources.visible(asker)
    seen = as_seen(resources, visible, record)
    campaign = campaign_of(seen)
    rested_on = resources.catalog.get_many(records_in(campaign), visible) if campaign.experiments else {}
    saw(record, *rested_on.values(), subject=record.pid, n=len(campaign.experiments))
    return ShownCampaign(
        record=seen,
        campaign=campaign,
        scope=scope_of(resources, record.scope),
        best=best(campaign),
        baseline=baseline(campaign),
        advice=advice(campaign),
        sees_values=record.scope in visible.data,
        may_change=record.scope in visible.writable,
    )


@reads("listed campaigns")
def list_campaigns(asker: Asker, resources: Resources, *, limit: int = 50, after: str | None = None) -> CampaignList:
    """List the campaigns that the asker may see, the last begun first."""
    visible = resources.visible(asker)
    page = resources.catalog.find(CAMPAIGNS, visible, limit=limit, after=after)
    counts = resources.catalog.count_by_scope(visible, CAMPAIGNS)
    saw(scopes=counts, n=sum(counts.values()))
    tiers = {scope.number: scope.tier.value for scope in resources.catalog.scopes()}
    drawn = [_listed(record, tiers[record.scope]) for record in all_as_seen(resources, visible, page.records)]
    return CampaignList(campaigns=tuple(drawn), next=page.next, total=sum(counts.values()))


def _listed(record: Record, tier: str) -> ListedCampaign:
    campaign = campaign_of(record)
    leading = best(campaign)
    return ListedCampaign(
        id=record.pid,
        title=record.title,
        stage=campaign.stage,
        tier=tier,
        targets=tuple(target.name for target in campaign.objective.targets),
        counts=campaign.counts,
        best=campaign.experiment(leading[0]).outcomes if len(leading) == 1 else (),
        n_best=len(leading),
        changed_at=record.created_at.isoformat(),
    )
