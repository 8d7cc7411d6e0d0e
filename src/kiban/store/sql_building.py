"""A statement while it is being put together: the values that go with it, and what is asked of an index beforehand."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiban.query.condition import Interval
from kiban.query.question import Manner, Operator
from kiban.store.sql_asking import Ask

FEW = 2000
"""So many rows of an index are asked for beforehand."""


class Building:
    """What the parts of a statement share.

    Parameters
    ----------
    ask : callable
        Asks the database a question with its values, behind the second wall.
    parameters : mapping
        Values that the statement has from the start: what the asker may see.
    asks_indexes : bool
        Whether an index may be asked beforehand. Otherwise each record is tested that the statement comes across.
    tests_all : bool
        Whether the statement will test all records there are, as one that counts.

    Attributes
    ----------
    parameters : dict
        Values for the named placeholders. More may be added.
    would_ask : bool
        Whether there was something to ask an index beforehand.
    """

    def __init__(self, ask: Ask, parameters: Mapping[str, Any], *, asks_indexes: bool, tests_all: bool) -> None:
        self.ask = ask
        self.parameters = dict(parameters)
        self.asks_indexes = asks_indexes
        self.tests_all = tests_all
        self.would_ask = False

    def value(self, value: Any) -> str:
        """Add a value; gives its placeholder."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def few(self, rows: str) -> str | None:
        """Ask for identifiers. Gives them as an array, or `None` if there are more than a few rows."""
        self.would_ask = True
        if not self.asks_indexes:
            return None
        query = f"SELECT array_agg(DISTINCT id), count(*) FROM ({rows} LIMIT {FEW + 1}) AS found (id)"
        found, n_rows = self.ask(query, self.parameters)[0]
        return f"{self.value(found or [])}::uuid[]" if n_rows <= FEW else None

    def within(self, column: str, interval: Interval) -> str:
        """That a column lies in an interval."""
        ends = []
        if interval.low is not None:
            ends.append(f"{column} {'>' if interval.low_open else '>='} {self.value(interval.low)}")
        if interval.high is not None:
            ends.append(f"{column} {'<' if interval.high_open else '<='} {self.value(interval.high)}")
        return " AND ".join(ends) or f"{column} IS NOT NULL"

    def relates(self, column: str, relation: Operator | Manner, text: str) -> str:
        """That a column's text stands in that relation to the text."""
        value = self.value(text)
        match relation:
            case Operator.EQUAL | Operator.NOT_EQUAL:
                return f"{column} {relation} {value}"
            case Operator():
                return f'{column} COLLATE "C" {relation} {value}'
            case Manner.CONTAINS:
                return f"strpos({column}, {value}) > 0"
            case Manner.STARTS:
                return f"starts_with({column}, {value})"
            case Manner.ENDS:
                return f"right({column}, length({value})) = {value}"
