"""One experiment of a campaign in the words of its own page, at which people do it and tell what came out."""

from __future__ import annotations

from typing import Any

from kiban.operations.directory_changes import as_uuid, view_of
from kiban.operations.show_campaign import ShownCampaign
from kiban.operations.tell_file import sample_of
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.experiment import Experiment, Move, State
from kiban.planning.campaign.moves import LEGAL
from kiban.planning.space.parameter import Categorical, Parameter
from kiban.web.asker import Desk
from kiban.web.campaign_shown import experiment_row
from kiban.web.language import Speaker
from kiban.web.number_text import number_text
from kiban.web.show_values import quantity

_DIGITS = 6
"""As many as the protocol has."""


def experiment_values(desk: Desk, shown: ShownCampaign, experiment: Experiment, speaker: Speaker) -> dict[str, Any]:
    """What `experiment.html` needs."""
    campaign = shown.campaign
    known = {each.name: each for each in experiment.outcomes}
    expected = experiment.proposal.expected if experiment.proposal is not None and not experiment.is_changed else {}
    return {
        "pid": shown.record.pid,
        "version": shown.record.version,
        "campaign_name": campaign.name,
        "stage": campaign.stage.value,
        "standstill": campaign.standstill,
        "may_change": shown.may_change,
        "row": experiment_row(campaign, experiment, speaker),
        "sample": sample_of(shown.record.pid, experiment.number),
        "laboratory": experiment.laboratory,
        "is_open": experiment.is_open,
        "settings": [setting(each, experiment.point[each.name]) for each in campaign.space.parameters],
        "outcomes": [
            {
                "key": name,
                "name": speaker.term(name),
                "unit": unit,
                "told": quantity(known[name].value) if name in known else "",
                "evidence": known[name].evidence if name in known else "",
                "expected": quantity(expected[name]) if name in expected else "",
            }
            for name, unit in campaign.objective.outcomes.items()
        ],
        "may": {move.value for move, states in LEGAL.items() if experiment.state in states},
        "spends": _spends(campaign),
        "turns": _turns(desk, experiment, speaker),
        "next_open": next(
            (e.number for e in campaign.experiments if e.is_open and e.number != experiment.number), None
        ),
        "may_suggest": shown.may_change and campaign.stage is Stage.ACTIVE,
        "is_done": experiment.state in {State.COMPLETED, State.FAILED},
    }


def parameter_fields(campaign: Campaign) -> list[dict[str, Any]]:
    """What a form that asks for a point has for each parameter."""
    return [
        {
            "name": each.name,
            "unit": "" if isinstance(each, Categorical) else each.unit,
            "levels": each.levels if isinstance(each, Categorical) else (),
            "hint": "" if isinstance(each, Categorical) else f"{number_text(each.low)} – {number_text(each.high)}",
        }
        for each in campaign.space.parameters
    ]


def setting(parameter: Parameter, value: float | str) -> tuple[str, str, str]:
    """Name, value and unit of what is to be set."""
    if isinstance(value, str) or isinstance(parameter, Categorical):
        return parameter.name, str(value), ""
    return parameter.name, number_text(value, _DIGITS), parameter.unit


def _spends(campaign: Campaign) -> list[str]:
    """What is asked for beside the outcomes: only what the campaign counts."""
    counted = {
        "cost": campaign.objective.cost is not None or campaign.limits.cost is not None,
        "hours": campaign.duration is not None or campaign.limits.hours is not None,
    }
    return [name for name, is_counted in counted.items() if is_counted]


def _turns(desk: Desk, experiment: Experiment, speaker: Speaker) -> list[dict[str, str]]:
    view = view_of(desk.asker, desk.resources)

    def name(actor: str) -> str:
        identifier = as_uuid(actor)
        if identifier is None:
            return speaker.word("party", actor)
        return view.name_of(identifier) or speaker("parties.somebody")

    return [
        {"at": turn.at, "by": name(turn.by), "move": speaker.word("campaign_move", turn.move.value), "note": turn.note}
        for turn in experiment.turns
    ]


MOVES = tuple(move.value for move in Move)
"""All of them have words: `campaign_move.*`."""
