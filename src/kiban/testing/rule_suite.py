"""What every access rule must pass, whatever it says.

class TestMyRule(RuleSuite):
    def make_rule(self):
        return RULE
"""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings

from kiban.access import verdict
from kiban.access.verdict import Rule, Verdict, judge, rights, visible, weigh
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.scope import Scope
from kiban.testing.access_strategies import askers, scopes

# The rule is the same for all examples.
_LENIENT = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)


class RuleSuite:
    """The contract of a rule: `kiban.access.verdict.Rule`."""

    def make_rule(self) -> Rule:
        """Make the rule to be tested."""
        raise NotImplementedError

    def test_it_has_a_name(self) -> None:
        """Pages and the audit log name the rule that decided."""
        assert self.make_rule().name.isidentifier()

    @given(asker=askers(), scope=scopes())
    @_LENIENT
    def test_it_says_nothing_or_says_why(self, asker: Asker, scope: Scope) -> None:
        """A verdict speaks of some rights, with a reason for a person, and ends later than now if it ends."""
        said = self.make_rule().judge(asker, scope)
        if said is None:
            return
        assert isinstance(said, Verdict)
        assert said.reason.strip().endswith(".")
        assert said.reason[0].isupper()
        assert said.rights or said.allowed, "it refuses nothing: say None"
        assert said.rights <= frozenset(Right)
        assert said.until is None or said.until > asker.at
        assert all(isinstance(key, str) and isinstance(text, str) for key, text in said.details.items())

    @given(asker=askers(), scope=scopes())
    @_LENIENT
    def test_it_says_the_same_again(self, asker: Asker, scope: Scope) -> None:
        """A verdict follows from asker and scope alone: what was worked out once holds for the whole request."""
        assert self.make_rule().judge(asker, scope) == self.make_rule().judge(asker, scope)

    @given(asker=askers(), scope=scopes())
    @_LENIENT
    def test_what_it_refuses_nobody_else_can_give(self, asker: Asker, scope: Scope) -> None:
        """Verdict, reasons and filter agree with it, whatever the other rules say and whoever speaks first."""
        rule = self.make_rule()
        said = rule.judge(asker, scope)
        others = tuple(other for other in verdict.rules() if other.name != rule.name)
        for order in ((rule, *others), (*others, rule)):
            with mock.patch.object(verdict, "rules", lambda order=order: order):
                held = rights(asker, scope)
                assert weigh(asker, scope).rights == held
                for right in Right:
                    assert judge(asker, scope, right).allowed == (right in held)
                    assert (scope.number in visible(asker, [scope], right)) == (right in held)
                if said is not None and not said.allowed:
                    assert held.isdisjoint(said.rights)
                if said is not None and said.allowed:
                    refused = [v.rights for each in others if (v := each.judge(asker, scope)) and not v.allowed]
                    assert held >= said.rights.difference(*refused)


def check_alone(rule: Rule, asker: Asker, scope: Scope, expected: frozenset[Right]) -> None:
    """Demand that the rule by itself gives exactly these rights."""
    said = rule.judge(asker, scope)
    given_rights = said.rights if said is not None and said.allowed else frozenset()
    if given_rights != expected:
        pytest.fail(f"{rule.name} gives {sorted(given_rights)} instead of {sorted(expected)} to {asker} on {scope}")
