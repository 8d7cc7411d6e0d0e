"""What the columns of a table probably mean, how sure that is, and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiban.quantity.unit import is_compatible
from kiban.query.vocabulary import SHIPPED, Vocabulary
from kiban.readers.experiments import header_words as words
from kiban.readers.experiments.columns import (
    MOSTLY,
    Column,
    column_of,
    is_composition,
    is_day,
    is_formula,
    is_surely_day,
    number_in,
    share_that,
)
from kiban.readers.experiments.component_columns import Share, share_of, sums_to
from kiban.readers.experiments.keys import Keys, key_of
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.readers.experiments.sheet import Sheet
from kiban.readers.experiments.told import Reason, Sureness, is_scale, told_by_place, told_by_words
from kiban.readers.tables.column_headers import read_label
from kiban.records.matter.composition import Basis

_MOST_OF_ONE = 1.5
"""Fractions of one that add up to more are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What one column probably means."""

    meaning: Meaning
    sureness: Sureness
    reason: Reason


def propose(sheet: Sheet, known: Vocabulary = SHIPPED) -> tuple[Proposed, ...]:
    """Say of each column of a table what it probably means.

    Parameters
    ----------
    known : Vocabulary
        The property terms there are.

    Returns
    -------
    tuple of Proposed
        One for each header. Together they make a sound `Mapping`, unless nothing in the table can be kept.
    """
    columns = [column_of(sheet, place) for place in range(len(sheet.headers))]
    found: dict[int, Proposed] = {}
    keys = Keys()
    for decide in (_empty, _fixed, _components, _doubts, _values):
        decide(columns, found, keys, known)
    return tuple(found[place] for place in range(len(columns)))


def mapping_of(proposed: Sequence[Proposed]) -> Mapping:
    """The proposals as a mapping. Raises InvalidValue where nothing of it could be kept."""
    return Mapping(columns=tuple(each.meaning for each in proposed))


_Found = dict[int, Proposed]


def _put(found: _Found, column: Column, sureness: Sureness, reason: Reason, role: Role, **said: object) -> None:
    meaning = Meaning(header=column.header, role=role, **said)  # type: ignore[arg-type]
    found[column.place] = Proposed(meaning=meaning, sureness=sureness, reason=reason)


def _left(columns: Sequence[Column], found: _Found) -> list[Column]:
    return [column for column in columns if column.place not in found]


def _empty(columns: Sequence[Column], found: _Found, keys: Keys, known: Vocabulary) -> None:  # noqa: ARG001
    for column in columns:
        if not column.cells:
            _put(found, column, Sureness.SURE, Reason.EMPTY, Role.IGNORED)


def _fixed(columns: Sequence[Column], found: _Found, keys: Keys, known: Vocabulary) -> None:  # noqa: ARG001
    """Sample, formula, date, operator: each once."""
    taken: set[Role] = set()
    has_names = any(words.NAMED.fullmatch(c.bare.strip()) and 2 * c.n_different > len(c.cells) for c in columns)
    for column in _left(columns, found):
        bare = column.bare.strip()
        role: Role | None = None
        sureness, reason = Sureness.SURE, Reason.SAID
        if words.DATE.fullmatch(bare) and share_that(column, is_day) >= MOSTLY:
            role = Role.DATE
        elif words.OPERATOR.fullmatch(bare) and not column.is_numeric:
            role = Role.OPERATOR
        elif words.FORMULA.fullmatch(bare) and share_that(column, is_composition) >= 0.5:
            role = Role.FORMULA
        elif (words.NAMED if has_names else words.SAMPLE).fullmatch(bare) and 2 * column.n_different > len(
            column.cells
        ):
            role = Role.SAMPLE
            sureness = Sureness.SURE if column.n_different == len(column.cells) else Sureness.LIKELY
        elif not column.is_numeric and share_that(column, is_surely_day) >= MOSTLY:
            role, sureness, reason = Role.DATE, Sureness.LIKELY, Reason.DATES
        elif not column.is_numeric and share_that(column, is_formula) >= 0.9 and not words.PARAMETER.search(bare):
            role, sureness, reason = Role.FORMULA, Sureness.LIKELY, Reason.FORMULAS
        elif has_names and words.SAMPLE.fullmatch(bare):
            key = keys.free(Role.NOTE, key_of(bare, column.said.name, column.place + 1, SHIPPED, Role.NOTE))
            _put(found, column, Sureness.LIKELY, Reason.SAID, Role.NOTE, key=key)
        if role is not None and role not in taken:
            taken.add(role)
            _put(found, column, sureness, reason, role)
    first = next(iter(_left(columns, found)), None)
    if Role.SAMPLE not in taken and first is not None and first.place == 0 and _are_names(first):
        _put(found, first, Sureness.LIKELY, Reason.NAMES, Role.SAMPLE)


def _are_names(column: Column) -> bool:
    """Words that are all different."""
    is_each_once = len(column.cells) > 1 and column.n_different == len(column.cells)
    return is_each_once and not column.is_numeric and words.NOTE.fullmatch(column.bare) is None


def _components(columns: Sequence[Column], found: _Found, keys: Keys, known: Vocabulary) -> None:
    """Columns that say how much there is of what: by their unit, by their symbols, or because they add up."""
    shares: dict[int, Share] = {}
    for column in _left(columns, found):
        if column.is_numeric and (share := share_of(column.header, column.said, column.bare)) is not None:
            shares[column.place] = share
    symbols = [place for place, share in shares.items() if share.is_element]
    # A few single letters are symbols of quantities.
    if len(symbols) < 3:
        shares = {place: share for place, share in shares.items() if not share.is_element or share.basis is not None}
    of_unit = {place: share for place, share in shares.items() if share.basis is not None or share.is_element}
    has_elements = any(share.is_element for share in of_unit.values())
    # Some percents of additives are what was set; of elements the rest is known to whoever made the alloy.
    if of_unit and (has_elements or _are_whole([columns[place] for place in of_unit])):
        bases = [share.basis for share in of_unit.values() if share.basis is not None]
        of_one = _unit_of_sum(columns, list(of_unit))
        # Percents of elements are those of mass, parts of one those of atoms, where nothing is said.
        basis = max(set(bases), key=bases.count) if bases else Basis.MASS if of_one else Basis.AMOUNT
        for place, share in of_unit.items():
            if share.basis in {basis, None}:
                unit = share.unit if share.basis is not None else of_one
                reason = Reason.SAID if share.basis is not None else Reason.ELEMENT
                sureness = Sureness.SURE if share.basis is not None else Sureness.GUESS
                _component(found, keys, columns[place], share, basis, unit, sureness, reason)
        return
    if of_unit:
        return
    candidates = [c for c in _left(columns, found) if c.is_numeric and is_compatible(c.unit, "")]
    adding, total = sums_to(
        [(c.place, c.cells, c.header) for c in candidates], n_rows=max(map(_n_cells, columns), default=0)
    )
    # Weighed percents are usual; parts of one are those of formula units.
    basis = Basis.MASS if total > 50.0 else Basis.AMOUNT
    for place in adding:
        column = columns[place]
        match = words.CONTENT.fullmatch(column.bare)
        what = (match["what"] if match is not None else column.bare).strip(" _") or column.header
        share = shares.get(place) or Share(what=what, basis=None, unit="", is_element=False)
        unit = column.unit or ("percent" if total > 50.0 else "")
        _component(found, keys, column, replace(share, what=what), basis, unit, Sureness.GUESS, Reason.ADDS_UP)
    del known


def _are_whole(columns: Sequence[Column]) -> bool:
    """Whether the shares of most rows, or the word for the rest, make up the whole."""
    n_rows = max(len(column.cells) for column in columns)
    if any(len(column.cells) < n_rows for column in columns) or not n_rows:
        return False
    rows = list(zip(*(column.cells for column in columns), strict=True))[:60]
    numbers = [[number_in(cell) for cell in row] for row in rows]
    whole = sum(
        any(each is None for each in row) or abs(sum(each.value for each in row if each is not None) - 100.0) < 1.0
        for row in numbers
    )
    return whole >= MOSTLY * len(rows)


def _n_cells(column: Column) -> int:
    return len(column.cells)


def _component(
    found: _Found,
    keys: Keys,
    column: Column,
    share: Share,
    basis: Basis,
    unit: str,
    sureness: Sureness,
    reason: Reason,
) -> None:
    if keys.is_free(Role.COMPONENT, share.what):
        keys.take(Role.COMPONENT, share.what)
        _put(found, column, sureness, reason, Role.COMPONENT, key=share.what, unit=unit, basis=basis)


def _unit_of_sum(columns: Sequence[Column], places: Sequence[int]) -> str:
    """Percent where the numbers of a row are more than fractions could be."""
    rows = zip(*(columns[place].in_rows for place in places), strict=True)
    sums = [sum(n.value for cell in row if (n := number_in(cell)) is not None) for row in rows]
    return "percent" if max(sums, default=0.0) > _MOST_OF_ONE else ""


def _doubts(columns: Sequence[Column], found: _Found, keys: Keys, known: Vocabulary) -> None:
    """Headers that speak of uncertainty are left for `_values`, which knows what each belongs to."""
    del keys, known
    for column in _left(columns, found):
        expanded = words.EXPANDED.search(column.header)
        text = words.EXPANDED.sub("", column.bare) if expanded is not None else column.bare
        match = words.DOUBT.fullmatch(re.sub(r"[(\[]\s*[)\]]", "", text).strip())
        if match is None or not column.is_numeric:
            continue
        name = f"{match['before']} {match['after']}".strip(" _()[],")
        owner = _owner(columns, column, name)
        # A voltage U and a conductivity σ have units of their own.
        if owner is None or (column.unit and not is_compatible(column.unit, owner.unit)):
            continue
        k = float(expanded["k"]) if expanded is not None and expanded["k"] else 2.0 if expanded is not None else None
        # The key of the column that it belongs to is filled in when that column has one.
        said = {"key": f"#{owner.place}", "coverage_factor": k}
        _put(found, column, Sureness.SURE if name else Sureness.LIKELY, Reason.DOUBT, Role.UNCERTAINTY, **said)


def _owner(columns: Sequence[Column], column: Column, name: str) -> Column | None:
    """The column with that name, else the one before."""
    others = [other for other in columns if other.place != column.place and other.is_numeric]
    if name:
        wanted = _compared(read_label(name).name or name)
        named = [
            other
            for other in others
            if _compared(other.said.name or other.bare) == wanted or _compared(other.bare) == _compared(name)
        ]
        if named:
            return min(named, key=lambda other: abs(other.place - column.place))
        before = next((other for other in others if other.place == column.place - 1), None)
        told = before is not None and (
            _compared(name) in _compared(before.bare) or _compared(before.bare) in _compared(name)
        )
        return before if told else None
    return next((other for other in others if other.place == column.place - 1), None)


def _compared(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _values(columns: Sequence[Column], found: _Found, keys: Keys, known: Vocabulary) -> None:
    """What is left: parameters, properties and notes."""
    left = _left(columns, found)
    told: dict[int, tuple[Role, Sureness, Reason, str]] = {}
    for column in left:
        if column.is_numeric and (said := told_by_words(column, known)) is not None:
            told[column.place] = said
    numeric = [column for column in left if column.is_numeric]
    first_found = min((p for p, said in told.items() if said[0] is Role.PROPERTY), default=None)
    for column in left:
        if not column.is_numeric:
            _words(found, keys, column)
            continue
        said = told.get(column.place)
        if said is None:
            said = told_by_place(column, numeric, first_found)
        role, sureness, reason, key = said
        unit = column.unit
        if role is Role.PROPERTY and not unit and (term := known.terms.get(key)) is not None:
            unit = term.unit if is_compatible(term.unit, "") or is_scale(column, term) else ""
        key = keys.free(role, key or key_of(column.bare, column.said.name, column.place + 1, known, role))
        _put(found, column, sureness, reason, role, key=key, unit=unit)
    for place, proposed in list(found.items()):
        if proposed.meaning.role is not Role.UNCERTAINTY:
            continue
        owner = found[int(proposed.meaning.key[1:])].meaning
        is_valued = owner.role in {Role.PROPERTY, Role.PARAMETER, Role.COMPONENT} and not owner.is_text
        if is_valued and keys.is_free(Role.UNCERTAINTY, owner.key):
            keys.take(Role.UNCERTAINTY, owner.key)
            found[place] = replace(proposed, meaning=replace(proposed.meaning, key=owner.key))
        else:
            _put(found, columns[place], Sureness.GUESS, Reason.DOUBT, Role.IGNORED)


def _words(found: _Found, keys: Keys, column: Column) -> None:
    bare = column.bare.strip()
    longest = max(map(len, column.cells))
    is_note = words.NOTE.fullmatch(bare) is not None
    few = column.n_different <= max(3, 0.5 * len(column.cells)) and longest <= 60
    if not is_note and (few or words.PARAMETER.search(bare)) and not words.PROPERTY.search(bare):
        key = keys.free(Role.PARAMETER, key_of(bare, column.said.name, column.place + 1, SHIPPED, Role.PARAMETER))
        sureness = Sureness.LIKELY if words.PARAMETER.search(bare) else Sureness.GUESS
        reason = Reason.SET if words.PARAMETER.search(bare) else Reason.FEW_WORDS
        _put(found, column, sureness, reason, Role.PARAMETER, key=key, is_text=True)
        return
    key = keys.free(Role.NOTE, key_of(bare, column.said.name, column.place + 1, SHIPPED, Role.NOTE))
    _put(
        found,
        column,
        Sureness.SURE if is_note else Sureness.GUESS,
        Reason.SAID if is_note else Reason.MANY_WORDS,
        Role.NOTE,
        key=key,
    )
