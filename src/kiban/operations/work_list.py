"""The work list: experiments of all campaigns that somebody is to do, or is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiban.operations.audited import reads, saw
from kiban.operations.campaign_records import campaign_of, records_in
from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import CAMPAIGNS
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.experiment import Experiment, State
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible

_PAGE = 100
_ORDER = (State.RUNNING, State.PENDING, State.SUGGESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOfCampaign:
    """What is open of one campaign: what runs first, then what somebody means to do, then what is suggested."""

    id: str
    title: str
    campaign: Campaign
    """As far as the asker may see it."""
    experiments: tuple[Experiment, ...]
    version: int
    """Of the campaign's record."""
    may_change: bool


@reads("listed work")
def work_list(asker: Asker, resources: Resources, identifier: str | None = None) -> tuple[WorkOfCampaign, ...]:
    """What is open of one campaign, or of all that go on and whose experiments the asker may see, the newest first.

    Raises
    ------
    RecordNotFound
        If there is no such campaign that the asker may see.
    """
    visible = resources.visible(asker)
    records = _all(resources, visible) if identifier is None else iter([_named(asker, resources, identifier)])
    found, seen = [], []
    for record in records:
        # Who may read only what describes a campaign sees none of its experiments.
        if record.scope not in visible.data:
            continue
        campaign = campaign_of(record)
        if campaign.stage is Stage.ENDED and identifier is None:
            continue
        named = records_in(campaign)
        there = resources.catalog.get_many(named, visible) if named else {}
        campaign = campaign.without_records(set(named) - {each.pid for each in there.values()})
        if work := tuple(each for state in _ORDER for each in campaign.of_state(state)):
            found.append(
                WorkOfCampaign(
                    id=record.pid,
                    title=record.title,
                    campaign=campaign,
                    experiments=work,
                    version=record.version,
                    may_change=record.scope in visible.writable,
                )
            )
            seen.append(record)
    saw(*seen, subject=seen[0].pid if identifier is not None and seen else "", n=sum(len(w.experiments) for w in found))
    return tuple(found)


def _named(asker: Asker, resources: Resources, identifier: str) -> Record:
    return current(asker, resources, identifier, RecordKind.CAMPAIGN)


def _all(resources: Resources, visible: Visible) -> Iterator[Record]:
    after: str | None = None
    while True:
        page = resources.catalog.find(CAMPAIGNS, visible, limit=_PAGE, after=after)
        yield from page.records
        if (after := page.next) is None:
            return
