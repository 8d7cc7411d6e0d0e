"""A physical thing: batch, specimen, film, cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiban.errors import InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is known of a sample itself.

    Parameters
    ----------
    name : str
        As the laboratory writes it on the vial; unique within a project.
    formula : str
        Nominal formula as given, for example `LiNi0.8Co0.1Mn0.1O2`; empty where unknown.
    composition : mapping of element symbol to amount fraction
        Fractions of the atoms, adding up to 1; empty where unknown.
    """

    name: str
    description: str = ""
    formula: str = ""
    composition: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A sample needs a name.", mend="Give the name written on its container.")
        total = sum(self.composition.values())
        if self.composition and abs(total - 1.0) > 1e-6:
            raise InvalidValue(
                f"The amount fractions of {self.name} add up to {total:.6f}.", mend="Fractions of atoms add up to 1."
            )
