"""Looking for contradictions among scopes, people, projects and agreements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from kiban.records.parties.directory import Directory
from kiban.records.scope import Scope
from kiban.store.catalog import Catalog, Fault
from kiban.store.directory_store import DirectoryStore


def find_faults(catalog: Catalog, store: DirectoryStore) -> Iterator[Fault]:
    """Compare scopes and directory as they are at one moment."""
    while True:
        directory, scopes = store.load(), catalog.scopes()
        # Whoever changes a project changes its scopes with it: read between two changes, they belong together.
        if store.load().revision == directory.revision:
            break
    yield from _of_scopes(catalog, scopes, directory)
    yield from _of_entries(directory, {scope.number for scope in scopes})


def _of_scopes(catalog: Catalog, scopes: Iterable[Scope], directory: Directory) -> Iterator[Fault]:
    for scope in scopes:
        what, project = f"scope {scope.number}", directory.projects.get(scope.project)
        if project is None:
            yield Fault(what, f"There is no project {scope.project}.")
        elif scope.follows and (scope.tier, scope.agreement) != (project.tier, project.agreement):
            yield Fault(
                what,
                f"It follows {project.name}, which is {_tier(project.tier, project.agreement)}, "
                f"and is {_tier(scope.tier, scope.agreement)}.",
            )
        if scope.agreement is not None and scope.agreement not in directory.agreements:
            yield Fault(what, f"There is no agreement {scope.agreement}.")
        is_missing = scope.invitation is not None and scope.invitation not in directory.invitations
        # A scope is made before the transaction that enters its invitation and puts records into it. Whoever was
        # stopped in between leaves one that nothing has, and nothing is missing there.
        if is_missing and catalog.is_used(scope.number):
            yield Fault(what, f"There is no invitation {scope.invitation}.")


def _of_entries(directory: Directory, scopes: set[int]) -> Iterator[Fault]:
    parties = {*directory.people, *directory.organisations, *directory.groups}
    logins = Counter(person.login for person in directory.people.values())
    for person in directory.people.values():
        yield from _missing(f"person {person.id}", "organisation", [person.organisation], directory.organisations)
        yield from _missing(f"person {person.id}", "responsible person", [person.responsible], directory.people)
        if logins[person.login] > 1:
            yield Fault(f"person {person.id}", f"Another one has the same login name {person.login}.")
    for organisation in directory.organisations.values():
        yield from _missing(f"organisation {organisation.id}", "steward", organisation.stewards, directory.people)
    for group in directory.groups.values():
        yield from _missing(f"group {group.id}", "organisation", [group.organisation], directory.organisations)
        yield from _missing(f"group {group.id}", "member", group.members, directory.people)
    for project in directory.projects.values():
        what = f"project {project.id}"
        yield from _missing(what, "organisation", [project.organisation], directory.organisations)
        yield from _missing(what, "agreement", [project.agreement], directory.agreements)
        yield from _missing(what, "party", (grant.party for grant in project.grants), parties)
    for agreement in directory.agreements.values():
        what = f"agreement {agreement.id}"
        yield from _missing(what, "project", [agreement.keeper], directory.projects)
        yield from _missing(what, "party", (each.party for each in agreement.participants), parties)
    for invitation in directory.invitations.values():
        what = f"invitation {invitation.id}"
        yield from _missing(what, "project", [invitation.project], directory.projects)
        yield from _missing(what, "party", (guest.party for guest in invitation.guests), parties)
    for decision in directory.decisions.values():
        yield from _missing(f"decision {decision.id}", "party", [decision.party], parties)
        if decision.scope not in scopes:
            yield Fault(f"decision {decision.id}", f"There is no scope {decision.scope}.")


def _missing(what: str, kind: str, named: Iterable[UUID | None], known: Iterable[UUID]) -> Iterator[Fault]:
    for each in sorted({each for each in named if each is not None}.difference(known)):
        yield Fault(what, f"There is no {kind} {each}.")


def _tier(tier: str, agreement: UUID | None) -> str:
    return tier if agreement is None else f"{tier} under {agreement}"
