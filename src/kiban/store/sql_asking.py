"""Questions that go to PostgreSQL in one message each, and are planned once by each connection.

What is told before a question (`SET LOCAL`) holds for the one transaction that the message is, and is gone after it. Of
a short question the ways there and back, and the plan, would be most of the cost.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

Rows = list[tuple[Any, ...]]
Ask = Callable[[str, Mapping[str, Any]], Rows]
"""Asks one question: with named placeholders, and their values."""

_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
_MOST_KEPT = 200
"""So many questions are kept by each connection; most have one of a few wordings."""


def remembering(ask: Ask) -> Ask:
    """The same, where a question that comes again with the same values is asked once."""
    known: dict[tuple[Any, ...], tuple[Rows, Mapping[str, Any]]] = {}

    def asked(query: str, values: Mapping[str, Any]) -> Rows:
        names = [place[1] for place in _PLACE.finditer(query) if place[1] is not None]
        # Lists are the same where they are the same object; they are kept, so that no other takes its place.
        given = {name: id(value) if isinstance(value, list) else value for name in names for value in (values[name],)}
        key = (_PLACE.sub("%s", query), *((type(value), value) for value in map(given.__getitem__, names)))
        if key not in known:
            known[key] = ask(query, values), values
        return known[key][0]

    return asked


def one_of(column: LiteralString, wanted: Collection[Any], values: dict[str, Any]) -> str:
    """The condition that a column has one of these values, which are added to the values of the question.

    Of one the statement says that it is one: for an array the planner looks at each anew, and plans each time.
    """
    is_one = len(wanted) == 1
    values[column] = next(iter(wanted)) if is_one else list(wanted)
    return f"{column} = %({column})s" if is_one else f"{column} = ANY(%({column})s)"


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that remembers which questions the server has a plan for. One thread at a time uses it."""

    def __init__(self, pgconn: psycopg.pq.abc.PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._n_made = 0

    def ask(self, first: str, query: str, values: Mapping[str, Any]) -> Rows:
        """Ask one question in a transaction of its own. After an error the connection should be used no more.

        Parameters
        ----------
        first : str
            Statements without parameters that go before it; they give no rows.
        query : str
            With named placeholders.
        values : mapping
            Their values; more may be there.
        """
        if self.info.transaction_status is not TransactionStatus.IDLE:
            raise psycopg.ProgrammingError("a question in one message came within a transaction")
        try:
            return self._asked(first, query, values)
        except psycopg.errors.InvalidSqlStatementName:
            # After a rollback psycopg has the server forget everything.
            self.execute("DEALLOCATE ALL")
            self._kept.clear()
            return self._asked(first, query, values)

    def _asked(self, first: str, query: str, values: Mapping[str, Any]) -> Rows:
        ready = self._ready(query)
        written = {name: _as_text(value) for name, value in values.items()}
        call = psycopg.ClientCursor(self).mogrify(self._kept[query], written)
        cursor = self.execute(f"{ready}{first};{call}".encode(), prepare=False)
        while cursor.nextset():
            pass
        return cursor.fetchall()

    def _ready(self, query: str) -> str:
        """The statements that have the server know the question; none, if it does."""
        if query in self._kept:
            self._kept.move_to_end(query)
            return ""
        told = ""
        if len(self._kept) >= _MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            told = f"DEALLOCATE {_name(oldest)};"
        names: dict[str, int] = {}

        def numbered(place: re.Match[str]) -> str:
            return "%" if place[1] is None else f"${names.setdefault(place[1], len(names) + 1)}"

        text = _PLACE.sub(numbered, query)
        self._n_made += 1
        places = ", ".join(f"%({name})s" for name in names)
        self._kept[query] = f"EXECUTE kiban_{self._n_made}({places})" if places else f"EXECUTE kiban_{self._n_made}"
        return f"{told}PREPARE kiban_{self._n_made} AS {text};"


def _as_text(value: Any) -> Any:
    """A list of identifiers as PostgreSQL writes an array; psycopg would look up for each how it is to be written."""
    if isinstance(value, list) and value and all(type(each) is UUID for each in value):
        return f"{{{','.join([each.hex for each in value])}}}"
    return value


def _name(call: str) -> str:
    return call.removeprefix("EXECUTE ").partition("(")[0]
