"""A statement while it is being put together: the values that go with it, and what is asked of an index beforehand."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kiban.query.condition import Interval
from kiban.query.question import Manner, Operator
from kiban.store.sql_asking import Ask

FEW = 2000
"""So many rows of an index are asked for beforehand."""
DRIVING = 50_000
"""Of no more rows than these, each is looked up among the records, rather than all records tested."""
TESTED = 15
"""So many records are tested in the time that it takes to look one up."""
SCANNED = 50
"""So many are, where the test needs no other table; and looking up is found to be too much only after a part of it."""
_LATER = "few_"
"""Before the number of what a statement asks of an index itself."""
EVERY = 2**31 - 1
"""As many as there are."""


@dataclass(frozen=True, slots=True)
class Row:
    """The row of the records that a condition is about, in its statement."""

    name: str
    is_every: bool = False
    """Whether all records are tested there, so that it is worth while to gather all for which a condition holds."""

    def __str__(self) -> str:
        return self.name


class Gathered(NamedTuple):
    """All for which a condition holds: rows with one column, which is that column of the records."""

    column: str
    rows: str
    test: str
    """The same as a condition on a row."""
    is_driving: bool = False
    """Whether its records are looked up however many rows it has: of facts, of which a record has several."""


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
    most_few : int, optional
        So many rows of it are few; `FEW`, unless given.
    asks_later : bool
        Whether the statement itself asks the index: it goes by what is found there, and is to be used only if this
        turns out to be few.

    Attributes
    ----------
    parameters : dict
        Values for the named placeholders. More may be added.
    sizes_searches : bool
        Whether to see if not too much is found by searches, to gather it.
    would_ask : bool
        Whether there was something to ask an index beforehand.
    n_asked, n_few : int
        How many conditions were asked of an index, and of how many of these there are few records.
    gathered : list of Gathered
        The others that were brought into the statement as a whole.
    later : list of str
        What the statement is to ask, each under its name; see `asked_later`.
    """

    def __init__(
        self,
        ask: Ask,
        parameters: Mapping[str, Any],
        *,
        asks_indexes: bool,
        most_few: int | None = None,
        asks_later: bool = False,
    ) -> None:
        self.ask = ask
        self.parameters = dict(parameters)
        self.asks_indexes = asks_indexes
        self._most_few = FEW if most_few is None else most_few
        self.would_ask = False
        self.sizes_searches = True
        self.n_asked = self.n_few = 0
        self.gathered: list[Gathered] = []
        self.later: list[str] = []
        self._asks_later = asks_later
        self._found: dict[str, str | None] = {}
        self._sizes: dict[tuple[str, int], int] = {}
        self._n_records: float | None = None

    def value(self, value: Any) -> str:
        """Add a value; gives its placeholder. The same text or number has one placeholder, however often it comes."""
        is_plain = isinstance(value, str | int | float)
        for name, known in self.parameters.items() if is_plain else ():
            if type(known) is type(value) and known == value and name.startswith("p"):
                return f"%({name})s"
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def few(self, rows: str) -> str | None:
        """Ask for identifiers. Gives them as an array, or `None` if there are more than a few rows."""
        self.would_ask = True
        if not self.asks_indexes:
            return None
        self.n_asked += 1
        if self._asks_later:
            self.n_few += 1
            if rows not in self.later:
                self.later.append(rows)
            return f"ARRAY(SELECT f.id FROM {_LATER}{self.later.index(rows)} AS f)"
        if rows not in self._found:
            self._found[rows] = self._few(rows)
        few = self._found[rows]
        self.n_few += few is not None
        return few

    def _few(self, rows: str) -> str | None:
        few = f"count(*) <= {self._most_few}"
        some = f"({rows} LIMIT {self._most_few + 1}) AS found (id)"
        query = f"SELECT {few}, CASE WHEN {few} THEN array_agg(DISTINCT id) END FROM {some}"
        [(is_few, found)] = self.ask(query, self.parameters)
        return f"{self.value(found or [])}::uuid[]" if is_few else None

    def asked_later(self, unless: str) -> tuple[str, str]:
        """Common table expressions for what the statement asks, and that each of them has found few.

        Parameters
        ----------
        unless : str
            Where this holds, nothing is asked.
        """
        tables, are_few = list[str](), list[str]()
        for n, rows in enumerate(self.later):
            some = f"SELECT * FROM ({rows} LIMIT {self._most_few + 1}) AS asked (id) WHERE NOT {unless}"
            tables.append(f"{_LATER}{n} AS MATERIALIZED ({some})")
            are_few.append(f"(SELECT count(*) FROM {_LATER}{n}) <= {self._most_few}")
        return ", ".join(tables), " AND ".join(are_few)

    def found(self, row: Row, search: str, wanted: str, test: str) -> str:
        """That an index finds the record of that row, or, where it would find many, that the test holds of it.

        Parameters
        ----------
        search : str
            The function that asks the index for what is wanted, and for at most so many records.
        """
        few = self.few(f"SELECT {search}({wanted}, {self._most_few + 1})")
        if few is not None:
            return f"{row}.id = ANY({few})"
        if row.is_every:
            most = self._part(SCANNED)
            some = f"SELECT {search}({wanted}, {most + 1})"
            # What has just been found to be more need not be counted.
            is_more = not self.sizes_searches or (self.asks_indexes and most <= self._most_few)
            if not is_more and self._size(some, most) <= most:
                return self.one_of(row, "id", some)
        return test

    def one_of(self, row: Row, column: str, rows: str, *, is_driving: bool = False) -> str:
        """That a column has one of all the values that a query gives; the query is asked once."""
        # As a value, so that it does not become a join whose inner side is asked anew for each record, where the
        # planner expects one. Not knowing the limit it expects a tenth, and keeps them in memory whatever it expects.
        test = f"({row}.{column} IN (SELECT g.key FROM ({rows}) AS g (key) LIMIT (SELECT {EVERY}))) IS TRUE"
        self.gathered.append(Gathered(column, rows, test, is_driving))
        return test

    def _part(self, share: int) -> int:
        """So many records are one in `share`."""
        if self._n_records is None:
            # As many as there were when the table was last analysed.
            [(self._n_records,)] = self.ask("SELECT reltuples FROM pg_class WHERE oid = 'record'::regclass", {})
        return min(DRIVING, max(FEW, int(self._n_records / share)))

    def _size(self, rows: str, most: int) -> int:
        """How many rows a query gives, counted until there are more than so many."""
        if (rows, most) not in self._sizes:
            query = f"SELECT count(*) FROM (SELECT FROM ({rows}) AS g LIMIT {most + 1}) AS g"
            self._sizes[rows, most] = int(self.ask(query, self.parameters)[0][0])
        return self._sizes[rows, most]

    def least(self, of: Iterable[Gathered]) -> Gathered | None:
        """Of what was gathered for parts that all answers meet, the least, to look its records up; `None` for all."""
        each = list(dict.fromkeys(of))
        most = self._part(TESTED) if each else 0
        least = min(each, key=lambda gathered: self._size(gathered.rows, most), default=None)
        if least is not None and self._size(least.rows, most) <= most:
            return least
        return next((gathered for gathered in each if gathered.is_driving), None)

    def is_large(self, gathered: Gathered) -> bool:
        """Whether it has more rows than are looked up one by one."""
        most = self._part(TESTED)
        return self._size(gathered.rows, most) > most

    def is_no_few(self, gathered: Gathered) -> bool:
        """Whether it has so many rows that there are hardly few records behind them."""
        return self._size(gathered.rows, 2 * FEW) > 2 * FEW

    def looked_up(self, row: Row, gathered: Gathered) -> str:
        """The records of all that was gathered, as a source of rows."""
        keys = f"SELECT DISTINCT g.key FROM ({gathered.rows}) AS g (key) OFFSET 0"
        # Each is looked up: joined, the planner goes through all records where it expects the tests to be dear.
        looked_up = f"SELECT * FROM record WHERE is_current AND {gathered.column} = {row}_of.key OFFSET 0"
        return f"({keys}) AS {row}_of CROSS JOIN LATERAL ({looked_up}) AS {row}"

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
