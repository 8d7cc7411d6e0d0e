"""JCAMP-DX, one table of numbers with the statements of its block: from text to variables."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.jcamp import compression as jcamp_compression
from kiban.readers.jcamp import tuples as jcamp_tuples
from kiban.readers.jcamp import words as jcamp_words
from kiban.readers.jcamp.abscissa import Promise, abscissas
from kiban.readers.jcamp.labels import Block, Number, Record, count, has_decimal_comma, number, without_comments
from kiban.readers.jcamp.variables import Column, axis_variable, doubt_percent, signal_variable, unique
from kiban.records.reading import Role, Variable

_KEPT = "It is kept as it came; export the measurement again."
_COMMA = re.compile(r"(?<=\d),(?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What every table of a file needs to know of it."""

    name: str
    limit: int
    """The largest number of points that repetitions may make."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What a table holds."""

    columns: tuple[Column, ...]
    """The first is the axis."""
    step: float | None
    doubts: tuple[str, ...]


def read_incremented(
    form: jcamp_tuples.Form, body: str, first_line: int, promise: Promise, y_factor: Number | None, where: Where
) -> Content:
    """Read an `(X++(Y..Y))` table. Raises DamagedFile, LimitExceeded, NothingMeasured."""
    ordinates = jcamp_compression.decode(
        body, first_line=first_line, promised=promise.n_points, limit=where.limit, name=where.name
    )
    doubts = _judge_checks(ordinates, where.name)
    axis = abscissas(promise, ordinates, where.name)
    y = scaled(ordinates.values, y_factor, where.name)
    quantum = abs(y_factor.value) if y_factor is not None and ordinates.are_integers else None
    return Content(
        columns=(
            Column(symbol=form.symbols[0], values=axis.values),
            Column(symbol=form.symbols[1], values=y, quantum=quantum),
        ),
        step=axis.step,
        doubts=(*doubts, *axis.doubts),
    )


def read_groups(
    form: jcamp_tuples.Form, body: str, first_line: int, factors: Sequence[Number | None], where: Where
) -> Content:
    """Read an `(XY..XY)` table or one of assignments, factors in the order of the symbols. Raises DamagedFile."""
    if form.has_words:
        values = jcamp_tuples.decode_assignments(body, form.symbols, name=where.name)
        are_integers = False
    else:
        values, are_integers = jcamp_tuples.decode(body, len(form.symbols), first_line=first_line, name=where.name)
    numeric = [s for s in form.symbols if not form.has_words or s not in {"M", "A"}]
    columns = []
    for i, symbol in enumerate(numeric):
        factor = factors[form.symbols.index(symbol)]
        quantum = abs(factor.value) if factor is not None and are_integers and i == len(numeric) - 1 else None
        columns.append(Column(symbol=symbol, values=scaled(values[:, i], factor, where.name), quantum=quantum))
    if columns and not bool(np.isfinite(columns[0].values).all()):
        raise DamagedFile(f"{where.name}: a point has no abscissa.", mend=_KEPT)
    return Content(columns=tuple(columns), step=None, doubts=())


def _judge_checks(ordinates: jcamp_compression.Ordinates, name: str) -> list[str]:
    """A check that is off by one unit was rounded when it was written; more than that, and a difference is wrong."""
    wrong, doubts = list(ordinates.wrong_checks), []
    if wrong and wrong[-1][0] == ordinates.lines[-1] and wrong[-1][2] == 0.0:
        doubts.append(f"The table ends with 0 where its last ordinate, {wrong.pop()[1]:.10g}, should stand as a check.")
    if not wrong:
        return doubts
    line, reached, check = max(wrong, key=lambda each: abs(each[1] - each[2]))
    told = f"line {line} repeats the ordinate before it as {check:.10g}, the differences there reach {reached:.10g}"
    if abs(reached - check) > 1.0:
        raise DamagedFile(f"{name}: {told}.", mend=_KEPT)
    return [*doubts, f"In {len(wrong)} of {ordinates.checks} lines the check differs by one unit: {told}."]


def scaled(values: NDArray[np.float64], factor: Number | None, name: str) -> NDArray[np.float64]:
    """Multiply by a factor. Raises DamagedFile where the factor is 0 or makes numbers too large."""
    if factor is None or factor.value == 1.0:
        return values
    if factor.value == 0.0:
        raise DamagedFile(f"{name}: a factor of 0 would make every number 0.", mend=_KEPT)
    with np.errstate(over="ignore"):
        product: NDArray[np.float64] = values * factor.value
    if bool(np.isinf(product).any()):
        raise DamagedFile(f"{name}: its factor makes a number too large to be measured.", mend=_KEPT)
    return product


