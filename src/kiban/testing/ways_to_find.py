"""Ways in which SQL finds answers, of which it chooses by how many records there are: each for a handful of records.

A way is the settings that have it taken, by their names: a test sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NEVER = 10**9
_MANY: dict[str, Any] = {
    "sql_building.FEW": 1,
    "sql_query.NARROW": 0,
    "sql_newest.NARROW": 0,
    "sql_few_seen.FEW_RECORDS": -1,
    "sql_newest.FIRST": 1,
    "sql_newest.RARE": -1,
    "sql_newest.NEWEST": 2,
}
"""Two records are many."""
_IN_STEPS: dict[str, Any] = {"sql_newest.SHORTEST": 2, "sql_newest.LONGEST": 9}

WAYS: Mapping[str, dict[str, Any]] = {
    "newest to oldest": _MANY | _IN_STEPS | {"sql_newest.SOON": float("inf")},
    "very few": _MANY | {"sql_newest.RARE": 1000},
    "newest facts": _MANY
    | _IN_STEPS
    | {"sql_newest.SOON": -1, "sql_newest.LATE": float("inf"), "sql_candidates.DENSE": -1},
    "facts by value": _MANY
    | _IN_STEPS
    | {"sql_newest.SOON": -1, "sql_newest.LATE": float("inf"), "sql_candidates.DENSE": _NEVER},
    "all, paths back": _MANY
    | {"sql_newest.SOON": -1, "sql_newest.LATE": -1, "sql_building.DRIVING": -1, "sql_query.GATHERED": 3},
    "all, paths ahead": _MANY
    | {
        "sql_newest.SOON": -1,
        "sql_newest.LATE": -1,
        "sql_building.DRIVING": -1,
        "sql_query.GATHERED": -1,
        "sql_query.WALKED_BACK": -1,
    },
    "all from the least": _MANY | {"sql_newest.SOON": -1, "sql_newest.LATE": -1, "sql_query.GATHERED": 1},
}
"""By what they are called."""
