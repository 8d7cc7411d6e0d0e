"""BayBE's default recommender (M. Fitzner et al., 2025, Apache-2.0), for those who have kiban[baybe].

It chooses from the list of candidates, or from points that are drawn from the space and keep to all its constraints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kiban.planning.outside_engine import OutsideEngine
from kiban.planning.outside_question import Learnt, OutsideQuestion
from kiban.planning.space.parameter import Categorical

if TYPE_CHECKING:
    from kiban.planning.space.coded import Coded

_MOST = 2000


def _recommended(asked: OutsideQuestion, n: int) -> tuple[list[int], Learnt | None]:
    """Choose by a Gaussian process and noisy expected improvement, as BayBE sets them."""
    import pandas as pd  # type: ignore[import-untyped]
    from baybe.objectives import ParetoObjective
    from baybe.recommenders import BotorchRecommender
    from baybe.searchspace import SearchSpace as Space
    from baybe.targets import NumericalTarget
    from baybe.utils.random import temporary_seed

    choices, done = _frame(asked.points), _frame(asked.told)
    parameters = _parameters(asked.points, choices, done)
    if not parameters:
        return list(range(n)), None
    names = [parameter.name for parameter in parameters]
    choices, done = choices[names], done[names]
    # What cannot be told apart may stand twice in a list; BayBE takes each once.
    known = choices.drop_duplicates()
    goals = [f"worth {i}" for i in range(len(asked.worth))]
    told = pd.concat([done, pd.DataFrame(asked.worth.T, columns=goals, index=done.index)], axis=1)
    targets = [NumericalTarget(goal) for goal in goals]
    objective = targets[0].to_objective() if len(targets) == 1 else ParetoObjective(targets)
    with temporary_seed(asked.seed):
        recommender = BotorchRecommender()
        space = Space.from_dataframe(known, parameters)
        answer = recommender.recommend(min(n, len(known)), space, objective, told)
        places = {tuple(row): i for i, row in reversed(list(enumerate(choices.itertuples(index=False, name=None))))}
        chosen = [places[tuple(row)] for row in answer[names].itertuples(index=False, name=None)]
        learnt = None
        if asked.is_plain:
            stats = recommender.get_surrogate(space, objective, told).posterior_stats(choices.iloc[chosen])
            learnt = Learnt(
                np.asarray(stats[f"{goals[0]}_mean"], dtype=np.float64),
                np.asarray(stats[f"{goals[0]}_std"], dtype=np.float64),
            )
    return chosen, learnt


def _frame(points: Coded) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            parameter.name: [parameter.levels[int(i)] for i in column] if isinstance(parameter, Categorical) else column
            for parameter, column in zip(points.parameters, points.rows.T, strict=True)
        }
    )


def _parameters(points: Coded, choices: Any, done: Any) -> list[Any]:
    """What BayBE calls parameters: of those that vary, the levels, or the numbers that occur."""
    from baybe.parameters import CategoricalParameter, NumericalDiscreteParameter

    made = []
    for parameter in points.parameters:
        values = sorted({*choices[parameter.name], *done[parameter.name]})
        if len(values) < 2:
            continue
        if isinstance(parameter, Categorical):
            made.append(CategoricalParameter(parameter.name, list(parameter.levels)))
        else:
            made.append(NumericalDiscreteParameter(parameter.name, values))
    return made


ENGINE = OutsideEngine("baybe", "BayBE's default recommender", _recommended, most=_MOST)
