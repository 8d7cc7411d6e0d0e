"""JCAMP-DX, the numbers of an `(X++(Y..Y))` table in all their written forms.

Each line begins with an abscissa and goes on with ordinates. The forms may be mixed, even within a line:

- AFFN: free numbers, as in FIX (columns of fixed width) and PAC (`+12-7+0`, the sign parting them)
- SQZ: the first digit and the sign are one character, `@` = 0, `A`..`I` = 1..9, `a`..`i` = -1..-9
- DIF: the difference to the ordinate before, `%` = 0, `J`..`R` = 1..9, `j`..`r` = -1..-9
- DUP: how often the ordinate (or difference) before it stands there in all, `S`..`Z`, `s` = 1..9
- `?`: a missing ordinate

After a line that ends in a difference, the next line begins with the last ordinate once more, as a check.

Source: R. S. McDonald, P. A. Wilks, Appl. Spectrosc. 42, 151 (1988), JCAMP-DX 4.24.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.jcamp.characters import LETTERS, SEPARATORS, Kind
from kiban.readers.jcamp.labels import without_comments
from kiban.readers.jcamp.tokens import TOKEN, Tokens, cut, written

_KEPT = "It is kept as it came; export the measurement again."

_NOT_NUMBERS = re.compile(r"(?<![^\s,;])[+-]?(?:nan|1\.#[a-z]+\d*)(?![^\s,;])", re.IGNORECASE)
_SIGNED_EXPONENT = re.compile(r"(?<=[\d.])E([+-]\d{1,3})", re.IGNORECASE)
_FREE_EXPONENT = re.compile(r"(?<=[\d.])[ED]([+-]?\d{1,3})", re.IGNORECASE)
_PLAIN = b"0123456789+-.\n" + SEPARATORS.encode()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordinates:
    """The ordinates of one table and what its lines say of themselves."""

    values: NDArray[np.float64]
    """Shape (n_points,): as written, before the factor; NaN where missing."""
    are_integers: bool
    """Whether every ordinate was written as an integer."""
    line_x: NDArray[np.float64]
    """Shape (n_lines,): the abscissa at each line's beginning, before the factor; NaN where a line has none."""
    text: str
    """The table, exponents marked by `^`."""
    line_begins: NDArray[np.int64]
    """Shape (n_lines,): where in the text each line's first number begins."""
    line_points: NDArray[np.int64]
    """Shape (n_lines,): the number of the point, counted from 0, that the abscissa belongs to."""
    lines: NDArray[np.int64]
    """Shape (n_lines,): where in the file each line stands."""
    checks: int
    """How many ordinates were written twice, as a check."""
    wrong_checks: tuple[tuple[int, float, float], ...]
    """Line, ordinate reached by the differences, ordinate written as the check, where they are not the same."""

    def line_x_text(self, line: int) -> str:
        """The abscissa at the beginning of a line, counted from 0, as written."""
        return written(self.text, int(self.line_begins[line]))


def mark_exponents(text: str) -> str:
    """Write the exponents of plain numbers (`1.5E-03`, `2D5`) with `^`."""
    return _FREE_EXPONENT.sub(r"^\1", text) if any(mark in text for mark in "EDed") else text


def without_not_numbers(text: str) -> str:
    """Write what programs print for a missing number (`NaN`, `1.#QNAN`) as `?`."""
    return _NOT_NUMBERS.sub("?", text) if "#" in text or "nan" in text.lower() else text


def refuse_leftovers(text: str, token: re.Pattern[str], separators: str, first_line: int, name: str) -> None:
    """Name the first thing in a table that is neither number nor separator."""
    for offset, line in enumerate(text.split("\n")):
        rest = token.sub("", line).translate(dict.fromkeys(map(ord, separators)))
        if rest:
            raise DamagedFile(
                f"{name}, line {first_line + offset}: {rest[:20]!r} stands among the numbers.", mend=_KEPT
            )


