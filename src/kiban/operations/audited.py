"""Writing down in the audit log what was done: what all deeds share.

Deeds that write say so by their events. Deeds that only read are marked with `@reads`, and say with `saw` what they
came upon: one line is written at the end, unless all of it is open to everybody. Deeds inside of others add to the line
of the outermost, so that a request for fifty records is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from kiban.operations.resources import Resources
from kiban.records.audit_entry import AuditEntry
from kiban.records.file_entry import FileEntry
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record
from kiban.records.scope import Tier, having_numbers

P = ParamSpec("P")
T = TypeVar("T")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class _Ledger:
    """What the outermost deed of a call has come upon so far."""

    scopes: set[int] = field(default_factory=set)
    subject: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    depth: int = 0


_LEDGER: ContextVar[_Ledger | None] = ContextVar("ledger", default=None)


def reads(
    act: str, *, at_one_moment: bool = False
) -> Callable[[Callable[Concatenate[Asker, Resources, P], T]], Callable[Concatenate[Asker, Resources, P], T]]:
    """Have a deed that reads leave a line of this act.

    The line does not wait for the disk. Where it cannot be written at all, nothing is given away: the deed raises
    DatabaseUnavailable or DiskFull.

    Parameters
    ----------
    at_one_moment : bool
        The deed is soon over: it rests on one state of the scopes, which is asked for once
        (`Resources.at_one_moment`).
    """

    def marked(deed: Callable[Concatenate[Asker, Resources, P], T]) -> Callable[Concatenate[Asker, Resources, P], T]:
        @wraps(deed)
        def noted(asker: Asker, resources: Resources, /, *args: P.args, **kwargs: P.kwargs) -> T:
            resources = resources.at_one_moment() if at_one_moment else resources
            outer = _LEDGER.get()
            if outer is not None:
                outer.depth += 1
                try:
                    return deed(asker, resources, *args, **kwargs)
                finally:
                    outer.depth -= 1
            ledger = _Ledger()
            token = _LEDGER.set(ledger)
            try:
                found = deed(asker, resources, *args, **kwargs)
            finally:
                _LEDGER.reset(token)
            _note_read(asker, resources, act, ledger)
            return found

        noted.audited_as = act  # type: ignore[attr-defined]  # a test looks for it
        return noted

    return marked


def saw(
    *found: Record | FileEntry,
    scopes: Iterable[int] = (),
    subject: str = "",
    details: Mapping[str, Any] = NOTHING,
    **more: Any,
) -> None:
    """Say what a deed has come upon: records and files, or the scopes of what there are too many of.

    Parameters
    ----------
    subject : str
        The short identifier or checksum of the one thing that was read.
    details, more
        Numbers, and the question that was asked; no contents.
    """
    ledger = _LEDGER.get()
    if ledger is None:
        return
    ledger.scopes.update(scopes, (each.scope for each in found))
    if ledger.depth == 0:
        ledger.subject = subject or ledger.subject
        ledger.details |= {**details, **more}


def _note_read(asker: Asker, resources: Resources, act: str, ledger: _Ledger) -> None:
    if not ledger.scopes:
        return
    scopes = resources.scopes()
    kept_back = [
        scope
        for scope in having_numbers(scopes, ledger.scopes)
        if scope.tier is not Tier.OPEN or scope.is_embargoed_at(asker.at)
    ]
    if not kept_back:
        return
    rules = resources.seen.rules_giving(asker, scopes, kept_back, Right.METADATA)
    line = AuditEntry(
        at=asker.at,
        actor=asker.party,
        act=act,
        subject=ledger.subject,
        scopes=tuple(scope.number for scope in kept_back),
        rule=", ".join(sorted(name or "none" for name in rules)),
        address=asker.address,
        details=ledger.details,
    )
    resources.audit.append([line], relaxed=True)


def note(
    asker: Asker,
    resources: Resources,
    act: str,
    *,
    subject: str = "",
    scope: int | None = None,
    rule: str = "",
    **details: Any,
) -> None:
    """Write down one deed of the asker's. Raises DatabaseUnavailable, DiskFull: then it has not been written down."""
    resources.audit.append([entry(asker, act, subject=subject, scope=scope, rule=rule, **details)])


def entry(
    asker: Asker, act: str, *, subject: str = "", scope: int | None = None, rule: str = "", **details: Any
) -> AuditEntry:
    """One line, for deeds that write several, or write them together with something else."""
    return AuditEntry(
        at=asker.at,
        actor=asker.party,
        act=act,
        subject=subject,
        scope=scope,
        rule=rule,
        address=asker.address,
        details=details,
    )
