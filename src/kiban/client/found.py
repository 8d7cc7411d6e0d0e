"""What a question finds: asked for part by part, as far as somebody looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from kiban.client.exchange import Exchange
from kiban.client.frames import Column, to_pandas, to_polars, to_xarray

_PART = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Where words of the question stand in a record: in the text of a field, or part of it."""

    field: str
    excerpt: str
    offset: int
    """Where the excerpt begins in the text."""
    places: tuple[tuple[int, int], ...]
    """Where the words begin and end, in characters of the whole text."""
    is_cut: bool = False
    """The text goes on after the excerpt."""
    is_label: bool = False
    """The record does not say it in this way: it is the name of what it says, in either language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedBy:
    """What a record is sorted by: a number with its unit, a text, or a time in ISO 8601."""

    value: float | str
    unit: str | None = None
    """`None` of what is no number; empty for a plain number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record as a list shows it; `Client.record` has all of it."""

    id: str
    kind: str
    title: str
    tier: str
    technique: str | None = None
    sample: str | None = None
    """Name of the sample."""
    sample_id: str | None = None
    file: str | None = None
    started_at: str | None = None
    created_at: datetime
    doubts: int = 0
    highlights: tuple[Highlight, ...] = ()
    """Where the words of the question stand in it."""
    nearness: float | None = None
    """How near it is to the record that it was asked to be similar to, from 0 to 1."""
    sorted_by: SortedBy | None = None
    """What it is sorted by, where something was asked for and is known of it."""


class FacetCounts(dict[str, int]):
    """How many answers have each value of a facet, the most frequent first.

    Attributes
    ----------
    is_estimate : bool
        The numbers were worked out from a sample of the answers; values that few have may be missing.
    names : dict
        What values are called that are identifiers, as far as you may know.
    """

    def __init__(self, values: Iterable[Mapping[str, Any]]) -> None:
        given = tuple(values)
        super().__init__({each["value"]: each["count"] for each in given})
        self.is_estimate = any(each["is_estimate"] for each in given)
        self.names: dict[str, str] = {each["value"]: each["name"] for each in given if each.get("name")}


class Found:
    """The answers to a question, newest first unless told otherwise; where what is similar is asked for, nearest first.

    Going through them again asks again.
    """

    def __init__(self, exchange: Exchange, question: str, sort: str = "") -> None:
        self._exchange = exchange
        self.question = question
        self.sort = sort

    def __iter__(self) -> Iterator[Hit]:
        import msgspec

        after: str | None = None
        while True:
            part = self._exchange.get("records", q=self.question, limit=_PART, after=after, sort=self.sort or None)
            yield from msgspec.convert(part["hits"], tuple[Hit, ...])
            after = part["next"]
            if after is None:
                return

    @property
    def total(self) -> int:
        """How many answer now, counted one by one."""
        return int(self._exchange.get("records", q=self.question, limit=1, count="exact")["total"])

    @property
    def slips(self) -> tuple[str, ...]:
        """What in the question may be a slip of the pen: names that nothing has, with the nearest that there is."""
        return tuple(self._exchange.get("records", q=self.question, limit=1)["slips"])

    def facets(self) -> dict[str, FacetCounts]:
        """How many answers have each value, by facet; where it takes long to count, some of these are estimates."""
        counted = self._exchange.get("search", q=self.question, limit=1)["facets"]
        return {name: FacetCounts(values) for name, values in counted.items()}

    def to_pandas(self) -> Any:
        """All of them as a `pandas.DataFrame`. Raises MissingExtra."""
        return to_pandas(self._columns())

    def to_polars(self) -> Any:
        """All of them as a `polars.DataFrame`. Raises MissingExtra."""
        return to_polars(self._columns())

    def to_xarray(self) -> Any:
        """All of them as a `xarray.Dataset` along `record`. Raises MissingExtra."""
        return to_xarray(self._columns(), "record")

    def _columns(self) -> list[Column]:
        hits = list(self)
        names = [field.name for field in fields(Hit) if field.name not in {"highlights", "sorted_by"}]
        columns = [Column(name, [getattr(hit, name) for hit in hits], is_number=name == "doubts") for name in names]
        if all(hit.sorted_by is None for hit in hits):
            return columns
        by = [None if hit.sorted_by is None else hit.sorted_by.value for hit in hits]
        units = [None if hit.sorted_by is None else hit.sorted_by.unit for hit in hits]
        is_number = all(value is None or isinstance(value, float | int) for value in by)
        return [*columns, Column("sorted_by", by, is_number=is_number), Column("sorted_by_unit", units)]
