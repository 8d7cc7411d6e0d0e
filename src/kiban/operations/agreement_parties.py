"""The parties to an agreement: inviting them, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kiban.access.directory_view import speaks_for
from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.agreements import find_agreement, kept_by
from kiban.operations.directory_changes import change_directory, party_named, view_of
from kiban.operations.resources import Resources
from kiban.operations.weigh_change import Effects, weigh_entries
from kiban.records.parties.directory import Directory
from kiban.records.parties.right import Right
from kiban.records.parties.standing import Standing, standing
from kiban.records.parties.terms import Agreement, Participant
from kiban.records.party import Asker

PARTIES = ("organisations", "people")


def invite_party(
    asker: Asker,
    resources: Resources,
    agreement: str,
    party: str,
    rights: Iterable[Right],
    *,
    since: datetime | None = None,
    seen: int | None = None,
) -> Agreement:
    """Invite an organisation or a person. It sees nothing of what is shared until it has accepted.

    Parameters
    ----------
    party : str
        Name of one that the asker knows, or anybody's identifier: each organisation's page tells its own people.
    since : datetime, optional
        From when on it may see, if it has accepted by then; now, unless given.

    Raises
    ------
    RecordNotFound
        If there is no such agreement or party.
    Refused
        If the asker is no steward of the project that keeps it.
    InvalidValue
        If it is a party already, or no right is given.
    Conflict
        If the agreement has been changed since it was looked at.
    """
    found = kept_by(asker, resources, agreement)
    invited = _invited(asker, resources, party, rights, since)
    changed = change_directory(
        asker,
        resources,
        lambda directory: (_with_invited(directory.agreements[found.id], invited, asker.at),),
        act="invited party",
        subject=found.id,
        seen=seen,
        party=str(invited.party),
        rights=sorted(invited.rights),
    )
    return changed.agreements[found.id]


def preview_invitation(
    asker: Asker, resources: Resources, agreement: str, party: str, rights: Iterable[Right]
) -> Effects:
    """Who would see what if the party accepted now. Raises as `invite_party`, and changes nothing."""
    found = kept_by(asker, resources, agreement)
    invited = _with_invited(found, _invited(asker, resources, party, rights, None), asker.at)
    accepted = tuple(
        replace(each, accepted_at=asker.at) if each not in found.participants else each for each in invited.participants
    )
    after = replace(invited, participants=accepted)
    return weigh_entries(asker, resources, resources.directory.load(), [after], agreement=found.id)


def _invited(
    asker: Asker, resources: Resources, party: str, rights: Iterable[Right], since: datetime | None
) -> Participant:
    given = frozenset(rights)
    if not given:
        raise InvalidValue("The party was to get no right.", mend="Give at least the right to know that it exists.")
    named_party = party_named(resources.directory.load(), view_of(asker, resources), party, *PARTIES)
    return Participant(party=named_party, rights=given, since=since or asker.at)


def _with_invited(agreement: Agreement, invited: Participant, moment: datetime) -> Agreement:
    for each in agreement.participants:
        if each.party == invited.party and standing(each, agreement, moment) not in {Standing.LEFT, Standing.DECLINED}:
            raise InvalidValue(
                f"It is a party to {agreement.name} already, or invited.",
                mend="Change its rights instead, or take the invitation back first.",
            )
    return agreement.with_participant(invited)


def change_party(
    asker: Asker,
    resources: Resources,
    agreement: str,
    party: str,
    rights: Iterable[Right],
    *,
    seen: int | None = None,
) -> Agreement:
    """Give a party other rights, narrower or wider; they apply at once. Raises as `invite_party`."""
    found, given = kept_by(asker, resources, agreement), frozenset(rights)
    return _change_one(
        asker, resources, found, party, lambda p: _with_rights(p, given), "changed rights of party", seen
    )


def preview_party(
    asker: Asker, resources: Resources, agreement: str, party: str, rights: Iterable[Right] | None
) -> Effects:
    """What other rights, or none any more, would change for whom. Raises as `change_party`, and changes nothing."""
    found, directory = kept_by(asker, resources, agreement), resources.directory.load()
    one = participant(asker, resources, found, party)
    after = replace(one, left_at=asker.at) if rights is None else _with_rights(one, frozenset(rights))
    return weigh_entries(asker, resources, directory, [found.with_participant(after)], agreement=found.id)


def exclude_party(
    asker: Asker, resources: Resources, agreement: str, party: str, *, seen: int | None = None
) -> Agreement:
    """Take a party's rights, or its invitation, away at once. Raises as `invite_party`."""
    found = kept_by(asker, resources, agreement)
    return _change_one(asker, resources, found, party, _excluding(found, asker.at), "excluded party", seen)


def accept_agreement(
    asker: Asker, resources: Resources, agreement: str, party: str | None = None, *, seen: int | None = None
) -> Agreement:
    """Accept an agreement in the name of an organisation that the asker is a steward of, or in the own name.

    Parameters
    ----------
    party : str, optional
        In whose name; needed where the asker decides for several that are invited. The person at the machine may name
        any: it keeps what was signed on paper.
    seen : int, optional
        The revision of the agreement that was read.

    Raises
    ------
    RecordNotFound
        If there is no such agreement, or no invitation that the asker answers.
    Refused
        If the asker knows the agreement, but does not decide for the party.
    InvalidValue
        If it is accepted already, or it is not clear in whose name.
    Conflict
        If the agreement has been changed since it was read.
    """

    def accepting(one: Participant) -> Participant:
        return replace(one, accepted_at=asker.at, accepted_by=asker.party)

    return _answer(asker, resources, agreement, party, {Standing.INVITED}, accepting, "accepted agreement", seen)


