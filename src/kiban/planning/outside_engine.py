"""Engines of other people behind our contract: what they have in common."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable

from kiban.errors import MissingExtra
from kiban.planning.engines.contract import Prior, Suggestion
from kiban.planning.objective.objective import Objective
from kiban.planning.outside_question import Learnt, OutsideQuestion
from kiban.planning.space.parameter import Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Trial

Choose = Callable[[OutsideQuestion, int], tuple[list[int], Learnt | None]]
"""Chooses so many of a question's points, best first, and may say what it expects there."""


class OutsideEngine:
    """An engine of other people, which learns from the trials alone.

    Parameters
    ----------
    name : str
        Of the engine, of its package, and of the extra that brings it.
    title : str
    choose : Choose
        Imports the package; is not asked where nothing tells a good point from a bad one, or hardly a point is left.
    most : int
        Points that it chooses from.
    """

    version = 1

    def __init__(self, name: str, title: str, choose: Choose, *, most: int) -> None:
        self.name, self.title = name, f"{title} (kiban[{name}])"
        self._choose, self._most = choose, most

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...] = (),
        seed: int = 0,
        priors: tuple[Prior, ...] = (),  # noqa: ARG002  it does not take any
    ) -> tuple[Suggestion, ...]:
        """Say what to do next; see `kiban.planning.engines.contract.Engine`. Raises MissingExtra where it is absent."""
        try:
            importlib.import_module(self.name)
        except ImportError as e:
            raise MissingExtra(f"The engine {self.name}", extra=self.name) from e
        asked = OutsideQuestion(space, objective, trials, pending, n=n, seed=seed, most=self._most)
        if asked.knows_nothing or len(asked.places) <= n or asked.features.n_factors == 0:
            return asked.spread()
        # What these packages rest on warns of its own numbers and of what it will drop.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chosen, learnt = self._choose(asked, n)
        return asked.answer(chosen, learnt)
