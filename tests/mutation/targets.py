"""What decides who sees what: modules that are changed, tests that must notice, and changes that change nothing."""

from __future__ import annotations

from dataclasses import dataclass

_RULES = ("embargo", "export_control", "invitation", "open_tier", "project_member", "shared_tier", "token_acts")
_ACCESS = ("tests/access/test_histories.py", "tests/access/test_verdict.py", "tests/access/test_rules.py")


@dataclass(frozen=True)
class Target:
    """A module, or some functions and names of it."""

    module: str
    tests: tuple[str, ...]
    only: frozenset[str] | None = None


TARGETS = (
    *(Target(f"kiban.access.rules.{rule}", _ACCESS) for rule in _RULES),
    Target("kiban.access.verdict", _ACCESS, frozenset({"Judgement", "weigh", "judge", "rights", "visible"})),
    Target("kiban.access.asker_of", ("tests/access/test_histories.py", "tests/access/test_asker_of.py")),
    Target("kiban.access.who", ("tests/access/test_who.py",)),
    Target(
        "kiban.records.parties.right",
        ("tests/access/test_rights.py", *_ACCESS),
        frozenset({"READING", "with_implied", "Role"}),
    ),
    Target(
        "kiban.records.parties.terms",
        ("tests/access/test_rights.py", "tests/access/test_asker_of.py", "tests/access/test_histories.py"),
        frozenset({"RoleGrant.holds_at", "Project.role_of", "Participant", "Agreement.holds_at", "Guest"}),
    ),
    Target("kiban.records.parties.people", ("tests/access/test_asker_of.py",), frozenset({"Person.acts_at"})),
    Target("kiban.records.parties.directory", ("tests/access/test_asker_of.py",), frozenset({"Directory.parties_of"})),
    Target(
        "kiban.records.parties.export_control",
        ("tests/access/test_export_table.py",),
        frozenset({"ReleaseRow", "ReleaseTable", "CAUTIOUS", "_NO_ROW"}),
    ),
    Target(
        "kiban.records.scope",
        ("tests/access/test_rights.py", "tests/access/test_rules.py", "tests/access/test_verdict.py"),
        frozenset({"Scope.is_embargoed_at", "Scope.__post_init__", "Visible", "bits"}),
    ),
    Target(
        "kiban.records.party", ("tests/access/test_rights.py",), frozenset({"Asker.has_role", "ANONYMOUS", "EVERY_ACT"})
    ),
    Target(
        "kiban.operations.resources",
        ("tests/access/test_rights.py",),
        frozenset({"Resources.visible", "Resources.project_of", "may_act", "require_act", "_NEEDS", "_NOTHING"}),
    ),
)

SAME: dict[tuple[str, str], str] = {}
"""Changes that nobody can tell from the code as it is, by module and change, with the reason."""
