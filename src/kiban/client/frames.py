"""Columns of values as tables of other packages, with their units: pandas, polars, xarray."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiban.errors import MissingExtra


@dataclass(frozen=True, slots=True)
class Column:
    """One column: as many values as the table has rows, `None` where one is not known."""

    name: str
    values: Sequence[Any]
    unit: str = ""
    is_number: bool = False

    @property
    def title(self) -> str:
        """Its name with the unit of its numbers, as `hardness [GPa]`."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


def needed(package: str, purpose: str) -> Any:
    """Load an optional package. Raises MissingExtra, which names the extra of Kiban that brings it."""
    try:
        return importlib.import_module(package)
    except ImportError as e:
        raise MissingExtra(purpose, extra=package) from e


def to_pandas(columns: Sequence[Column]) -> Any:
    """A `pandas.DataFrame`: units in the names of its columns, and by name in `attrs["units"]`."""
    pandas = needed("pandas", "A table of pandas")
    frame = pandas.DataFrame({column.title: _for_pandas(column, pandas) for column in columns})
    frame.attrs["units"] = {column.title: column.unit for column in columns if column.unit}
    return frame


def to_polars(columns: Sequence[Column]) -> Any:
    """A `polars.DataFrame`, with units in the names of its columns: polars has no other place for them."""
    polars = needed("polars", "A table of polars")
    return polars.DataFrame(
        [
            polars.Series(column.title, list(column.values), dtype=polars.Float64 if column.is_number else None)
            for column in columns
        ]
    )


def to_xarray(columns: Sequence[Column], dimension: str) -> Any:
    """A `xarray.Dataset` with one dimension; numbers are floats, NaN where unknown, with `attrs["units"]`."""
    xarray = needed("xarray", "A data set of xarray")
    import numpy as np

    made = {}
    for column in columns:
        if column.is_number:
            values = np.array([np.nan if value is None else value for value in column.values], dtype=np.float64)
        else:
            values = np.array(["" if value is None else str(value) for value in column.values], dtype=object)
        made[column.name] = (dimension, values, {"units": column.unit} if column.unit else {})
    return xarray.Dataset(made)


def _for_pandas(column: Column, pandas: Any) -> Any:
    return pandas.Series(list(column.values), dtype="float64" if column.is_number else "object")
