"""Propagation against the worked examples of JCGM 100:2008 (GUM) and JCGM 101:2008."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import InvalidValue, OutOfRange
from kiban.quantity.measured import Measured
from kiban.quantity.propagation import propagate, simulate
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty


def known(value: float, u: float, unit: str = "", *, freedom: float | None = None, **stated: object) -> Measured:
    doubt = Uncertainty(value=u, origin=Origin.ESTIMATE, degrees_of_freedom=freedom, **stated)  # type: ignore[arg-type]
    return Measured(value, unit, doubt)


def between(low: float, high: float, unit: str = "") -> Measured:
    """A quantity of which only the limits are known."""
    return known((low + high) / 2, high - low, unit, kind=Kind.RESOLUTION, distribution=Distribution.RECTANGULAR)


def test_end_gauge_of_gum_h1():
    """GUM H.1: u_c = 32 nm with 16 effective degrees of freedom."""

    def length_nm(standard: float, difference: float, alpha: float, theta: float, d_alpha: float, d_theta: float):
        return standard + difference - standard * (d_alpha * theta + alpha * d_theta)

    length = propagate(
        length_nm,
        (
            known(50_000_623.0, 25.0, "nm", freedom=18),
            known(215.0, 9.7, "nm", freedom=25.6),
            between(9.5e-6, 13.5e-6, "1/K"),
            known(-0.1, 0.41, "K"),
            known(0.0, 1e-6 / math.sqrt(3), "1/K", freedom=50),
            known(0.0, 0.05 / math.sqrt(3), "K", freedom=2),
        ),
        unit="nm",
    )
    assert length.value == pytest.approx(50_000_838.0, abs=0.5)
    assert length.uncertainty is not None
    assert length.uncertainty.standard == pytest.approx(32.0, abs=0.5)
    assert length.uncertainty.origin is Origin.PROPAGATED
    assert math.floor(length.uncertainty.degrees_of_freedom or 0.0) == 16


H2_CORRELATION = np.array([[1.0, -0.36, 0.86], [-0.36, 1.0, -0.65], [0.86, -0.65, 1.0]])
H2_INPUTS = (known(4.9990, 0.0032, "V"), known(19.6610e-3, 0.0095e-3, "A"), known(1.04446, 0.00075, "rad"))


@pytest.mark.parametrize(
    ("formula", "value", "u"),
    [
        (lambda v, i, phi: v / i * np.cos(phi), 127.732, 0.071),
        (lambda v, i, phi: v / i * np.sin(phi), 219.847, 0.295),
        (lambda v, i, phi: v / i + 0 * phi, 254.260, 0.236),
    ],
    ids=["resistance", "reactance", "impedance"],
)
def test_resistance_and_reactance_of_gum_h2(formula, value, u):
    """GUM Table H.4, of correlated voltage, current and phase."""
    linear = propagate(formula, H2_INPUTS, unit="ohm", correlation=H2_CORRELATION)
    assert linear.value == pytest.approx(value, abs=0.001)
    assert linear.uncertainty is not None
    assert linear.uncertainty.standard == pytest.approx(u, abs=0.002)
    drawn = simulate(formula, H2_INPUTS, unit="ohm", seed=1, correlation=H2_CORRELATION)
    assert drawn.value.uncertainty is not None
    assert drawn.value.uncertainty.standard == pytest.approx(u, abs=0.003)


def total(*parts):
    return sum(parts)


def test_additive_model_with_normal_inputs():
    """JCGM 101, Table 2: u = 2.00, interval ±3.92."""
    result = simulate(total, [known(0.0, 1.0)] * 4, unit="", seed=2)
    assert result.value.uncertainty is not None
    assert result.value.uncertainty.standard == pytest.approx(2.00, abs=0.02)
    assert result.interval == pytest.approx((-3.92, 3.92), abs=0.05)


def test_additive_model_with_rectangular_inputs():
    """JCGM 101, Table 3: u = 2.00, interval ±3.88, narrower than the normal one."""
    result = simulate(total, [between(-math.sqrt(3), math.sqrt(3))] * 4, unit="", seed=3)
    assert result.value.uncertainty is not None
    assert result.value.uncertainty.standard == pytest.approx(2.00, abs=0.02)
    assert result.interval == pytest.approx((-3.88, 3.88), abs=0.03)


def test_additive_model_with_one_wide_rectangular_input():
    """JCGM 101, Table 4: u = 10.1, interval ±17.0 where the linear method says ±19.9."""
    inputs = [*[between(-math.sqrt(3), math.sqrt(3))] * 3, between(-10 * math.sqrt(3), 10 * math.sqrt(3))]
    result = simulate(total, inputs, unit="", seed=4)
    assert result.value.uncertainty is not None
    assert result.value.uncertainty.standard == pytest.approx(10.15, abs=0.05)
    assert result.interval == pytest.approx((-17.0, 17.0), abs=0.1)
    linear = propagate(total, inputs, unit="")
    assert linear.uncertainty is not None
    assert 1.96 * linear.uncertainty.standard == pytest.approx(19.9, abs=0.05)


def test_mass_calibration():
    """JCGM 101, Table 6: Monte Carlo 1.2340 mg, 0.0754 mg, [1.0834, 1.3825] mg; linear 0.0539 mg."""

    def deviation_mg(reference, difference, air, weight, standard):
        return (reference + difference) * (1 + (air - 1.2) * (1 / weight - 1 / standard)) - 100_000.0

    inputs = (
        known(100_000.000, 0.050, "mg"),
        known(1.234, 0.020, "mg"),
        between(1.10, 1.30, "kg/m**3"),
        between(7000.0, 9000.0, "kg/m**3"),
        between(7950.0, 8050.0, "kg/m**3"),
    )
    drawn = simulate(deviation_mg, inputs, unit="mg", seed=5)
    assert drawn.value.value == pytest.approx(1.2340, abs=0.0005)
    assert drawn.value.uncertainty is not None
    assert drawn.value.uncertainty.standard == pytest.approx(0.0754, abs=0.0003)
    # The supplement lists the shortest interval; where the distribution is symmetric its place is known less well
    # from finitely many trials than its width.
    low, high = drawn.shortest_interval
    assert (low, high) == pytest.approx((1.0834, 1.3825), abs=0.002)
    assert high - low == pytest.approx(1.3825 - 1.0834, abs=0.001)
    linear = propagate(deviation_mg, inputs, unit="mg")
    assert linear.uncertainty is not None
    assert linear.uncertainty.standard == pytest.approx(0.0539, abs=0.0001)


def test_comparison_loss_at_zero():
    """JCGM 101, Table 9: Monte Carlo 50e-6, 50e-6, shortest interval [0, 150e-6]; linear to first order 0."""
    inputs = (known(0.0, 0.005), known(0.0, 0.005))
    drawn = simulate(lambda x, y: x**2 + y**2, inputs, unit="", seed=6)
    assert drawn.value.value == pytest.approx(50e-6, rel=0.01)
    assert drawn.value.uncertainty is not None
    assert drawn.value.uncertainty.standard == pytest.approx(50e-6, rel=0.01)
    assert drawn.shortest_interval == pytest.approx((0.0, 150e-6), abs=2e-6)
    linear = propagate(lambda x, y: x**2 + y**2, inputs, unit="")
    assert linear.uncertainty is not None
    assert linear.uncertainty.standard == 0.0


@pytest.mark.parametrize(
    ("shape", "largest"), [(Distribution.RECTANGULAR, 3.0), (Distribution.TRIANGULAR, 6.0), (Distribution.ARCSINE, 2.0)]
)
def test_bounded_distributions_keep_their_limits_and_standard_deviation(shape, largest):
    """JCGM 101, 6.4.2, 6.4.5 and 6.4.6: half widths of √3, √6 and √2 standard deviations."""
    seen: list[np.ndarray] = []
    result = simulate(lambda x: seen.append(x) or x, [known(10.0, 1.0, distribution=shape)], unit="", seed=7)
    assert result.value.uncertainty is not None
    assert result.value.uncertainty.standard == pytest.approx(1.0, rel=0.01)
    assert np.max(np.abs(seen[0] - 10.0)) <= math.sqrt(largest)
    assert np.max(np.abs(seen[0] - 10.0)) == pytest.approx(math.sqrt(largest), rel=0.01)


def test_few_degrees_of_freedom_widen_the_interval():
    """JCGM 101, 6.4.9: a t with 5 degrees of freedom has the 97.5 % quantile 2.571."""
    result = simulate(lambda x: x, [known(0.0, 1.0, freedom=5)], unit="", seed=8)
    assert result.interval == pytest.approx((-2.571, 2.571), abs=0.05)


def test_counts_are_never_drawn_below_zero():
    """JCGM 101, 6.4.11: after q counts the mean is q + 1 and the variance too."""
    few = simulate(
        lambda n: n, [known(3.0, math.sqrt(3.0), "count", distribution=Distribution.POISSON)], unit="", seed=9
    )
    assert few.interval[0] > 0
    assert few.value.value == pytest.approx(4.0, rel=0.01)
    none = simulate(lambda n: n, [known(0.0, 1.0, "count", distribution=Distribution.POISSON)], unit="", seed=9)
    assert none.shortest_interval[0] == pytest.approx(0.0, abs=1e-3)
    assert none.value.value == pytest.approx(1.0, rel=0.02)


def test_the_same_seed_gives_the_same_numbers():
    inputs = [known(1.0, 0.1), between(2.0, 3.0)]
    assert simulate(lambda x, y: x * y, inputs, unit="", seed=11) == simulate(
        lambda x, y: x * y, inputs, unit="", seed=11
    )


def test_an_unknown_uncertainty_stays_unknown():
    result = propagate(lambda x, y: x * y, (known(2.0, 0.1), Measured(3.0)), unit="")
    assert result == Measured(6.0)
    with pytest.raises(InvalidValue, match="no uncertainty"):
        simulate(lambda x, y: x * y, (known(2.0, 0.1), Measured(3.0)), unit="", seed=1)


def test_an_expanded_uncertainty_is_divided_by_its_coverage_factor():
    weight = known(10.0, 0.2, "g", kind=Kind.EXPANDED, coverage_factor=2.0)
    doubled = propagate(lambda m: 2 * m, [weight], unit="g")
    assert doubled.uncertainty is not None
    assert doubled.uncertainty.standard == pytest.approx(0.2)


@pytest.mark.parametrize(
    "matrix",
    [[[1.0, 0.5], [0.4, 1.0]], [[1.0, 1.5], [1.5, 1.0]], [[0.9, 0.0], [0.0, 1.0]], [[1.0]], [[1.0, math.nan]] * 2],
)
def test_impossible_correlations_are_refused(matrix):
    with pytest.raises(InvalidValue, match="correlation"):
        propagate(lambda x, y: x + y, [known(1.0, 0.1)] * 2, unit="", correlation=np.array(matrix))


def test_correlated_inputs_that_are_not_normal_are_refused():
    with pytest.raises(InvalidValue, match="normal"):
        simulate(lambda x, y: x + y, [between(0.0, 1.0)] * 2, unit="", seed=1, correlation=np.eye(2))


def test_a_formula_that_does_not_hold_at_the_inputs_is_refused():
    with pytest.raises(OutOfRange, match="The formula gives"):
        propagate(lambda x: math.inf if x > 1 else x, [known(1.0, 0.1)], unit="")
    with np.errstate(invalid="ignore"), pytest.raises(OutOfRange, match="trials"):
        simulate(lambda x: np.sqrt(x), [known(0.1, 1.0)], unit="", seed=1)
    with pytest.raises(OutOfRange, match="trials"):
        simulate(lambda x: x, [known(0.1, 1.0)], unit="", seed=1, n_trials=10)


numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0.0 or abs(x) > 1e-6)


@given(st.lists(st.tuples(numbers, st.floats(1e-6, 1e3), st.floats(-10, 10)), min_size=1, max_size=5))
def test_linear_formulas_are_propagated_exactly(terms):
    inputs = [known(value, u) for value, u, _ in terms]
    result = propagate(lambda *xs: sum(c * x for (_, _, c), x in zip(terms, xs, strict=True)), inputs, unit="")
    assert result.uncertainty is not None
    exact = math.sqrt(sum((c * u) ** 2 for _, u, c in terms))
    scale = max(abs(c * value) for value, _, c in terms)
    assert result.uncertainty.standard == pytest.approx(exact, rel=1e-5, abs=1e-9 * scale + 1e-12)


@given(numbers, st.floats(1e-6, 1e3), st.floats(1e-6, 1e3))
def test_fully_correlated_differences_cancel(value, u, v):
    """GUM 5.2.2, note 1."""
    matrix = np.ones((2, 2))
    result = propagate(lambda x, y: x - y, [known(value, u), known(value, v)], unit="", correlation=matrix)
    assert result.uncertainty is not None
    assert result.uncertainty.standard == pytest.approx(abs(u - v), rel=1e-3, abs=1e-4 * max(u, v) + 1e-9 * abs(value))
