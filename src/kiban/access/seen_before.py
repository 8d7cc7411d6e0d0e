"""Remembering what an asker may see, for as long as nothing has changed that decides it.

Everything that steady rules look at is part of the question: the asker with its roles, agreements and invitations as
they are at this moment, the release table, the scopes, and the rules themselves. Roles and memberships that begin or
end by themselves have changed the asker by then; of embargoes an answer holds from one end to the next.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from kiban.access.verdict import Rule, rule_giving, rules, visible
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.scope import Scope, Visible

_REMEMBERED = 256
"""Askers, about as many as work at the same time."""
_FROZEN = 3 * _REMEMBERED
"""An asker has roles, agreements and invitations."""
_BY_IDENTITY = "releases"


class SeenBefore:
    """`kiban.access.verdict.visible`, with a memory. Safe to use from several threads."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._frozen: dict[int, tuple[object, Hashable]] = {}
        self._ends = _Ends()

    def visible(self, asker: Asker, scopes: tuple[Scope, ...], right: Right) -> Visible:
        """See `kiban.access.verdict.visible`. Scopes that have not changed should come as the same tuple."""
        known = self._known(asker, scopes, right)
        return visible(asker, scopes, right) if known is None else known.answer

    def rules_giving(
        self, asker: Asker, scopes: tuple[Scope, ...], some: Iterable[Scope], right: Right
    ) -> frozenset[str]:
        """The rules by which the asker has the right in some of the scopes, each as `verdict.rule_giving` has it."""
        known = self._known(asker, scopes, right)
        if known is None:
            return frozenset(rule_giving(asker, scope, right) for scope in some)
        names = set[str]()
        for scope in some:
            name = known.names.get(scope.number)
            if name is None:
                name = known.names[scope.number] = rule_giving(asker, scope, right)
            names.add(name)
        return frozenset(names)

    def _known(self, asker: Asker, scopes: tuple[Scope, ...], right: Right) -> _Answer | None:
        """What is remembered, or worked out now; `None` where nothing may be remembered."""
        asked = rules()
        if not all(getattr(rule, "is_steady", False) for rule in asked):
            return None
        ends = self._ends
        if ends.scopes is not scopes:
            ends = self._ends = _Ends.of(scopes)
        span = bisect_right(ends.moments, asker.at)
        key = (right, span, *map(self._hashable, _what_decides(asker)))
        with self._mutex:
            known = self._answers.get(key)
            if known is not None and known.holds(asker, scopes, asked):
                self._answers.move_to_end(key)
                return known
        known = _Answer(visible(asker, scopes, right), asker.releases, scopes, asked)
        with self._mutex:
            self._answers[key] = known
            self._answers.move_to_end(key)
            while len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return known

    def _hashable(self, value: Any) -> Hashable:
        """What stands for it in a key. Roles in a thousand projects are gone through once, not for each question: the
        asker of the next request has the same mapping, if nothing has changed (`kiban.access.granted`)."""
        if not isinstance(value, Mapping):
            known: Hashable = value
            return known
        before = self._frozen.get(id(value))
        # Held here, so that no other mapping has the same number.
        if before is not None and before[0] is value:
            return before[1]
        frozen = frozenset(value.items())
        with self._mutex:
            if len(self._frozen) >= _FROZEN:
                self._frozen.clear()
            self._frozen[id(value)] = value, frozen
        return frozen


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, and what it was given for, as far as that is compared by identity: as long as it is held here, nothing
    else has the same one."""

    answer: Visible
    releases: object
    scopes: tuple[Scope, ...]
    rules: tuple[Rule, ...]
    names: dict[int, str] = field(default_factory=dict)
    """By the number of a scope, the rule that gives the right there, as far as that was asked for."""

    def holds(self, asker: Asker, scopes: tuple[Scope, ...], asked: tuple[Rule, ...]) -> bool:
        """Say whether it still holds for an asker with the same key."""
        return self.scopes is scopes and self.releases is asker.releases and self.rules == asked


@dataclass(frozen=True, slots=True)
class _Ends:
    """The ends of all embargoes, in order."""

    scopes: tuple[Scope, ...] = ()
    moments: list[datetime] = field(default_factory=list)

    @classmethod
    def of(cls, scopes: tuple[Scope, ...]) -> _Ends:
        """Of these scopes."""
        return cls(scopes, sorted({scope.closed_until for scope in scopes if scope.closed_until is not None}))


def _what_decides(asker: Asker) -> tuple[Any, ...]:
    """All that steady rules may look at in an asker, but for the moment and the release table."""
    return tuple(getattr(asker, name) for name in _FIELDS)


_DECIDES_NOTHING = {"at", "address", "project", "token_project", "token_ends", _BY_IDENTITY}
_FIELDS = tuple(f.name for f in fields(Asker) if f.name not in _DECIDES_NOTHING)
