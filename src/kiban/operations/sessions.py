"""Sessions: browsers in which somebody is logged in. Each can be ended, at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiban.access.asker_of import asker_of
from kiban.errors import Refused
from kiban.operations.audited import note
from kiban.operations.resources import Resources, require_act
from kiban.operations.secret_text import hash_of, new_secret
from kiban.operations.who_is import Visitor, is_going_on
from kiban.records.identity import new_uuid
from kiban.records.parties.credentials import Session
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Act, Asker

LONGEST = timedelta(days=7)
"""However much it is used."""
_LONGEST_AGENT = 300


def begin_session(
    resources: Resources, person: Person, *, way: str, address: str = "", agent: str = "", at: datetime | None = None
) -> str:
    """Log somebody in who has shown who they are, and give what their browser keeps as its cookie.

    Raises
    ------
    Refused
        If it is an instrument: those have tokens.
    """
    now = at or datetime.now(UTC)
    if person.kind is not PartyKind.PERSON:
        raise Refused("An instrument does not log in.", mend="Give it a token that can deposit and nothing else.")
    secret = new_secret()
    session = Session(
        id=new_uuid(),
        person=person.id,
        way=way,
        made_at=now,
        used_at=now,
        ends_at=now + LONGEST,
        agent=agent[:_LONGEST_AGENT],
        address=address,
    )
    asker = asker_of(resources.directory.load(), person, now, address=address)
    with resources.together():
        resources.credentials.add_session(session, hash_of(secret))
        note(asker, resources, "logged in", subject=person.login, way=way, session=str(session.id))
    return secret


def list_sessions(asker: Asker, resources: Resources, person: UUID) -> list[Session]:
    """The sessions that somebody is logged in with, the last used first; one's own, or for an operator anybody's."""
    require_act(asker, Act.READ)
    check_own_or_operator(asker, person)
    return [each for each in resources.credentials.sessions(person) if is_going_on(each, asker.at)]


def end_session(asker: Asker, resources: Resources, person: UUID, session: UUID) -> bool:
    """End one session; say whether it was still going on."""
    require_act(asker, Act.ADMINISTER)
    check_own_or_operator(asker, person)
    with resources.together():
        n_ended = resources.credentials.end_sessions(person, asker.at, only=session)
        if n_ended:
            note(asker, resources, "ended session", subject=_login(resources, person), session=str(session))
    return n_ended > 0


def end_all_sessions(asker: Asker, resources: Resources, person: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of somebody, or all but one, and say how many were still kept."""
    require_act(asker, Act.ADMINISTER)
    check_own_or_operator(asker, person)
    with resources.together():
        n_ended = resources.credentials.end_sessions(person, asker.at, but=but)
        note(asker, resources, "ended sessions", subject=_login(resources, person), n=n_ended)
    return n_ended


def log_out(resources: Resources, visitor: Visitor) -> None:
    """End the session with which somebody asks."""
    if visitor.session is not None:
        subject = visitor.person.login if visitor.person is not None else ""
        with resources.together():
            resources.credentials.end_sessions(visitor.session.person, visitor.asker.at, only=visitor.session.id)
            note(visitor.asker, resources, "logged out", subject=subject, session=str(visitor.session.id))


def work_in(visitor: Visitor, resources: Resources, project: UUID) -> Visitor:
    """Choose the project that one works in, for as long as one is logged in.

    Raises
    ------
    Refused
        If one has no role in it, or is not logged in with a browser.
    """
    if visitor.session is None or project not in visitor.asker.roles:
        raise Refused("You do not work in this project.", mend="Choose one of your own projects.")
    resources.credentials.work_in(visitor.session.id, project)
    return replace(visitor, asker=replace(visitor.asker, project=project))


def check_own_or_operator(asker: Asker, person: UUID) -> None:
    """Refuse what is neither one's own nor an operator's business. Raises Refused."""
    if asker.id != person and not asker.is_operator:
        raise Refused("This is the account of somebody else.", mend="Ask an operator.")


def _login(resources: Resources, person: UUID) -> str:
    found = resources.directory.load().people.get(person)
    return found.login if found is not None else str(person)
