"""Which of several candidates are near, and in what order; the same for every catalog."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.records.likeness import Likeness, Near
from kiban.store.paging import read_after

ROUGHLY = 2000
"""Of curves, so many that come nearest by their outlines are looked at by their vectors."""
CANDIDATES = 500
"""So many of those that come nearest by these are compared exactly."""


def versions() -> tuple[int, int]:
    """Today's versions of what is derived of curves, and of compositions."""
    from kiban.analysis.similarity import compositions, curves

    return curves.VERSION, compositions.VERSION


def current_version(kind: str) -> int:
    """The version of the way that likenesses of a kind are derived today."""
    from kiban.analysis.similarity.compare import version_of

    return version_of(kind)


def nearest_of(asked: Likeness, candidates: Mapping[UUID, Likeness], *, at_least: float) -> tuple[Near, ...]:
    """Compare candidates exactly; the nearest first, of equals the newest."""
    from kiban.analysis.similarity.compare import compare

    compared = zip(candidates, compare(asked, list(candidates.values())), strict=True)
    found = [Near(record, near) for record, near in compared if near is not None and near.score >= at_least]
    return tuple(sorted(found, key=_order, reverse=True))


def nearest_first(near: Sequence[Near], records: Collection[UUID]) -> list[UUID]:
    """Those of these records, in the order of their nearness."""
    return [each.record for each in near if each.record in records]


def after_mark(near: Sequence[Near], after: str | None) -> tuple[Near, ...]:
    """Those that come after a record.

    Raises
    ------
    InvalidValue
        If it is no identifier, or not near any more: then nobody can say where the answer goes on.
    """
    last = read_after(after)
    if last is None:
        return tuple(near)
    place = next((place for place, each in enumerate(near) if each.record == last), None)
    if place is None:
        raise InvalidValue(
            f"{last} is not, or not any more, among the answers in order of nearness.", mend="Ask from the beginning."
        )
    return tuple(near[place + 1 :])


def _order(near: Near) -> tuple[float, UUID]:
    return near.nearness.score, near.record
