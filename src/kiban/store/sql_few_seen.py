"""Whether somebody sees so few records that an index of their scopes finds them sooner than a walk through all."""

# ruff: noqa: S608  the statements are put together of our own words

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from kiban.records.scope import Visible
from kiban.store.sql_asking import Ask
from kiban.store.sql_hops import live
from kiban.store.sql_query import NARROW
from kiban.store.sql_sets import parameters

FEW_RECORDS = 5000
"""Of no more than these each is looked at."""
SHARE = 10
"""Where one of so many records is seen, or more, a walk from the newest meets a page of them soon all the same."""
REMEMBERED_S = 60.0
"""It is a matter of how to look, not of what is found: for so long it may be as it was."""
_MOST_KEPT = 1000


class FewSeen:
    """Looks once for everybody who sees the same, and remembers it for a while. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[frozenset[int], tuple[float, bool]] = OrderedDict()

    def __call__(self, ask: Ask, visible: Visible) -> bool:
        """Say so. Of few scopes it need not be asked: their index is used anyway, see `sql_query.NARROW`."""
        numbers = visible.numbers
        if len(numbers) <= NARROW:
            return False
        found = self._known.get(numbers)
        if found is not None and self._clock() - found[0] < REMEMBERED_S:
            return found[1]
        query = (
            "SELECT count(*), (SELECT reltuples FROM pg_class WHERE oid = 'record'::regclass) FROM "
            f"(SELECT FROM record r WHERE {live('r')} AND r.scope = ANY(%(numbers)s::integer[]) "
            f"LIMIT {FEW_RECORDS + 1}) AS r"
        )
        [(n_seen, n_all)] = ask(query, parameters(visible) | {"numbers": sorted(numbers)})
        # How many there are the server estimates; before it has looked for the first time it says -1.
        is_few = bool(n_seen <= FEW_RECORDS and (n_all < 0 or SHARE * n_seen < n_all))
        self._known[numbers] = self._clock(), is_few
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return is_few
