"""What a driver of a laboratory is.

A driver is a module of this folder that ends in `DRIVER = ...`, or an entry point in the group `kiban.laboratory`. It
knows how one kind of laboratory is spoken to: a robot, an instrument computer that exchanges files, a simulation. It
knows nothing of campaigns, catalogs and access. It gives a `Laboratory`, to which experiments are given as submissions.

A submission has an identity that does not depend on who gives it or when. What a laboratory has to promise is that the
same identity is never done twice: whoever gave it may have crashed before being told, and gives it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from kiban.errors import InvalidValue
from kiban.quantity.measured import Measured

IDENTITY = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}-[1-9][0-9]{0,5}-[1-9][0-9]{0,3}")
"""How identities are written; they can be names of files."""
LARGEST_FILE_BYTES = 1 << 30
_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One attempt at one experiment.

    Parameters
    ----------
    campaign : str
        Short identifier of the campaign: `kb:7Q4M-2KXD-98`.
    number, attempt : int
        Of the experiment in the campaign, and of the attempt at it, both from 1.
    point : mapping
        What to set: numbers in `units`, or words.
    units : mapping of str to str
        By parameter; plain numbers and words have none.
    outcomes : mapping of str to str
        What is to be measured, and in which unit it is asked for.
    """

    campaign: str
    number: int
    attempt: int = 1
    point: Mapping[str, float | str]
    units: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in ("point", "units", "outcomes"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        check_identity(self.identity)

    @property
    def identity(self) -> str:
        """The same for the same attempt, whoever gives it: `7Q4M-2KXD-98-3-1`."""
        return identity_of(self.campaign, self.number, self.attempt)


def identity_of(campaign: str, number: int, attempt: int) -> str:
    """The identity of a submission."""
    return f"{campaign.removeprefix('kb:')}-{number}-{attempt}"


def check_identity(identity: str) -> str:
    """Give it back if it is one. Raises InvalidValue: it may be part of a path."""
    if not IDENTITY.fullmatch(identity):
        raise InvalidValue(
            f"'{identity[:60]}' is no identity of a submission.",
            mend="It is a campaign's identifier without kb:, the experiment's number and the attempt's: "
            "7Q4M-2KXD-98-3-1.",
        )
    return identity


class Standing(StrEnum):
    """How far a submission has come."""

    UNKNOWN = "unknown"
    """The laboratory was never given it."""
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    """There is a result, good or bad."""
    CANCELLED = "cancelled"
    """It was broken off, and no result will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A file with what was measured, as the instrument wrote it."""

    name: str
    content: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in {".", ".."}:
            raise InvalidValue(f"A result came in a file '{self.name[:80]}'.", mend="Give a plain name, without path.")
        if not 0 < len(self.content) <= LARGEST_FILE_BYTES:
            raise InvalidValue(
                f"The result {self.name[:80]} has {len(self.content)} bytes.",
                mend=f"1 to {LARGEST_FILE_BYTES} are kept.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is nothing measured.

    Parameters
    ----------
    reason : str
        For people.
    is_of_point : bool
        Whether it would happen again at this point: what was asked for cannot be made or measured. Else the laboratory
        was in trouble, nothing is learnt of the point, and it may be tried again.
    """

    reason: str
    is_of_point: bool = True

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidValue("A failure came without a reason.", mend="Say in a few words what went wrong.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a submission: values, or a file that says them, or a failure; one of the three.

    Parameters
    ----------
    values : mapping of str to Measured
        By outcome, each with its unit.
    cost, hours : float, optional
        What it really took.
    note : str
        For people.
    """

    values: Mapping[str, Measured] = field(default_factory=dict)
    file: ResultFile | None = None
    failure: Failure | None = None
    cost: float | None = None
    hours: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        if (bool(self.values), self.file is not None, self.failure is not None).count(True) != 1:
            raise InvalidValue(
                "A result is neither values, nor a file, nor a failure, or more than one of them.",
                mend="Give one: what was measured, the file that says it, or why there is nothing.",
            )


class Laboratory(Protocol):
    """One laboratory, ready to be given experiments. Every call may raise NotReached; it is made again later.

    `cancel` is called from another thread, while the first may be in a call of its own.
    """

    def submit(self, submission: Submission) -> None:
        """Begin with it. What has the same identity was given before: it is left as it is, whatever became of it."""
        ...

    def status(self, identity: str) -> Standing:
        """How far it has come; also in another process than the one that gave it."""
        ...

    def result(self, identity: str) -> Result:
        """What came of it; the same however often it is asked for.

        Raises
        ------
        IllegalMove
            If it is not done.
        InvalidValue
            If what the laboratory gave is no result; the fault says what is wrong with it.
        """
        ...

    def cancel(self, identity: str) -> None:
        """Break it off, within a second. What is done, cancelled or unknown already is left as it is."""
        ...


@runtime_checkable
class Driver(Protocol):
    """Knows how one kind of laboratory is spoken to."""

    name: str
    """The module's name: `folder`."""
    version: int
    title: str
    settings: tuple[str, ...]
    """Names of what `connect` can be told."""

    def connect(self, settings: Mapping[str, Any], *, folder: Path) -> Laboratory:
        """Give the laboratory that the settings tell of.

        Parameters
        ----------
        settings : mapping
            As they stand in a file.
        folder : Path
            What paths in the settings begin at.

        Raises
        ------
        InvalidSetting
            If a setting is missing, unknown or cannot be used.
        """
        ...
