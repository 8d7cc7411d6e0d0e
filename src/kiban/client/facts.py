"""Single values with their units and uncertainties, as many as there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.client.exchange import Exchange
from kiban.client.frames import Column, to_pandas, to_polars, to_xarray
from kiban.client.rows import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value that was claimed for a sample, and the measurement it rests on."""

    id: str
    sample: str | None = None
    sample_id: str | None = None
    term: str
    value: float
    """As it was stated, in `unit`."""
    unit: str
    standard_uncertainty: float | None = None
    """In `unit`; `None` where none is known."""
    si_value: float
    si_unit: str
    condition: Mapping[str, Any] = field(default_factory=dict)
    method: str
    evidence: str | None = None


class Facts:
    """The values that belong to the answers of a question. Going through them again asks again."""

    def __init__(self, exchange: Exchange, question: str) -> None:
        self._exchange = exchange
        self.question = question

    def __iter__(self) -> Iterator[Fact]:
        """One after another. Raises CutShort at the end, where it is not the end of all."""
        import msgspec

        for row in rows(self._exchange, "facts/stream", self.question):
            yield msgspec.convert(row, Fact)

    def to_pandas(self) -> Any:
        """All of them as a `pandas.DataFrame`; the unit of each value stands in its row. Raises MissingExtra."""
        return to_pandas(self._columns())

    def to_polars(self) -> Any:
        """All of them as a `polars.DataFrame`; the unit of each value stands in its row. Raises MissingExtra."""
        return to_polars(self._columns())

    def to_xarray(self) -> Any:
        """All of them as a `xarray.Dataset` along `fact`. Raises MissingExtra."""
        return to_xarray(self._columns(), "fact")

    def _columns(self) -> list[Column]:
        found = list(self)
        numbers = ("value", "standard_uncertainty", "si_value")
        names = ("sample", "sample_id", "term", "value", "unit", "standard_uncertainty", "si_value", "si_unit")
        made = [Column(n, [getattr(f, n) for f in found], is_number=n in numbers) for n in names]
        condition = [", ".join(f"{key}={value}" for key, value in fact.condition.items()) for fact in found]
        more = [Column(n, [getattr(f, n) for f in found]) for n in ("method", "evidence")]
        return [*made, Column("condition", condition), *more]
