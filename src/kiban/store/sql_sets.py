"""What an asker may see and do, in statements: as settings that row-level security tests, and as the filter of our own.

Both are strings of bits, written in hexadecimal digits. An array of numbers would have the planner weigh each of
thousands of them against the statistics of the column, for every statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, LiteralString, Protocol, TypeVar

from kiban.records.scope import Visible, bits


class InScope(Protocol):
    """What carries the number of a scope."""

    @property
    def scope(self) -> int:
        """The number."""
        ...


T = TypeVar("T", bound=InScope)

_SETS: dict[LiteralString, Callable[[Visible], frozenset[int]]] = {
    "scopes": lambda visible: visible.numbers,
    "data": lambda visible: visible.data,
    "writes": lambda visible: visible.writable,
}
_REMEMBERED = 256
"""So many sets are kept as text; a set belongs to an asker, and comes back with each of its requests."""


def seen(column: LiteralString = "scope") -> LiteralString:
    """The condition that what describes the row of that scope is visible. Its parameter is in `parameters`."""
    return _is_in("scopes", column)


def data_seen(column: LiteralString = "scope") -> LiteralString:
    """The condition that the values of the row of that scope are visible."""
    return _is_in("data", column)


def _is_in(name: LiteralString, column: LiteralString) -> LiteralString:
    # As the policies have it; see the first migration for why it is written in this way.
    value: LiteralString = f"%({name})s::varbit"
    return f"CASE WHEN {column} < length({value}) THEN get_bit({value}, {column}) = 1 ELSE false END"


def data_told(column: LiteralString = "scope") -> LiteralString:
    """As `data_seen`, by what the transaction was told: for values in tables whose policy goes by descriptions."""
    value: LiteralString = "(SELECT current_setting('kiban.data', true)::varbit)"
    return f"CASE WHEN {column} < length({value}) THEN get_bit({value}, {column}) = 1 ELSE false END"


def parameters(visible: Visible) -> dict[str, str]:
    """The values for `seen` and `data_seen`."""
    return {"scopes": _text(visible.numbers), "data": _text(visible.data)}


def view(visible: Visible, *names: LiteralString) -> LiteralString:
    """The statements that tell row-level security what the asker of this transaction may see and do.

    Parameters
    ----------
    names : str
        The sets that are told of: `scopes`, `data`, `writes`; all, unless given. What goes by another is as if there
        were nothing.
    """
    # They are made of hexadecimal digits, and so may stand in the statement itself.
    return ";".join([f"SET LOCAL kiban.{name} = '{_text(_SETS[name](visible))}'" for name in names or _SETS])


def in_one_process(first: LiteralString) -> LiteralString:
    """The same, for what is found soon: to start others that help takes longer than they would save."""
    return f"{first};SET LOCAL max_parallel_workers_per_gather = 0"


def only_seen(found: Iterable[T], numbers: frozenset[int]) -> list[T]:
    """Of what was found, that which lies in these scopes: `seen` and `data_seen`, for what is there to be looked at."""
    return [each for each in found if each.scope in numbers]


def rows_seen(rows: Iterable[tuple[Any, ...]], numbers: frozenset[int], at: int) -> list[tuple[Any, ...]]:
    """The same of rows that have their scope at a place."""
    return [row for row in rows if row[at] in numbers]


@lru_cache(_REMEMBERED)
def _text(numbers: frozenset[int]) -> LiteralString:
    as_bits = bits(numbers)
    n_digits = -(-len(as_bits) // 4)
    return f"x{int(as_bits.ljust(4 * n_digits, '0'), 2):0{n_digits}x}"
