"""Tokens: what lets a program in, in somebody's name, for what it needs and no longer than it needs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from kiban.errors import InvalidValue, RecordNotFound, Refused
from kiban.operations.audited import note
from kiban.operations.resources import Resources, require_act
from kiban.operations.secret_text import TOKEN_PREFIX, hash_of, new_secret
from kiban.operations.sessions import check_own_or_operator
from kiban.records.identity import new_uuid
from kiban.records.parties.credentials import Token
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Act, Asker

USUAL_DAYS, LONGEST_DAYS = 90, 366
_OF_INSTRUMENTS = frozenset({Act.DEPOSIT})


def make_token(
    asker: Asker,
    resources: Resources,
    person: Person,
    name: str,
    *,
    acts: Collection[Act],
    days: int = USUAL_DAYS,
    project: UUID | None = None,
) -> tuple[Token, str]:
    """Make a token and give it with its secret, which is shown this once: of it only a hash is kept.

    Parameters
    ----------
    person : Person
        Who it stands for: oneself, an instrument that one answers for, or for an operator anybody.
    project : UUID, optional
        If given, it is good for this project alone. Tokens of instruments need one.

    Raises
    ------
    Refused
        If it is for somebody else, or for something that the asker came in without: a token makes none that does more,
        reaches further or lasts longer than itself.
    InvalidValue
        If it has no name, allows nothing, ends too late, or is one of an instrument and allows more than to deposit.
    """
    require_act(asker, Act.ADMINISTER)
    check_answers_for(asker, person)
    wanted = frozenset(acts)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidValue(f"A token was to last {days} days.", mend=f"Give 1 to {LONGEST_DAYS} days.")
    if not person.acts_at(asker.at):
        raise Refused(f"The account {person.login} is not in force.", mend="Activate it first.")
    if person.kind is PartyKind.INSTRUMENT and not wanted <= _OF_INSTRUMENTS:
        raise InvalidValue("An instrument deposits and does nothing else.", mend="Give the token the act deposit only.")
    if person.kind is PartyKind.INSTRUMENT and project is None:
        raise InvalidValue("The token of an instrument is of no project.", mend="Say into which one it deposits.")
    _check_project(resources, person, project)
    _check_within_own(asker, project, asker.at + timedelta(days=days))
    secret = new_secret(TOKEN_PREFIX)
    token = Token(
        id=new_uuid(),
        person=person.id,
        name=name.strip(),
        acts=wanted,
        project=project,
        made_at=asker.at,
        made_by=asker.party,
        expires_at=asker.at + timedelta(days=days),
    )
    until = token.expires_at.isoformat()
    with resources.together():
        resources.credentials.add_token(token, hash_of(secret))
        note(
            asker, resources, "made token", subject=person.login, token=str(token.id), acts=sorted(wanted), until=until
        )
    return token, secret


def list_tokens(asker: Asker, resources: Resources, person: Person) -> list[Token]:
    """The tokens of oneself, of an instrument that one answers for, or for an operator of anybody, the newest first."""
    require_act(asker, Act.READ)
    check_answers_for(asker, person)
    return list(resources.credentials.tokens(person.id))


def revoke_token(asker: Asker, resources: Resources, person: Person, token: UUID) -> bool:
    """Have a token let nobody in any more, at once; say whether it did until now."""
    require_act(asker, Act.ADMINISTER)
    check_answers_for(asker, person)
    if token not in {each.id for each in resources.credentials.tokens(person.id)}:
        raise RecordNotFound(str(token))
    with resources.together():
        n_revoked = resources.credentials.revoke_tokens(person.id, asker.at, only=token)
        if n_revoked:
            note(asker, resources, "revoked token", subject=person.login, token=str(token))
    return n_revoked > 0


def check_answers_for(asker: Asker, person: Person) -> None:
    """Refuse what is neither one's own, nor of an instrument that one answers for, nor an operator's business."""
    if person.kind is PartyKind.INSTRUMENT and asker.id is not None and person.responsible == asker.id:
        return
    check_own_or_operator(asker, person.id)


def _check_within_own(asker: Asker, project: UUID | None, ends: datetime) -> None:
    """Refuse to make of the token that the asker shows one that is good for more, or for longer."""
    if asker.token_project is not None and project != asker.token_project:
        raise Refused(
            "The token that was used is good for one project alone, and makes none that reaches further.",
            mend="Name its project, or log in and make the token on the page of your account.",
        )
    if asker.token_ends is not None and ends > asker.token_ends:
        raise Refused(
            f"The token that was used expires on {asker.token_ends:%Y-%m-%d}, and makes none that lasts longer.",
            mend="Give fewer days, or log in and make the token on the page of your account.",
        )


def _check_project(resources: Resources, person: Person, project: UUID | None) -> None:
    if project is None:
        return
    directory = resources.directory.load()
    found = directory.projects.get(project)
    held = {grant.party for grant in found.grants} if found is not None else set()
    if not held & directory.parties_of(person):
        raise InvalidValue(
            f"{person.name} has no role in this project.", mend="Name a project of theirs, or give them a role first."
        )
