"""Experiments of the past as rows of a table: which column is which, and what cannot be read, by row and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from kiban.errors import InvalidValue
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Outcome
from kiban.planning.campaign.telling import Done, written
from kiban.planning.space.parameter import Categorical

STATE = "state"
"""A column of this name says of a row that it `failed`."""
_POWER = re.compile(r"(?<=\d)\s*(?:[eE]|[x×*]\s*10\s*(?:\^|\*\*)?)\s*[+-]?\d+")
"""Of ten, behind a number: its letter is no unit."""
_HEADER = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*")


def done_in(
    campaign: Campaign, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], *, source: str
) -> tuple[Done, ...]:
    """Read rows of a table as experiments that were done.

    Parameters
    ----------
    header : sequence of str
        Names of parameters and outcomes, with the unit in brackets where it is another than the campaign's:
        `hardness [GPa]`. Other columns are passed over; `state` may say `failed`.
    rows : iterable of (int, sequence of str)
        Each with its number in the table; rows without any text are passed over.
    source : str
        What the table is called.

    Raises
    ------
    InvalidValue
        If a parameter has no column, or a cell cannot be read; the fault names row and column.
    """
    space, units = campaign.space, campaign.objective.outcomes
    places = _places(header, {*space.names, *units, STATE})
    if missing := [name for name in space.names if name not in places]:
        raise InvalidValue(
            f"{source} has no column for {', '.join(missing)}.",
            mend=f"Name the columns after the parameters: {', '.join(space.names)}.",
        )
    if not set(units) & set(places):
        raise InvalidValue(
            f"{source} has no column for an outcome.", mend=f"Name one of the columns: {', '.join(units)}."
        )
    levelled = {each.name for each in space.parameters if isinstance(each, Categorical)}
    found = []
    for number, cells in rows:
        row = {name: (cells[at].strip() if at < len(cells) else "") for name, (at, _) in places.items()}
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{source}, row {number}"
        texts = {n: _with_unit(row[n], places[n][1]) if n not in levelled else row[n] for n in space.names}
        if empty := [name for name, text in texts.items() if not text]:
            raise InvalidValue(f"{where} has no value of {empty[0]}.", mend="Fill in the cell, or leave the row out.")
        found.append(
            Done(
                point=texts,
                outcomes=() if _is_failure(row.get(STATE, ""), where) else _outcomes(campaign, row, places, where),
                rests_on=where,
            )
        )
    return tuple(found)


def _places(header: Sequence[str], known: set[str]) -> dict[str, tuple[int, str]]:
    """By name, the place of its column and the unit that its header names."""
    places: dict[str, tuple[int, str]] = {}
    for at, text in enumerate(header):
        name, unit = text.strip().lstrip("\ufeff"), ""
        if name not in known and (match := _HEADER.fullmatch(name)):
            name, unit = match["name"], match["unit"].strip()
        if name not in known:
            continue
        if name in places:
            raise InvalidValue(f"Two columns are called {name}.", mend="Give one of them another name.")
        places[name] = (at, unit)
    return places


def _outcomes(
    campaign: Campaign, row: Mapping[str, str], places: Mapping[str, tuple[int, str]], where: str
) -> tuple[Outcome, ...]:
    found: list[Outcome] = []
    for name in campaign.objective.outcomes:
        if row.get(name):
            try:
                found += written(campaign, {name: _with_unit(row[name], places[name][1])})
            except InvalidValue as e:
                raise InvalidValue(f"{where}, column {name}: {e.fault}", mend=e.mend) from e
    if not found:
        raise InvalidValue(
            f"{where} has no outcome.", mend=f"Fill one in, leave the row out, or write 'failed' in a column '{STATE}'."
        )
    return tuple(found)


def _with_unit(text: str, unit: str) -> str:
    """With the unit of its column, unless the cell has one of its own: `46.85 degC`."""
    return f"{text} {unit}" if text and unit and not _has_unit(text) else text


def _has_unit(text: str) -> bool:
    rest = _POWER.sub("", unicodedata.normalize("NFKC", text))
    return any(sign.isalpha() or sign in "%°" for sign in rest)


def _is_failure(text: str, where: str) -> bool:
    if text.lower() not in {"", "completed", "failed", "失敗", "完了"}:
        raise InvalidValue(
            f"{where}, column {STATE}: '{text[:40]}' is no state.", mend="Write 'failed', 'completed', or nothing."
        )
    return text.lower() in {"failed", "失敗"}
