"""Logging in with a password, then with a code where one is set. Whoever fails learns nothing of why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kiban.access.asker_of import anonymous
from kiban.errors import NotLoggedIn
from kiban.operations.audited import note
from kiban.operations.login_limits import count_as_right, count_attempt
from kiban.operations.login_links import look_at_link, make_ticket, use_link
from kiban.operations.password_hash import hashed, is_outdated, is_right
from kiban.operations.resources import Resources
from kiban.operations.second_factor import has_second_factor, takes_code
from kiban.operations.sessions import begin_session
from kiban.records.parties.credentials import Password, Purpose
from kiban.records.parties.people import PartyKind, Person

_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What came of it: the cookie of a session, or a ticket with which a code is asked for."""

    cookie: str | None = None
    ticket: str | None = None


def log_in(
    resources: Resources, login: str, password: str, *, address: str = "", agent: str = "", at: datetime | None = None
) -> LoggedIn:
    """Log in with a password.

    Raises
    ------
    NotLoggedIn
        If the account is not known or not in force, or the password wrong: the same words after the same time.
    TooManyAttempts
    """
    now = at or datetime.now(UTC)
    login = login.strip().lower()[:_LONGEST]
    count_attempt(resources, login, address, now)
    person = resources.directory.load().person_called(login)
    kept = resources.credentials.password(person.id) if person is not None else None
    right = is_right(password[:_LONGEST], kept.hash if kept is not None else None)
    if not right or person is None or not _may_log_in(person, now):
        raise _refused(resources, person, address, now, "password")
    count_as_right(resources, login, address)
    if kept is not None and is_outdated(kept.hash):
        resources.credentials.keep_password(Password(person=person.id, hash=hashed(password), set_at=kept.set_at))
    if has_second_factor(resources, person):
        return LoggedIn(ticket=make_ticket(resources, person))
    return LoggedIn(cookie=begin_session(resources, person, way="password", address=address, agent=agent, at=now))


def log_in_with_code(
    resources: Resources, ticket: str, code: str, *, address: str = "", agent: str = "", at: datetime | None = None
) -> str:
    """Take the second step, and give the cookie of the session.

    Raises
    ------
    NotLoggedIn
        If the ticket is not good any more: then the password is asked for again. Or if the code is wrong, or was used.
    TooManyAttempts
    """
    now = at or datetime.now(UTC)
    person = look_at_link(resources, ticket, Purpose.SECOND_FACTOR, at=now)
    attempts = f"code of {person.id}"
    count_attempt(resources, attempts, address, now)
    if not takes_code(resources, person, code, now):
        raise _refused(resources, person, address, now, "code")
    use_link(resources, ticket, Purpose.SECOND_FACTOR, at=now)
    count_as_right(resources, attempts, address)
    return begin_session(resources, person, way="password and code", address=address, agent=agent, at=now)


def _may_log_in(person: Person, at: datetime) -> bool:
    return person.kind is PartyKind.PERSON and person.acts_at(at)


def _refused(resources: Resources, person: Person | None, address: str, at: datetime, what: str) -> NotLoggedIn:
    # A name that nobody has may be a password, typed into the wrong field: it is not written down.
    asker = anonymous(resources.directory.load(), at, address=address)
    note(asker, resources, "refused login", subject=person.login if person is not None else "", wrong=what)
    if what == "code":
        return NotLoggedIn("The code is not right, or was used already.", mend="Wait for the next one.")
    return NotLoggedIn(
        "Login name or password is not right.",
        mend="Try again; if the password is forgotten, an operator gives a link to set one.",
    )
