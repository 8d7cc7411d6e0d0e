"""The rules together: what may this asker do with records of that scope, and why?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol, cast

from kiban import plugins
from kiban.records.parties.right import NO_RIGHTS, READING, Right
from kiban.records.party import Asker
from kiban.records.scope import Scope, Visible

EVERY_RIGHT: frozenset[Right] = frozenset(Right)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, with a reason that can be read out to a person.

    Parameters
    ----------
    rights : frozenset of Right
        What it allows, or refuses.
    until : datetime, optional
        When that ends by itself.
    details : mapping
        What the reason names (`role`, `through`, `row`), for pages that say it in another language.
    """

    allowed: bool
    reason: str
    rights: frozenset[Right] = READING
    until: datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class Rule(Protocol):
    """One rule. `None` where it has nothing to say of the scope.

    A rule with the attribute `is_steady = True` promises that of the time (`asker.at`) it asks one thing only, whether
    the scope's embargo holds (`scope.is_embargoed_at`), and nothing of where the asker asks from or works (`address`,
    `project`). While all rules are steady, what an asker may see is worked out again when the rest of the asker, the
    scopes or an embargo has changed; otherwise at each request.
    """

    name: str

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """Judge one asker and one scope; never anything else, so that verdict and filter agree by construction."""
        ...


@dataclass(frozen=True)
class Judgement:
    """What all rules say of one asker and one scope: each verdict with the name of its rule."""

    permissions: tuple[tuple[str, Verdict], ...]
    refusals: tuple[tuple[str, Verdict], ...]

    @cached_property
    def rights(self) -> frozenset[Right]:
        """What remains: a refusal wins over any permission."""
        given = frozenset[Right]().union(*(verdict.rights for _, verdict in self.permissions))
        return given.difference(*(verdict.rights for _, verdict in self.refusals))

    @property
    def deciding(self) -> tuple[tuple[str, Verdict], ...]:
        """The verdicts that a person is told: the permissions that stand, or the refusals, or none."""
        return self.permissions if self.rights else self.refusals


def rules() -> tuple[Rule, ...]:
    """All rules that are installed. Raises BrokenPlugin where one of them cannot be used: it might have refused."""
    return cast(tuple[Rule, ...], plugins.find("kiban.access.rules", "RULE", check=_lacks, all_needed=True))


def _lacks(rule: object) -> str | None:
    return plugins.lacks(rule, "name", "judge")


def weigh(asker: Asker, scope: Scope) -> Judgement:
    """Ask every rule. Where none speaks, nothing is allowed."""
    verdicts = [(rule.name, verdict) for rule in rules() if (verdict := rule.judge(asker, scope)) is not None]
    return Judgement(
        tuple(each for each in verdicts if each[1].allowed), tuple(each for each in verdicts if not each[1].allowed)
    )


def judge(asker: Asker, scope: Scope, right: Right = Right.METADATA) -> Verdict:
    """May the asker do this with records of the scope, and why?"""
    judgement = weigh(asker, scope)
    refusal = next((v for _, v in judgement.refusals if right in v.rights), None)
    permission = next((v for _, v in judgement.permissions if right in v.rights), None)
    return refusal or permission or Verdict(False, "No rule gives access to it.", frozenset({right}))


def rule_giving(asker: Asker, scope: Scope, right: Right) -> str:
    """The name of the rule that gives the asker the right, for the audit log; empty where none does."""
    permissions = weigh(asker, scope).permissions
    return next((name for name, verdict in permissions if right in verdict.rights), "")


def rights(asker: Asker, scope: Scope) -> frozenset[Right]:
    """All that the asker may do with records of the scope."""
    return _held([rule.judge for rule in rules()], asker, scope)


def _held(judges: Iterable[Callable[[Asker, Scope], Verdict | None]], asker: Asker, scope: Scope) -> frozenset[Right]:
    given = refused = NO_RIGHTS
    for judge_it in judges:
        if (verdict := judge_it(asker, scope)) is not None:
            if verdict.allowed:
                given |= verdict.rights
            else:
                refused |= verdict.rights
    return given - refused


def visible(asker: Asker, scopes: Iterable[Scope], right: Right = Right.METADATA) -> Visible:
    """Work out what the asker may do in each scope: the filter of every search, count and export.

    Parameters
    ----------
    right : Right
        What the answer is for: only scopes are in it in which the asker has this right. With `EXISTS` or `JOINT` no
        values are visible.
    """
    numbers, data, writable = set(), set(), set()
    judges = [rule.judge for rule in rules()]
    for scope in scopes:
        held = _held(judges, asker, scope)
        if right in held:
            numbers.add(scope.number)
            if Right.DATA in held and right not in {Right.EXISTS, Right.JOINT}:
                data.add(scope.number)
            if Right.WRITE in held:
                writable.add(scope.number)
    return Visible(frozenset(numbers), frozenset(data), frozenset(writable))
