"""What one file says: named variables with units and dimensions, the header as written, normalised metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from kiban.errors import InvalidValue, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.records.rights.rights import Rights
from kiban.records.technique import TECHNIQUES

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
MetadataValue: TypeAlias = "str | bool | int | float | Measured | datetime"

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Role(StrEnum):
    """What a variable is to the others."""

    AXIS = "axis"
    """What was set or stepped, against which the signals are drawn: angle, wavenumber, time."""
    SIGNAL = "signal"
    """What was measured and is drawn first."""
    AUXILIARY = "auxiliary"
    """Anything else that came along: flags, ranges, temperatures of the cell."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variable:
    """One named array.

    Parameters
    ----------
    name : str
        Our name, lower case with underscores: `two_theta`, `intensity`, `potential`. Within one Reading it is unique.
    series : Series
        The numbers as the file has them, in the unit as given (in our spelling of it).
    dimensions : tuple of str
        One name for each axis of the array; variables that share a name share its length. A one-dimensional axis
        against which others are drawn has its own name as dimension.
    label : str
        What the file calls it, as written.
    unit_as_written : str
        The unit in the file's own spelling.
    """

    name: str
    series: Series
    dimensions: tuple[str, ...]
    role: Role = Role.SIGNAL
    label: str = ""
    unit_as_written: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidValue(f"'{self.name}' cannot name a variable.", mend="Use lower case, digits and underscores.")
        if len(self.dimensions) != self.series.values.ndim:
            raise InvalidValue(
                f"{self.name} has {self.series.values.ndim} axes but {len(self.dimensions)} dimension names.",
                mend="Name each axis of the array once.",
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What one file, or one scan of a file, says. A reader makes it; it knows no user, sample record or database.

    Parameters
    ----------
    technique : str
        A key of `kiban.records.technique`.
    title : str
        How a list should call it: the file's own title, else what was measured.
    variables : tuple of Variable
        At least one, none of them empty.
    header : mapping
        The whole header as written, keys and texts untouched, as JSON values.
    metadata : mapping
        The part of the header that colleagues need, under standard names and with units (`wavelength`, `anode`,
        `tube_voltage`, ...); see docs/reference/metadata.md.
    started_at : datetime, optional
        When measuring began. Without a time zone where the file does not state one: then the zone is unknown.
    rights : Rights, optional
        What the file says of its licence, to whom it belongs, who contributed and who paid.
    doubts : tuple of str
        Sentences that say what a careful reader should not trust, for example a promised end angle that the points
        do not reach.
    """

    technique: str
    title: str
    variables: tuple[Variable, ...]
    header: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: datetime | None = None
    rights: Rights | None = None
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.technique not in TECHNIQUES:
            raise InvalidValue(
                f"There is no technique '{self.technique}' in the list.",
                mend=f"Use one of: {', '.join(TECHNIQUES)}.",
            )
        lengths: dict[str, int] = {}
        names: set[str] = set()
        holds_points = bool(self.variables)
        for variable in self.variables:
            if variable.name in names:
                raise InvalidValue(f"Two variables are called {variable.name}.", mend="Number them.")
            names.add(variable.name)
            values = variable.series.values
            holds_points = holds_points and values.size > 0
            for dimension, length in zip(variable.dimensions, values.shape, strict=True):
                if lengths.setdefault(dimension, length) != length:
                    raise InvalidValue(
                        f"{variable.name} has {length} points along {dimension}, others have {lengths[dimension]}.",
                        mend="Give dimensions of different length different names.",
                    )
        if not holds_points:
            raise NothingMeasured(
                f"{self.title or 'The file'} holds no data points.",
                mend="If points were measured, export the file again; it is kept as it came.",
            )
        object.__setattr__(self, "header", MappingProxyType(dict(self.header)))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))

    def __getitem__(self, name: str) -> Series:
        """The series of the variable with that name. Raises KeyError."""
        for variable in self.variables:
            if variable.name == name:
                return variable.series
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(variable.name == name for variable in self.variables)

    @property
    def axis(self) -> Variable | None:
        """The first axis: what the signals are drawn against."""
        return next((v for v in self.variables if v.role is Role.AXIS), None)

    @property
    def signals(self) -> tuple[Variable, ...]:
        """What was measured, the most important first."""
        return tuple(v for v in self.variables if v.role is Role.SIGNAL)
