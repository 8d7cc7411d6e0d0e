"""What is near in memory: every likeness that may be seen is looked at, one after the other."""

from __future__ import annotations

from uuid import UUID

from kiban.analysis.similarity.compositions import likeness_of
from kiban.records.likeness import COMPOSITION, Likeness, Near
from kiban.records.scope import Visible
from kiban.store.memory_state import MemoryState
from kiban.store.nearest import CANDIDATES, current_version, nearest_of


def likeness(state: MemoryState, record: UUID, visible: Visible) -> Likeness | None:
    """What a current record is compared by, as far as the asker may read its values."""
    live = state.live(record, visible)
    if live is None or live.scope not in visible.data:
        return None
    found = state.likenesses.get(record)
    if record in state.compositions:
        found = likeness_of(state.compositions[record])
    if found is None or not found.kind or found.version != current_version(found.kind):
        return None
    return found


def nearest(state: MemoryState, record: UUID, visible: Visible, *, at_least: float) -> tuple[Near, ...] | None:
    """See `Catalog.nearest`."""
    from kiban.analysis.similarity.rough import rough

    asked = likeness(state, record, visible)
    if asked is None:
        return None
    found = {i: each for i in state.records if i != record and (each := likeness(state, i, visible)) is not None}
    mine, is_composition = rough(asked), asked.kind == COMPOSITION
    apart: list[tuple[int, UUID]] = []
    for i, each in found.items():
        if each.kind == asked.kind:
            pairs = zip(mine, rough(each), strict=True)
            by = sum(abs(a - b) for a, b in pairs) if is_composition else -sum(a * b for a, b in pairs)
            if is_composition or by < 0:
                apart.append((-by, i))
    candidates = {i: found[i] for _, i in sorted(apart, reverse=True)[:CANDIDATES]}
    return nearest_of(asked, candidates, at_least=at_least)
