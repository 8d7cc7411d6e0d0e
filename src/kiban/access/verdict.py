"""The rules together: may this asker see records of that scope, and why?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from kiban import plugins
from kiban.records.party import Asker
from kiban.records.scope import Scope, Visible


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, with a reason that can be read out to a person."""

    allowed: bool
    reason: str


class Rule(Protocol):
    """One rule. `None` where it has nothing to say of the scope."""

    name: str

    def judge(self, asker: Asker, scope: Scope) -> Verdict | None:
        """Judge one asker and one scope; never anything else, so that verdict and filter agree by construction."""
        ...


def rules() -> tuple[Rule, ...]:
    """All rules that are installed. Raises BrokenPlugin where one of them cannot be used: it might have refused."""
    return cast(tuple[Rule, ...], plugins.find("kiban.access.rules", "RULE", check=_lacks, all_needed=True))


def _lacks(rule: object) -> str | None:
    return plugins.lacks(rule, "name", "judge")


def judge(asker: Asker, scope: Scope) -> Verdict:
    """Ask every rule. A refusal wins over any permission; where no rule speaks, nothing is allowed."""
    verdicts = [verdict for rule in rules() if (verdict := rule.judge(asker, scope)) is not None]
    refusal = next((v for v in verdicts if not v.allowed), None)
    permission = next((v for v in verdicts if v.allowed), None)
    return refusal or permission or Verdict(False, "No rule gives access to it.")


def visible(asker: Asker, scopes: Iterable[Scope]) -> Visible:
    """Work out the set of scopes the asker may see: the filter of every search, count and export."""
    return Visible.of(scope for scope in scopes if judge(asker, scope).allowed)
