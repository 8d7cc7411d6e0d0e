"""The point that slices go through: that of an experiment, with other settings where somebody wants to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.points import settled
from kiban.planning.campaign.progress import best
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Floats, Point, code, decode
from kiban.planning.space.sampling import sample


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """A point of a campaign's space, or beyond it.

    Parameters
    ----------
    row : array, shape (n_parameters,)
    experiment : int, optional
        Number of the experiment whose point it is.
    """

    point: Point
    row: Floats
    experiment: int | None


def place_of(campaign: Campaign, experiment: int | None = None, settings: Mapping[str, object] | None = None) -> Place:
    """Find the point.

    Parameters
    ----------
    experiment : int, optional
        The first of the best, unless given; where nothing is best, the last that was done or meant.
    settings : mapping, optional
        Settings instead of the experiment's: numbers in the parameters' units, or texts like `126.85 degC`.

    Raises
    ------
    InvalidValue
        If there is no such experiment, parameter or level, or a number is none.
    NothingAllowed
        If there is no experiment yet, and no point keeps to the constraints.
    """
    space = campaign.space
    settings = settings or {}
    if unknown := sorted(set(settings) - set(space.names)):
        raise InvalidValue(
            f"There is no parameter '{unknown[0]}'.", mend=f"The parameters are: {', '.join(space.names)}."
        )
    number = experiment if experiment is not None else _usual(campaign)
    if number is not None:
        start = campaign.experiment(number).point
    else:
        rng = np.random.default_rng(campaign.seed)
        start = Coded(space.parameters, sample(campaign.safe_space, 1, rng).rows).points()[0]
    point = settled(space, {**start, **settings})
    row = np.array(
        [code(p, point[p.name]) if isinstance(p, Categorical) else point[p.name] for p in space.parameters],
        dtype=np.float64,
    )
    is_own = number is not None and all(_same(point[name], start[name]) for name in space.names)
    if not is_own and settings:
        _check(campaign, row)
    shown = {p.name: decode(p, value) for p, value in zip(space.parameters, row, strict=True)}
    return Place(point=shown, row=row, experiment=number if is_own else None)


def _check(campaign: Campaign, row: Floats) -> None:
    """Refuse settings that somebody made up and that cannot be made. Raises InvalidValue, OutOfRange."""
    space = campaign.safe_space
    for parameter, value in zip(space.parameters, row, strict=True):
        code(parameter, decode(parameter, value))
    points = Coded(space.parameters, row[np.newaxis])
    for constraint in space.constraints:
        if not constraint.holds(points).all():
            raise InvalidValue(
                f"The point breaks a constraint on {', '.join(dict.fromkeys(constraint.names))}.",
                mend="Give settings that can be made; of a mixture all components.",
            )


def _usual(campaign: Campaign) -> int | None:
    leading = best(campaign)
    if leading:
        return leading[0]
    return campaign.experiments[-1].number if campaign.experiments else None


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return bool(np.isclose(float(one), float(other), rtol=1e-9, atol=0.0))  # type: ignore[arg-type]
