"""The arrays of a measurement, with units and uncertainties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.client.frames import Column, needed, to_pandas, to_polars
from kiban.errors import OutOfRange, WrongUsage
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variable:
    """One named array."""

    name: str
    label: str
    """What the file calls it."""
    role: str
    dimensions: tuple[str, ...]
    series: Series

    @property
    def standard_uncertainty(self) -> NDArray[np.float64] | None:
        """Of each number, in its unit, same shape; `None` where none is known or follows from what is."""
        doubt = self.series.uncertainty
        if doubt is None:
            return None
        try:
            return np.broadcast_to(doubt.standard, self.series.shape)
        except OutOfRange:
            return None  # a resolution of no stated distribution is no standard uncertainty


class Numbers(Mapping[str, Series]):
    """The arrays by name: `numbers["two_theta"].values`, `.unit`, `.in_unit("rad")`."""

    def __init__(self, technique: str, title: str, variables: tuple[Variable, ...]) -> None:
        self.technique = technique
        self.title = title
        self.variables = {variable.name: variable for variable in variables}

    @classmethod
    def of(cls, document: dict[str, Any]) -> Numbers:
        """Read what a platform answers."""
        return cls(document["technique"], document["title"], tuple(map(_variable, document["variables"])))

    def __getitem__(self, name: str) -> Series:
        return self.variables[name].series

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`, where all arrays run along one dimension. Raises WrongUsage, MissingExtra."""
        return to_pandas(self._columns())

    def to_polars(self) -> Any:
        """A `polars.DataFrame`, where all arrays run along one dimension. Raises WrongUsage, MissingExtra."""
        return to_polars(self._columns())

    def to_xarray(self) -> Any:
        """A `xarray.Dataset` with `attrs["units"]`; the standard uncertainties of `name` are `name_u`.

        Raises
        ------
        MissingExtra
        """
        xarray = needed("xarray", "A data set of xarray")
        data: dict[str, Any] = {}
        coordinates: dict[str, Any] = {}
        for each in self.variables.values():
            about = {"long_name": each.label or each.name, "role": each.role}
            units = {"units": each.series.unit} if each.series.unit else {}
            array = (each.dimensions, each.series.values, about | units)
            (coordinates if each.dimensions == (each.name,) else data)[each.name] = array
            doubt = each.standard_uncertainty
            if doubt is not None:
                long_name = f"standard uncertainty of {each.name}"
                data[f"{each.name}_u"] = (each.dimensions, doubt, {"long_name": long_name} | units)
        return xarray.Dataset(data, coords=coordinates, attrs={"technique": self.technique, "title": self.title})

    def _columns(self) -> list[Column]:
        if len({each.dimensions for each in self.variables.values()}) != 1 or any(
            len(each.dimensions) != 1 for each in self.variables.values()
        ):
            raise WrongUsage(
                f"The arrays of {self.title} do not run along one dimension.", mend="Use to_xarray(), which has room."
            )
        columns = []
        for each in self.variables.values():
            columns.append(Column(each.name, each.series.values.tolist(), each.series.unit, is_number=_is_real(each)))
            doubt = each.standard_uncertainty
            if doubt is not None:
                columns.append(Column(f"{each.name}.u", doubt.tolist(), each.series.unit, is_number=True))
        return columns


def _is_real(variable: Variable) -> bool:
    return variable.series.values.dtype.kind != "c"


def _variable(document: dict[str, Any]) -> Variable:
    shape = tuple(document["shape"])
    values = _array(document["values"], shape)
    if document.get("imaginary") is not None:
        values = values + 1j * _array(document["imaginary"], shape)
    doubt = document.get("uncertainty")
    uncertainty = None
    if doubt is not None:
        uncertainty = Uncertainties(
            values=_array(doubt["values"], None),
            kind=Kind(doubt["kind"]),
            origin=Origin(doubt["origin"]),
            distribution=Distribution(doubt["distribution"]),
            coverage_factor=doubt["coverage_factor"],
        )
    return Variable(
        name=document["name"],
        label=document["label"],
        role=document["role"],
        dimensions=tuple(document["dimensions"]),
        series=Series(values, document["unit"], uncertainty),
    )


def _array(values: Any, shape: tuple[int, ...] | None) -> NDArray[Any]:
    """Numbers as they came, whole ones as integers; NaN where there is null, an array without points in its shape."""
    made = np.array(values)
    if made.dtype == object:
        made = np.array(values, dtype=np.float64)
    return made.reshape(shape) if shape is not None and made.size == 0 else made
