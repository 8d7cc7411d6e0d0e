"""Slices of what is expected: for each parameter the outcome along it, the others held at one point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kiban.planning.campaign.campaign import Campaign
from kiban.planning.pictures.along import Along, along
from kiban.planning.pictures.expectation import Quality, Surrogate
from kiban.planning.pictures.learning import LearntOutcome, learn
from kiban.planning.pictures.place import Place
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Categorical, Floats, Point, Value, decode

_NEAR = 0.3
"""How far an experiment may lie beside a slice to be shown in it: the root mean square over the parameters that are
held, 1 being the whole range of each."""
_MOST_NEAR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What is expected at one setting, in the outcome's unit: the middle, and ends that hold 68 % and 95 %."""

    expected: float
    deviation: float
    """Standard uncertainty: half of what holds 68 %."""
    low: float
    high: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An experiment beside a slice."""

    number: int
    setting: Value
    value: float
    """What was measured, in the outcome's unit."""
    distance: float
    """From the slice, in the parameters that are held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """An outcome along one parameter.

    Parameters
    ----------
    settings : tuple
        In the parameter's unit, ascending; or levels.
    bars : tuple of Bar or None
        One for each setting; `None` where it does not keep to the constraints.
    here : float or str
        The setting of the point itself.
    giving_way : tuple of str
        Components that make room, where the parameter is one of a mixture.
    near : tuple of Near
        Nearest first, 40 at most.
    """

    parameter: str
    unit: str
    settings: tuple[Value, ...]
    bars: tuple[Bar | None, ...]
    here: Value
    giving_way: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()

    @property
    def reach(self) -> float:
        """How much the outcome is expected to change along the parameter."""
        known = [bar.expected for bar in self.bars if bar is not None]
        return max(known) - min(known) if known else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """What is expected around one point.

    Parameters
    ----------
    experiment : int, optional
        Number of the experiment whose point it is.
    at : Bar, optional
        What is expected at the point itself.
    surrogate : Surrogate, optional
        Which model says so; `None` where there are too few trials, or all came out the same: then there are no slices.
    qualities : mapping of Surrogate to Quality
        How each of them expected trials that it was not shown.
    n_trials, n_measured : int
        So many experiments were learnt from, of those in which the outcome was measured.
    """

    outcome: str
    unit: str
    point: Point
    experiment: int | None
    at: Bar | None
    surrogate: Surrogate | None
    qualities: Mapping[Surrogate, Quality]
    n_trials: int
    n_measured: int
    slices: tuple[Slice, ...]

    @property
    def quality(self) -> Quality | None:
        """How the surrogate that speaks did."""
        return self.qualities[self.surrogate] if self.surrogate is not None else None


def slices_of(
    campaign: Campaign,
    place: Place,
    outcome: str,
    *,
    surrogate: Surrogate | None = None,
    seen: Campaign | None = None,
    learnt: LearntOutcome | None = None,
) -> Slices:
    """Work the slices out. Raises as `kiban.planning.pictures.learning.learn`.

    Parameters
    ----------
    learnt : LearntOutcome, optional
        What `learn` gave for the same, where that was asked before.
    """
    if learnt is None:
        learnt = learn(campaign, outcome, place.row[np.newaxis], surrogate=surrogate, seen=seen)
    told = learnt.expectation
    lines = [along(campaign.safe_space, place.row, column) for column in range(len(campaign.space.parameters))]
    return Slices(
        outcome=outcome,
        unit=learnt.unit,
        point=place.point,
        experiment=place.experiment,
        at=_bars(learnt, Coded(campaign.space.parameters, place.row[np.newaxis]))[0] if told is not None else None,
        surrogate=told.surrogate if told is not None else None,
        qualities=told.qualities if told is not None else {},
        n_trials=len(learnt.used),
        n_measured=len(learnt.experiments),
        slices=tuple(_slice(campaign, learnt, each, place.row) for each in lines) if told is not None else (),
    )


def _slice(campaign: Campaign, learnt: LearntOutcome, line: Along, row: Floats) -> Slice:
    parameter = campaign.space.parameters[line.column]
    bars: list[Bar | None] = [None] * len(line.rows)
    if line.allowed.any():
        found = iter(_bars(learnt, Coded(campaign.space.parameters, line.rows[line.allowed])))
        bars = [next(found) if is_allowed else None for is_allowed in line.allowed]
    return Slice(
        parameter=parameter.name,
        unit="" if isinstance(parameter, Categorical) else parameter.unit,
        settings=tuple(decode(parameter, number) for number in line.rows[:, line.column]),
        bars=tuple(bars),
        here=decode(parameter, row[line.column]),
        giving_way=line.giving_way,
        near=_near(campaign, learnt, line),
    )


def _bars(learnt: LearntOutcome, points: Coded) -> list[Bar]:
    assert learnt.expectation is not None  # noqa: S101  the caller asked
    found = learnt.expectation.at(points)
    columns = (found.middle, found.deviation, found.low, found.high, found.lowest, found.highest)
    names = ("expected", "deviation", "low", "high", "lowest", "highest")
    return [Bar(**dict(zip(names, map(float, each), strict=True))) for each in zip(*columns, strict=True)]


def _near(campaign: Campaign, learnt: LearntOutcome, line: Along) -> tuple[Near, ...]:
    """Experiments close to the slice, their distance along it left out; of a mixture all components count."""
    features = learnt.features
    if not line.allowed.any() or len(learnt.rows) == 0:
        return ()
    held = [i for i, factor in enumerate(features.factors) if line.giving_way or factor.column != line.column]
    apart = np.zeros(len(learnt.rows))
    if held:
        on_line = features.scale(line.rows[line.allowed])
        squares = features.squared(on_line, features.scale(learnt.rows))[held]
        apart = np.sqrt(squares.mean(axis=0).min(axis=0))
    parameter = campaign.space.parameters[line.column]
    order = [int(i) for i in np.argsort(apart, kind="stable") if apart[i] <= _NEAR][:_MOST_NEAR]
    return tuple(
        Near(
            number=learnt.experiments[i].number,
            setting=decode(parameter, learnt.rows[i, line.column]),
            value=float(learnt.values[i]),
            distance=float(apart[i]),
        )
        for i in order
    )
