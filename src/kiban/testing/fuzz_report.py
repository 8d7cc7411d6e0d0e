"""What came of damaged inputs: one by one, and added up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What a reader made of an input."""

    READ = "read"
    REFUSED = "refused"
    FAULT = "fault"
    """Another exception, unsound Readings, a refusal without a word, too much time."""
    CRASHED = "crashed"
    """The process ended, or hung where no exception reaches it: a library did that."""
    NOT_MADE = "not_made"
    """The process ended while the damage was done, before the reader saw anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a reader made of one input."""

    number: int
    fate: Fate
    what: str = ""
    """Of a refusal the name of the error, of a fault or crash what came and where."""
    is_claimed: bool = False
    seconds: float = 0.0
    memory_mb: float = 0.0
    """The most that the process ever took until then."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a reader made of its inputs."""

    reader: str
    seed: int = 1
    first: int = 0
    """The number of the first input."""
    n: int = 0
    claimed: int = 0
    """As many the reader recognised as its own."""
    read: int = 0
    refused: int = 0
    crashed: int = 0
    not_made: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    """By the name of the error."""
    faults: dict[str, int] = field(default_factory=dict)
    """What came instead of Readings or a refusal, and where; how many inputs show it."""
    crashes: dict[str, int] = field(default_factory=dict)
    """The same of inputs that ended the process."""
    first_inputs: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the first inputs that show each fault or crash."""
    slowest_s: float = 0.0
    memory_mb: float = 0.0
    seconds: float = 0.0

    @property
    def n_faults(self) -> int:
        """Inputs that show a fault; crashes are counted by themselves."""
        return sum(self.faults.values())

    def add(self, outcome: Outcome) -> bool:
        """Count an input; true where it is one of the first three with its fault or crash."""
        self.n += 1
        self.claimed += outcome.is_claimed
        self.slowest_s = max(self.slowest_s, outcome.seconds)
        self.memory_mb = max(self.memory_mb, outcome.memory_mb)
        match outcome.fate:
            case Fate.READ:
                self.read += 1
            case Fate.REFUSED:
                self.refused += 1
                self.refusals[outcome.what] = self.refusals.get(outcome.what, 0) + 1
            case Fate.FAULT:
                self.faults[outcome.what] = self.faults.get(outcome.what, 0) + 1
            case Fate.CRASHED:
                self.crashed += 1
                self.crashes[outcome.what] = self.crashes.get(outcome.what, 0) + 1
            case Fate.NOT_MADE:
                self.not_made += 1
        if outcome.fate not in {Fate.FAULT, Fate.CRASHED}:
            return False
        numbers = self.first_inputs.setdefault(outcome.what, [])
        if len(numbers) < 3:
            numbers.append(outcome.number)
            return True
        return False

    def as_text(self) -> str:
        """A few lines for people."""
        refusals = ", ".join(f"{name} {n}" for name, n in Counter(self.refusals).most_common())
        lines = [
            f"{self.reader}: {self.n} inputs in {self.seconds:.0f} s, {self.claimed} of them recognised",
            f"  read     {self.read}",
            f"  refused  {self.refused}  ({refusals or 'none'})",
            f"  faults   {self.n_faults}",
            f"  crashed  {self.crashed}",
            f"  slowest  {self.slowest_s:.2f} s, most memory {self.memory_mb:.0f} MB",
        ]
        if self.not_made:
            lines.append(f"  not made {self.not_made}: the library that damages them crashed")
        for what, n in sorted([*self.faults.items(), *self.crashes.items()], key=lambda item: -item[1]):
            lines.append(f"  ! {n} × {what}  (inputs {', '.join(map(str, self.first_inputs[what]))})")
        return "\n".join(lines)
