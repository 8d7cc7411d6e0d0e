"""What can be tested of a record: conditions without any choice left. `kiban.query.meaning` makes them of questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from kiban.query.paths import Hop
from kiban.query.question import Extent, Manner, Operator


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers or times between two ends; an end that is `None` is open to infinity."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: Any) -> bool:
        """Say whether the value lies inside."""
        if self.low is not None and not (value > self.low or (value == self.low and not self.low_open)):
            return False
        return self.high is None or value < self.high or (value == self.high and not self.high_open)

    def and_in(self, other: Interval) -> Interval:
        """Those that lie in the other, too. Of two ends that are the same, one that is left out wins."""
        lows = [(i.low, i.low_open) for i in (self, other) if i.low is not None]
        highs = [(i.high, not i.high_open) for i in (self, other) if i.high is not None]
        low, low_open = max(lows, default=(None, False))
        high, has_high = min(highs, default=(None, True))
        return Interval(low, high, low_open, not has_high)


@dataclass(frozen=True, slots=True)
class TextCondition:
    """One of the path's texts stands in that relation to the (folded) text."""

    path: str
    relation: Operator | Manner
    text: str


@dataclass(frozen=True, slots=True)
class SetCondition:
    """The path's texts have all, or one, of the (folded) texts; or there are some, and none but these."""

    path: str
    extent: Extent
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberCondition:
    """One of the path's numbers of that SI unit lies in the interval."""

    path: str
    unit: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class ConfidenceCondition:
    """One of the path's numbers of that SI unit lies in the interval, open on one side, with that probability.

    Only numbers whose uncertainty is known; see `kiban.query.confidence`.
    """

    path: str
    unit: str
    interval: Interval
    confidence: float


@dataclass(frozen=True, slots=True)
class TimeCondition:
    """The path's time lies in the interval."""

    path: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class KnownCondition:
    """The path has a value."""

    path: str


@dataclass(frozen=True, slots=True)
class WordsCondition:
    """The record has all these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearCondition:
    """The record is one of these."""

    records: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Along:
    """The part holds for one of the records that lie there, and that the asker may see."""

    hop: Hop
    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no parts it is true of every record."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = (
    "TextCondition | SetCondition | NumberCondition | ConfidenceCondition | TimeCondition | KnownCondition"
    " | WordsCondition | NearCondition | Along | AllOf | AnyOf | Negation"
)
