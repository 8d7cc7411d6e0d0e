"""What may be changed of a project, and by whom: the checks that all deeds on projects share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.directory_changes import change_directory, named, view_of
from kiban.operations.resources import Resources
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Project, RoleGrant
from kiban.records.party import Asker
from kiban.records.scope import Tier

POLICY = ("tier", "agreement", "allowed", "embargo_days")


def find_project(asker: Asker, resources: Resources, name: str) -> Project:
    """A project by its identifier or name, as far as the asker may know of it. Raises RecordNotFound, InvalidValue."""
    return named(view_of(asker, resources).projects, name, "name")


def change_project(
    asker: Asker,
    resources: Resources,
    project: UUID,
    make: Callable[[Project, Directory], Project],
    *,
    act: str,
    seen: int | None = None,
    **details: Any,
) -> Project:
    """Put the next version of a project in.

    Raises
    ------
    RecordNotFound
        If there is none that the asker may know of.
    Refused
        If the asker has no role that allows it.
    InvalidValue
        If nothing would change, or the last owner would go.
    Conflict
        If the project has been changed since it was looked at.
    """

    def entries(directory: Directory) -> tuple[Project, ...]:
        before = known_project(asker, directory, project)
        after = make(before, directory)
        check_change(asker, resources, directory, before, after)
        return (after,)

    changed = change_directory(asker, resources, entries, act=act, subject=project, seen=seen, **details)
    return changed.project(project)


def known_project(asker: Asker, directory: Directory, project: UUID) -> Project:
    """The project, where the asker may know that there is one. Raises RecordNotFound."""
    if project not in asker.roles and not asker.is_operator:
        raise RecordNotFound(str(project))
    return directory.project(project)


def check_change(asker: Asker, resources: Resources, directory: Directory, before: Project, after: Project) -> None:
    """See `change_project` for what is refused."""
    if after == before:
        raise InvalidValue(f"{before.name} would stay as it is.", mend="Change something, then save it.")
    is_steward = asker.has_role(before.id, Role.STEWARD)
    if not is_steward and not asker.is_operator and not _only_leaves(asker, before, after):
        raise Refused(
            f"Only stewards and owners of {before.name} may change it.", mend="Ask one of them; its page says who."
        )
    if any(getattr(before, name) != getattr(after, name) for name in POLICY):
        require_steward(asker, before, "decide who sees its records")
        check_policy(asker, directory, after)
    if not resources.operators_give_roles:
        _check_not_as_operator(asker, before, after)
    _check_grants(asker, before, after)


def require_steward(asker: Asker, project: Project, deed: str) -> None:
    """Refuse what only stewards and owners do. Raises Refused."""
    if not asker.has_role(project.id, Role.STEWARD):
        raise Refused(
            f"Only stewards and owners of {project.name} may {deed}.", mend="Ask one of them; its page says who."
        )


def check_policy(asker: Asker, directory: Directory, project: Project) -> None:
    """Refuse to share under an agreement that is not in force, or that is nothing to the project.

    Raises
    ------
    RecordNotFound
        If there is no such agreement that the asker may know of.
    InvalidValue
    """
    if project.tier is not Tier.SHARED:
        if project.agreement is not None:
            raise InvalidValue(
                f"An agreement was named for records that are {project.tier}.", mend="Name it for the shared tier only."
            )
        return
    agreement = directory.agreements.get(project.agreement) if project.agreement is not None else None
    if agreement is None or not (
        agreement.keeper == project.id
        or asker.has_role(agreement.keeper, Role.STEWARD)
        or agreement.id in asker.agreements
    ):
        raise RecordNotFound(str(project.agreement))
    if agreement.ends is not None and agreement.ends <= asker.at:
        raise InvalidValue(
            f"The agreement {agreement.name} ended on {agreement.ends:%Y-%m-%d}.",
            mend="Choose one that is in force, or make a new one.",
        )


def _only_leaves(asker: Asker, before: Project, after: Project) -> bool:
    """Whether all that changes is that the asker gives up its own roles."""
    kept = tuple(grant for grant in before.grants if grant.party != asker.id)
    unchanged = all(getattr(before, f) == getattr(after, f) for f in (*POLICY, "name", "organisation"))
    return asker.id is not None and unchanged and after.grants == kept and kept != before.grants


def _check_not_as_operator(asker: Asker, before: Project, after: Project) -> None:
    """Refuse to operators what is left to the project's owner. What a role of their own gives them, stays."""
    if after.grants == before.grants or _only_leaves(asker, before, after) or not _has_owner(before, asker):
        return
    is_owner = asker.has_role(before.id, Role.OWNER)
    if asker.is_operator and not is_owner and (not asker.has_role(before.id, Role.STEWARD) or _high(before, after)):
        raise Refused(
            f"{before.name} has an owner, and operators give and take no roles there.",
            mend="Ask one of its owners; its page says who.",
        )


def _high(before: Project, after: Project) -> bool:
    return any(grant.role.is_at_least(Role.STEWARD) for grant in set(before.grants) ^ set(after.grants))


def _check_grants(asker: Asker, before: Project, after: Project) -> None:
    changed = set(before.grants) ^ set(after.grants)
    high = {grant for grant in changed if grant.role.is_at_least(Role.STEWARD) and grant.party != asker.id}
    # Nobody makes himself more than he is; giving up one's own role is free.
    raised = {g for g in set(after.grants) - set(before.grants) if g.role.is_at_least(Role.STEWARD)}
    if (high or raised) and not (asker.has_role(before.id, Role.OWNER) or asker.is_operator):
        raise Refused(
            f"Only owners of {before.name} appoint and dismiss stewards and owners.", mend="Ask one of its owners."
        )
    if changed and _has_owner(before, asker) and not _has_owner(after, asker):
        raise InvalidValue(
            f"{before.name} would have no owner any more.", mend="Appoint another owner, without an end, first."
        )


def _has_owner(project: Project, asker: Asker) -> bool:
    return any(
        grant.role is Role.OWNER and grant.until is None and grant.holds_at(asker.at) for grant in project.grants
    )


def without(grants: tuple[RoleGrant, ...], party: UUID) -> tuple[RoleGrant, ...]:
    """The roles of all others."""
    return tuple(grant for grant in grants if grant.party != party)
