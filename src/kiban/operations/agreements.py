"""Agreements: drafting them, reading them, changing their terms, ending them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kiban.access.directory_view import Keeper, speaks_for
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.directory_changes import change_directory, named, revision_of, view_of
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import Effects, weigh_entries
from kiban.records.identity import new_uuid
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Role
from kiban.records.parties.standing import Standing, standing, to_accept_again, without_acceptances
from kiban.records.parties.terms import Agreement, Obligation, Participant
from kiban.records.party import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an agreement says. What is `None` stays as it is."""

    name: str | None = None
    purposes: tuple[str, ...] | None = None
    text: str | None = None
    obligations: frozenset[Obligation] | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    never_ends: bool = False
    """Take the end away."""

    def on(self, agreement: Agreement) -> Agreement:
        """The agreement with these terms."""
        said = {
            "name": self.name.strip() if self.name is not None else None,
            "purposes": self.purposes,
            "text": self.text,
            "obligations": self.obligations,
            "starts": self.starts,
            "ends": self.ends,
        }
        changed = replace(agreement, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
        return replace(changed, ends=None) if self.never_ends else changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party as the asker may know it."""

    participant: Participant
    name: str | None
    standing: Standing
    accepted_by: str
    """Who accepted, by name; empty where nobody has, or the asker may not know."""
    is_own: bool
    """The asker decides for it: accepts, declines, leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAgreement:
    """An agreement as the asker may know it."""

    agreement: Agreement
    keeper: Keeper
    is_keeper: bool
    """The asker is a steward of the project that keeps it."""
    is_party: bool
    """The asker has rights by it now."""
    is_in_force: bool
    parties: tuple[Party, ...]
    revision: int | None
    """Give it back with a change, so that nobody's work is overwritten; `None` in lists."""

    @property
    def waits(self) -> bool:
        """An invitation waits for the asker's answer."""
        return any(party.is_own and party.standing is Standing.INVITED for party in self.parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPreview:
    """What other terms would bring."""

    before: Agreement
    after: Agreement
    accept_again: tuple[str, ...]
    """What the parties would have to accept again: `text`, `purposes`, `obligations`, `end`. They see nothing until
    they have."""
    revision: int
    effects: Effects


def list_agreements(asker: Asker, resources: Resources) -> tuple[ListedAgreement, ...]:
    """The agreements that the asker may know of: those that wait for an answer first, then by name."""
    found = (_listed(asker, resources, each) for each in view_of(asker, resources).agreements.values())
    return tuple(sorted(found, key=lambda a: (not a.waits, not a.is_in_force, a.agreement.name, a.agreement.id)))


def show_agreement(asker: Asker, resources: Resources, name: str) -> ListedAgreement:
    """One agreement by identifier or name. Raises RecordNotFound, InvalidValue."""
    found = find_agreement(asker, resources, name)
    return replace(_listed(asker, resources, found), revision=revision_of(resources, found.id))


def find_agreement(asker: Asker, resources: Resources, name: str) -> Agreement:
    """An agreement as far as the asker may know it. Raises RecordNotFound, InvalidValue."""
    return named(view_of(asker, resources).agreements, name, "name")


def _listed(asker: Asker, resources: Resources, agreement: Agreement) -> ListedAgreement:
    directory, view = resources.directory.load(), view_of(asker, resources)
    names = {str(person.id): person.name for person in directory.people.values()}
    parties = tuple(
        Party(
            participant=each,
            name=view.name_of(each.party),
            standing=standing(each, agreement, asker.at),
            # Who is named there is known to those who may read it: the keeper's stewards, and the party itself.
            accepted_by=names.get(each.accepted_by, each.accepted_by),
            is_own=speaks_for(asker, each.party, directory),
        )
        for each in agreement.participants
    )
    return ListedAgreement(
        agreement=agreement,
        keeper=view.keepers[agreement.id],
        is_keeper=asker.has_role(agreement.keeper, Role.STEWARD),
        is_party=agreement.id in asker.agreements,
        is_in_force=agreement.holds_at(asker.at),
        parties=tuple(sorted(parties, key=lambda p: (p.name or "", p.participant.party))),
        revision=None,
    )


def draft_agreement(asker: Asker, resources: Resources, keeper: str, terms: Terms) -> Agreement:
    """Make an agreement without parties; nobody sees it but the project that keeps it.

    Parameters
    ----------
    keeper : str
        The project, by identifier or name.

    Raises
    ------
    RecordNotFound
        If there is no such project that the asker may know of.
    Refused
        If the asker is no steward of it.
    InvalidValue
        If it has no name, or ends before it starts.
    """
    project = named(view_of(asker, resources).projects, keeper, "name")
    if not asker.has_role(project.id, Role.STEWARD):
        raise Refused(
            f"Only stewards and owners of {project.name} draft agreements for it.", mend="Ask one; its page says who."
        )
    blank = Agreement(id=new_uuid(), name=(terms.name or "").strip(), keeper=project.id, starts=asker.at)
    agreement = terms.on(blank)
    change_directory(
        asker, resources, lambda _: (agreement,), act="drafted agreement", subject=agreement.id, keeper=str(project.id)
    )
    return agreement


def preview_terms(asker: Asker, resources: Resources, agreement: str, terms: Terms) -> TermsPreview:
    """What `change_terms` would bring. Raises as it does, and changes nothing."""
    directory = resources.directory.load()
    before = kept_by(asker, resources, agreement)
    after = _changed(before, terms, asker.at)
    return TermsPreview(
        before=before,
        after=after,
        accept_again=to_accept_again(before, after),
        revision=revision_of(resources, before.id),
        effects=weigh_entries(asker, resources, directory, [after], agreement=before.id),
    )


def change_terms(
    asker: Asker, resources: Resources, agreement: str, terms: Terms, *, seen: int | None = None
) -> Agreement:
    """Change what an agreement says.

    Another wording, other purposes, more obligations and a later end must be accepted again: until a party has, it sees
    nothing. Less to owe, an earlier end, another name apply at once.

    Raises
    ------
    RecordNotFound
    Refused
        If the asker is no steward of the project that keeps it.
    InvalidValue
        If nothing would change.
    Conflict
        If the agreement has been changed since it was looked at.
    """
    found = kept_by(asker, resources, agreement)
    again = to_accept_again(found, terms.on(found))

    def entries(directory: Directory) -> tuple[Agreement, ...]:
        return (_changed(directory.agreements[found.id], terms, asker.at),)

    changed = change_directory(
        asker, resources, entries, act="changed terms", subject=found.id, seen=seen, accept_again=list(again)
    )
    return changed.agreements[found.id]


def _changed(before: Agreement, terms: Terms, moment: datetime) -> Agreement:
    after = terms.on(before)
    if after == before:
        raise InvalidValue(f"{before.name} would stay as it is.", mend="Change something, then save it.")
    return without_acceptances(after, moment) if to_accept_again(before, after) else after


def end_agreement(asker: Asker, resources: Resources, agreement: str, *, seen: int | None = None) -> Agreement:
    """End it now: what was shared under it is seen by nobody but the projects that it belongs to.

    Raises
    ------
    RecordNotFound, Refused, Conflict
        As `change_terms`.
    InvalidValue
        If it has ended already.
    """
    found = kept_by(asker, resources, agreement)

    def entries(directory: Directory) -> tuple[Agreement, ...]:
        return (ended(directory.agreements[found.id], asker.at),)

    changed = change_directory(asker, resources, entries, act="ended agreement", subject=found.id, seen=seen)
    return changed.agreements[found.id]


def preview_end(asker: Asker, resources: Resources, agreement: str) -> Effects:
    """Who would see what no longer. Raises as `end_agreement`, and changes nothing."""
    found = kept_by(asker, resources, agreement)
    after = ended(found, asker.at)
    return weigh_entries(asker, resources, resources.directory.load(), [after], agreement=found.id)


def ended(agreement: Agreement, moment: datetime) -> Agreement:
    """The agreement, ended at that moment. Raises InvalidValue where it has ended before."""
    if agreement.ends is not None and agreement.ends <= moment:
        raise InvalidValue(f"{agreement.name} ended on {agreement.ends:%Y-%m-%d}.", mend="There is nothing to do.")
    # One that has not begun begins and ends at once.
    starts = min(agreement.starts, moment - timedelta(microseconds=1))
    return replace(agreement, starts=starts, ends=moment)


def kept_by(asker: Asker, resources: Resources, agreement: str | UUID) -> Agreement:
    """The agreement, whole, where the asker is a steward of its keeper. Raises RecordNotFound, Refused."""
    found = find_agreement(asker, resources, str(agreement))
    if not asker.has_role(found.keeper, Role.STEWARD):
        raise Refused(
            f"Only stewards of the project that keeps {found.name} may change it.",
            mend="Ask them; a party may decline or leave it by itself.",
        )
    whole = resources.directory.load().agreements.get(found.id)
    if whole is None:
        raise RecordNotFound(str(agreement))
    return whole
