"""The form in which a run of a campaign in a laboratory is asked for: budget, safety bounds, how many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import limits_from_json, limits_to_json
from kiban.planning.campaign.limits import Limits
from kiban.planning.space.constraint import Constraint, Linear
from kiban.planning.space.parameter import Categorical
from kiban.web.form_data import Given
from kiban.web.limits_form import number_in, plain_limits, typed_limits, whole_in

FIELDS = ("limit_experiments", "limit_cost", "limit_hours")
_OF_FIELDS = {"limit_experiments": "experiments", "limit_cost": "cost", "limit_hours": "hours"}


def typed_run(campaign: Campaign) -> dict[str, str]:
    """What the fields say before anybody has typed: the campaign's own limits."""
    typed = {name: text for name, text in typed_limits(campaign).items() if name in FIELDS} | {"at_once": "1"}
    for i, parameter in _numeric(campaign):
        bound = _own_bound(campaign, parameter)
        for end in ("low", "high"):
            number = getattr(bound, end) if bound is not None else None
            typed[f"{end}{i}"] = "" if number is None else f"{number:.12g}"
    return typed


def bounded_parameters(campaign: Campaign) -> list[dict[str, Any]]:
    """The parameters that safety bounds can be given to, with the numbers of their fields."""
    return [
        {"at": i, "name": name, "unit": campaign.space.parameter(name).unit}  # type: ignore[union-attr]
        for i, name in _numeric(campaign)
    ]


def read_run(form: Given, campaign: Campaign) -> tuple[Limits, int, dict[str, KibanError]]:
    """The campaign's limits with what the form says of them, how many at a time, and what is wrong by field."""
    found, problems = plain_limits(form)
    plain = {name: found.get(name) for name in _OF_FIELDS.values()}
    problems = {name: error for name, error in problems.items() if name in FIELDS}
    at_once = 1
    try:
        at_once = whole_in(form.text("at_once")) or 1
    except KibanError as e:
        problems["at_once"] = e
    own = {id(bound) for _, name in _numeric(campaign) if (bound := _own_bound(campaign, name)) is not None}
    safety: list[Constraint] = [each for each in campaign.limits.safety if id(each) not in own]
    for i, name in _numeric(campaign):
        ends: dict[str, float | None] = {}
        for end in ("low", "high"):
            try:
                ends[end] = number_in(form.text(f"{end}{i}"))
            except KibanError as e:
                problems[f"{end}{i}"] = e
        if len(ends) == 2 and any(number is not None for number in ends.values()):
            try:
                safety.append(Linear(coefficients={name: 1.0}, **ends))
            except KibanError as e:
                problems[f"low{i}"] = e
    if problems:
        return campaign.limits, at_once, problems
    try:
        kept = limits_to_json(campaign.limits)
        limits = replace(limits_from_json({**kept, **plain, "safety": []}), safety=tuple(safety))
    except InvalidValue as e:
        return campaign.limits, at_once, {"": e}
    return limits, at_once, {}


def _numeric(campaign: Campaign) -> Iterator[tuple[int, str]]:
    for i, parameter in enumerate(campaign.space.parameters):
        if not isinstance(parameter, Categorical):
            yield i, parameter.name


def _own_bound(campaign: Campaign, name: str) -> Linear | None:
    """The safety limit that speaks of one parameter alone, if there is one."""
    for each in campaign.limits.safety:
        if isinstance(each, Linear) and dict(each.coefficients) == {name: 1.0}:
            return each
    return None
