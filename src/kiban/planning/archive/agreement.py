"""How well studies expect each other: each is left out once and asked from the others.

From that follow the shape of likeness that is used, how much each source counts beside the others, and how closely an
outcome of the campaign may be expected to be followed before anything of it is known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiban.planning.archive.frame import Frame, Rows, Shape
from kiban.planning.archive.scale import combined, scale_of
from kiban.planning.archive.sources import Learnt, Source, correlation, likeness_of_best, told
from kiban.planning.space.parameter import Floats

SHAPES = tuple(
    Shape(by_name=by_name, one_to_one=one_to_one, sharpness=sharpness, length=length, noise=noise)
    for (by_name, one_to_one), sharpness, length, noise in itertools.product(
        ((0.0, False), (0.5, False), (0.9, False), (0.9, True)), (1.0, 4.0), (0.2, 0.4), (0.03, 0.3)
    )
)
_N_SHAPES = 3
_TO_CHOOSE = 250
"""Rows of each study by which the shape is chosen."""
_DOUBT = 0.15
"""Standard deviation of how closely a further study is followed, beyond what the studies differ in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What studies say of each other.

    Parameters
    ----------
    shapes : tuple of Shape
        With which the studies expect each other best, the best one first.
    each : tuple of float
        For each source, the mean correlation of what it expects with the studies that it was not learnt from; NaN where
        there is none to ask.
    together : float
        How closely the study that is left out follows what all others expect together, its best rows as well as all of
        them (the smaller of the two); the mean over the studies, NaN with less than two.
    doubt : float
        Standard deviation of how closely one more study is followed: what the studies differ in it and `_DOUBT`, and
        the error of their mean. Two studies are one comparison, whichever is left out: their mean is worth no more
        than one of them.
    """

    shapes: tuple[Shape, ...]
    each: tuple[float, ...]
    together: float
    doubt: float


def agreement(
    frame: Frame, studies: Sequence[Rows], outcome: str, others: Sequence[Source] = (), *, sign: float = 0.0
) -> Agreement:
    """Compare studies with each other, and `others`, which are learnt from nothing, with them.

    The shapes are those with which the studies expect each other best; of a single study, with which its rows expect
    each other best.

    Parameters
    ----------
    sign : float
        1 where more of the outcome is better, -1 where less is, 0 where neither.
    """
    shapes = _distinct(frame, studies)
    if not studies:
        return Agreement(shapes=shapes[:1], each=(float("nan"),) * len(others), together=float("nan"), doubt=_DOUBT)
    worth = [_worth(frame, studies, outcome, each) for each in shapes] if len(shapes) > 1 else [0.0]
    best = tuple(shapes[i] for i in np.argsort(-np.array(worth), kind="stable")[:_N_SHAPES])
    pairs = _pairs(frame, studies, outcome, best)
    follows = _followed(pairs, studies, outcome, sign)
    by_source = [_mean([pairs[i][j][1] for j in pairs[i]]) for i in range(len(studies))]
    by_source += [_mean(_against(other, studies, outcome)) for other in others]
    scatter = (float(np.std(follows)) if follows else 0.0) + _DOUBT
    doubt = scatter * math.sqrt(1.0 + 1.0 / max(len(follows) - 1, 1))
    return Agreement(shapes=best, each=tuple(by_source), together=_mean(follows), doubt=doubt)


def _distinct(frame: Frame, studies: Sequence[Rows]) -> tuple[Shape, ...]:
    """The shapes that differ along the axes that any study shares."""
    along = {i for study in studies for i in study.shared()}
    has_levels = any(frame.axes[i].levels for i in along)
    has_numbers = any(not frame.axes[i].levels for i in along)
    return tuple(
        shape
        for shape in SHAPES
        if (has_levels or shape.by_name == SHAPES[0].by_name) and (has_numbers or shape.length == SHAPES[0].length)
    )


def _worth(frame: Frame, studies: Sequence[Rows], outcome: str, shape: Shape) -> float:
    follows = _followed(_pairs(frame, studies, outcome, (shape,), most=_TO_CHOOSE), studies, outcome)
    if follows:
        return float(np.mean(follows))
    alone = [Learnt(frame, each, outcome, each.shared(), (shape,), most=_TO_CHOOSE) for each in studies]
    return _mean([correlation(each.left_out(), each.target) for each in alone])


Pairs = list[dict[int, tuple[np.ndarray, float]]]


def _pairs(frame: Frame, studies: Sequence[Rows], outcome: str, shapes: Sequence[Shape], *, most: int = 500) -> Pairs:
    """For each study and each other that shares axes with it: what the one expects of the other's rows, and how
    that correlates with what came out."""
    found: Pairs = [{} for _ in studies]
    learnt: dict[tuple[int, tuple[int, ...]], Learnt] = {}
    for i, j in itertools.permutations(range(len(studies)), 2):
        along = tuple(axis for axis in studies[i].shared() if axis in studies[j].shared())
        numbers, target = told(studies[j], outcome, most=most)
        if not along or len(target) < 3 or len(told(studies[i], outcome, most=most)[1]) < 3:
            continue
        if (i, along) not in learnt:
            learnt[i, along] = Learnt(frame, studies[i], outcome, along, shapes, most=most)
        expected = learnt[i, along].at(numbers)
        if expected is not None:
            found[i][j] = expected, correlation(expected, target)
    return found


def _followed(pairs: Pairs, studies: Sequence[Rows], outcome: str, sign: float = 0.0) -> list[float]:
    """For each study that others say something of, how it follows what they expect together."""
    found = []
    for j, study in enumerate(studies):
        own = [pairs[i][j][0] for i in range(len(studies)) if j in pairs[i]]
        if own:
            target = told(study, outcome, most=len(own[0]))[1]
            expected = _together(own)
            follows = correlation(expected, target)
            found.append(min(follows, likeness_of_best(expected, target, sign)) if sign else follows)
    return found


def _together(own: Sequence[Floats]) -> Floats:
    """Put together as the archive will put them together, each counting as much."""
    saying = [each for each in own if float(each.std()) > 0.0]
    if not saying:
        return np.zeros(len(own[0]))
    return combined([scale_of(each) for each in saying], [1.0 / len(saying)] * len(saying), saying, len(own[0]))


def _against(source: Source, studies: Sequence[Rows], outcome: str) -> list[float]:
    found = []
    for study in studies:
        numbers, target = told(study, outcome)
        expected = source.at(numbers) if len(target) >= 3 else None
        if expected is not None:
            found.append(correlation(expected, target))
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
