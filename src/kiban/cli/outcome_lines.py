"""What became of a file, as a line of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.operations.deposit_outcome import Outcome

_MARKS = {"structured": "+", "kept": "·", "quarantined": "!", "failed": "x"}


def print_outcome(outcome: Outcome) -> None:
    """Print the file and, where it is an archive, the files inside."""
    again = " (already there)" if outcome.already_there else ""
    found = f"{outcome.measurement} {outcome.technique}{again}" if outcome.measurement else outcome.reason
    print(f"{_MARKS[outcome.status]} {outcome.path}  {found}", flush=True)
    if outcome.stays:
        print(f"    {outcome.stays}")
    if outcome.linked_by and not outcome.already_there:
        print(f"    sample {outcome.sample or '?'}: {outcome.linked_by}")
    if outcome.candidates:
        print(f"    sample? {', '.join(outcome.candidates)}: choose one with kiban confirm")
    for member in outcome.members:
        print_outcome(member)
