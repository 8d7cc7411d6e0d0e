"""JCAMP-DX, the abscissas of an `(X++(Y..Y))` table: from the header, checked against what the lines say.

The header states where the points begin and end and how many there are; each line repeats the abscissa of its first
point. The two must agree within the rounding of what is written. Where they do not, the number of points decides:
if it is right, nothing is lost and the contradiction is a doubt; if not, the file is damaged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.jcamp.compression import Ordinates
from kiban.readers.jcamp.labels import Number

_KEPT = "It is kept as it came; export the measurement again."
_LARGEST_POWER = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the header says of the points to come; `None` where it does not."""

    first: Number | None = None
    last: Number | None = None
    step: Number | None = None
    factor: float = 1.0
    n_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Abscissas:
    """Where the points are."""

    values: NDArray[np.float64]
    step: float | None
    """The distance of two points where it is the same for all."""
    doubts: tuple[str, ...]


def abscissas(promise: Promise, ordinates: Ordinates, name: str) -> Abscissas:
    """Say where the points of a table are.

    Parameters
    ----------
    promise : Promise
        The header's statements, in the unit of the axis.
    ordinates : Ordinates
        The decoded table.
    name : str
        The file's name, for errors.

    Raises
    ------
    DamagedFile
        If the number of points is not the one promised, or nothing says where they are.
    NothingMeasured
        If there are none, as promised.
    """
    n = ordinates.values.size
    doubts = _check_number(promise, ordinates, name)
    if n == 0:
        raise NothingMeasured(
            f"{name} holds a table without points.",
            mend="If points were measured, export the file again; it is kept as it came.",
        )
    first, step = _first_and_step(promise, ordinates, name)
    values: NDArray[np.float64]
    if promise.last is not None and promise.n_points == n > 1:
        values = np.linspace(first, promise.last.value, n)
    else:
        values = first + step * np.arange(n, dtype=np.float64)
    if not bool(np.isfinite(values).all()):
        raise DamagedFile(f"{name}: the abscissas are too large to be measured.", mend=_KEPT)
    if promise.step is not None and n > 1:
        doubts += _check_step(promise.step, step, n)
    return _check_lines(values, step if n > 1 else None, promise, ordinates, doubts, name)


def _check_number(promise: Promise, ordinates: Ordinates, name: str) -> list[str]:
    """Refuse a number of points that is not the one promised, unless the other three statements agree with it."""
    n, counted = ordinates.values.size, None
    if promise.first is not None and promise.last is not None and promise.step is not None and promise.step.value:
        counted = (promise.last.value - promise.first.value) / promise.step.value + 1.0
    if promise.n_points is None:
        step = promise.step
        if counted is not None and step and abs(counted - n) > 0.5 + n * step.digit / abs(step.value):
            raise DamagedFile(f"{name}: FIRSTX, LASTX and DELTAX promise {counted:.0f} points, {n} follow.", mend=_KEPT)
        return []
    if promise.n_points == n:
        return []
    if n > 1 and counted is not None and abs(counted - n) <= 0.5:
        return [
            f"The header promises {promise.n_points} points, {n} follow; "
            f"FIRSTX, LASTX and DELTAX say {n}, which was believed."
        ]
    raise DamagedFile(
        f"{name}: the header promises {promise.n_points} points, {n} follow{_where_it_breaks(promise, ordinates)}.",
        mend=_KEPT,
    )


def _where_it_breaks(promise: Promise, ordinates: Ordinates) -> str:
    """Name the first line whose abscissa is more than a step away from where the header puts it."""
    if promise.first is None or promise.last is None or promise.n_points is None or promise.n_points < 2:
        return ""
    step = (promise.last.value - promise.first.value) / (promise.n_points - 1)
    due = promise.first.value + step * ordinates.line_points
    lines = ordinates.line_x * promise.factor
    away = np.flatnonzero(np.abs(lines - due) > abs(step) + 0.001 * abs(promise.last.value - promise.first.value))
    if not away.size:
        return ""
    i = int(away[0])
    return f"; line {int(ordinates.lines[i])} begins with X {lines[i]:.10g} where {due[i]:.10g} was due"


