"""Who changed a project, an agreement, an organisation or a group, when and how; and taking the last change back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound
from kiban.operations.directory_changes import change_directory, view_of
from kiban.operations.groups import check_group_change
from kiban.operations.organisations import check_organisation_change
from kiban.operations.project_changes import check_change
from kiban.operations.project_record import keep_project_record
from kiban.operations.resources import Resources
from kiban.records.parties.directory import Directory, Entry
from kiban.records.parties.people import Group, Organisation
from kiban.records.parties.right import Role
from kiban.records.parties.terms import Agreement, Project
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """One change of an entry."""

    revision: int
    at: datetime
    by: str
    """Who, by name where the asker may know it."""
    changed: tuple[str, ...]
    """Names of the attributes that it changed; empty for the first version."""
    is_first: bool


def history_of(asker: Asker, resources: Resources, entry: UUID) -> tuple[PastChange, ...]:
    """All changes of an entry, newest first; for those who decide on it.

    Raises
    ------
    RecordNotFound
        If there is no such entry, or its past is none of the asker's business.
    """
    _require_deciding(asker, resources, entry)
    view = view_of(asker, resources)
    names = {str(person.id): person.name for person in view.people.values()}
    versions = [change for change in resources.directory.history(entry) if hasattr(change.entry, "id")]
    found = []
    for change, before in zip(versions, [*versions[1:], None], strict=True):
        # Sets have no order: values are compared, not how they are written down.
        names_of = [each.name for each in fields(change.entry)]
        changed = (
            tuple(sorted(n for n in names_of if getattr(change.entry, n) != getattr(before.entry, n)))
            if before is not None
            else ()
        )
        found.append(
            PastChange(
                revision=change.revision,
                at=change.at,
                by=names.get(change.by, change.by if change.by in {asker.party, "operator"} else ""),
                changed=changed,
                is_first=before is None,
            )
        )
    return tuple(found)


def may_see_history(asker: Asker, resources: Resources, entry: UUID) -> bool:
    """Say whether `history_of` answers."""
    try:
        _require_deciding(asker, resources, entry)
    except RecordNotFound:
        return False
    return True


def undo_last_change(asker: Asker, resources: Resources, entry: UUID, *, seen: int) -> Entry:
    """Put back the version before the last, as a new one; whoever may make that change may take it back.

    Of agreements nothing is taken back: what parties have accepted, declined or left stands. Change the terms instead.

    Parameters
    ----------
    seen : int
        The revision that is taken back.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker may not make the change.
    InvalidValue
        If there is no earlier version, or it is an agreement.
    Conflict
        If it has been changed since it was looked at.
    """
    _require_deciding(asker, resources, entry)
    history = resources.directory.history(entry)
    if len(history) < 2:
        raise InvalidValue("There is no earlier version.", mend="Change what is wrong instead.")
    earlier = history[1].entry
    if not isinstance(earlier, Project | Organisation | Group):
        raise InvalidValue(
            "What was agreed is not taken back.", mend="Change the terms; the parties accept them again where needed."
        )

    def entries(directory: Directory) -> tuple[Entry, ...]:
        if isinstance(earlier, Project):
            check_change(asker, resources, directory, directory.projects[entry], earlier)
        elif isinstance(earlier, Organisation):
            check_organisation_change(asker, directory, directory.organisations[entry], earlier)
        else:
            check_group_change(asker, directory, directory.groups[entry], earlier)
        return (earlier,)

    change_directory(asker, resources, entries, act="took back change", subject=entry, seen=seen)
    if isinstance(earlier, Project):
        keep_project_record(resources.catalog, earlier, by=asker.party)
    return earlier


def _require_deciding(asker: Asker, resources: Resources, entry: UUID) -> None:
    view = view_of(asker, resources)
    found: Project | Agreement | Organisation | Group | None = (
        view.projects.get(entry)
        or view.agreements.get(entry)
        or view.organisations.get(entry)
        or view.groups.get(entry)
    )
    if found is None or not (asker.is_operator or _decides(asker, resources, found)):
        raise RecordNotFound(str(entry))


def _decides(asker: Asker, resources: Resources, entry: Project | Agreement | Organisation | Group) -> bool:
    if isinstance(entry, Project):
        return asker.has_role(entry.id, Role.STEWARD)
    if isinstance(entry, Agreement):
        return asker.has_role(entry.keeper, Role.STEWARD)
    organisations = resources.directory.load().organisations
    home = entry if isinstance(entry, Organisation) else organisations.get(entry.organisation or entry.id)
    whole = organisations.get(home.id) if home is not None else None
    return whole is not None and asker.id in whole.stewards