def decline_agreement(
    asker: Asker, resources: Resources, agreement: str, party: str | None = None, *, seen: int | None = None
) -> Agreement:
    """Decline an invitation. Raises as `accept_agreement`."""

    def declining(one: Participant) -> Participant:
        return replace(one, left_at=asker.at)

    return _answer(asker, resources, agreement, party, {Standing.INVITED}, declining, "declined agreement", seen)


def leave_agreement(
    asker: Asker, resources: Resources, agreement: str, party: str | None = None, *, seen: int | None = None
) -> Agreement:
    """Leave an agreement; nobody of the party sees what is shared under it any more. Raises as `accept_agreement`."""

    def leaving(one: Participant) -> Participant:
        return replace(one, left_at=asker.at)

    states = {Standing.IN_FORCE, Standing.AGREED}
    return _answer(asker, resources, agreement, party, states, leaving, "left agreement", seen)


def preview_leaving(asker: Asker, resources: Resources, agreement: str, party: str | None = None) -> Effects:
    """Which of the own people would see what no longer. Raises as `leave_agreement`, and changes nothing."""
    found = find_agreement(asker, resources, agreement)
    directory = resources.directory.load()
    whole = directory.agreements[found.id]
    one = _one_of(asker, resources, found, party, {Standing.IN_FORCE, Standing.AGREED})
    after = whole.with_participant(replace(one, left_at=asker.at))
    return weigh_entries(asker, resources, directory, [after], agreement=found.id)


def _answer(
    asker: Asker,
    resources: Resources,
    agreement: str,
    party: str | None,
    states: set[Standing],
    answer: Callable[[Participant], Participant],
    act: str,
    seen: int | None,
) -> Agreement:
    found = find_agreement(asker, resources, agreement)
    own = _one_of(asker, resources, found, party, states).party

    def entries(directory: Directory) -> tuple[Agreement, ...]:
        now = directory.agreements[found.id]
        one = next((p for p in now.participants if p.party == own), None)
        if one is None or standing(one, now, asker.at) not in states:
            raise InvalidValue(f"{now.name} waits for no such answer any more.", mend="Look at it as it is now.")
        return (now.with_participant(answer(one)),)

    changed = change_directory(asker, resources, entries, act=act, subject=found.id, seen=seen, party=str(own))
    return changed.agreements[found.id]


def _one_of(
    asker: Asker, resources: Resources, agreement: Agreement, party: str | None, states: set[Standing]
) -> Participant:
    """The party that the asker answers for."""
    directory = resources.directory.load()
    is_at_machine = asker.is_operator and asker.id is None
    own = [p for p in agreement.participants if is_at_machine or speaks_for(asker, p.party, directory)]
    if party is not None:
        wanted = party_named(directory, view_of(asker, resources), party, *PARTIES)
        own = [p for p in own if p.party == wanted]
    if not own:
        raise Refused(
            f"You do not decide for a party to {agreement.name}.",
            mend="Ask a steward of your organisation; its page says who.",
        )
    fitting = [p for p in own if standing(p, agreement, asker.at) in states]
    if not fitting:
        state = standing(own[0], agreement, asker.at)
        raise InvalidValue(
            f"The party stands to {agreement.name} as: {state}.", mend="Look at the agreement as it is now."
        )
    if len(fitting) > 1:
        raise InvalidValue("Several parties could answer.", mend="Say in whose name, by its name or identifier.")
    return fitting[0]


def participant(asker: Asker, resources: Resources, agreement: Agreement, party: str) -> Participant:
    """The party of that name or identifier. Raises RecordNotFound, InvalidValue."""
    wanted = party_named(resources.directory.load(), view_of(asker, resources), party, *PARTIES)
    for each in agreement.participants:
        if each.party == wanted:
            return each
    raise RecordNotFound(party)


def _change_one(
    asker: Asker,
    resources: Resources,
    agreement: Agreement,
    party: str,
    change: Callable[[Participant], Participant | None],
    act: str,
    seen: int | None,
) -> Agreement:
    wanted = participant(asker, resources, agreement, party).party

    def entries(directory: Directory) -> tuple[Agreement, ...]:
        now = directory.agreements[agreement.id]
        one = next((p for p in now.participants if p.party == wanted), None)
        after = change(one) if one is not None else None
        if one is None or after == one:
            raise InvalidValue(f"{now.name} would stay as it is.", mend="Change something, then save it.")
        return (now.with_participant(after) if after is not None else _with_no(now, wanted),)

    changed = change_directory(asker, resources, entries, act=act, subject=agreement.id, seen=seen, party=str(wanted))
    return changed.agreements[agreement.id]


def _with_rights(one: Participant, rights: frozenset[Right]) -> Participant:
    if not rights:
        raise InvalidValue("The party was to have no right.", mend="Exclude it instead.")
    return replace(one, rights=rights)


def _with_no(agreement: Agreement, party: UUID) -> Agreement:
    return replace(agreement, participants=tuple(p for p in agreement.participants if p.party != party))


def _excluding(agreement: Agreement, moment: datetime) -> Callable[[Participant], Participant | None]:
    def exclude(one: Participant) -> Participant | None:
        state = standing(one, agreement, moment)
        if state in {Standing.LEFT, Standing.DECLINED}:
            raise InvalidValue(f"It has left {agreement.name} already.", mend="There is nothing to do.")
        if state is Standing.INVITED:
            return None  # it never was a party: nothing is left of it but the history
        return replace(one, left_at=moment)

    return exclude