def _first_and_step(promise: Promise, ordinates: Ordinates, name: str) -> tuple[float, float]:
    n, lines = ordinates.values.size, ordinates.line_x * promise.factor
    with_x = np.flatnonzero(np.isfinite(lines))
    if promise.first is None and not with_x.size:
        raise DamagedFile(f"{name}: neither FIRSTX nor the lines say where the points begin.", mend=_KEPT)
    first = promise.first.value if promise.first is not None else float(lines[with_x[0]])
    if n == 1:
        return first, 0.0
    if promise.last is not None and (promise.n_points == n or promise.step is None):
        return first, (promise.last.value - first) / (n - 1)
    if promise.step is not None:
        return first, promise.step.value
    if with_x.size and ordinates.line_points[with_x[-1]] > 0:
        return first, (float(lines[with_x[-1]]) - first) / int(ordinates.line_points[with_x[-1]])
    raise DamagedFile(f"{name}: neither LASTX, DELTAX nor the lines say how far the points are apart.", mend=_KEPT)


def _check_step(stated: Number, step: float, n: int) -> list[str]:
    difference = abs(stated.value - step)
    # The last digit may be cut off instead of rounded, but where it is most of the number that tells nothing.
    digit = (1.01 if stated.digit < 0.01 * abs(step) else 0.51) * stated.digit
    if difference <= digit or difference * n < 0.5 * abs(step):
        return []
    return [f"DELTAX is {stated.value:.10g}, but FIRSTX, LASTX and the number of points make it {step:.10g}."]


def _check_lines(
    values: NDArray[np.float64],
    step: float | None,
    promise: Promise,
    ordinates: Ordinates,
    doubts: list[str],
    name: str,
) -> Abscissas:
    """Compare the abscissas at the lines' beginnings with those counted from the header."""
    n = values.size
    told = np.flatnonzero(np.isfinite(ordinates.line_x) & (ordinates.line_points < n))
    raw, points = ordinates.line_x[told], ordinates.line_points[told]
    lines = raw * promise.factor
    # A hundredth of a step is lost by any program that adds up rounded steps, and harms nobody.
    rounding = 1e-7 * float(np.max(np.abs(values))) + 0.01 * abs(step or 0.0)
    if bool((np.abs(lines - values[points]) <= rounding).all()):
        return Abscissas(values=values, step=step, doubts=tuple(doubts))
    digits = _digits([ordinates.line_x_text(int(i)) for i in told])
    slack = 1.01 * digits * abs(promise.factor) + rounding
    excess = np.abs(lines - values[points]) - slack
    if bool((excess <= 0).all()):
        return Abscissas(values=values, step=step, doubts=tuple(doubts))
    if promise.factor != 1.0 and bool((np.abs(raw - values[points]) <= slack + 1.01 * digits).all()):
        doubts.append("The abscissas at the lines' beginnings were written without being divided by XFACTOR.")
        return Abscissas(values=values, step=step, doubts=tuple(doubts))
    if bool((np.abs(lines - values[::-1][points]) <= slack).all()):
        doubts.append("FIRSTX and LASTX stand the wrong way round: the lines run the other way, which was believed.")
        return Abscissas(values=values[::-1].copy(), step=-step if step else step, doubts=tuple(doubts))
    if told.size == n and bool((points == np.arange(n)).all()):
        doubts.append(
            "Each line holds one point, and they are not evenly spaced as the header says: each line's own X was taken."
        )
        return Abscissas(values=lines, step=None, doubts=tuple(doubts))
    worst = int(np.argmax(excess))
    where = f"line {int(ordinates.lines[told[worst]])} says {lines[worst]:.10g}, counting from FIRSTX makes it "
    where += f"{values[points[worst]]:.10g}"
    if promise.n_points is None and excess[worst] > 1.5 * abs(step or 0.0):
        raise DamagedFile(f"{name}: points seem to be missing: {where}.", mend=_KEPT)
    doubts.append(f"The abscissas of {int(np.sum(excess > 0))} of {told.size} lines disagree with the header: {where}.")
    return Abscissas(values=values, step=step, doubts=tuple(doubts))


def _digits(texts: list[str]) -> NDArray[np.float64]:
    """The size of one unit of the last digit of each written number, exponents marked by `^`."""
    powers = [_power_of_last_digit(text) for text in texts]
    sizes = {power: 10.0**power if abs(power) <= _LARGEST_POWER else 0.0 for power in set(powers)}
    return np.array([sizes[power] for power in powers], dtype=np.float64)


def _power_of_last_digit(text: str) -> int:
    mantissa, _, exponent = text.partition("^")
    return int(exponent or 0) - len(mantissa.partition(".")[2])
