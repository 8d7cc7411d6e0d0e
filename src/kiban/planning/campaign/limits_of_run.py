"""The limits that a campaign has while it is run: its own, with what is said for the run in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.document import limits_from_json, limits_to_json
from kiban.planning.campaign.limits import Limits
from kiban.planning.space.constraint import Constraint, Linear
from kiban.planning.space.parameter import Categorical

BUDGET = ("experiments", "cost", "hours")
Ends = tuple[float | None, float | None]


def limits_of_run(campaign: Campaign, budget: Mapping[str, float | None], bounds: Mapping[str, Ends]) -> Limits:
    """Put a budget and bounds of single parameters in the place of those that the campaign has.

    Parameters
    ----------
    budget : mapping of str to float, optional
        Of `BUDGET`; one that is `None` is not limited any more, one that is not there stays as it is.
    bounds : mapping of str to pair of float, optional
        By parameter, lowest and highest value in its unit. Two `None` take its bound away; parameters that are not
        there keep theirs. Limits of safety that speak of several parameters stay in any case.

    Raises
    ------
    InvalidValue
        If there is no such parameter, it has no numbers, or a number is none that limits.
    """
    for name in bounds:
        _check_numeric(campaign, name)
    before = {id(own_bound(campaign, name)) for name in bounds}
    safety: list[Constraint] = [each for each in campaign.limits.safety if id(each) not in before]
    safety += [bound for name, ends in bounds.items() if (bound := bound_of(name, ends)) is not None]
    limits = limits_from_json({**limits_to_json(campaign.limits), **budget, "safety": []})
    return replace(limits, safety=tuple(safety))


def bound_of(name: str, ends: Ends) -> Linear | None:
    """The limit of safety that keeps one parameter within its ends; none without ends. Raises InvalidValue."""
    low, high = ends
    return None if low is None and high is None else Linear(coefficients={name: 1.0}, low=low, high=high)


def own_bound(campaign: Campaign, name: str) -> Linear | None:
    """The limit of safety that speaks of one parameter alone, if there is one."""
    for each in campaign.limits.safety:
        if isinstance(each, Linear) and dict(each.coefficients) == {name: 1.0}:
            return each
    return None


def numeric_parameters(campaign: Campaign) -> dict[str, int]:
    """The parameters that have numbers, in their order, each with its place in the space."""
    return {
        each.name: place for place, each in enumerate(campaign.space.parameters) if not isinstance(each, Categorical)
    }


def _check_numeric(campaign: Campaign, name: str) -> None:
    known = numeric_parameters(campaign)
    if name not in known:
        raise InvalidValue(
            f"'{name[:60]}' is no parameter that has numbers.",
            mend=f"Parameters that bounds can be given to are: {', '.join(known) or '(none)'}.",
        )
