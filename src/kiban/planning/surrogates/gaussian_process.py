"""Gaussian processes whose length scales and noise are not fitted but sampled, many at a time.

With two or ten trials there is no best set of length scales: what is expected is averaged over sets drawn from their
posterior. Mean and scale are integrated in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kiban.planning.space.parameter import Floats
from kiban.planning.surrogates.features import Features

_N_DRAWN, _N_KEPT, _N_ROUNDS = 96, 10, 3
_LENGTH, _LENGTH_SPREAD = 0.6, 0.8
"""Logarithm of a length scale, beyond half that of the number of factors: mean and standard deviation of the prior
(after C. Hvarfner et al., ICML 2024: length scales that grow with the root of the number of factors)."""
_NOISE, _NOISE_SPREAD = -4.0, 1.5
"""Logarithm of the noise variance as a part of the whole."""
_SHAPE, _RATE = 2.0, 2.0
"""Inverse-gamma prior of the variance of standardised targets."""
_MEAN_VARIANCE, _BASIS_VARIANCE = 1.0, 0.25
_SQRT5 = math.sqrt(5.0)
_JITTER = 1e-8
_IN_CACHE = 65_536
"""So many numbers, and a few copies of them, stay in a processor's second cache, and their memory is used again."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What a surrogate expects at some points: one row for each sample of its parameters.

    Parameters
    ----------
    means, deviations : array, shape (n_samples, n_points)
    """

    means: Floats
    deviations: Floats

    def mean(self) -> Floats:
        """The expected value at each point."""
        return np.asarray(self.means.mean(axis=0))

    def deviation(self) -> Floats:
        """The standard uncertainty at each point, of each sample and between them."""
        return np.asarray(np.sqrt((self.deviations**2).mean(axis=0) + self.means.var(axis=0)))


class GaussianProcess:
    """Matérn 5/2 kernel with a length scale for each factor.

    Parameters
    ----------
    features : Features
    points : array, shape (n, n_factors)
        Scaled.
    basis : array, shape (n, n_basis)
        Columns that the mean is a linear combination of; the first is 1. The coefficients of the others are expected to
        be 0, so that a column which explains nothing changes little.
    targets : array, shape (n,)
        Standardised.
    noise : array, shape (n,)
        Variances that are known, as parts of the targets' variance; 0 where not known.
    rng : Generator
    """

    def __init__(
        self,
        features: Features,
        points: Floats,
        basis: Floats,
        targets: Floats,
        noise: Floats,
        rng: np.random.Generator,
    ) -> None:
        self._features = features
        self._points, self._basis, self._targets, self._noise = points, basis, targets, noise
        self._samples = self._sampled(rng)
        self._fitted = self._fit(self._samples, features.squared(points, points))
        self._inverse = _inverted(self._fitted.lower)

    def _log_prior(self, samples: Floats) -> Floats:
        d = self._features.n_factors
        middle = _LENGTH + 0.5 * math.log(max(d, 1))
        lengths = ((samples[:, :d] - middle) / _LENGTH_SPREAD) ** 2
        return np.asarray(-0.5 * lengths.sum(axis=1) - 0.5 * ((samples[:, d] - _NOISE) / _NOISE_SPREAD) ** 2)

    def _sampled(self, rng: np.random.Generator) -> Floats:
        """Draw from the prior, keep by likelihood, then let the kept ones move among each other (C. J. F. ter Braak,
        Stat. Comput. 16, 239 (2006)), each move taken or not by Metropolis' rule."""
        d = self._features.n_factors
        squares = self._features.squared(self._points, self._points)
        drawn = rng.standard_normal((_N_DRAWN, d + 1))
        drawn[:, :d] = _LENGTH + 0.5 * math.log(max(d, 1)) + _LENGTH_SPREAD * drawn[:, :d]
        drawn[:, d] = _NOISE + _NOISE_SPREAD * drawn[:, d]
        n_together = max(1, _IN_CACHE // len(self._targets) ** 2)
        parts = [drawn[start : start + n_together] for start in range(0, _N_DRAWN, n_together)]
        likelihood = np.concatenate([self._fit(part, squares).log_likelihood for part in parts])
        weights = np.exp(likelihood - likelihood.max())
        kept = rng.choice(_N_DRAWN, _N_KEPT, p=weights / weights.sum())
        samples, height = drawn[kept], likelihood[kept] + self._log_prior(drawn[kept])
        for _ in range(_N_ROUNDS):
            one, other = rng.integers(0, _N_KEPT, (2, _N_KEPT))
            reach = rng.choice([0.3, 0.7, 1.0], (_N_KEPT, 1)) * 2.38 / math.sqrt(2 * (d + 1))
            moved = samples + reach * (samples[one] - samples[other]) + 0.15 * rng.standard_normal(samples.shape)
            new = self._fit(moved, squares).log_likelihood + self._log_prior(moved)
            taken = np.log(rng.random(_N_KEPT)) < new - height
            samples[taken], height[taken] = moved[taken], new[taken]
        return samples

    def _fit(self, samples: Floats, squares: Floats) -> _Fitted:
        d, n = self._features.n_factors, len(self._targets)
        kernel = matern(squares, np.exp(-2.0 * samples[:, :d]))
        noise = np.exp(samples[:, d])[:, np.newaxis] + self._noise + _JITTER
        kernel[:, np.arange(n), np.arange(n)] += noise
        columns = np.concatenate([self._targets[:, np.newaxis], self._basis], axis=1)
        lower, solved = _decomposed(kernel, columns)
        target, basis = solved[..., 0], solved[..., 1:]
        prior = np.full(self._basis.shape[1], 1.0 / _BASIS_VARIANCE)
        prior[0] = 1.0 / _MEAN_VARIANCE
        precision = np.einsum("snq,snr->sqr", basis, basis) + np.diag(prior)
        projected = np.einsum("snq,sn->sq", basis, target)
        coefficients = np.linalg.solve(precision, projected[..., np.newaxis])[..., 0]
        misfit = np.maximum((target**2).sum(axis=1) - (coefficients * projected).sum(axis=1), 0.0)
        shape, rate = _SHAPE + n / 2.0, _RATE + misfit / 2.0
        log_likelihood = (
            -np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
            - 0.5 * np.linalg.slogdet(precision)[1]
            - shape * np.log(rate)
        )
        residual = target - np.einsum("snq,sq->sn", basis, coefficients)
        return _Fitted(lower, basis, coefficients, precision, residual, rate / shape, log_likelihood)

    def expect(self, points: Floats, basis: Floats) -> Belief:
        """Say what is expected at scaled points, given the columns of the mean there."""
        means, deviations = np.empty((2, len(self._samples), len(points)))
        n_together = max(1, _IN_CACHE // (len(self._samples) * len(self._points)))
        for start in range(0, len(points), n_together):
            part = slice(start, start + n_together)
            means[:, part], deviations[:, part] = self._expected(points[part], basis[part])
        return Belief(means, deviations)

    def _expected(self, points: Floats, basis: Floats) -> tuple[Floats, Floats]:
        """Means and deviations as `expect` gives them, of a few points."""
        fit, d = self._fitted, self._features.n_factors
        cross = matern(self._features.squared(self._points, points), np.exp(-2.0 * self._samples[:, :d]))
        solved = np.matmul(self._inverse, cross)
        means = fit.coefficients @ basis.T + np.einsum("sn,snm->sm", fit.residual, solved)
        left = basis.T - np.einsum("snq,snm->sqm", fit.basis, solved)
        np.square(solved, out=solved)
        variances = 1.0 - solved.sum(axis=1) + (left * np.linalg.solve(fit.precision, left)).sum(axis=1)
        return means, np.sqrt(np.maximum(variances, 1e-9) * fit.scale[:, np.newaxis])

    def expect_measured(self, points: Floats, basis: Floats) -> Belief:
        """As `expect`, of what another measurement there would give: with the noise of a typical one."""
        belief = self.expect(points, basis)
        noise = np.exp(self._samples[:, self._features.n_factors]) + float(np.median(self._noise))
        variances = belief.deviations**2 + (noise * self._fitted.scale)[:, np.newaxis]
        return Belief(belief.means, np.sqrt(variances))

    def blind(self) -> Belief:
        """What another measurement is expected to give at each trial, judging by the other trials.

        S. Sundararajan and S. S. Keerthi, Neural Comput. 13, 1103 (2001); the mean is that of all trials.
        """
        fit = self._fitted
        pulled = np.einsum("snm,sn->sm", self._inverse, fit.residual)
        diagonal = (self._inverse**2).sum(axis=1)
        return Belief(self._targets - pulled / diagonal, np.sqrt(fit.scale[:, np.newaxis] / diagonal))

    def left_out(self) -> Floats:
        """Logarithm of the density of each target as expected from the others, averaged over samples; shape (n,)."""
        blind = self.blind()
        variances = blind.deviations**2
        logs = -0.5 * np.log(2 * math.pi * variances) - 0.5 * (self._targets - blind.means) ** 2 / variances
        top = logs.max(axis=0)
        return np.asarray(np.log(np.exp(logs - top).mean(axis=0)) + top)

    def with_more(self, points: Floats, basis: Floats, targets: Floats) -> GaussianProcess:
        """The same process, its samples kept, with trials that are believed to have come out so."""
        more = object.__new__(GaussianProcess)
        more._features, more._samples = self._features, self._samples
        more._points = np.concatenate([self._points, points])
        more._basis = np.concatenate([self._basis, basis])
        more._targets = np.concatenate([self._targets, targets])
        more._noise = np.concatenate([self._noise, np.zeros(len(targets))])
        more._fitted = more._fit(more._samples, self._features.squared(more._points, more._points))
        more._inverse = _inverted(more._fitted.lower)
        return more

    @property
    def points(self) -> Floats:
        """The scaled points that it has learnt from."""
        return self._points

    @property
    def targets(self) -> Floats:
        """The standardised targets that it has learnt from."""
        return self._targets

    @property
    def typical_noise(self) -> float:
        """The noise variance in the middle of the samples, as a part of the whole."""
        return float(np.exp(np.median(self._samples[:, self._features.n_factors])))

    @property
    def typical_lengths(self) -> Floats:
        """The length scales in the middle of the samples, shape (n_factors,)."""
        return np.asarray(np.exp(np.median(self._samples[:, : self._features.n_factors], axis=0)))


@dataclass(frozen=True, slots=True)
class _Fitted:
    lower: Floats
    basis: Floats
    coefficients: Floats
    precision: Floats
    residual: Floats
    scale: Floats
    log_likelihood: Floats


def matern(squares: Floats, weights: Floats) -> Floats:
    """Matérn 5/2 correlations.

    Parameters
    ----------
    squares : array, shape (n_factors, n, m)
        Squared distances in each factor.
    weights : array, shape (n_samples, n_factors)
        One over the square of each length scale.

    Returns
    -------
    array, shape (n_samples, n, m)

    References
    ----------
    C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (MIT Press, 2006), eq. 4.17.
    """
    correlations = np.tensordot(weights, squares, axes=(1, 0))
    # Some samples at a time, in place: what stays in the processor's cache takes a fifth of the time.
    n_together = max(1, _IN_CACHE // max(squares.shape[1] * squares.shape[2], 1))
    for start in range(0, len(correlations), n_together):
        _decay(correlations[start : start + n_together])
    return correlations


def _decay(squares: Floats) -> None:
    """Turn squared distances, in length scales, to correlations where they are."""
    distance = np.sqrt(squares, out=squares)
    distance *= _SQRT5
    polynomial = distance * distance
    polynomial /= 3.0
    polynomial += 1.0 + distance
    np.negative(distance, out=distance)
    np.exp(distance, out=distance)
    distance *= polynomial


def _decomposed(kernel: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """The lower triangles L of kernels, and L⁻¹ applied to some columns.

    The latter are the last rows of the triangle of a kernel that is bordered by them, which costs less than solving.

    Returns
    -------
    arrays, shape (n_samples, n, n) and (n_samples, n, n_columns)
    """
    n, q = columns.shape
    bordered = np.zeros((len(kernel), n + q, n + q))
    bordered[:, :n, :n] = kernel
    bordered[:, n:, :n] = columns.T
    # The corner only has to keep the whole positive definite: the least eigenvalue of a kernel is above the jitter.
    at = np.arange(n, n + q)
    bordered[:, at, at] = 2.0 * q * float((columns**2).sum()) / _JITTER
    whole = _cholesky(bordered)
    return whole[:, :n, :n], whole[:, n:, :n].transpose(0, 2, 1)


def _inverted(lower: Floats) -> Floats:
    """The inverses of lower triangles, shape (n_samples, n, n)."""
    from scipy.linalg.lapack import dtrtri

    # LAPACK goes by columns: the rows of a lower triangle are the columns of an upper one.
    return np.stack([dtrtri(each.T)[0].T for each in lower])


def _cholesky(kernel: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.cholesky(kernel))
    except np.linalg.LinAlgError:
        # Trials that lie on top of each other, with hardly any noise: a little more of it.
        return np.asarray(np.linalg.cholesky(kernel + 1e-5 * np.eye(kernel.shape[-1])))
