"""Lists of candidates as rows of a table: which column is which parameter, and what cannot be read, by its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from kiban.errors import InvalidValue
from kiban.planning.campaign.nimo_cells import named, number_in
from kiban.planning.campaign.points import settled
from kiban.planning.space.parameter import Categorical, Parameter, Value, code, holds
from kiban.planning.space.search_space import SearchSpace

Rows = Sequence[tuple[int, Sequence[str]]]
"""Each row with its number in the file."""
_MOST_LEVELS = 50


def candidates_in(
    parameters: Sequence[Parameter], headers: Sequence[str], rows: Rows, *, source: str
) -> dict[str, list[Value]]:
    """Read rows of a table as candidates: one list for each parameter, as the document of a space has them.

    Parameters
    ----------
    headers : sequence of str
        Names of parameters, with the unit in brackets where it is another than the parameter's: `temperature [degC]`.
        Other columns are passed over.
    rows : sequence of (int, sequence of str)
        Rows without any text are passed over.
    source : str
        What the table is called.

    Raises
    ------
    InvalidValue
        If a parameter has no column, or a cell is none of its values; the fault names row and column.
    """
    places = {parameter.name: _place(parameter.name, headers, source) for parameter in parameters}
    filled = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not filled:
        raise InvalidValue(f"{source} has no row.", mend="Give one row for each experiment that can be made.")
    found: dict[str, list[Value]] = {}
    for parameter in parameters:
        at, unit = places[parameter.name]
        alone = SearchSpace(parameters=(parameter,))
        values: list[Value] = []
        numbers: list[float] = []
        for number, cells in filled:
            text = cells[at].strip() if at < len(cells) else ""
            where = f"{source}, row {number}, column {parameter.name}"
            if not text:
                raise InvalidValue(f"{where}: the cell is empty.", mend="Fill in the cell, or leave the row out.")
            written = text if isinstance(parameter, Categorical) or not unit else f"{text} {unit}"
            try:
                value = settled(alone, {parameter.name: written})[parameter.name]
                numbers.append(code(parameter, value))
            except InvalidValue as e:
                raise InvalidValue(f"{source}, row {number}, column {parameter.name}: {e.fault}", mend=e.mend) from e
            values.append(value)
        odd = np.flatnonzero(~holds(parameter, np.asarray(numbers, dtype=np.float64)))
        if len(odd):
            raise InvalidValue(
                f"{source}, row {filled[odd[0]][0]}, column {parameter.name}: {values[odd[0]]} is none of its values.",
                mend="Correct the row, or widen the parameter.",
            )
        found[parameter.name] = values
    return found


def proposed_parameters(headers: Sequence[str], rows: Rows, *, but: Collection[str] = ()) -> list[dict[str, Any]]:
    """Propose a parameter for each column that differs among the rows: numbers with their range, words as levels.

    Left out are columns with empty cells, and words that differ in more than fifty rows: they tell candidates apart
    rather than say how they are made.

    Parameters
    ----------
    but : collection of str
        Names that are outcomes.
    """
    parameters: list[dict[str, Any]] = []
    filled = [cells for _, cells in rows if any(cell.strip() for cell in cells)]
    for at, header in enumerate(headers):
        name, unit = named(header.strip())
        texts = [cells[at].strip() if at < len(cells) else "" for cells in filled]
        if not name or name in but or "" in texts or len(set(texts)) < 2:
            continue
        numbers = [number for text in texts if (number := number_in(text)) is not None]
        if len(numbers) == len(texts):
            ends = {"low": min(numbers), "high": max(numbers)}
            parameters.append({"kind": "continuous", "name": name, "unit": unit, **ends})
        elif len(levels := list(dict.fromkeys(texts))) <= _MOST_LEVELS:
            parameters.append({"kind": "categorical", "name": name, "levels": levels})
    return parameters


def _place(name: str, headers: Sequence[str], source: str) -> tuple[int, str]:
    """The place of a parameter's column, and the unit that its header names."""
    wanted = name.casefold()
    found = []
    for at, header in enumerate(headers):
        text = header.strip()
        called, unit = (text, "") if text.casefold() == wanted else named(text)
        if called.casefold() == wanted:
            found.append((at, unit))
    if not found:
        raise InvalidValue(
            f"{source} has no column for {name}.",
            mend="Name a column after it, with its unit in brackets if it has one.",
        )
    if len(found) > 1:
        raise InvalidValue(f"Two columns are called {name}.", mend="Give one of them another name.")
    return found[0]
