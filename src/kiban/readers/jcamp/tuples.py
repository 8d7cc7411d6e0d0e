"""JCAMP-DX, tables of groups: `(XY..XY)`, `(XYW..XYW)`, and assignments such as `(XYA)` or `(XYMA)`.

The numbers are written out (AFFN), separated by blanks, commas, semicolons or nothing but their signs. In tables of
assignments each group stands in brackets, or on a line, and the letters M (multiplicity) and A (assignment) stand
for words, an assignment between `<` and `>`.

Source: JCAMP-DX 4.24 (1988); JCAMP-DX 5.00 for NMR, Appl. Spectrosc. 47, 1093 (1993).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.readers.jcamp.characters import Kind
from kiban.readers.jcamp.compression import mark_exponents, refuse_leftovers, without_not_numbers
from kiban.readers.jcamp.labels import without_comments
from kiban.readers.jcamp.tokens import cut

_KEPT = "It is kept as it came; export the measurement again."
_WORDS = frozenset("MA")
"""Symbols that stand for words."""

_TOKEN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:\^[+-]?\d{1,3})?(?![\d.^])|\?", re.ASCII)
_SEPARATORS = " \t\n,;=()"
_BRACKETS = str.maketrans("()", "  ")
_NOTHING = re.compile(r",(?=[ \t]*,)")
_INCREMENTED = re.compile(r"\(?([A-Z]\w*)\+\+\(?([A-Z]\w*?)\.\.+")
_GROUPED = re.compile(r"\(((?:[A-Z]\d?,?)+?)(?:\.\.+[A-Z0-9,]+)?\)")
_FORM = re.compile(r"[ \t]*(\((?:[^()\n]|\([^()\n]*\))*\)?|[A-Z]\w*\+\+\([^()\n]*\))", re.IGNORECASE)
_KIND = re.compile(r"[ \t]*,[ \t]*([A-Za-z][A-Za-z ]*)(?=[ \t]*(?:\$\$|\n|$))")
_GROUP = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written, and where its numbers begin."""

    symbols: tuple[str, ...]
    """The variables of a group, or of an incremented table the abscissa and the ordinate."""
    is_incremented: bool
    """`(X++(Y..Y))`: evenly spaced, with ordinates only."""
    body: str
    """What follows, from the rest of the first line on."""

    @property
    def has_words(self) -> bool:
        """Whether a group holds words beside its numbers."""
        return not self.is_incremented and not _WORDS.isdisjoint(self.symbols)


def form(text: str, symbols: tuple[str, ...] = ("X", "Y")) -> Form | None:
    """Read the form that a table's text begins with.

    Parameters
    ----------
    text : str
        The record's text; its numbers may begin on the first line.
    symbols : tuple of str
        The variables that are declared; they tell whether `T2` is one or two.

    Returns
    -------
    Form or None
        `None` where the text begins with no form.
    """
    match = _FORM.match(text)
    if match is None:
        return None
    written = re.sub(r"\s", "", match[1]).upper()
    rest = text[match.end() :].removeprefix(")")
    kind = _KIND.match(rest)
    body = rest[kind.end() :] if kind else rest
    if incremented := _INCREMENTED.match(written):
        return Form((incremented[1], incremented[2]), True, body)
    grouped = _GROUPED.fullmatch(written if written.endswith(")") else written + ")")
    if grouped is None:
        return None
    known = sorted((s for s in symbols if len(s) > 1), key=len, reverse=True)
    pattern = "|".join([*map(re.escape, known), "[A-Z]"])
    names = tuple(re.findall(pattern, grouped[1]))
    return Form(names, False, body) if len(set(names)) == len(names) > 0 else None


def decode(text: str, width: int, *, first_line: int, name: str) -> tuple[NDArray[np.float64], bool]:
    """Read groups of numbers.

    Parameters
    ----------
    text : str
        The lines after the form, with a decimal point.
    width : int
        Numbers in a group.
    first_line : int
        Where in the file they begin.
    name : str
        The file's name, for errors.

    Returns
    -------
    (array, bool)
        Shape (n_groups, width), NaN where a number is missing, and whether every last number of a group was written
        as an integer.

    Raises
    ------
    DamagedFile
        If something else than numbers stands there, or the last group is incomplete.
    """
    text = without_not_numbers(without_comments(text))
    if "^" in text:
        refuse_leftovers(text.replace("^", "\\"), _TOKEN, _SEPARATORS, first_line, name)
    text = _NOTHING.sub(",?", mark_exponents(text))
    tokens = cut(text.translate(_BRACKETS))
    if tokens is None or not bool(np.all((tokens.kinds == Kind.NUMBER) | (tokens.kinds == Kind.MISSING))):
        refuse_leftovers(text, _TOKEN, _SEPARATORS, first_line, name)
        raise DamagedFile(f"{name}: something else stands among the numbers of a table.", mend=_KEPT)
    n = tokens.numbers.size
    if n % width:
        raise DamagedFile(
            f"{name}: {n} numbers follow line {first_line - 1}, which are not groups of {width}.", mend=_KEPT
        )
    if bool(np.any(np.isinf(tokens.numbers))):
        raise DamagedFile(f"{name}: a number is too large to be measured.", mend=_KEPT)
    return tokens.numbers.reshape(-1, width), not bool(tokens.are_fractions[width - 1 :: width].any())


def decode_assignments(text: str, symbols: tuple[str, ...], *, name: str) -> NDArray[np.float64]:
    """Read the numbers of a table of assignments; its words stay in the header.

    Returns
    -------
    array, shape (n_groups, n_numbers)
        One column for each symbol that stands for a number; NaN where one is missing.

    Raises
    ------
    DamagedFile
        If the first number of a group is missing.
    """
    # Words between < and > may hold anything, line ends and brackets too.
    plain = _WORD.sub("<>", without_comments(text))
    # Without brackets a group ends with its line.
    groups = _GROUP.findall(plain) or [line for line in plain.split("\n") if line.strip()]
    rows = []
    for group in groups:
        fields = [part.strip() for part in re.split("[,;]", group)]
        fields += [""] * (len(symbols) - len(fields))
        rows.append([_number(field) for field, symbol in zip(fields, symbols, strict=False) if symbol not in _WORDS])
    width = sum(symbol not in _WORDS for symbol in symbols)
    values = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    if values.size and not bool(np.all(np.isfinite(values[:, 0]))):
        broken = groups[int(np.argmin(np.isfinite(values[:, 0])))]
        raise DamagedFile(f"{name}: the assignment {broken.strip()[:40]!r} has no position.", mend=_KEPT)
    if bool(np.any(np.isinf(values))):
        raise DamagedFile(f"{name}: a number is too large to be measured.", mend=_KEPT)
    return values


def _number(text: str) -> float:
    match = _TOKEN.fullmatch(mark_exponents(text))
    return float("nan") if match is None or match[0] == "?" else float(match[0].replace("^", "e"))
