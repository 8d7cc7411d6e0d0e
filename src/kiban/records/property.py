"""One claimed value of a property: the fact that searches and tables are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A value that somebody claims for a sample, with the measurement it rests on.

    Parameters
    ----------
    term : str
        A key of `kiban.records.property_term`.
    value : Measured
        As it was worked out, in the unit given there, with its uncertainty.
    condition : mapping of str to Measured or str or int
        What makes this value different from others of the same term and sample: `{"peak": 3}`, `{"cycle": 12}`.
    method : str
        The analysis that gave it, with its version: `powder_xrd/1`.
    """

    term: str
    value: Measured
    condition: Mapping[str, Measured | str | int] = field(default_factory=dict)
    method: str

    def __post_init__(self) -> None:
        if not self.term.isidentifier():
            raise InvalidValue(f"'{self.term}' cannot be a property term.", mend="Use lower case and underscores.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A Property in its place: whose it is, what it rests on and who may see it."""

    id: UUID
    property: Property
    subject: UUID | None
    """The sample; `None` while nobody has said which it is."""
    evidence: UUID
    """The measurement."""
    scope: int
