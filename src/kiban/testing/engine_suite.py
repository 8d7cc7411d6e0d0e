"""What every planning engine must pass, whatever it suggests.

class TestMyEngine(EngineSuite):
    def make_engine(self):
        return ENGINE
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kiban.errors import InvalidValue, NothingAllowed
from kiban.planning.engines.contract import Engine, Suggestion
from kiban.planning.objective.objective import Cost, Objective, Way, maximise, minimise
from kiban.planning.objective.target import Goal, OutcomeLimit, Target
from kiban.planning.pool import is_among
from kiban.planning.space.coded import Coded
from kiban.planning.space.constraint import AtMost, Mixture
from kiban.planning.space.parameter import Categorical, Continuous, Discrete, Point
from kiban.planning.space.sampling import sample
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import Ending, Trial
from kiban.quantity.measured import Measured
from kiban.testing.space_examples import random_space, with_candidates

GRID = SearchSpace(
    parameters=(
        Discrete(name="temperature", values=tuple(300.0 + 25.0 * i for i in range(9)), unit="K"),
        Categorical(name="solvent", levels=("water", "ethanol", "acetone")),
    )
)
MIXTURE = SearchSpace(
    parameters=tuple(Continuous(name=name, low=0.0, high=1.0) for name in ("Ni", "Fe", "Co", "Mn", "Ce")),
    constraints=(
        Mixture(names=("Ni", "Fe", "Co", "Mn", "Ce")),
        AtMost(names=("Ni", "Fe", "Co", "Mn", "Ce"), n=3),
    ),
)


def measured(space: SearchSpace, n: int, *names: str, seed: int = 0) -> tuple[Trial, ...]:
    """Trials at points drawn from a space, with outcomes that follow from the point."""
    drawn = np.unique(sample(space, n, np.random.default_rng(seed)).rows, axis=0)
    trials = []
    for i, point in enumerate(Coded(space.parameters, drawn).points()):
        numbers = [float(v) if not isinstance(v, str) else float(len(v)) for v in point.values()]
        outcomes = {name: Measured(math.sin(sum(numbers) + k) + 0.1 * numbers[0]) for k, name in enumerate(names)}
        trials.append(Trial(point=point, outcomes=outcomes, rests_on=f"kb:{i}"))
    return tuple(trials)


class EngineSuite:
    """The contract of an engine: `kiban.planning.engines.contract.Engine`."""

    def make_engine(self) -> Engine:
        """Make the engine to be tested."""
        raise NotImplementedError

    def ask(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...] = (),
        *,
        n: int = 1,
        pending: tuple[Point, ...] = (),
        seed: int = 7,
    ) -> tuple[Suggestion, ...]:
        """Ask the engine, and check what holds for every answer."""
        answer = self.make_engine().suggest(space, objective, trials, n=n, pending=pending, seed=seed, priors=())
        assert len(answer) <= n
        points = space.coded(suggestion.point for suggestion in answer)
        assert space.allowed(points).all()
        used = [*({n: v for n, v in trial.point.items() if not isinstance(v, Measured)} for trial in trials), *pending]
        inside = [point for point in used if set(point) == set(space.names)]
        assert not is_among(points, space.coded(inside).rows).any(), "it suggests what was tried or is pending"
        assert len(np.unique(np.round(points.rows, 9), axis=0)) == len(answer), "it suggests the same point twice"
        known = {trial.rests_on for trial in trials}
        for suggestion, row in zip(answer, points.rows, strict=True):
            assert set(suggestion.rests_on) <= known
            assert set(suggestion.expected) <= set(objective.outcomes)
            for name, expected in suggestion.expected.items():
                assert expected.unit == objective.outcomes[name]
                assert expected.uncertainty is not None
                assert expected.uncertainty.standard > 0
            assert all(math.isfinite(number) for number in suggestion.reason.numbers.values())
            assert 0.0 <= suggestion.reason.numbers.get("chance", 0.0) <= 1.0
            weights = suggestion.reason.models.values()
            assert not weights or sum(weights) == pytest.approx(1.0)
            if space.candidates is not None:
                assert suggestion.candidate is not None
                assert np.array_equal(space.candidates.rows[suggestion.candidate], row)
        return answer

    def test_it_has_a_name_and_a_title(self) -> None:
        """Pages and documents name the engine."""
        engine = self.make_engine()
        assert isinstance(engine, Engine)
        assert engine.name.isidentifier()
        assert engine.title
        assert engine.version >= 1

    def test_it_starts_from_nothing(self) -> None:
        """The first experiment of all is suggested as well."""
        assert len(self.ask(GRID, maximise("strength", "MPa"))) == 1
        assert len(self.ask(MIXTURE, minimise("overpotential", "V"), n=3)) == 3

    @pytest.mark.parametrize("number", range(12))
    def test_it_keeps_to_every_constraint(self, number: int) -> None:
        """In spaces of all kinds, from none, one and some trials."""
        space = random_space(number)
        try:
            trials = measured(space, 6, "y", seed=number)
        except NothingAllowed:
            with pytest.raises(NothingAllowed):
                self.ask(space, maximise("y"))
            return
        self.ask(space, maximise("y"), trials[:1])
        self.ask(space, maximise("y"), trials, n=2)

    @pytest.mark.parametrize("number", range(8))
    def test_it_chooses_from_a_list_and_says_which_row(self, number: int) -> None:
        """With candidates nothing else is suggested."""
        space = random_space(100 + number)
        try:
            space = with_candidates(space, 25, number)
        except NothingAllowed:
            return
        trials = measured(space, 4, "y", seed=number)
        assert self.ask(space, minimise("y"), trials, n=2) or len(trials) >= len(space.candidates or ())

    def test_the_same_question_has_the_same_answer(self) -> None:
        """The seed decides, and nothing else that the question does not say."""
        trials = measured(MIXTURE, 8, "y")
        assert self.ask(MIXTURE, maximise("y"), trials, n=2) == self.ask(MIXTURE, maximise("y"), trials, n=2)
        trials = measured(GRID, 8, "y")
        assert self.ask(GRID, maximise("y"), trials, n=3) == self.ask(GRID, maximise("y"), trials, n=3)

    def test_it_goes_on_until_nothing_is_left(self) -> None:
        """All 27 points of a grid are suggested, each once, then none."""
        trials: tuple[Trial, ...] = ()
        pending: tuple[Point, ...] = ()
        while answer := self.ask(GRID, maximise("y"), trials, n=4, pending=pending):
            done, *waiting = answer
            outcome = {"y": Measured(float(len(trials) % 5))}
            trials += (Trial(point=done.point, outcomes=outcome, rests_on=f"kb:{len(trials)}"),)
            pending = tuple(each.point for each in waiting)
            finished = tuple(Trial(point=point, outcomes=outcome) for point in pending)
            trials, pending = (*trials, *finished), ()
        assert len(trials) == 27

    def test_outcomes_that_are_all_the_same_do_not_stop_it(self) -> None:
        """Zeros say nothing of where to go, so other places are tried."""
        trials = tuple(Trial(point=trial.point, outcomes={"y": Measured(0.0)}) for trial in measured(GRID, 6, "y"))
        assert len(self.ask(GRID, maximise("y"), trials, n=3)) == 3

    def test_failures_and_missing_outcomes_are_taken(self) -> None:
        """A trial without an outcome counts as tried."""
        first, second, *rest = measured(GRID, 8, "y")
        trials = (Trial(point=first.point, ending=Ending.FAILED), Trial(point=second.point), *rest)
        self.ask(GRID, maximise("y"), trials, n=3)
        self.ask(GRID, maximise("y"), trials[:2], n=2)

    def test_every_kind_of_objective_is_answered(self) -> None:
        """Values to match, weights, fronts, limits and costs."""
        trials = measured(GRID, 9, "y", "z")
        better = Target(name="y", low=-2.0, high=60.0)
        match = Target(name="z", goal=Goal.MATCH, value=0.2)
        weighed = Target(name="z", goal=Goal.MINIMISE, low=-2.0, high=60.0)
        limit = OutcomeLimit(name="z", high=30.0)
        cost = Cost(fixed=1.0, per_unit={"temperature": 0.01}, per_level={"solvent": {"acetone": 3.0}})
        for objective in (
            Objective(targets=(match,)),
            Objective(targets=(better, weighed), way=Way.WEIGHTED, weights=(2.0, 1.0)),
            Objective(targets=(better, match), way=Way.PARETO),
            Objective(targets=(better,), limits=(limit,)),
            Objective(targets=(Target(name="y"),), limits=(OutcomeLimit(name="z", low=1e6),)),
            Objective(targets=(Target(name="y"),), cost=cost),
        ):
            assert len(self.ask(GRID, objective, trials, n=2)) == 2

    def test_what_contradicts_itself_is_refused(self) -> None:
        """With a fault and a mend."""
        for n, seed in ((0, 1), (1, -1)):
            with pytest.raises(InvalidValue):
                self.ask(GRID, maximise("y"), n=n, seed=seed)
        with pytest.raises(InvalidValue):
            self.ask(GRID, maximise("solvent"))
        with pytest.raises(InvalidValue):
            self.ask(GRID, maximise("y"), (Trial(point={"temperature": 300.0}),))
