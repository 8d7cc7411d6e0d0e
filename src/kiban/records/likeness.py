"""What two records are compared by: a curve on an axis that all of their kind share, and how near others come to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiban.errors import InvalidValue

COMPOSITION = "composition"
"""The kind by which samples are compared."""

COMPARED = ("xrd", "raman", "ir", "uv_vis", "xps", "photoemission", "nmr")
"""Techniques of which spectra and patterns are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A spectrum, a pattern or a composition, in the form in which it is compared with others of its kind.

    `kiban.analysis.similarity` makes it, and says what stands in it.

    Parameters
    ----------
    kind : str
        What is compared with what: `xrd`, `raman`, `nmr 1H`, `composition`. Empty where there is nothing to be compared
        by, which was found out once.
    version : int
        Of the way it was derived. Only those of one version are compared.
    low, high : int
        The places of the curve at which measuring began, and after which it ended.
    curve : bytes
        The curve, over the whole axis of its kind.
    """

    kind: str
    version: int
    low: int = 0
    high: int = 0
    curve: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise InvalidValue(
                f"A curve was measured from place {self.low} to {self.high}.", mend="Give its beginning, then its end."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near one comes to another.

    Parameters
    ----------
    score : float
        From 0 (nothing in common) to 1 (the same).
    overlap : float
        How much of the shorter of both ranges was measured in both, from 0 to 1.
    distance : float, optional
        Of compositions, how far the amounts must be carried, in steps of the scale of elements.
    """

    score: float
    overlap: float = 1.0
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A record that is like the one asked for."""

    record: UUID
    nearness: Nearness
