"""The Pareto front of a campaign, and how the volume under it grew from experiment to experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Source
from kiban.planning.campaign.progress import worths_of
from kiban.planning.objective.objective import Way
from kiban.planning.objective.pareto import Floats, default_reference, hypervolume, is_on_front
from kiban.planning.objective.target import Target
from kiban.planning.space.parameter import Truths

_MOST_VOLUMES = 200
_MOST_STEPS = 300_000
"""A volume under n experiments takes n steps with two targets, and n times as many with each further one; so many are
made in about a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPoint:
    """One experiment in which all targets were measured.

    Parameters
    ----------
    values : mapping of str to float
        By target, in its unit.
    is_on_front : bool
        None other is at least as good in all targets and better in one.
    is_old : bool
        It was done before the campaign.
    """

    number: int
    values: Mapping[str, float]
    is_on_front: bool
    is_old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The volume under the front after the experiment of that number."""

    number: int
    volume: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A front, and how it came about.

    Parameters
    ----------
    points : tuple of FrontPoint
        In the order of their numbers.
    course : tuple of Volume
        Where an experiment came onto the front of its time, the last among them; of many so many as can be worked out
        within a second, which may be none. All are measured from the same reference, so that the volume never falls.
    reference : tuple of float
        What is worth nothing in the course, one number for each target: of a target to be made small the negative of
        a value, of one to be matched the negative of a distance. A tenth of the front's range below its worst.
    n_left_out : int
        Completed experiments in which a target was not measured, or that are outside of limits.
    """

    targets: tuple[Target, ...]
    points: tuple[FrontPoint, ...]
    course: tuple[Volume, ...]
    reference: tuple[float, ...]
    n_left_out: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the experiments on the front."""
        return tuple(point.number for point in self.points if point.is_on_front)


def front_of(campaign: Campaign) -> Front:
    """Work out the front. Raises InvalidValue for a campaign whose objective is no Pareto front."""
    objective = campaign.objective
    if objective.way is not Way.PARETO:
        raise InvalidValue(
            f"The objective of {campaign.name} is '{objective.way}', which has no Pareto front.",
            mend="Ask for the front of a campaign that looks for one.",
        )
    done, worths = worths_of(campaign)
    known: Truths = np.asarray(~np.isnan(worths).any(axis=0))
    experiments = [each for each, counts in zip(done, known, strict=True) if counts]
    worths = worths[:, known].T
    on_front = is_on_front(worths)
    reference = default_reference(worths)
    points = []
    for experiment, is_on in zip(experiments, on_front, strict=True):
        values = {each.name: each.value.value for each in experiment.outcomes}
        points.append(
            FrontPoint(
                number=experiment.number,
                values={target.name: values[target.name] for target in objective.targets},
                is_on_front=bool(is_on),
                is_old=experiment.source is Source.IMPORTED,
            )
        )
    return Front(
        targets=objective.targets,
        points=tuple(points),
        course=_course([each.number for each in experiments], worths, reference),
        reference=tuple(float(number) for number in reference),
        n_left_out=len(done) - len(experiments),
    )


def _course(numbers: list[int], worths: Floats, reference: Floats) -> tuple[Volume, ...]:
    fronts: list[tuple[int, Floats]] = []
    front = np.empty((0, worths.shape[1]))
    for number, worth in zip(numbers, worths, strict=True):
        if (front >= worth).all(axis=1).any():
            continue
        front = np.concatenate([front[~(worth >= front).all(axis=1)], worth[np.newaxis]])
        fronts.append((number, front))
    most = min(_MOST_VOLUMES, _MOST_STEPS // max(len(front), 1) ** (worths.shape[1] - 1))
    if len(fronts) > most:
        fronts = [fronts[i] for i in np.unique(np.linspace(len(fronts) - 1, 0, most).astype(int))]
    return tuple(Volume(number=number, volume=hypervolume(each, reference)) for number, each in fronts)
