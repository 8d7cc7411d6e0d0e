"""One line of the audit log: who did what, when, from where, under which rule. It never holds a record's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiban.errors import InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What was done, refused or decided.

    Parameters
    ----------
    actor : str
        The asker's `party`.
    act : str
        A verb with its object: `read record`, `deposited`, `logged in`, `refused login`, `changed tier`.
    subject : str
        What it was done to: a short identifier, a checksum, a login name; empty where there is none.
    scope : int, optional
        The scope of the record it was done to.
    scopes : tuple of int
        All scopes that it touched, where they are several: of the records that an answer was made of. `scope` is one of
        them where there is only one.
    rule : str
        The access rule that allowed or refused it.
    address : str
        Where the asker was: a network address, or `terminal`.
    details : mapping
        What helps to understand it later, as JSON: names and counts, no contents and no secrets.
    """

    at: datetime
    actor: str
    act: str
    subject: str = ""
    scope: int | None = None
    scopes: tuple[int, ...] = ()
    rule: str = ""
    address: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidValue("The time of an audit entry came without a zone.", mend="Give it in UTC.")
        if not self.act:
            raise InvalidValue("An audit entry does not say what was done.", mend="Give a verb.")
        scopes = self.scopes if self.scope is None else (self.scope, *self.scopes)
        object.__setattr__(self, "scopes", tuple(sorted(set(scopes))))
        object.__setattr__(self, "scope", self.scopes[0] if len(self.scopes) == 1 else None)
