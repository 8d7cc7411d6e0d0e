"""What decides who sees what: modules that are changed, tests that must notice, and changes that change nothing."""

from __future__ import annotations

from dataclasses import dataclass

_RULES = ("embargo", "export_control", "invitation", "open_tier", "project_member", "shared_tier", "token_acts")
_ACCESS = ("tests/access/test_histories.py", "tests/access/test_verdict.py", "tests/access/test_rules.py")
_RELEASES = ("tests/operations/test_export_control.py",)


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
    Target("kiban.access.seen_before", ("tests/access/test_seen_before.py",)),
    Target("kiban.access.release", ("tests/access/test_release.py", *_RELEASES)),
    Target("kiban.operations.export_gate", _RELEASES),
    Target("kiban.operations.releases", _RELEASES),
    Target("kiban.operations.judge_export", _RELEASES),
)

_WHERE_SHARED = "A scope has an agreement exactly where its tier is shared: Scope.__post_init__ sees to it."
_HAS_ACCEPTED = "Only participants that hold are looked at, and they have accepted."
_NO_NONE = "Nothing is kept under None in a mapping by identifier."
SAME: dict[tuple[str, str], str] = {
    (
        "kiban.access.seen_before",
        "if ends.scopes is not scopes: ends = self._ends = _Ends.of(scopes)"
        "  ->  if True: ends = self._ends = _Ends.of(scopes)",
    ): "The ends of embargoes are worked out each time, and are the same.",
    (
        "kiban.access.seen_before",
        "{'at', 'address', 'project', 'token_project', 'token_ends', _BY_IDENTITY}"
        "  ->  {'at', 'address', 'project', 'token_project', 'token_ends'}",
    ): "The release table is compared by itself anyway; in the key as well it costs time and changes no answer.",
    (
        "kiban.access.rules.embargo",
        "asker.invitations.get(scope.invitation) if scope.invitation is not None else None"
        "  ->  asker.invitations.get(scope.invitation)",
    ): _NO_NONE,
    (
        "kiban.access.rules.invitation",
        "asker.invitations.get(scope.invitation) if scope.invitation else None"
        "  ->  asker.invitations.get(scope.invitation)",
    ): _NO_NONE,
    (
        "kiban.access.asker_of",
        "directory.organisations.get(person.organisation) if person.organisation else None"
        "  ->  directory.organisations.get(person.organisation)",
    ): _NO_NONE,
    ("kiban.access.asker_of", "each.accepted_at or each.since  ->  each.accepted_at"): _HAS_ACCEPTED,
    ("kiban.access.asker_of", "for end in ends if end is not None  ->  for end in ends if True"): (
        "Where there is none among the ends, it has been said already that there is no end."
    ),
    (
        "kiban.records.parties.directory",
        "{person.organisation} if person.organisation else set()  ->  {person.organisation}",
    ): "Nothing is ever given to the party None.",
    **{
        ("kiban.access.rules.shared_tier", f"scope.tier is not Tier.SHARED or scope.agreement is None  ->  {other}"): (
            _WHERE_SHARED
        )
        for other in (
            "scope.tier is not Tier.SHARED and scope.agreement is None",
            "scope.agreement is None",
            "scope.tier is not Tier.SHARED",
        )
    },
    (
        "kiban.access.rules.shared_tier",
        "if scope.tier is not Tier.SHARED or scope.agreement is None: return None  ->  if False: return None",
    ): _WHERE_SHARED,
    (
        "kiban.access.rules.token_acts",
        "if refused is None: refused = EVERY_RIGHT.difference(*(_RIGHTS[act] for act in asker.acts))"
        "  ->  if True: refused = EVERY_RIGHT.difference(*(_RIGHTS[act] for act in asker.acts))",
    ): "What is looked up is what would be worked out.",
    (
        "kiban.access.rules.export_control",
        "if (row := rows.get(key)) is None: facts = ReleaseFacts(export_class=scope.export_class, "
        "item=scope.export_...  ->  if (row := rows.get(key)) is None or True: facts = "
        "ReleaseFacts(export_class=scope.export_class, item=scope...",
    ): "What is looked up is what would be worked out.",
    (
        "kiban.access.asker_of",
        "if known is None: known = _asker(directory, granted, person, at, acts=acts, project=project) granted.rememb..."
        "  ->  if True: known = _asker(directory, granted, person, at, acts=acts, project=project) "
        "granted.remember(known,...",
    ): "What is remembered is what would be worked out.",
    (
        "kiban.operations.export_gate",
        "scope.closed_until or datetime.now(UTC)  ->  scope.closed_until",
    ): "What is open without an embargo is so at any moment.",
    (
        "kiban.operations.judge_export",
        "if wanted == scope: return scope  ->  if False: return scope",
    ): "The scope that is there is what the catalog gives for a scope like it.",
    ("kiban.access.who", "d.person.name if d.person else ''  ->  ''"): "They come in order of their names already.",
    ("kiban.access.who", "directory.name_of(o) if o else ''  ->  directory.name_of(o)"): (
        "People of no organisation come last whatever it is called."
    ),
    ("kiban.records.scope", "False  ->  True"): "Address and rule say who asks, not what may be seen.",
    (
        "kiban.records.scope",
        "given is None or given == self.numbers  ->  given is None",
    ): "The same set is taken twice.",
    (
        "kiban.records.scope",
        "given <= self.numbers  ->  given < self.numbers",
    ): "What lies within a set is not cut by it.",
    (
        "kiban.records.scope",
        "if not given <= self.numbers: object.__setattr__(self, name, given & self.numbers)"
        "  ->  if True: object.__setattr__(self, name, given & self.numbers)",
    ): "What lies within a set is not cut by it.",
}
"""Changes that nobody can tell from the code as it is, by module and change, with the reason."""
