"""The rows of a table as experiments, by what its columns mean; what cannot be read is named by row and column."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeVar

from kiban.errors import KibanError
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Uncertainty
from kiban.readers.experiments.cells import (
    CellFault,
    decimal_mark,
    is_none_of_it,
    is_nothing,
    read_day,
    read_doubt,
    read_quantity,
    read_share,
)
from kiban.readers.experiments.header_words import SUMMARY
from kiban.readers.experiments.meaning import Mapping, Meaning, Role
from kiban.readers.experiments.sheet import Sheet, SheetRow
from kiban.records.matter.composition import BALANCE, Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.composition_text import composition_of
from kiban.records.matter.elements import ATOMIC_NUMBERS

MOST_FAULTS = 200
_LONGEST_NAME = 200
_LONGEST_WORD = 500
_LONGEST_NOTE = 10_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong in one place."""

    row: int
    """As editors count."""
    cell: str
    """As spreadsheet programs name it; of a whole row its first cell."""
    column: str
    """The header; several headers where they contradict one another."""
    expected: str
    found: str
    mend: str

    def __str__(self) -> str:
        found = f"'{self.found[:60]}'" if self.found else "nothing"
        return f"Row {self.row}, {self.column[:80]} ({self.cell}): {self.expected} was expected, {found} stands there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What one row says."""

    row: int
    sample: str = ""
    """Empty where the table does not name its samples."""
    formula: str = ""
    composition: Composition | None = None
    parameters: AnyMapping[str, Measured | str] = field(default_factory=dict)
    outcomes: AnyMapping[str, Measured] = field(default_factory=dict)
    notes: AnyMapping[str, str] = field(default_factory=dict)
    performed_at: str | None = None
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiments:
    """What a table says.

    Parameters
    ----------
    faults : tuple of RowFault
        The first two hundred.
    n_faults : int
        All of them.
    wrong_rows : tuple of int
        Rows that have any; `rows` are the others.
    """

    rows: tuple[Experiment, ...]
    faults: tuple[RowFault, ...] = ()
    n_faults: int = 0
    wrong_rows: tuple[int, ...] = ()


def read_experiments(sheet: Sheet, mapping: Mapping) -> Experiments:
    """Read every row.

    Parameters
    ----------
    mapping : Mapping
        Of as many columns as the table has, in their order.
    """
    reading = _Reading(sheet, mapping)
    rows: list[Experiment] = []
    wrong: list[int] = []
    first: dict[str, Experiment] = {}
    for row in sheet.rows:
        n_before = reading.n_faults
        experiment = reading.row(row)
        if reading.n_faults == n_before:
            reading.check_same_sample(row, experiment, first)
        if reading.n_faults > n_before:
            wrong.append(row.number)
        else:
            rows.append(experiment)
    return Experiments(
        rows=tuple(rows), faults=tuple(reading.faults), n_faults=reading.n_faults, wrong_rows=tuple(wrong)
    )


