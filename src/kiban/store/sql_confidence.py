"""What `kiban.query.confidence` says, as SQL about a row of the property table: the same to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiban.quantity.uncertainty import Distribution
from kiban.query.condition import ConfidenceCondition, Interval
from kiban.query.confidence import FEWEST_FREEDOM, LARGEST, SMALLEST, quantiles

_FREEDOM = "(uncertainty ->> 'degrees_of_freedom')::double precision"


def surely_within(
    condition: ConfidenceCondition, value: Callable[[Any], str], within: Callable[[str, Interval], str]
) -> str:
    """That the value of a row lies in the interval with that probability.

    Parameters
    ----------
    value : callable
        Gives the placeholder of a value.
    within : callable
        Says that a column lies in an interval.
    """
    q = quantiles(condition.confidence)
    a, b, c, d = map(value, q.student)
    normal, largest = value(q.normal), value(LARGEST)
    shapes = {
        Distribution.RECTANGULAR: q.rectangular,
        Distribution.TRIANGULAR: q.triangular,
        Distribution.ARCSINE: q.arcsine,
    }
    by_shape = " ".join(f"WHEN '{shape}' THEN {value(quantile)}" for shape, quantile in shapes.items())
    quantile = f"""CASE uncertainty ->> 'distribution' {by_shape} ELSE
        CASE WHEN {_FREEDOM} IS NULL THEN {normal}
        WHEN {_FREEDOM} BETWEEN {value(FEWEST_FREEDOM)} AND {largest}
        THEN {normal} + ({a} + ({b} + ({c} + {d} / {_FREEDOM}) / {_FREEDOM}) / {_FREEDOM}) / {_FREEDOM} END END"""
    standard = f"CASE WHEN uncertainty_si >= {value(SMALLEST)} THEN uncertainty_si ELSE 0 END"
    sign = "-" if condition.interval.low is not None else "+"
    bound = f"""CASE WHEN uncertainty_si <= {largest} AND abs(value_si) <= {largest}
        THEN value_si {sign} ({quantile}) * ({standard}) END"""
    sure = within(f"({bound})", condition.interval)
    # Where the probability is a half or more, the value itself lies there too, and of that there is an index.
    return f"{within('value_si', condition.interval)} AND {sure}" if condition.confidence >= 0.5 else sure
