"""The embedded engine: Gaussian processes and forests, each weighed by the trials at hand.

How it works and what it was measured to do stands in `docs/explanation/planning.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from kiban.errors import InvalidSetting
from kiban.planning.engines.contract import Prior, Reason, Suggestion, Why
from kiban.planning.judge import Judge, Outlook
from kiban.planning.lead import Lead
from kiban.planning.objective.objective import Objective, Way
from kiban.planning.objective.target import Goal
from kiban.planning.outcome_model import FailureModel, OutcomeModel
from kiban.planning.pool import Places, Pool, around, pool, used_rows
from kiban.planning.question import check_question
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats, Point
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.spread import most_telling
from kiban.planning.surrogates.features import Features
from kiban.planning.surrogates.screening import shortlist
from kiban.planning.trial import Results, Trial, results
from kiban.planning.view import View
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

_LONGEST_LIST = 400
_N_BEST = 20
_N_NEAR = 300
_N_ROUNDS = 3
_GOOD_CHANCE = 0.2
_MOST_LED = 4
"""So many trials may follow priors alone, one after another, without any that tells good from bad."""
_MOST_LOOKED_AT = 5000
_MOST_ASKED = 20_000


class Embedded:
    """Learns all outcomes from the trials, and suggests what gains most or tells most.

    Parameters
    ----------
    name : str
    use_density : bool
        Whether the density of a list of candidates may explain an outcome. It is weighed by the trials like all else.
    """

    version = 3
    takes_priors = True

    def __init__(self, name: str, *, use_density: bool = True) -> None:
        self.name = name
        self._use_density = use_density
        self.title = "Gaussian processes and forests, weighed by the trials at hand"

    def configured(self, settings: Mapping[str, Any]) -> Embedded:
        """The engine with `use_density` as it is set; see `kiban.planning.engines.contract.Configurable`."""
        unknown = sorted(set(settings) - {"use_density"})
        use_density = settings.get("use_density", self._use_density)
        if unknown or not isinstance(use_density, bool):
            raise InvalidSetting(
                f"The engine {self.name} cannot be set to {dict(settings)}.",
                mend="Its one setting is `use_density`, which is true or false.",
            )
        return Embedded(self.name, use_density=use_density)

    def suggest(
        self,
        space: SearchSpace,
        objective: Objective,
        trials: tuple[Trial, ...],
        *,
        n: int,
        pending: tuple[Point, ...] = (),
        seed: int = 0,
        priors: tuple[Prior, ...] = (),
    ) -> tuple[Suggestion, ...]:
        """Say what to do next; see `kiban.planning.engines.contract.Engine`."""
        check_question(space, objective, n=n, seed=seed)
        done = results(space, objective, trials)
        used = used_rows(space, done.points.rows, pending)
        chooser = _Chooser(
            space, objective, done, used, priors, self._use_density, np.random.default_rng([seed, len(used)])
        )
        suggestions = []
        for _ in range(n):
            suggestion = chooser.next()
            if suggestion is None:
                break
            suggestions.append(suggestion)
        return tuple(suggestions)


class _Chooser:
    """Answers one question, one suggestion after the other."""

    def __init__(
        self,
        space: SearchSpace,
        objective: Objective,
        done: Results,
        used: Floats,
        priors: tuple[Prior, ...],
        use_density: bool,
        rng: np.random.Generator,
    ) -> None:
        self._space, self._objective, self._done, self._rng = space, objective, done, rng
        self._used = used
        self._chosen: Floats | None = None
        self._pool: Pool = pool(space, used, rng)
        self._features: Features | None = None
        models: dict[str, OutcomeModel] = {}
        turned = {target.name for target in objective.targets if target.goal is Goal.MINIMISE}
        for name, values in done.outcomes.items():
            view = View(
                self._pool.points,
                is_list=self._pool.is_list,
                outcome=name,
                priors=priors,
                use_density=use_density,
                rng=np.random.default_rng(rng.integers(2**32)),
            )
            self._features = self._features or view.features
            known = ~np.isnan(values)
            models[name] = OutcomeModel(
                view,
                Coded(space.parameters, done.points.rows[known]),
                values[known],
                done.uncertainties[name][known],
                turned=name in turned,
                rng=rng,
            )
        self._view = next(iter(models.values())).view
        failures = FailureModel(self._view, done.points, done.failed, rng)
        self._judge = Judge(objective, done, models, failures, rng)
        self._judge.believe(Coded(space.parameters, used[len(done) :]))
        self._models = models

    def next(self) -> Suggestion | None:
        """The next suggestion; `None` where nothing is left."""
        self._settle()
        if len(self._pool.free) == 0:
            return None
        if self._judge.knows_nothing:
            return self._led() or self._spread()
        points, places = self._choices()
        outlook = self._judge.look(points)
        if not self._pool.is_all:
            points, outlook = self._refined(points, outlook)
        at = int(np.argmax(np.round(outlook.score, 9) + 1e-9 * self._rng.random(len(points))))
        row = points.rows[at]
        self._chosen = row
        return self._suggestion(points, outlook, at, None if places is None else int(places[at]))

    def _led(self) -> Suggestion | None:
        """What priors that are believed expect most of; `None` where there is none, and now and then in a long row of
        trials that all came out the same."""
        lead = Lead(self._objective, {name: model.view for name, model in self._models.items()})
        if lead.strength == 0.0 or (len(self._used) > _MOST_LED and len(self._used) % 2):
            return None
        free = self._pool.free
        if len(free) > _MOST_LOOKED_AT:
            free = np.sort(self._rng.choice(free, _MOST_LOOKED_AT, replace=False))
        points = Coded(self._space.parameters, self._pool.points.rows[free])
        scores = lead.scores(points, self._used)
        for _ in range(0 if self._pool.is_all else _N_ROUNDS):
            best = points.rows[np.argsort(-scores, kind="stable")[:_N_BEST]]
            near = around(self._space, best, self._used, _N_NEAR, self._rng)
            points = Coded(self._space.parameters, np.unique(np.concatenate([best, near.rows]), axis=0))
            scores = lead.scores(points, self._used)
        at = int(np.argmax(np.round(scores, 9) + 1e-9 * self._rng.random(len(points))))
        row = points.rows[at]
        numbers = {"nearest": self._nearest(row), "n_trials": float(len(self._done)), "strength": lead.strength}
        suggestion = Suggestion(
            point=Coded(self._space.parameters, row[np.newaxis]).points()[0],
            reason=Reason(why=Why.EARLIER, numbers={k: v for k, v in numbers.items() if np.isfinite(v)}),
            rests_on=tuple(dict.fromkeys(each for each in self._done.rests_on if each)),
            candidate=int(free[at]) if self._pool.is_list else None,
        )
        self._chosen = row
        return suggestion

    def _spread(self) -> Suggestion:
        scaled = self._view.features.scale(self._pool.points.rows)
        used = self._view.features.scale(self._used)
        place = most_telling(self._view.features, scaled, self._pool.free, used, self._rng)
        row = self._pool.points.rows[place]
        numbers = {"nearest": self._nearest(row), "n_trials": float(len(self._done))}
        suggestion = Suggestion(
            point=Coded(self._space.parameters, row[np.newaxis]).points()[0],
            reason=Reason(why=Why.SPREAD, numbers={k: v for k, v in numbers.items() if np.isfinite(v)}),
            candidate=place if self._pool.is_list else None,
        )
        self._chosen = row
        return suggestion

    def _choices(self) -> tuple[Coded, Places | None]:
        """The points that are looked at closely, and their places in the list."""
        free, parameters = self._pool.free, self._space.parameters
        if len(free) > _LONGEST_LIST and self._pool.is_all:
            model = self._models[self._objective.targets[0].name]
            if model.portfolio is not None:
                rows, lead = self._pool.points.rows, self._lead_of(model)
                if lead is not None and len(free) > _MOST_ASKED:
                    # Priors take their time: of a long list they are asked of the best without them and of others.
                    best = shortlist(model.portfolio, self._view.features, rows, free, _MOST_ASKED // 2, self._rng)
                    free = np.union1d(best, self._rng.choice(free, _MOST_ASKED // 2, replace=False))
                free = shortlist(model.portfolio, self._view.features, rows, free, _LONGEST_LIST, self._rng, lead)
            else:
                free = np.sort(self._rng.choice(free, _LONGEST_LIST, replace=False))
        points = Coded(parameters, self._pool.points.rows[free])
        return points, free if self._pool.is_list else None

    def _lead_of(self, model: OutcomeModel) -> Callable[[Floats], Floats] | None:
        if model.view.lead == 0.0:
            return None
        return lambda rows: model.sign * model.view.led(Coded(self._space.parameters, rows))

    def _refined(self, points: Coded, outlook: Outlook) -> tuple[Coded, Outlook]:
        """Look nearer and nearer around the best of the points drawn."""
        for _ in range(_N_ROUNDS):
            best = points.rows[np.argsort(-outlook.score, kind="stable")[:_N_BEST]]
            near = around(self._space, best, self._used, _N_NEAR, self._rng)
            points = Coded(self._space.parameters, np.unique(np.concatenate([best, near.rows]), axis=0))
            outlook = self._judge.look(points)
        return points, outlook

    def _suggestion(self, points: Coded, outlook: Outlook, at: int, candidate: int | None) -> Suggestion:
        expected = {
            name: Measured(
                float(values[at]),
                self._objective.outcomes[name],
                Uncertainty(value=float(outlook.doubts[name][at]), origin=Origin.ESTIMATE),
            )
            for name, values in outlook.expected.items()
        }
        numbers = {
            "chance": float(outlook.chance[at]),
            "feasible": float(outlook.feasible[at]),
            "nearest": self._nearest(points.rows[at]),
            "n_trials": float(sum(self._judge.counts)),
        }
        best = self._judge.best()
        if best is not None:
            numbers["best"] = best
        return Suggestion(
            point=Coded(points.parameters, points.rows[at : at + 1]).points()[0],
            expected=expected,
            reason=Reason(
                why=self._why(float(outlook.chance[at])),
                numbers={name: number for name, number in numbers.items() if np.isfinite(number)},
                models=self._weights(),
            ),
            rests_on=tuple(dict.fromkeys(each for each in self._done.rests_on if each)),
            candidate=candidate,
        )

    def _why(self, chance: float) -> Why:
        if not self._judge.has_best:
            return Why.FEASIBLE
        if self._objective.way is Way.PARETO:
            return Why.FRONT
        return Why.IMPROVE if chance >= _GOOD_CHANCE else Why.LEARN

    def _weights(self) -> Mapping[str, float]:
        portfolio = self._models[self._objective.targets[0].name].portfolio
        return MappingProxyType(dict(portfolio.weights)) if portfolio is not None else {}

    def _nearest(self, row: Floats) -> float:
        if len(self._done) == 0:
            return float("nan")
        features = self._view.features
        squares = features.squared(features.scale(row[np.newaxis]), features.scale(self._done.points.rows))
        return float(np.sqrt(squares.sum(axis=0).min()))

    def _settle(self) -> None:
        """Take what was suggested last as if it had come out as expected: only done when another one is asked for."""
        if self._chosen is None:
            return
        row, self._chosen = self._chosen, None
        self._used = np.concatenate([self._used, row[np.newaxis]])
        self._pool = self._pool.without(row)
        if not self._judge.knows_nothing:
            self._judge.believe(Coded(self._space.parameters, row[np.newaxis]))
            self._judge.turn(self._rng)


ENGINE = Embedded("embedded")