class _Reading:
    """One table on its way; faults are gathered."""

    def __init__(self, sheet: Sheet, mapping: Mapping) -> None:
        self.sheet, self.mapping = sheet, mapping
        self.faults: list[RowFault] = []
        self.n_faults = 0
        self._places = {id(each): place for place, each in enumerate(mapping.columns)}
        self._marks = [mapping.decimal or decimal_mark(sheet.column(place)) for place in range(len(mapping.columns))]
        # One name that is no formula tells that the others are names too: D2 beside P3HT is no deuterium.
        self._are_formulas = all(_is_formula(each.key) for each in mapping.of(Role.COMPONENT))
        self._doubts = {each.key: each for each in mapping.of(Role.UNCERTAINTY)}

    def row(self, row: SheetRow) -> Experiment:
        """What a row says; nothing of it counts if it brought a fault."""
        said: dict[Role, str] = {}
        for role in (Role.SAMPLE, Role.FORMULA, Role.OPERATOR):
            for each in self.mapping.of(role):
                cell = " ".join(self._cell(row, each).split())
                said[role] = "" if is_nothing(cell) else cell
                if len(cell) > _LONGEST_NAME:
                    self._say(row, each, f"at most {_LONGEST_NAME} characters", cell, "Shorten it.")
        for each in self.mapping.of(Role.SAMPLE):
            if not said[Role.SAMPLE]:
                self._say(row, each, "the name of a sample", "", "Name the sample, or leave this row out.")
            elif SUMMARY.fullmatch(said[Role.SAMPLE]):
                mend = "It was worked out from other rows: leave it out, or give the sample another name."
                self._say(row, each, "the name of a sample", said[Role.SAMPLE], mend)
        parameters: dict[str, Measured | str] = {}
        for each in self.mapping.of(Role.PARAMETER):
            value = self._choice(row, each) if each.is_text else self._measured(row, each)
            if value is not None:
                parameters[each.key] = value
        outcomes = {e.key: v for e in self.mapping.of(Role.PROPERTY) if (v := self._measured(row, e)) is not None}
        notes = {e.key: w for e in self.mapping.of(Role.NOTE) if (w := self._word(row, e, _LONGEST_NOTE)) is not None}
        day = None
        for each in self.mapping.of(Role.DATE):
            day = self._read(row, each, lambda cell, _: read_day(cell))
        formula = said.get(Role.FORMULA, "")
        composition = self._composition(row)
        if formula:
            self._check_formula(row, formula)
        return Experiment(
            row=row.number,
            sample=said.get(Role.SAMPLE, ""),
            formula=formula,
            composition=composition,
            parameters=parameters,
            outcomes=outcomes,
            notes=notes,
            performed_at=day,
            operator=said.get(Role.OPERATOR, ""),
        )

    def check_same_sample(self, row: SheetRow, experiment: Experiment, first: dict[str, Experiment]) -> None:
        """Name a row that says something else of its sample's composition than an earlier one."""
        stated = (experiment.formula, experiment.composition)
        if not experiment.sample or stated == ("", None):
            return
        before = first.setdefault(experiment.sample, experiment)
        if stated != (before.formula, before.composition):
            [meaning] = self.mapping.of(Role.SAMPLE)
            expected = f"the same composition of {experiment.sample} as in row {before.row}"
            mend = "Give the samples different names, or the same composition."
            self._say(row, meaning, expected, experiment.formula or "another", mend)

    def _cell(self, row: SheetRow, meaning: Meaning) -> str:
        return row.cells[self._places[id(meaning)]]

    def _say(self, row: SheetRow, meaning: Meaning, expected: str, found: str, mend: str, column: str = "") -> None:
        self.n_faults += 1
        if len(self.faults) < MOST_FAULTS:
            place = self._places[id(meaning)]
            cell = self.sheet.cell_name(row.number, place)
            header = column or meaning.header
            self.faults.append(
                RowFault(row=row.number, cell=cell, column=header, expected=expected, found=found[:200], mend=mend)
            )

    def _read(self, row: SheetRow, meaning: Meaning, read: Callable[[str, str], T | None]) -> T | None:
        try:
            return read(self._cell(row, meaning), self._marks[self._places[id(meaning)]])
        except CellFault as e:
            self._say(row, meaning, e.expected, e.found, e.mend)
            return None

    def _choice(self, row: SheetRow, meaning: Meaning) -> str | None:
        cell = self._cell(row, meaning).strip()
        return cell if is_none_of_it(cell) else self._word(row, meaning, _LONGEST_WORD)

    def _word(self, row: SheetRow, meaning: Meaning, longest: int) -> str | None:
        cell = self._cell(row, meaning).strip()
        if len(cell) > longest:
            self._say(row, meaning, f"at most {longest} characters", cell, "Shorten it.")
        return None if is_nothing(cell) else cell

    def _measured(self, row: SheetRow, meaning: Meaning) -> Measured | None:
        value: Measured | None = self._read(
            row, meaning, lambda cell, mark: read_quantity(cell, meaning.unit, decimal=mark)
        )
        return None if value is None else self._with_doubt(row, meaning, value)

    def _with_doubt(self, row: SheetRow, meaning: Meaning, value: Measured) -> Measured:
        stating = self._doubts.get(meaning.key)
        if stating is None:
            return value
        doubt: Uncertainty | None = self._read(
            row, stating, lambda cell, mark: read_doubt(cell, meaning.unit, stating.coverage_factor, decimal=mark)
        )
        if doubt is not None and value.uncertainty is not None:
            both = f"{meaning.header}, {stating.header}"
            self._say(row, stating, "one uncertainty", self._cell(row, stating), "It stands twice: keep one.", both)
        return replace(value, uncertainty=doubt) if doubt is not None else value

    def _composition(self, row: SheetRow) -> Composition | None:
        """The components of a row; empty cells mean that there is none of it, a row of empty cells says nothing."""
        columns = self.mapping.of(Role.COMPONENT)
        components: list[Component] = []
        for each in columns:
            share: Measured | Literal["balance"] | None = self._read(row, each, partial(_share, each.unit))
            if share is None:
                continue
            if isinstance(share, Measured):
                share = self._with_doubt(row, each, share)
                if share.value == 0.0 and share.uncertainty is None:
                    continue
            components.append(self._component(each.key, share))
        if not components:
            return None
        # A component has one, or its meaning could not be made.
        basis = columns[0].basis or Basis.AMOUNT
        if self.mapping.balance and not any(each.is_balance for each in components):
            components.append(self._component(self.mapping.balance, BALANCE))
        try:
            return Composition(components=tuple(components), basis=basis, stated=Stated.NOMINAL)
        except KibanError as e:
            headers = ", ".join(each.header for each in columns)
            shown = ", ".join(f"{each.what} {each.amount}" for each in components)
            self._say(row, columns[0], "a whole composition", shown, f"{e.fault} {_mend_of(e)}", headers)
            return None

    def _component(self, what: str, amount: Measured | Literal["balance"]) -> Component:
        if self._are_formulas or what in ATOMIC_NUMBERS:
            return component(what, amount)
        return Component(what=what, amount=amount, kind=Constituent.MATERIAL)

    def _check_formula(self, row: SheetRow, formula: str) -> None:
        [meaning] = self.mapping.of(Role.FORMULA)
        try:
            composition_of(formula)
        except KibanError as e:
            self._say(row, meaning, "a formula", formula, f"{e.fault} {e.mend}")


def _share(unit: str, cell: str, mark: str) -> Measured | Literal["balance"] | None:
    return read_share(cell, unit, decimal=mark)


def _is_formula(what: str) -> bool:
    try:
        component(what, BALANCE)
    except KibanError:
        return False
    return True


def _mend_of(error: KibanError) -> str:
    if "missing" in error.fault:
        return "Say in the mapping which component is the balance, or ignore these columns."
    return error.mend
