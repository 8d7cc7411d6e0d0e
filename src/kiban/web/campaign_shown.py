"""A campaign in the words of its page: what is wanted, what comes next and why, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.operations.campaign_as_json import records_behind
from kiban.operations.campaign_records import campaign_of
from kiban.operations.show import Shown
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, Proposal, Turn
from kiban.planning.campaign.progress import Advice, advice, baseline, best
from kiban.planning.objective.objective import Way
from kiban.planning.objective.target import OutcomeLimit, Target
from kiban.planning.space.parameter import Categorical, Point
from kiban.planning.space.search_space import SearchSpace
from kiban.quantity.measured import Measured
from kiban.query.identifiers import named_record
from kiban.web.campaign_plot import course_picture, dots
from kiban.web.campaign_studies import studies_of
from kiban.web.language import Speaker
from kiban.web.number_text import number_text
from kiban.web.show_values import quantity
from kiban.web.unit_text import axis_title, with_unit

_MOST_RECORDS = 12
_DIGITS = 5


def campaign_values(shown: Shown, speaker: Speaker) -> dict[str, Any]:
    """What `record_campaign.html` needs."""
    campaign = campaign_of(shown.record)
    leading, before = best(campaign), baseline(campaign)
    target = campaign.objective.targets[0]
    return {
        "campaign": campaign,
        "targets": [_target(each, speaker) for each in campaign.objective.targets],
        "bounds": [_bound(each, speaker) for each in campaign.objective.limits],
        "used": _used(campaign, speaker),
        "advice": [_advice(each, speaker) for each in advice(campaign)],
        "before": [_row(campaign, campaign.experiment(number), speaker) for number in before],
        "leading": [_row(campaign, campaign.experiment(number), speaker) for number in leading],
        "open": [_row(campaign, each, speaker) for each in campaign.experiments if each.is_open],
        "studies": studies_of(campaign, speaker),
        "rows": [_row(campaign, each, speaker) for each in campaign.experiments],
        "picture": course_picture(
            dots(campaign),
            _level(campaign, before),
            speaker("campaign.progress_label"),
            axis_title(speaker.term(target.name), target.unit),
            speaker("campaign.number"),
        ),
    }


def _level(campaign: Campaign, before: tuple[int, ...]) -> float | None:
    """What the best experiment before the campaign gave, where there is one target."""
    if campaign.objective.way is not Way.SINGLE or not before:
        return None
    outcome = campaign.experiment(before[0]).outcome(campaign.objective.targets[0].name)
    return outcome.value.value if outcome is not None else None


def point_text(space: SearchSpace, point: Point, speaker: Speaker) -> str:
    """A setting in words: `temperature 300 K, solvent water`."""
    parts = []
    for parameter, number in zip(space.parameters, _cells(space, point), strict=True):
        said = number if isinstance(parameter, Categorical) else with_unit(number, parameter.unit)
        parts.append(f"{parameter.name} {said}")
    return speaker("campaign.comma").join(parts)


def _cells(space: SearchSpace, point: Point) -> list[str]:
    values = (point[name] for name in space.names)
    return [value if isinstance(value, str) else number_text(value, _DIGITS) for value in values]


def reason_text(proposal: Proposal, speaker: Speaker) -> str:
    """Why an experiment was suggested, in a sentence or two."""
    numbers = proposal.reason.numbers
    why = proposal.reason.why.value
    said = [speaker.word("campaign_why", why).format(chance=_percent(numbers.get("chance", 0.0)))]
    if numbers.get("feasible", 1.0) < 0.995:
        said.append(speaker("campaign.feasible", chance=_percent(numbers["feasible"])))
    if n := len(proposal.rests_on):
        said.append(speaker("campaign.learnt_from", n=n))
    return ("" if speaker.language == "ja" else " ").join(said)


def _row(campaign: Campaign, experiment: Experiment, speaker: Speaker) -> dict[str, Any]:
    proposal = experiment.proposal
    source = "changed" if experiment.is_changed else experiment.source.value
    behind = records_behind(campaign, experiment) if experiment.is_open else []
    return {
        "number": experiment.number,
        "state": experiment.state.value,
        "laboratory": experiment.laboratory,
        "source": source,
        "point": point_text(campaign.space, experiment.point, speaker),
        "cells": _cells(campaign.space, experiment.point),
        "suggested": point_text(campaign.space, proposal.point, speaker) if proposal and experiment.is_changed else "",
        "expected": _outcomes(proposal.expected, speaker) if proposal is not None else [],
        "found": _outcomes({each.name: each.value for each in experiment.outcomes}, speaker),
        "reason": reason_text(proposal, speaker) if proposal is not None else "",
        "replicate_of": experiment.replicate_of,
        "records": [text for text in experiment.records if named_record(text) is not None],
        "behind": [text for text in behind if named_record(text) is not None][:_MOST_RECORDS],
        "note": _note(experiment.turns),
    }


def experiment_row(campaign: Campaign, experiment: Experiment, speaker: Speaker) -> dict[str, Any]:
    """An experiment in words, for whatever page shows it."""
    return _row(campaign, experiment, speaker)


def _note(turns: tuple[Turn, ...]) -> str:
    return next((turn.note for turn in reversed(turns) if turn.note), "")


def _outcomes(values: Mapping[str, Measured], speaker: Speaker) -> list[tuple[str, str]]:
    return [(speaker.term(name), quantity(value)) for name, value in values.items()]


def _target(target: Target, speaker: Speaker) -> str:
    value = with_unit(number_text(target.value), target.unit) if target.value is not None else ""
    wanted = speaker.word("campaign_goal", target.goal.value).format(value=value)
    return f"{axis_title(speaker.term(target.name), target.unit)}{speaker('parties.colon')}{wanted}"


def _bound(limit: OutcomeLimit, speaker: Speaker) -> str:
    ends = [f"≥ {number_text(limit.low)}"] if limit.low is not None else []
    ends += [f"≤ {number_text(limit.high)}"] if limit.high is not None else []
    return f"{speaker.term(limit.name)} {speaker('campaign.comma').join(with_unit(end, limit.unit) for end in ends)}"


def _used(campaign: Campaign, speaker: Speaker) -> list[tuple[str, str]]:
    limits, spent = campaign.limits, campaign.spending
    both = {
        "experiments": (float(spent.experiments), limits.experiments),
        "cost": (spent.cost, limits.cost),
        "hours": (spent.hours, limits.hours),
    }
    return [
        (
            speaker.word("campaign_limit", name),
            number_text(used)
            if limit is None
            else speaker("campaign.of", used=number_text(used), limit=number_text(float(limit))),
        )
        for name, (used, limit) in both.items()
        if limit is not None or used
    ]


def _advice(each: Advice, speaker: Speaker) -> str:
    numbers = {
        name: _percent(number) if name == "chance" else number_text(number) for name, number in each.numbers.items()
    }
    limit = speaker.word("campaign_limit", each.limit) if each.limit else ""
    return speaker.word("campaign_sign", each.sign.value).format(limit=limit, **numbers)


def _percent(share: float) -> str:
    return number_text(100.0 * share, 2)
