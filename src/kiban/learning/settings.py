"""What was set, as columns of a table: parameters of processes and nominal compositions beside what was found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kiban.errors import IncompatibleUnit, InvalidValue, UnknownUnit
from kiban.learning.table import Cell, Column, Table
from kiban.quantity.measured import Measured

_IDENTIFIER = "id"
_BEFORE = ("sample", _IDENTIFIER, "formula")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that was set for one sample.

    Parameters
    ----------
    name : str
        Of its column: `process.anneal.temperature`, `nominal.mass.Fe`.
    value : Measured or str
        A number with its unit, or the word of a choice.
    rests_on : str
        Short identifier of the process, or of the sample that states its composition.
    unit : str
        The unit that the column has, where its structure says one; else it is that of the first value.
    """

    name: str
    value: Measured | str
    rests_on: str
    unit: str | None = None


def with_settings(table: Table, settings: Mapping[str, Sequence[Setting]]) -> Table:
    """A table with three columns more for each setting: value, standard uncertainty, what it rests on.

    Parameters
    ----------
    table : Table
        With a column `id`, as `wide` and `long` draw it.
    settings : mapping
        Of each sample, by short identifier. Of two settings of one name the first counts. A name under which words and
        numbers stand gets a column of words.
    """
    names = sorted({each.name for some in settings.values() for each in some})
    all_of = {name: [e for some in settings.values() for e in some if e.name == name] for name in names}
    units = {name: _unit(found) for name, found in all_of.items()}
    at = sum(column.name in _BEFORE for column in table.columns)
    place = next(i for i, column in enumerate(table.columns) if column.name == _IDENTIFIER)
    added: list[Column] = []
    for name in names:
        unit = units[name]
        is_number = unit is not None
        added += [Column(name, unit or "", is_number=is_number), Column(f"{name}.u", unit or "", is_number=is_number)]
        added += [Column(f"{name}.evidence")]
    rows = []
    for row in table.rows:
        own: dict[str, Setting] = {}
        for each in settings.get(str(row[place]), ()):
            own.setdefault(each.name, each)
        cells = [cell for name in names for cell in _cells(own.get(name), units[name])]
        rows.append((*row[:at], *cells, *row[at:]))
    return replace(table, columns=(*table.columns[:at], *added, *table.columns[at:]), rows=tuple(rows))


def _unit(found: Iterable[Setting]) -> str | None:
    """The unit of a column; `None` where it holds words."""
    values = list(found)
    numbers = [each.value for each in values if isinstance(each.value, Measured)]
    if len(numbers) < len(values):
        return None
    return next((each.unit for each in values if each.unit is not None), numbers[0].unit)


def _cells(setting: Setting | None, unit: str | None) -> list[Cell]:
    if setting is None:
        return [None, None, None]
    if unit is None or isinstance(setting.value, str):
        return [str(setting.value), None, setting.rests_on]
    try:
        value = setting.value if setting.value.unit == unit else setting.value.in_unit(unit)
    except (IncompatibleUnit, UnknownUnit):
        # A number in the wrong unit would be a lie; what it rests on tells where it stands.
        return [None, None, setting.rests_on]
    return [value.value, value.uncertainty.standard if value.uncertainty is not None else None, setting.rests_on]


def weights(table: Table, column: str) -> tuple[float | None, ...]:
    """How much each row counts for a column of numbers: one over the square of its standard uncertainty.

    `None` where the value or its uncertainty is not known, or it is 0: such a row has no weight of its own.

    Raises
    ------
    InvalidValue
        If there is no such column of numbers.
    """
    values, doubts = numbers_of(table, column), numbers_of(table, f"{column}.u")
    return tuple(
        1.0 / doubt**2 if value is not None and doubt is not None and doubt**2 > 0.0 else None
        for value, doubt in zip(values, doubts, strict=True)
    )


def numbers_of(table: Table, column: str) -> tuple[float | None, ...]:
    """The numbers of a column. Raises InvalidValue if there is none of that name that holds numbers."""
    place = place_of(table, column)
    if not table.columns[place].is_number:
        raise InvalidValue(f"The column {column} of the table holds no numbers.", mend="Name a column of numbers.")
    return tuple(None if (cell := row[place]) is None else float(cell) for row in table.rows)


def place_of(table: Table, column: str) -> int:
    """Where a column stands. Raises InvalidValue if there is none of that name."""
    for place, each in enumerate(table.columns):
        if each.name == column:
            return place
    own = [each.name for each in table.columns if not each.name.endswith((".u", ".evidence"))]
    raise InvalidValue(f"The table has no column {column[:80]}.", mend=f"Its columns are: {', '.join(own)[:500]}.")
