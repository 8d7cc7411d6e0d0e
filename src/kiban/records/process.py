"""What was done to samples: as it was meant, and as it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.rights.rights import Rights
from kiban.records.template_use import TemplateUse


class ProcessState(StrEnum):
    """How far a process has come."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One treatment. The samples that went in and came out hang on it as links.

    Parameters
    ----------
    name : str
        As the laboratory calls this run.
    template : TemplateUse, optional
        The structure of `meant` and `done`.
    meant : mapping
        The parameters as they were set, by the template's keys.
    done : mapping
        The parameters as they turned out: read off the display or a log. Fields that nobody read stay away.
    started_at, ended_at : str, optional
        ISO 8601.
    equipment : str
        The furnace, mill or chamber; a name or an identifier.
    rights : Rights, optional
        Its own; where it has none, those of its project count.
    """

    name: str
    description: str = ""
    template: TemplateUse | None = None
    state: ProcessState = ProcessState.DONE
    meant: Mapping[str, Any] = field(default_factory=dict)
    done: Mapping[str, Any] = field(default_factory=dict)
    started_at: str | None = None
    ended_at: str | None = None
    operator: str = ""
    equipment: str = ""
    rights: Rights | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValue("A process needs a name.", mend="Give the name of the run, as in the laboratory book.")
        if (self.meant or self.done) and self.template is None:
            raise InvalidValue(
                f"The process {self.name} has parameters and no template.", mend="Name the template they belong to."
            )
        if self.state is ProcessState.PLANNED and self.done:
            raise InvalidValue(
                f"The process {self.name} is planned and has parameters as done.",
                mend="Say that it runs or is done, or give the parameters as meant.",
            )
        start, end = (moment_of(text) for text in (self.started_at, self.ended_at))
        if start is not None and end is not None and (start.tzinfo is None) == (end.tzinfo is None) and end < start:
            raise InvalidValue(f"The process {self.name} ends before it starts.", mend="Exchange the times.")


def moment_of(text: str | None) -> datetime | None:
    """Read when a process began or ended; `None` where that is not said. Raises InvalidValue."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"'{text[:60]}' is not a time.", mend="Write it like 2026-11-26T09:30+09:00.") from None
