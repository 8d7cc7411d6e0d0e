"""A physical thing: batch, specimen, film, cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.matter.composition import Composition, Stated
from kiban.records.rights.rights import Rights
from kiban.records.template_use import TemplateUse

# Three digits, some with letters (H360FD); EUH statements of the European Union beside them.
_HAZARD = re.compile(r"(?:H[2-4]\d\d[A-Za-z]{0,2}|EUH\d{3}[A-Z]?)")


class SampleState(StrEnum):
    """Whether it can still be had."""

    AVAILABLE = "available"
    CONSUMED = "consumed"
    """Used up: by a process, a destructive measurement, or because it was divided whole."""
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is known of a sample itself.

    Parameters
    ----------
    name : str
        As the laboratory writes it on the vial; unique within a project.
    formula : str
        Nominal formula or alloy as given: `LiNi0.8Co0.1Mn0.1O2`, `Ti-6Al-4V (mass%)`; empty where unknown.
    composition : mapping of element symbol to amount fraction
        Fractions of the atoms, adding up to 1; empty where unknown. What questions about elements look at.
    nominal : Composition, optional
        As it was meant: weighed in, or from its formula.
    measured : tuple of Composition
        As analyses found it, the first one first.
    template : TemplateUse, optional
        The structure of `values`.
    values : mapping
        What the template's fields hold, by key.
    location : str
        Where it lies: building, room, shelf, box, position.
    custodian : str
        Who keeps it.
    hazards : tuple of str
        Hazard statements of the GHS by their codes, for example `H225`.
    rights : Rights, optional
        Its own; where it has none, those of its project count.
    """

    name: str
    description: str = ""
    formula: str = ""
    composition: Mapping[str, float] = field(default_factory=dict)
    nominal: Composition | None = None
    measured: tuple[Composition, ...] = ()
    template: TemplateUse | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    state: SampleState = SampleState.AVAILABLE
    location: str = ""
    custodian: str = ""
    hazards: tuple[str, ...] = ()
    rights: Rights | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A sample needs a name.", mend="Give the name written on its container.")
        if self.values and self.template is None:
            raise InvalidValue(
                f"The sample {self.name} has values and no template.", mend="Name the template they belong to."
            )
        if self.nominal is not None and self.nominal.stated is not Stated.NOMINAL:
            raise InvalidValue(
                f"A composition of {self.name} that was measured was given as nominal.",
                mend="List it among those measured.",
            )
        if any(each.stated is not Stated.MEASURED for each in self.measured):
            raise InvalidValue(
                f"A composition of {self.name} that was not measured was given as measured.", mend="Give it as nominal."
            )
        for code in self.hazards:
            check_hazard(code)
        total = sum(self.composition.values())
        if self.composition and abs(total - 1.0) > 1e-6:
            raise InvalidValue(
                f"The amount fractions of {self.name} add up to {total:.6f}.", mend="Fractions of atoms add up to 1."
            )


def check_hazard(code: str) -> None:
    """Refuse what is not the code of a hazard statement. Raises InvalidValue."""
    if not _HAZARD.fullmatch(code):
        raise InvalidValue(
            f"'{code[:40]}' is not the code of a hazard statement.", mend="Write codes of the GHS, like H225."
        )
