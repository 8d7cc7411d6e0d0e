"""What an analysis is.

An analysis is a module of this folder that ends in `ANALYSIS = ...`, or an entry point in the group `kiban.analysis`.
It takes a Reading and says what follows from it: Properties with unit, uncertainty and condition, and a table of all
features. It keeps no state, reads no files and changes nothing of the Reading. `kiban.analysis.run` runs all that
apply.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from kiban.errors import InvalidSetting, InvalidValue
from kiban.records.measurement import Analysis as KeptAnalysis
from kiban.records.property import Property
from kiban.records.property_term import PROPERTY_TERMS
from kiban.records.reading import Reading

Cell: TypeAlias = "float | int | str | bool | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one analysis found in one Reading.

    Parameters
    ----------
    analysis : str
        The analysis' name.
    version : int
        The analysis' version.
    summary : str
        One sentence for a list of measurements, with the numbers that matter and what they rest on.
    properties : tuple of Property
        The facts to be searched and tabulated; their terms stand in `kiban.records.property_term`.
    columns, units : tuple of str
        Of the table of features: names, and the unit of each column (empty for the number one and for words).
    rows : tuple of tuple
        One for each feature (peak, half cycle), as long as `columns`; `None` where a value is not known.
    doubts : tuple of str
        Sentences on what should not be trusted.
    """

    analysis: str
    version: int
    summary: str
    properties: tuple[Property, ...] = ()
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        width = len(self.columns)
        if len(self.units) != width or any(len(row) != width for row in self.rows):
            raise InvalidValue(
                f"The table of {self.analysis} has {width} columns, but not as many units or cells.",
                mend="Give one unit for each column and one cell for each column in each row.",
            )
        if any(isinstance(cell, float) and not math.isfinite(cell) for row in self.rows for cell in row):
            raise InvalidValue(
                f"The table of {self.analysis} holds a number that is not finite.",
                mend="Give None where a value is not known.",
            )
        for found in self.properties:
            if found.term not in PROPERTY_TERMS:
                raise InvalidValue(
                    f"'{found.term}' of {self.analysis} is not a property term.",
                    mend="Add it to kiban.records.property_term with its words, symbol and unit.",
                )

    def kept(self) -> KeptAnalysis:
        """What the record of the measurement keeps of it: all but the properties, which become facts of their own."""
        return KeptAnalysis(
            name=self.analysis,
            version=self.version,
            summary=self.summary,
            columns=self.columns,
            units=self.units,
            rows=self.rows,
            doubts=self.doubts,
        )


@runtime_checkable
class Analysis(Protocol):
    """Works one kind of measurement out."""

    name: str
    """The module's name: `powder_xrd`. With the version it is the `method` of each Property."""
    version: int
    """Raised by one whenever the same Reading would give another Finding than before."""
    title: str
    """What it does, for lists."""
    techniques: tuple[str, ...]
    """Keys of `kiban.records.technique` that it can apply to."""
    options: tuple[str, ...]
    """Names of the options that `analyse` takes."""

    def applies(self, reading: Reading) -> bool:
        """Say whether the Reading has what the analysis needs. Never raises."""
        ...

    def analyse(self, reading: Reading, *, options: Mapping[str, object]) -> Finding:
        """Work a Reading out to which it applies.

        A Reading without features gives a Finding without rows. Raises InvalidSetting for an option that it does not
        have, and other KibanErrors for what it was asked for by an option and cannot give.
        """
        ...


def check_options(name: str, known: tuple[str, ...], options: Mapping[str, object]) -> None:
    """Refuse options that the analysis of that name does not have. Raises InvalidSetting."""
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InvalidSetting(
            f"The analysis {name} has no option '{unknown[0]}'.", mend=f"Its options are: {', '.join(known) or 'none'}."
        )


def flag(options: Mapping[str, object], name: str) -> bool:
    """Read an option that is true or false; false where it is left out. Raises InvalidSetting."""
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise InvalidSetting(f"The option {name} is {value!r}.", mend="Give true or false.")
    return value


def finite(value: float) -> float | None:
    """A cell for a number that may be missing."""
    return float(value) if math.isfinite(value) else None
