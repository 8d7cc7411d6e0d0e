"""How far a deed has come that takes its time: told to whoever waits, while it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Phase(StrEnum):
    """What is being done."""

    READING = "reading"
    COMPARING = "comparing"
    """What is read is held against what is there."""
    WRITING = "writing"
    FINISHING = "finishing"
    """All is written, and kept together or not at all."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of so much; `total` is 0 where it is not known."""

    phase: Phase
    done: int = 0
    total: int = 0


Told: TypeAlias = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """Tell nobody."""
