"""What is like a record: spectra and patterns of its technique, or compositions.

Only values that the asker may read are compared, of either side. Of a record whose description alone may be read
nothing is said that would give its values away: it is answered for as if it were not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiban.errors import InvalidQuestion, InvalidValue, RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.query.question import Similar
from kiban.query.similar import DEFAULT as DEFAULT  # doors name it
from kiban.records.likeness import Likeness, Near, Nearness
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Visible

LEAST = 0.5
"""The least score of what is shown beside a record; a question that names none asks for more (`DEFAULT`)."""
MOST = 50
_MEND = "Name a spectrum or pattern that can be brought onto the axis of its technique, or a sample with a composition."


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRecord:
    """A record that is like the one asked for."""

    record: Record
    nearness: Nearness
    likeness: Likeness | None
    """What it was compared by; `None` where it has been derived anew since."""
    composition: Mapping[str, float]
    """Of a sample, its amount fractions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRecords:
    """What is like a record, the nearest first."""

    record: Record
    likeness: Likeness
    composition: Mapping[str, float]
    found: tuple[SimilarRecord, ...]
    total: int
    """How many are at least as like as was asked for; 500 are compared at most."""


@reads("looked for similar", at_one_moment=True)
def similar_to(
    asker: Asker, resources: Resources, identifier: str, *, at_least: float = DEFAULT, limit: int = 10
) -> SimilarRecords:
    """Find what is like a record.

    Parameters
    ----------
    at_least : float
        The least score, above 0 and up to 1.
    limit : int
        At most so many are given, up to 50.

    Raises
    ------
    RecordNotFound
        If there is no such record whose values the asker may read.
    InvalidValue
        If it has nothing to be compared by, or the least score is none.
    """
    if not 0.0 < at_least <= 1.0:
        raise InvalidValue(f"A least score of {at_least:g} was asked for.", mend="Ask for one above 0 and up to 1.")
    visible = resources.visible(asker)
    record = _readable(resources, visible, identifier)
    near = resources.catalog.nearest(record.id, visible, at_least=at_least)
    if near is None:
        raise InvalidValue(f"{record.pid} has nothing to be compared by.", mend=_MEND)
    shown = near[: max(1, min(limit, MOST))]
    ids = [record.id, *(each.record for each in shown)]
    records = resources.catalog.get_many(ids[1:], visible)
    likenesses = resources.catalog.likenesses(ids, visible)
    compositions = resources.catalog.compositions(ids, visible)
    saw(record, *records.values(), subject=record.pid, n=len(near))
    if record.id not in likenesses:
        raise InvalidValue(f"{record.pid} has nothing to be compared by.", mend=_MEND)
    return SimilarRecords(
        record=record,
        likeness=likenesses[record.id],
        composition=compositions.get(record.id, {}),
        found=tuple(
            SimilarRecord(
                record=records[each.record],
                nearness=each.nearness,
                likeness=likenesses.get(each.record),
                composition=compositions.get(each.record, {}),
            )
            for each in shown
            if each.record in records
        ),
        total=len(near),
    )


def look_up(asker: Asker, resources: Resources, asked: Similar) -> tuple[Near, ...]:
    """What a question after what is similar means for this asker.

    Raises
    ------
    InvalidQuestion
        In the same words where there is no such record and where its values may not be read; in others where it has
        nothing to be compared by.
    """
    visible = resources.visible(asker)
    try:
        record = _readable(resources, visible, asked.record)
    except RecordNotFound as e:
        raise InvalidQuestion(e.fault, mend=e.mend) from e
    at_least = DEFAULT if asked.at_least is None else asked.at_least
    found = resources.catalog.nearest(record.id, visible, at_least=at_least)
    if found is None:
        raise InvalidQuestion(f"{record.pid} has nothing to be compared by.", mend=_MEND)
    saw(record)
    return found


def _readable(resources: Resources, visible: Visible, identifier: str) -> Record:
    record = resources.catalog.get(resolve(identifier), visible)
    if record.scope not in visible.data:
        raise RecordNotFound(identifier)
    return record
