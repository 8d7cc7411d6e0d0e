"""The form in which a run of a campaign in a laboratory is asked for: budget, safety bounds, how many at a time."""

from __future__ import annotations

from typing import Any

from kiban.errors import InvalidValue, KibanError
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.limits import Limits
from kiban.planning.campaign.limits_of_run import (
    BUDGET,
    Ends,
    bound_of,
    limits_of_run,
    numeric_parameters,
    own_bound,
)
from kiban.web.form_data import Given
from kiban.web.limits_form import number_in, plain_limits, typed_limits, whole_in

FIELDS = ("limit_experiments", "limit_cost", "limit_hours")


def typed_run(campaign: Campaign) -> dict[str, str]:
    """What the fields say before anybody has typed: the campaign's own limits."""
    typed = {name: text for name, text in typed_limits(campaign).items() if name in FIELDS} | {"at_once": "1"}
    for parameter, i in numeric_parameters(campaign).items():
        bound = own_bound(campaign, parameter)
        for end in ("low", "high"):
            number = getattr(bound, end) if bound is not None else None
            typed[f"{end}{i}"] = "" if number is None else f"{number:.12g}"
    return typed


def bounded_parameters(campaign: Campaign) -> list[dict[str, Any]]:
    """The parameters that safety bounds can be given to, with the numbers of their fields."""
    return [
        {"at": i, "name": name, "unit": campaign.space.parameter(name).unit}  # type: ignore[union-attr]
        for name, i in numeric_parameters(campaign).items()
    ]


def read_run(form: Given, campaign: Campaign) -> tuple[Limits, int, dict[str, KibanError]]:
    """The campaign's limits with what the form says of them, how many at a time, and what is wrong by field."""
    found, problems = plain_limits(form)
    problems = {name: error for name, error in problems.items() if name in FIELDS}
    at_once = 1
    try:
        at_once = whole_in(form.text("at_once")) or 1
    except KibanError as e:
        problems["at_once"] = e
    bounds: dict[str, Ends] = {}
    for name, i in numeric_parameters(campaign).items():
        ends: dict[str, float | None] = {}
        for end in ("low", "high"):
            try:
                ends[end] = number_in(form.text(f"{end}{i}"))
            except KibanError as e:
                problems[f"{end}{i}"] = e
        if len(ends) < 2:
            continue
        bounds[name] = ends["low"], ends["high"]
        try:
            bound_of(name, bounds[name])
        except KibanError as e:
            problems[f"low{i}"] = e
    if problems:
        return campaign.limits, at_once, problems
    try:
        limits = limits_of_run(campaign, {name: found.get(name) for name in BUDGET}, bounds)
    except InvalidValue as e:
        return campaign.limits, at_once, {"": e}
    return limits, at_once, {}