@dataclass(frozen=True, slots=True)
class _Statements:
    """What a block says of one of its tables."""

    block: Block
    table: Record
    letters: tuple[str, str]
    """X and Y, or R and A for interferograms."""

    def of_block(self, key: str) -> str:
        """A statement for all tables: the last one before the table, else the first one after it."""
        found = self.block.all(key)
        before = [r for r in found if r.line <= self.table.line]
        return before[-1].value if before else found[0].value if found else ""

    def of_table(self, key: str) -> str:
        """A statement for this table alone: between it and the table before, or behind it where it is the last."""
        found = self.block.all(key)
        if not found:
            return ""
        others = [t.line for t in self.block.tables if t.line != self.table.line and not t.key.startswith("PEAKASSIGN")]
        begin = max((line for line in others if line < self.table.line), default=-1)
        end = self.table.line if any(line > self.table.line for line in others) else math.inf
        own = [r for r in found if begin < r.line < end]
        before = [r for r in own if r.line < self.table.line]
        return (before[-1] if before else own[0]).value if own else ""

    def x(self, key: str) -> Number | None:
        return number(self.of_table(key.format(self.letters[0])))

    def y(self, key: str) -> Number | None:
        return number(self.of_table(key.format(self.letters[1])))

    @property
    def n_points(self) -> int | None:
        return count(self.of_table("NPOINTS"))


_ONE_NUMBER = ("FIRST{}", "LAST{}", "DELTA{}", "{}FACTOR", "MAX{}", "MIN{}")


def variables(
    block: Block, table: Record, technique: str, where: Where
) -> tuple[tuple[Variable, ...], float | None, list[str]]:
    """Read a table of a block that is not of the NTUPLES class.

    Returns
    -------
    (tuple of Variable, float or None, list of str)
        The axis first, then what was measured; the constant step of the axis, where there is one; doubts.

    Raises
    ------
    DamagedFile
        If the numbers contradict the header.
    NothingMeasured
        If there are none.
    UnsupportedVariant
        If the table has a form that nobody wrote down.
    """
    said = _Statements(block, table, ("R", "A") if table.key == "RADATA" else ("X", "Y"))
    doubts: list[str] = []
    form = jcamp_tuples.form(table.text) or _usual_form(table, where.name, doubts)
    body = form.body
    keys = [key.format(letter) for key in _ONE_NUMBER for letter in said.letters]
    if has_decimal_comma(block, *keys) and "." not in without_comments(body):
        body = _COMMA.sub(".", body)
    if form.is_incremented:
        promise = Promise(
            first=said.x("FIRST{}"),
            last=said.x("LAST{}"),
            step=said.x("DELTA{}"),
            factor=f.value if (f := said.x("{}FACTOR")) is not None else 1.0,
            n_points=said.n_points,
        )
        content = read_incremented(form, body, table.line, promise, said.y("{}FACTOR"), where)
    else:
        content = _groups(form, body, said, where, doubts)
    if len(content.columns) < 2 or not content.columns[0].values.size:
        raise NothingMeasured(
            f"{where.name}, line {table.line}: the table holds no points.",
            mend="If points were measured, export the file again; it is kept as it came.",
        )
    doubts += content.doubts
    if table.key not in {"PEAKASSIGNMENT", "PEAKASSIGNMENTS"}:
        doubts += _check_ordinates(content.columns[1].values, said)
    return _name(content, said, technique, doubts), content.step, doubts


def _usual_form(table: Record, name: str, doubts: list[str]) -> jcamp_tuples.Form:
    """Take the form that goes with the label, where the table begins with its numbers at once."""
    usual = {"XYDATA": (("X", "Y"), True), "RADATA": (("R", "A"), True)}
    symbols, is_incremented = usual.get(table.key, (("X", "Y"), False))
    first = table.text.partition("\n")[0].partition("$$")[0].strip()
    if table.key not in {"XYDATA", "RADATA", "XYPOINTS", "PEAKTABLE"} or re.search(r"[^\d\s.,;+\-Ee]", first):
        raise UnsupportedVariant(
            f"{name}, line {table.line}: ##{table.label}= has the form {first[:40]!r}, which JCAMP-DX does not have.",
            mend="Export the measurement as (X++(Y..Y)) or (XY..XY). The file is kept as it came.",
        )
    doubts.append(f"##{table.label}= does not state its form; the usual one was taken.")
    return jcamp_tuples.Form(symbols, is_incremented, table.text)


