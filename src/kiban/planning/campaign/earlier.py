"""Which earlier studies a campaign may rest on, and how much those that it did rest on counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kiban.errors import InvalidValue
from kiban.planning.archive.study import Expectation
from kiban.planning.objective.objective import Objective
from kiban.planning.space.parameter import Categorical
from kiban.planning.space.search_space import SearchSpace

AUTO, NONE = "auto", "none"
MOST_NAMED = 50
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyUsed:
    """One earlier study, table of calculated values or formula, as it counted for a batch of suggestions.

    Parameters
    ----------
    name : str
        What it was called then: the title of a campaign or the name of a table; of a formula its text.
    record : str
        Short identifier of the record that stands for it: a campaign, or a measurement of a table. Empty for a formula.
    n_trials : int
        So many of its experiments were compared.
    counts : mapping of str to float
        By outcome, how much it counted, from -1 to 1 (`kiban.planning.archive.archive.Used`).
    """

    name: str
    record: str = ""
    n_trials: int = 0
    counts: Mapping[str, float] = field(default_factory=dict)


def chosen(given: object) -> tuple[str, ...]:
    """Make a choice of what a person writes: `auto`, `none`, or a list of identifiers and formulas.

    Raises
    ------
    InvalidValue
        If it is something else.
    """
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise InvalidValue(
            f"The archive of a campaign is {given!r:.80}.",
            mend="Write 'auto', 'none', or a list of identifiers of studies and formulas: 'hardness = 3 * {x}'.",
        )
    found = tuple(dict.fromkeys(" ".join(each.split()) for each in listed))
    if found in ((NONE,), ()):
        return ()
    if len(found) > MOST_NAMED or any(not each or len(each) > _LONGEST for each in found):
        raise InvalidValue(
            f"{len(found)} studies were named, or one with more than {_LONGEST} characters.",
            mend=f"Name 1 to {MOST_NAMED}.",
        )
    if NONE in found:
        raise InvalidValue(
            "The archive of a campaign is to be none, and something else as well.", mend="Say 'none', or name studies."
        )
    return found


def is_formula(text: str) -> bool:
    """Whether a part of a choice is a formula, and no study."""
    return "=" in text


def formulas_of(choice: Iterable[str], space: SearchSpace, objective: Objective) -> tuple[Expectation, ...]:
    """The formulas among what was chosen.

    Raises
    ------
    InvalidValue
        If one cannot be understood, is of no outcome of the objective, or names what is no parameter with numbers.
    """
    found = []
    numeric = [each.name for each in space.parameters if not isinstance(each, Categorical)]
    for text in choice:
        if not is_formula(text):
            continue
        outcome, _, formula = (part.strip() for part in text.partition("="))
        if outcome not in objective.outcomes:
            raise InvalidValue(
                f"The formula '{text[:80]}' is of '{outcome[:60]}', which is no outcome of the campaign.",
                mend=f"Its outcomes are: {', '.join(objective.outcomes)}.",
            )
        expectation = Expectation(outcome=outcome, text=formula)
        if unknown := [name for name in expectation.formula.names if name not in numeric]:
            raise InvalidValue(
                f"The formula '{text[:80]}' names '{unknown[0][:60]}', which is no parameter with numbers.",
                mend=f"Such parameters are: {', '.join(numeric) or 'none'}.",
            )
        found.append(expectation)
    return tuple(found)
