"""Numbers in the written forms of JCAMP-DX.

Evenly spaced points: whole ordinates, and those whose step is known, as differences of whole numbers (DIFDUP) where
that gives exactly the same numbers again; others in full (AFFN), with as many digits as give the same number again.
Points that are not evenly spaced: pairs, in full.

Every program can read a repetition (DUP) of a difference and of at most nine; only those are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LINE = 78
"""Characters: the standard allows 80."""
_SQUEEZED = "@ABCDEFGHI"
_SQUEEZED_NEGATIVE = "@abcdefghi"
_DIFFERENCE = "%JKLMNOPQR"
_DIFFERENCE_NEGATIVE = "%jklmnopqr"
_DUPLICATE = "  TUVWXYZs"
_LARGEST = 2**52
"""Whoever reads differences adds them up as doubles: two such numbers differ by less than 2^53."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordinates:
    """Ordinates as they are written: times `factor` they are the numbers."""

    factor: float
    whole: NDArray[np.int64] | None
    """Whole numbers, to be written as differences; `None` where `texts` are written in full."""
    texts: tuple[str, ...]
    n_missing: int


def number_text(value: float) -> str:
    """A number with as many digits as give the same number again, `?` where it is none.

    No exponents where they can be avoided: programs take E and D for digits of the squeezed form.
    """
    if not np.isfinite(value):
        return "?"
    plain = np.format_float_positional(value, trim="-")
    return plain if len(plain) <= 40 else str(value)


def _exact_text(value: Any) -> str:
    """As `number_text`, for numbers of 32 or 64 bits and whole ones."""
    return str(int(value)) if isinstance(value, int | np.integer | np.bool_) else number_text(value)


def ordinates(values: NDArray[Any], quantum: float | None = None) -> Ordinates:
    """Choose how ordinates are written.

    Parameters
    ----------
    values : array of numbers, shape (n,)
    quantum : float, optional
        The step between two possible values, where it is known. Other steps are not looked for: who reads whole
        numbers times a factor takes the factor for the resolution of the instrument.
    """
    if values.dtype.kind in "iub":
        if values.size and max(abs(int(values.min())), abs(int(values.max()))) < _LARGEST:
            return Ordinates(factor=1.0, whole=values.astype(np.int64), texts=(), n_missing=0)
        return Ordinates(factor=1.0, whole=None, texts=tuple(map(str, values.tolist())), n_missing=0)
    finite = np.isfinite(values)
    if bool(np.all(finite)):
        for factor in (1.0, quantum):
            whole = _whole(values, factor) if factor else None
            if factor and whole is not None:
                return Ordinates(factor=factor, whole=whole, texts=(), n_missing=0)
    return Ordinates(
        factor=1.0, whole=None, texts=tuple(map(number_text, values)), n_missing=int(np.count_nonzero(~finite))
    )


def _whole(values: NDArray[Any], factor: float) -> NDArray[np.int64] | None:
    """The whole numbers that times the factor are exactly these numbers; `None` where there are none."""
    with np.errstate(over="ignore"):
        scaled = np.rint(values.astype(np.float64) / factor)
    if not bool(np.all(np.abs(scaled) < _LARGEST)):
        return None
    back = scaled * factor
    if values.dtype == np.float32:
        back = back.astype(np.float32)
    # -0.0 is 0 here: nothing measures the difference.
    return scaled.astype(np.int64) if np.array_equal(back, values) else None


def incremented(x: NDArray[np.float64], y: Ordinates) -> Iterator[str]:
    """The lines of an `(X++(Y..Y))` table."""
    if y.whole is not None:
        yield from _differences(x, y.whole.tolist())
    else:
        yield from _in_full(x, y.texts)


def _in_full(x: NDArray[np.float64], texts: Sequence[str]) -> Iterator[str]:
    line = ""
    for i, text in enumerate(texts):
        if line and len(line) + 1 + len(text) > _LINE:
            yield line
            line = ""
        line = f"{line} {text}" if line else f"{number_text(float(x[i]))} {text}"
    yield line


def _differences(x: NDArray[np.float64], whole: Sequence[int]) -> Iterator[str]:
    """Each line begins with an abscissa and its ordinate; the next line repeats the last ordinate, as a check."""
    line = f"{number_text(float(x[0]))}{_coded(whole[0], _SQUEEZED, _SQUEEZED_NEGATIVE)}"
    n_in_line, i = 1, 1
    while i < len(whole):
        step = whole[i] - whole[i - 1]
        n = 1
        while n < 9 and i + n < len(whole) and whole[i + n] - whole[i + n - 1] == step:
            n += 1
        text = _coded(step, _DIFFERENCE, _DIFFERENCE_NEGATIVE) + (_DUPLICATE[n] if n > 1 else "")
        if n_in_line > 1 and len(line) + len(text) > _LINE:
            yield line
            line = f"{number_text(float(x[i - 1]))}{_coded(whole[i - 1], _SQUEEZED, _SQUEEZED_NEGATIVE)}"
            n_in_line = 1
        line += text
        n_in_line += 1
        i += n
    yield line


def _coded(number: int, digits: str, negative: str) -> str:
    """A number whose first digit and sign are one letter."""
    text = str(abs(number))
    return (negative if number < 0 else digits)[int(text[0])] + text[1:]


def grouped(x: NDArray[Any], texts: Iterable[str]) -> Iterator[str]:
    """The lines of an `(XY..XY)` table: one pair on each."""
    for at, text in zip(x, texts, strict=True):
        yield f"{_exact_text(at)}, {text}"


def ordinate_texts(y: Ordinates) -> Iterable[str]:
    """Ordinates one by one, as they stand in pairs."""
    return map(str, y.whole.tolist()) if y.whole is not None else y.texts


def departure(axis: NDArray[np.float64]) -> float | None:
    """How far an axis is from one that is evenly spaced, in steps; `None` where it has no step."""
    if axis.size < 2 or axis[0] == axis[-1]:
        return None
    step = (axis[-1] - axis[0]) / (axis.size - 1)
    if not np.isfinite(step) or step == 0.0:
        return None
    return float(np.max(np.abs(np.linspace(axis[0], axis[-1], axis.size) - axis)) / abs(step))