def decode(text: str, *, first_line: int, promised: int | None, limit: int, name: str) -> Ordinates:
    """Read the ordinates of an `(X++(Y..Y))` table.

    Parameters
    ----------
    text : str
        The lines after the form, with a decimal point.
    first_line : int
        Where in the file they begin.
    promised : int, optional
        The number of points that the header states; it tells whether the writer repeats ordinates as a check.
    limit : int
        The largest number of points that repetitions may make.
    name : str
        The file's name, for errors.

    Raises
    ------
    DamagedFile
        If something else than numbers stands there, or a difference or a repetition has nothing to refer to.
    LimitExceeded
        If the repetitions make more than `limit` points.
    """
    text = without_not_numbers(without_comments(text))
    if "^" in text:
        refuse_leftovers(text.replace("^", "\\"), TOKEN, SEPARATORS, first_line, name)
    text = _with_marked_exponents(text)
    tokens = cut(text)
    if tokens is None:
        refuse_leftovers(text, TOKEN, SEPARATORS, first_line, name)
        raise DamagedFile(f"{name}: something else stands among the numbers of a table.", mend=_KEPT)
    if bool(np.isinf(tokens.numbers).any()):
        raise DamagedFile(f"{name}: a number is too large to be measured.", mend=_KEPT)
    return _assemble(text, tokens, tokens.lines + first_line, promised=promised, limit=limit, name=name)


def _with_marked_exponents(text: str) -> str:
    """Tell exponents from the squeezed digits E and D, by what else is written in the table."""
    letters = set(text.encode("utf-8").translate(None, _PLAIN).decode("utf-8")) & LETTERS
    if not letters:
        return text
    if letters <= set("EeDd") and re.search(r"\d[EeDd][+-]\d|\.\d*[EeDd]\d", text):
        return mark_exponents(text)
    has_sign = "+" in text or "-" in text
    return _SIGNED_EXPONENT.sub(r"^\1", text) if has_sign and not letters.isdisjoint("Ee") else text


def _assemble(
    text: str, tokens: Tokens, line: NDArray[np.int64], *, promised: int | None, limit: int, name: str
) -> Ordinates:
    kinds, numbers = tokens.kinds, tokens.numbers
    begins = _differ_from_before(line)
    is_x = begins & (kinds == Kind.NUMBER)
    starts = np.flatnonzero(begins)
    line_x = np.where(is_x, numbers, np.nan)[starts]
    ordinate = np.flatnonzero(~is_x)
    kinds, numbers, line_of = kinds[ordinate], numbers[ordinate], line[ordinate]
    times = _repetitions(kinds, numbers, line_of, limit, name)
    single = kinds != Kind.DUPLICATE
    kinds, numbers, line_of = kinds[single], numbers[single], line_of[single]
    if times is not None:
        kinds, numbers, line_of = np.repeat(kinds, times), np.repeat(numbers, times), np.repeat(line_of, times)
    values = _sum_up(kinds, numbers, line_of, name)
    first = np.searchsorted(line_of, line[starts])
    kept, wrong = _without_checks(values, kinds, line_of, first, line_x, promised)
    point = np.cumsum(kept) - 1
    return Ordinates(
        values=values[kept],
        are_integers=not bool(tokens.are_fractions[ordinate].any()),
        line_x=line_x,
        text=text,
        line_begins=tokens.begins[starts],
        line_points=np.append(point, point[-1] + 1 if point.size else 0)[first],
        lines=line[starts],
        checks=int(values.size - np.count_nonzero(kept)),
        wrong_checks=wrong,
    )


