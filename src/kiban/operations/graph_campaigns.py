"""Campaigns that learnt from exported records, cut down to what the asker may see, for exports of provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from kiban.operations.as_seen import all_as_seen
from kiban.operations.campaign_records import campaign_of
from kiban.operations.resources import Resources
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, Move
from kiban.records.link import Link
from kiban.records.record import Record
from kiban.records.scope import Visible
from kiban.standards.graph_campaigns import ExportedCampaign, ExportedExperiment, ExportedSuggestion

_BEGUN = frozenset({Move.START, Move.RETRY})
_TOLD = frozenset({Move.TELL, Move.CORRECT, Move.FAIL})


def campaigns_of(
    resources: Resources, visible: Visible, links: Iterable[Link], records: Mapping[UUID, Record]
) -> tuple[ExportedCampaign, ...]:
    """The campaigns at one end of some links, with their experiments that rest on the records at the other end."""
    learnt: dict[UUID, list[str]] = {}
    for link in links:
        if link.object in records:
            learnt.setdefault(link.subject, []).append(records[link.object].pid)
    found = resources.catalog.get_many(learnt, visible) if learnt else {}
    seen = all_as_seen(resources, visible, [found[i] for i in sorted(found)])
    return tuple(_exported(record, sorted(learnt[record.id])) for record in seen)


def _exported(record: Record, learnt: list[str]) -> ExportedCampaign:
    campaign = campaign_of(record)
    there = set(learnt)
    resting = [each for each in campaign.experiments if there & set(each.records)]
    return ExportedCampaign(
        record=record,
        experiments=tuple(_experiment(campaign, each, there) for each in resting),
        n_others=len(campaign.experiments) - len(resting),
        learnt_from=tuple(learnt),
    )


def _experiment(campaign: Campaign, experiment: Experiment, there: set[str]) -> ExportedExperiment:
    begun = [turn.at for turn in experiment.turns if turn.move in _BEGUN]
    told = [turn for turn in experiment.turns if turn.move in _TOLD]
    return ExportedExperiment(
        number=experiment.number,
        state=experiment.state.value,
        source=experiment.source.value,
        settings=dict(experiment.point),
        outcomes={each.name: each.value for each in experiment.outcomes},
        records=tuple(pid for pid in experiment.records if pid in there),
        suggestion=_suggestion(campaign, experiment),
        laboratory=experiment.laboratory,
        began_at=begun[0] if begun else None,
        ended_at=told[-1].at if begun and told else None,
        by=told[-1].by if told else "",
    )


def _suggestion(campaign: Campaign, experiment: Experiment) -> ExportedSuggestion | None:
    proposal = experiment.proposal
    if proposal is None:
        return None
    batch = next((each for each in campaign.batches if each.number == proposal.batch), None)
    return ExportedSuggestion(
        engine=f"{batch.engine}/{batch.engine_version}" if batch is not None else campaign.engine,
        at=batch.at if batch is not None else "",
        settings=dict(proposal.point),
        expected=proposal.expected,
        why=proposal.reason.why.value,
        learnt_from=proposal.rests_on,
    )
