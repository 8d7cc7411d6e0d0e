"""What is near in memory: every likeness that may be seen is looked at, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from kiban.analysis.similarity.compositions import likeness_of
from kiban.analysis.similarity.rough import finer, outline, rough
from kiban.records.likeness import COMPOSITION, Likeness, Near
from kiban.records.scope import Visible
from kiban.store import nearest as nearest_rules
from kiban.store.memory_state import MemoryState
from kiban.store.nearest import current_version, nearest_of


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
    asked = likeness(state, record, visible)
    if asked is None:
        return None
    found = {i: each for i in state.records if i != record and (each := likeness(state, i, visible)) is not None}
    same = {i: each for i, each in found.items() if each.kind == asked.kind}
    candidates = _compositions(asked, same) if asked.kind == COMPOSITION else _curves(asked, same)
    return nearest_of(asked, candidates, at_least=at_least)


def _compositions(asked: Likeness, found: Mapping[UUID, Likeness]) -> Mapping[UUID, Likeness]:
    mine = rough(asked)
    apart = {i: sum(abs(a - b) for a, b in zip(mine, rough(each), strict=True)) for i, each in found.items()}
    closest = sorted(((-by, i) for i, by in apart.items()), reverse=True)[: nearest_rules.CANDIDATES]
    return {i: found[i] for _, i in closest}


def _curves(asked: Likeness, found: Mapping[UUID, Likeness]) -> Mapping[UUID, Likeness]:
    from kiban.analysis.similarity.rulers import least_common

    least = least_common(asked.kind)
    common = {i: (max(asked.low, each.low), min(asked.high, each.high)) for i, each in found.items()}
    shorter = {i: min(asked.high - asked.low, each.high - each.low) for i, each in found.items()}
    rest = [i for i, (low, high) in common.items() if high - low >= least and 2 * (high - low) >= shorter[i]]
    mine = outline(asked)
    rest = _closest({i: mine.closeness(outline(found[i])) for i in rest}, nearest_rules.ROUGHLY)
    vector = finer(asked)
    close = {i: vector.closeness(finer(found[i]), *common[i]) for i in rest}
    return {i: found[i] for i in _closest(close, nearest_rules.CANDIDATES)}


def _closest(close: Mapping[UUID, float | None], limit: int) -> list[UUID]:
    return [i for _, i in sorted(((by, i) for i, by in close.items() if by is not None), reverse=True)[:limit]]