def _differ_from_before(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each value is another than the one before it; the first is."""
    differ = np.ones(values.size, dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=differ[1:])
    return differ


def _repetitions(
    kinds: NDArray[np.int8], numbers: NDArray[np.float64], line: NDArray[np.int64], limit: int, name: str
) -> NDArray[np.int64] | None:
    """Say how often each ordinate that is not itself a repetition stands there; `None` where each does once."""
    duplicate = np.flatnonzero(kinds == Kind.DUPLICATE)
    if not duplicate.size:
        return None
    if (
        duplicate[0] == 0
        or bool((kinds[duplicate - 1] == Kind.DUPLICATE).any())
        or bool((line[duplicate] != line[duplicate - 1]).any())
    ):
        raise DamagedFile(f"{name}: a repetition follows no ordinate on its line.", mend=_KEPT)
    counts = numbers[duplicate]
    if not bool(np.isfinite(counts).all()) or bool((counts != np.floor(counts)).any()) or bool((counts < 1).any()):
        raise DamagedFile(f"{name}: an ordinate is repeated a broken number of times.", mend=_KEPT)
    if counts.sum() > limit:
        raise LimitExceeded(
            f"{name}: repetitions make more than {limit} points of a table that holds {kinds.size} numbers.", mend=_KEPT
        )
    times = np.ones(kinds.size, dtype=np.int64)
    times[duplicate - 1] = counts.astype(np.int64)
    singles: NDArray[np.int64] = times[kinds != Kind.DUPLICATE]
    return singles


def _sum_up(
    kinds: NDArray[np.int8], numbers: NDArray[np.float64], line: NDArray[np.int64], name: str
) -> NDArray[np.float64]:
    """Turn differences into ordinates. Sums of integers stay exact up to 2**53."""
    relative = kinds == Kind.DIFFERENCE
    if not bool(relative.any()):
        return numbers
    base = np.maximum.accumulate(np.where(relative, -1, np.arange(kinds.size)))
    if bool((base < 0).any()) or bool((relative & (kinds[base] == Kind.MISSING)).any()):
        where = int(line[np.argmax(relative & ((base < 0) | (kinds[base] == Kind.MISSING)))])
        raise DamagedFile(f"{name}, line {where}: a difference follows no ordinate.", mend=_KEPT)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.cumsum(np.where(relative, numbers, 0.0))
        values: NDArray[np.float64] = numbers[base] + (total - total[base])
        values[~relative] = numbers[~relative]
    if bool(np.isinf(values).any()) or bool((np.isnan(values) & (kinds != Kind.MISSING)).any()):
        raise DamagedFile(f"{name}: a number is too large to be an ordinate.", mend=_KEPT)
    return values


def _without_checks(
    values: NDArray[np.float64],
    kinds: NDArray[np.int8],
    line: NDArray[np.int64],
    first: NDArray[np.int64],
    line_x: NDArray[np.float64],
    promised: int | None,
) -> tuple[NDArray[np.bool_], tuple[tuple[int, float, float], ...]]:
    """Find the ordinates that are there only as a check: they begin a line after one that ends in a difference."""
    kept = np.ones(values.size, dtype=np.bool_)
    inner = first[(first > 0) & (first < values.size)]
    inner = inner[_differ_from_before(inner)]
    checks = inner[(kinds[inner - 1] == Kind.DIFFERENCE) & (kinds[inner] < Kind.DIFFERENCE)]
    wrong = checks[np.abs(values[checks] - values[checks - 1]) > 1e-9 * np.abs(values[checks])]
    if 2 * wrong.size > checks.size and _goes_on(values.size, checks.size, first, line_x, promised):
        # Some programs write differences but no checks: each line then begins with the next point.
        return kept, ()
    kept[checks] = False
    return kept, tuple((int(line[i]), float(values[i - 1]), float(values[i])) for i in wrong)


def _goes_on(
    n_values: int, n_checks: int, first: NDArray[np.int64], line_x: NDArray[np.float64], promised: int | None
) -> bool:
    """Say whether lines begin with a new point: by the number of points promised, else by the lines' abscissas."""
    if promised is not None and promised in {n_values, n_values - n_checks}:
        return promised == n_values
    if first.size < 3 or bool(np.isnan(line_x).any()):
        return False
    # If each line begins with a new point, abscissas are proportional to points counted without leaving any out.
    with_checks = first - np.arange(first.size)
    return _bend(first, line_x) < _bend(with_checks, line_x)


def _bend(points: NDArray[np.int64], line_x: NDArray[np.float64]) -> float:
    """How far abscissas are from a straight line over the number of the point."""
    middle = points - points.mean()
    spread = float(np.sum(middle**2))
    slope = float(np.sum(middle * (line_x - line_x.mean()))) / spread if spread else 0.0
    return float(np.max(np.abs(line_x - line_x.mean() - slope * middle)))
