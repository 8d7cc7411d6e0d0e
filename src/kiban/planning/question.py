"""What every engine is asked, checked before it begins."""

from __future__ import annotations

from kiban.errors import InvalidValue
from kiban.planning.objective.objective import Objective
from kiban.planning.space.parameter import Categorical
from kiban.planning.space.search_space import SearchSpace

MOST_SUGGESTIONS = 1000


def check_question(space: SearchSpace, objective: Objective, *, n: int, seed: int) -> None:
    """Refuse a question that contradicts itself. Raises InvalidValue."""
    if not 1 <= n <= MOST_SUGGESTIONS:
        raise InvalidValue(f"{n} suggestions are asked for.", mend=f"Ask for 1 to {MOST_SUGGESTIONS}.")
    if seed < 0:
        raise InvalidValue(f"The seed is {seed}.", mend="Give a whole number from 0.")
    same = sorted(set(space.names) & set(objective.outcomes))
    if same:
        raise InvalidValue(
            f"{same[0]} is a parameter of the space and an outcome of the objective.", mend="Give them different names."
        )
    if objective.cost is None:
        return
    for name in objective.cost.per_unit:
        if isinstance(space.parameter(name), Categorical):
            raise InvalidValue(f"{name} costs by the unit, but has levels.", mend="Give a cost for each level.")
    for name, prices in objective.cost.per_level.items():
        parameter = space.parameter(name)
        unknown = sorted(set(prices) - set(parameter.levels)) if isinstance(parameter, Categorical) else [name]
        if unknown:
            raise InvalidValue(
                f"The cost of {name} speaks of the level {unknown[0]!r}, which it does not have.",
                mend="Give costs for its own levels.",
            )
