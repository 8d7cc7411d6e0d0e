"""Earlier studies as a campaign sees them: what was set and what came out, under the campaign's names."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiban.errors import InvalidValue
from kiban.planning.space.formula import Formula, compiled
from kiban.planning.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Experiments that were done together, or values that were calculated together: both are taken alike.

    Parameters
    ----------
    name : str
        Short identifier of the record that stands for it, or what a person calls it.
    trials : tuple of Trial
        With the campaign's names of parameters and outcomes. Parameters that the study did not set are left out; others
        than the campaign's, and levels that the campaign does not have, may be there. An outcome may be in any unit and
        on any scale, the same for the whole study.
    is_named : bool
        Whether a person wants it to be used; else it was found.
    """

    name: str
    trials: tuple[Trial, ...]
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A formula that says what a person, a theory or a fit of a simulation expects of one outcome.

    Parameters
    ----------
    outcome : str
    text : str
        A formula of the space's parameters in their units (`kiban.planning.space.formula`). Only its shape counts.
    """

    outcome: str
    text: str
    formula: Formula = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.outcome.strip():
            raise InvalidValue(
                f"The formula {self.text[:80]!r} is of no outcome.", mend="Say which outcome it expects: hardness = ..."
            )
        object.__setattr__(self, "formula", compiled(self.text))
        if not self.formula.names:
            raise InvalidValue(
                f"The formula {self.text[:80]!r} names no parameter: it expects the same everywhere.",
                mend="Write it with the parameters that the outcome depends on.",
            )

    @property
    def name(self) -> str:
        """As pages name it."""
        return f"{self.outcome} = {self.text}"
