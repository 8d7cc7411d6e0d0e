"""A record as the catalog keeps it: one version of one noun, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from kiban.errors import InvalidValue


class RecordKind(StrEnum):
    """The nouns that are kept as records."""

    PROJECT = "project"
    SAMPLE = "sample"
    MEASUREMENT = "measurement"
    PROCESS = "process"
    DATASET = "dataset"
    CAMPAIGN = "campaign"
    TEMPLATE = "template"
    TERM = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One version of one noun.

    Parameters
    ----------
    id : UUID
        Version 7; the same for all versions.
    pid : str
        The short identifier people use; the same for all versions.
    version : int
        From 1. A change adds the next; a deletion is a version with `deleted` set.
    key : str, optional
        What makes it the same thing when it is deposited again, unique among a project's records of one kind: for a
        measurement the checksum of its file and the number of the reading, for a sample its name.
    sample : UUID, optional
        The sample a measurement was made on; for a sample itself its own id.
    document : mapping
        The noun as JSON; `kiban.records.measurement` and `kiban.records.sample` say what it holds.
    """

    id: UUID
    pid: str
    kind: RecordKind
    version: int = 1
    title: str
    project: UUID
    owner: str
    scope: int
    key: str | None = None
    sample: UUID | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime
    created_by: str
    deleted: bool = False

    def __post_init__(self) -> None:
        if self.version < 1:
            raise InvalidValue(f"Version {self.version} was given.", mend="Versions count from 1.")
        if not self.title.strip():
            raise InvalidValue("A record needs a title.", mend="Give it the name of the sample or the file.")
        if self.created_at.tzinfo is None:
            raise InvalidValue("A record's time came without a zone.", mend="Give it in UTC.")