def _groups(form: jcamp_tuples.Form, body: str, said: _Statements, where: Where, doubts: list[str]) -> Content:
    is_alone = len(said.block.tables) == 1 or not form.has_words
    # Assignments beside a spectrum: the factors and limits of the block are the spectrum's.
    x_factor, y_factor = (said.x("{}FACTOR"), said.y("{}FACTOR")) if is_alone else (None, None)
    factors = [{"X": x_factor, "R": x_factor, "W": x_factor}.get(s, y_factor) for s in form.symbols]
    first, last, promised = (said.x("FIRST{}"), said.x("LAST{}"), said.n_points) if is_alone else (None, None, None)
    content = read_groups(form, body, said.table.line, factors, where)
    if not content.columns or not content.columns[0].values.size:
        return content
    x = content.columns[0].values
    if x_factor is not None and first is not None and not _is(first, x[0]) and _is(first, x[0] / x_factor.value):
        doubts.append("The abscissas were written without being divided by XFACTOR.")
        columns = (Column(symbol=content.columns[0].symbol, values=x / x_factor.value), *content.columns[1:])
        content = Content(columns=columns, step=None, doubts=content.doubts)
        x = columns[0].values
    differs = [
        f"{key.format(said.letters[0])} is {stated.value:.10g}, the table has {found:.10g}"
        for key, stated, found in (("FIRST{}", first, x[0]), ("LAST{}", last, x[-1]))
        if stated is not None and not _is(stated, found)
    ]
    if promised is not None and promised != x.size:
        if differs or first is None or last is None:
            raise DamagedFile(f"{where.name}: the header promises {promised} points, {x.size} follow.", mend=_KEPT)
        doubts.append(f"The header promises {promised} points, {x.size} follow; the first and last are those stated.")
    doubts += [f"{each}." for each in differs]
    return content


def _is(stated: Number, found: float) -> bool:
    """Programs write the numbers of a table with six digits often, and those of the header with more."""
    return abs(stated.value - found) <= 1.01 * stated.digit + 5e-6 * abs(stated.value)


def _check_ordinates(y: NDArray[np.float64], said: _Statements) -> list[str]:
    """Compare the ordinates with FIRSTY, MAXY and MINY."""
    doubts = check_first(said.y("FIRST{}"), y, said.y("{}FACTOR"), said.table.line)
    known = y[np.isfinite(y)]
    highest, lowest = said.y("MAX{}"), said.y("MIN{}")
    if not known.size or highest is None or lowest is None:
        return doubts
    low, high = float(known.min()), float(known.max())
    if max(abs(highest.value - high), abs(lowest.value - low)) > 0.05 * (high - low) + highest.digit + lowest.digit:
        doubts.append(
            f"The header has ordinates from {lowest.value:.6g} to {highest.value:.6g}, "
            f"the table from {low:.6g} to {high:.6g}."
        )
    return doubts


def check_first(first: Number | None, y: NDArray[np.float64], factor: Number | None, line: int) -> list[str]:
    """Compare the first ordinate with the one stated, within the rounding of both."""
    quantum = abs(factor.value) if factor is not None else 0.0
    if first is None or not abs(first.value - y[0]) > 1.01 * (first.digit + quantum) + 1e-7 * abs(first.value):
        return []
    return [f"The first ordinate is stated as {first.value:.10g}, the table in line {line} begins with {y[0]:.10g}."]


def _name(content: Content, said: _Statements, technique: str, doubts: list[str]) -> tuple[Variable, ...]:
    x_written, y_written = (said.of_block(f"{letter}UNITS") for letter in said.letters)
    x_unit, x_words = jcamp_words.unit(x_written, technique)
    y_unit, y_words = jcamp_words.unit(y_written, technique)
    if not x_written and technique == "mass_spectrometry":
        x_unit = "dalton/elementary_charge"
        doubts.append("XUNITS is not stated; a mass spectrum's abscissa was taken to be m/z.")
    else:
        doubts += [
            f"{letter}UNITS is not stated."
            for letter, w in zip(said.letters, (x_written, y_written), strict=True)
            if not w
        ]
    x_label, y_label = said.of_block("XLABEL") or x_words, said.of_block("YLABEL") or y_words
    axis = jcamp_words.kept_name(
        said.block.value("$KIBANAXIS"), jcamp_words.axis_name(x_unit, technique, content.columns[0].symbol, x_label)
    )
    made = [axis_variable(axis, content.columns[0], x_unit, x_label, x_written)]
    for column in content.columns[1:]:
        is_width = column.symbol == "W"
        is_y = column.symbol in {"Y", "A"}
        name = (
            "width"
            if is_width
            else jcamp_words.kept_name(said.block.value("$KIBANSIGNAL"), jcamp_words.signal_name(y_unit, y_label))
            if is_y
            else jcamp_words.slug(column.symbol)
        )
        made.append(
            signal_variable(
                unique(name, made),
                column,
                x_unit if is_width else y_unit,
                (axis,),
                label=y_label if is_y else column.symbol,
                written=x_written if is_width else y_written,
                role=Role.SIGNAL if is_y else Role.AUXILIARY,
            )
        )
    doubts += doubt_percent(made)
    return tuple(made)
