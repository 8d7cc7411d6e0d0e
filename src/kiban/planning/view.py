"""How one question sees its points: scaled, with the columns that the mean of an outcome is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.engines.contract import Believed, Prior
from kiban.planning.space.coded import Coded
from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features, features

_MOST_FOR_PRIORS = 1000


@dataclass(frozen=True, slots=True)
class _Scaled:
    prior: Prior
    middle: float
    width: float
    strength: float


class View:
    """Points as surrogates see them.

    Parameters
    ----------
    points : Coded
        The pool's.
    is_list : bool
    outcome : str
        Whose mean is described: a prior may say something of one outcome and nothing of another.
    priors : tuple of Prior
    use_density : bool
        Whether the density of a list may explain an outcome.
    rng : Generator
    """

    def __init__(
        self,
        points: Coded,
        *,
        is_list: bool,
        outcome: str,
        priors: tuple[Prior, ...],
        use_density: bool,
        rng: np.random.Generator,
    ) -> None:
        self.features: Features = features(points, is_list=is_list, rng=rng)
        self._outcome = outcome
        self._use_density = use_density and self.features.width > 0.0
        self._priors: list[_Scaled] = []
        n = len(points)
        some = points.rows if n <= _MOST_FOR_PRIORS else points.rows[rng.choice(n, _MOST_FOR_PRIORS, replace=False)]
        for prior in priors:
            expected = _expected(prior, Coded(points.parameters, some), outcome)
            if expected is not None and float(expected.std()) > 0.0:
                strength = prior.strength(outcome) if isinstance(prior, Believed) else 0.0
                self._priors.append(_Scaled(prior, float(expected.mean()), float(expected.std()), strength))

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of the mean are, the first aside."""
        return (*(("density",) if self._use_density else ()), *(each.prior.name for each in self._priors))

    @property
    def coefficients(self) -> Floats:
        """What is expected of the columns' coefficients for a standardised outcome, before any trial."""
        believed = [each.strength for each in self._priors]
        return np.array([0.0, *([0.0] if self._use_density else []), *believed])

    def led(self, points: Coded) -> Floats:
        """What priors that say how far they are to be believed expect at points, in standard deviations."""
        return self.basis(points, self.features.scale(points.rows)) @ self.coefficients

    @property
    def lead(self) -> float:
        """How far all priors together are believed, from 0 to 1."""
        return min(1.0, float(np.linalg.norm(self.coefficients)))

    def basis(self, points: Coded, scaled: Floats) -> Floats:
        """The columns of the mean at some points, shape (n, n_columns)."""
        columns = [np.ones(len(scaled))]
        if self._use_density:
            columns.append(self.features.density(scaled))
        for each in self._priors:
            expected = _expected(each.prior, points, self._outcome)
            assert expected is not None  # noqa: S101  it had something to say of the pool
            columns.append((expected - each.middle) / each.width)
        return np.stack(columns, axis=1)


def _expected(prior: Prior, points: Coded, outcome: str) -> Floats | None:
    expected = prior.expect(points, outcome)
    if expected is not None and (expected.shape != (len(points),) or not np.isfinite(expected).all()):
        raise InvalidValue(
            f"The prior {prior.name} gives {expected.shape} numbers for {len(points)} points, or one not finite.",
            mend="Leave it out, or have it give one finite number for each point.",
        )
    return expected
