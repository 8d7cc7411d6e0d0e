"""A table of what is known of samples: every column with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiban.client.frames import Column, to_pandas, to_polars, to_xarray


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length. Beside `hardness` stand `hardness.u`, its standard uncertainty in the same unit, and
    `hardness.evidence`, the measurement that it rests on."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, document: dict[str, Any]) -> Table:
        """Read what a platform answers."""
        rows = document["rows"]
        return cls(
            tuple(
                _column(each["name"], each.get("unit", ""), [row[i] for row in rows])
                for i, each in enumerate(document["columns"])
            )
        )

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` with units in the names of its columns and in `attrs["units"]`. Raises MissingExtra."""
        return to_pandas(self.columns)

    def to_polars(self) -> Any:
        """A `polars.DataFrame` with units in the names of its columns. Raises MissingExtra."""
        return to_polars(self.columns)

    def to_xarray(self) -> Any:
        """A `xarray.Dataset` along `row`, with `attrs["units"]`. Raises MissingExtra."""
        return to_xarray(self.columns, "row")


def _column(name: str, unit: str, values: list[Any]) -> Column:
    known = [value for value in values if value is not None]
    numbers = bool(unit) or (bool(known) and all(isinstance(value, int | float) for value in known))
    return Column(name, values, unit, is_number=numbers)
