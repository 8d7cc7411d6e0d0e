"""Campaigns as lines of the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kiban.cli.command import print_json, say

if TYPE_CHECKING:
    from kiban.operations.show_campaign import CampaignList, ShownCampaign
    from kiban.planning.campaign.campaign import Campaign
    from kiban.planning.campaign.experiment import Experiment, Proposal
    from kiban.planning.campaign.progress import Advice
    from kiban.planning.objective.target import Target
    from kiban.quantity.measured import Measured

_WHY = {
    "drawn": "drawn by lot",
    "spread": "lies where little was tried",
    "improve": "may well beat the best so far (chance {chance:.0%})",
    "learn": "little is known there, and it could be better than it looks (chance {chance:.0%})",
    "front": "may push the Pareto front out (chance {chance:.0%})",
    "feasible": "nothing so far keeps to the limits; here it may",
    "earlier": "earlier studies expect most there; nothing of its own tells yet",
}
_SIGNS = {
    "enough": "experiment {experiment:.0f} is good enough",
    "spent": "the limit of {limit} is used up",
    "no_gain": "the last {n:.0f} experiments did not improve on the best before",
    "little_chance": "the engine sees a chance of {chance:.0%} at most to beat the best so far",
}
_MOST_LINES = 200


def print_campaign(shown: ShownCampaign, arguments: argparse.Namespace) -> None:
    """Print one with its experiments, as JSON where that was asked for."""
    if arguments.json:
        from kiban.operations.campaign_as_json import shown_campaign_as_json

        print_json(shown_campaign_as_json(shown))
        return
    record, campaign = shown.record, shown.campaign
    tier = shown.scope.tier.value
    print(f"{record.pid} {record.title} (version {record.version}, {campaign.stage}, {tier})")
    if campaign.description:
        print(f"  {campaign.description}")
    for target in campaign.objective.targets:
        print(f"  wanted: {target.name} {_wanted(target)}")
    for line in _used(campaign):
        print(f"  {line}")
    if not shown.sees_values:
        print("  You may read what describes it, not its experiments.")
    if shown.sees_values:
        print_studies(campaign)
    for number in shown.baseline:
        print(f"  best before: experiment {number}, {_outcomes(_found(campaign.experiment(number)))}")
    for number in shown.best:
        print(f"  best so far: experiment {number}, {_outcomes(_found(campaign.experiment(number)))}")
    _print_standstill(campaign)
    for sign in shown.advice:
        print(f"  it may be time to stop: {_sign(sign)}")
    for each in campaign.experiments[-_MOST_LINES:]:
        print_experiment(campaign, each)
    if len(campaign.experiments) > _MOST_LINES:
        print(f"  ... and {len(campaign.experiments) - _MOST_LINES} before these; --json names them all")


def print_studies(campaign: Campaign) -> None:
    """Print which earlier studies a campaign may rest on, and how much those of the newest suggestions counted."""
    choice = ", ".join(campaign.archive) if campaign.archive else "none"
    used = campaign.studies_used()
    if not used:
        print(f"  earlier studies: {choice}" + (" (none counted so far)" if campaign.archive else ""))
        return
    print(f"  earlier studies ({choice}), and how much each counted for the newest suggestions:")
    for each in used:
        size = f", {each.n_trials} experiments" if each.n_trials else ""
        counts = ", ".join(f"{outcome} {count:.0%}" for outcome, count in each.counts.items())
        print(f"    {f'{each.record} ' if each.record else ''}{each.name}{size}: {counts}")


def print_moved(shown: ShownCampaign, numbers: Iterable[int], arguments: argparse.Namespace) -> None:
    """Print a campaign that was just moved, with the experiments that it was about."""
    if arguments.json:
        print_campaign(shown, arguments)
        return
    record = shown.record
    print(f"{record.pid} {record.title} (version {record.version}, {shown.campaign.stage})")
    for number in numbers:
        print_experiment(shown.campaign, shown.campaign.experiment(number))
    _print_standstill(shown.campaign)


def _print_standstill(campaign: Campaign) -> None:
    if campaign.standstill is not None:
        print(f"  nothing more is suggested: {campaign.standstill.fault} {campaign.standstill.mend}")


def print_experiment(campaign: Campaign, experiment: Experiment) -> None:
    """Print one experiment: what it is, and what is expected and known of it."""
    source = {"added": "added", "replicate": "", "imported": "done before"}.get(experiment.source.value, "")
    if experiment.replicate_of is not None:
        source = f"repeats {experiment.replicate_of}"
    if experiment.is_changed:
        source = "changed"
    state = experiment.state.value + (f", {source}" if source else "")
    found = _found(experiment)
    known = f": {_outcomes(found)}" if found else ""
    print(f"  {experiment.number} ({state}) {_point(campaign, experiment.point)}{known}")
    note = next((turn.note for turn in reversed(experiment.turns) if turn.note), "")
    if note:
        print(f"      note: {note}")
    if experiment.proposal is not None and experiment.is_open:
        print_reason(campaign, experiment.proposal, experiment)


def print_reason(campaign: Campaign, proposal: Proposal, experiment: Experiment) -> None:
    """Print why an experiment was suggested, and what that was learnt from."""
    from kiban.operations.campaign_as_json import records_behind

    if experiment.is_changed:
        print(f"      suggested: {_point(campaign, proposal.point)}")
    if proposal.expected:
        print(f"      expected: {_outcomes(proposal.expected)}")
    numbers = proposal.reason.numbers
    why = _WHY.get(proposal.reason.why.value, proposal.reason.why.value).format(chance=numbers.get("chance", 0.0))
    if numbers.get("feasible", 1.0) < 0.995:
        why += f"; chance to keep to all limits and not to fail {numbers['feasible']:.0%}"
    print(f"      why: {why}")
    if proposal.rests_on:
        behind = records_behind(campaign, experiment)
        told = f" ({', '.join(behind[:5])}{', ...' if len(behind) > 5 else ''})" if behind else ""
        print(f"      learnt from: {_runs(proposal.trials)}{told}")


def print_list(found: CampaignList, arguments: argparse.Namespace) -> None:
    """Print a part of the list."""
    if arguments.json:
        from kiban.operations.campaign_as_json import listed_as_json

        print_json(listed_as_json(found))
        return
    for each in found.campaigns:
        counts = ", ".join(f"{n} {state}" for state, n in each.counts.items() if n)
        print(f"{each.id} {each.title} ({each.stage}, {each.tier}): {counts or 'no experiment yet'}")
    say(f"{found.total} campaigns." + (f" Go on with --after {found.next}." if found.next else ""))


def _wanted(target: Target) -> str:
    unit = f" {target.unit}" if target.unit else ""
    if target.value is not None:
        return f"as near as possible to {target.value:g}{unit}"
    return f"as {'large' if target.goal.value == 'maximise' else 'small'} as possible{f', in{unit}' if unit else ''}"


def _used(campaign: Campaign) -> list[str]:
    limits, spent = campaign.limits, campaign.spending
    lines = [
        f"{what}: {used:g} of {limit:g}"
        for what, used, limit in (
            ("experiments", spent.experiments, limits.experiments),
            ("cost", spent.cost, limits.cost),
            ("hours", spent.hours, limits.hours),
        )
        if limit is not None
    ]
    return [f"engine: {campaign.engine}, seed {campaign.seed}", *lines]


def _point(campaign: Campaign, point: Mapping[str, float | str]) -> str:
    parts = []
    for parameter in campaign.space.parameters:
        value = point[parameter.name]
        unit = getattr(parameter, "unit", "")
        parts.append(
            f"{parameter.name}={value if isinstance(value, str) else f'{value:.12g}'}{f' {unit}' if unit else ''}"
        )
    return ", ".join(parts)


def _found(experiment: Experiment) -> dict[str, Measured]:
    return {outcome.name: outcome.value for outcome in experiment.outcomes}


def _outcomes(values: Mapping[str, Measured]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _runs(trials: tuple[tuple[int, int], ...]) -> str:
    return "experiments " + ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in trials)


def _sign(each: Advice) -> str:
    return _SIGNS[each.sign.value].format(limit=each.limit, **each.numbers)
