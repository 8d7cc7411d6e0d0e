"""Links that let somebody in once, for some minutes: at the first start, and where a password is to be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kiban.errors import NotLoggedIn, Refused
from kiban.operations.audited import note
from kiban.operations.resources import Resources
from kiban.operations.secret_text import hash_of, new_secret
from kiban.operations.sessions import begin_session
from kiban.records.parties.credentials import LoginLink, Purpose
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Asker

GOOD_FOR = {
    Purpose.LOG_IN: timedelta(minutes=15),
    # It goes to somebody by mail or by hand.
    Purpose.SET_PASSWORD: timedelta(hours=24),
    Purpose.SECOND_FACTOR: timedelta(minutes=5),
}


def make_link(
    asker: Asker,
    resources: Resources,
    person: Person,
    purpose: Purpose = Purpose.LOG_IN,
    *,
    good_for: timedelta | None = None,
) -> str:
    """Make a link for somebody and give its code; the page is `/login/once/CODE`. For operators.

    Raises
    ------
    Refused
        If the asker is no operator, the account is of an instrument or not in force, or somebody would make of the
        token they show a way in as themselves.
    """
    if not asker.is_operator:
        raise Refused("Only an operator makes links to log in by.", mend="Ask an operator.")
    if asker.token_ends is not None and asker.id == person.id:
        raise Refused("A token makes no link for its own owner.", mend="Log in with your password.")
    if person.kind is not PartyKind.PERSON:
        raise Refused("An instrument does not log in.", mend="Give it a token that can deposit and nothing else.")
    if not person.acts_at(asker.at):
        raise Refused(f"The account {person.login} is not in force.", mend="Activate it first.")
    with resources.together():
        code = _make(resources, person, purpose, by=asker.party, good_for=good_for or GOOD_FOR[purpose])
        note(asker, resources, "made login link", subject=person.login, purpose=purpose.value)
    return code


def make_ticket(resources: Resources, person: Person) -> str:
    """What somebody has who has given the right password and not yet a code."""
    purpose = Purpose.SECOND_FACTOR
    return _make(resources, person, purpose, by=str(person.id), good_for=GOOD_FOR[purpose])


def look_at_link(resources: Resources, code: str, *purposes: Purpose, at: datetime | None = None) -> Person:
    """For whom a link is; it stays good. Raises NotLoggedIn if it is not good, or for something else."""
    return _person_of(resources, resources.credentials.link(hash_of(code), at or datetime.now(UTC)), purposes)


def purpose_of(resources: Resources, code: str, at: datetime | None = None) -> Purpose:
    """What a link is for. Raises NotLoggedIn if it is not good."""
    link = resources.credentials.link(hash_of(code), at or datetime.now(UTC))
    if link is None or link.purpose is Purpose.SECOND_FACTOR:
        raise _not_good()
    return link.purpose


def use_link(resources: Resources, code: str, *purposes: Purpose, at: datetime | None = None) -> Person:
    """Take a link: nobody can use it again. Raises NotLoggedIn if it is not good, or for something else."""
    look_at_link(resources, code, *purposes, at=at)  # one that is for something else is not used up
    return _person_of(resources, resources.credentials.use_link(hash_of(code), at or datetime.now(UTC)), purposes)


def log_in_by_link(resources: Resources, code: str, *, address: str = "", agent: str = "") -> str:
    """Log in with a link and give the cookie of the session. Raises NotLoggedIn."""
    with resources.together():
        person = use_link(resources, code, Purpose.LOG_IN)
        return begin_session(resources, person, way="link", address=address, agent=agent)


def _make(resources: Resources, person: Person, purpose: Purpose, *, by: str, good_for: timedelta) -> str:
    code, now = new_secret(), datetime.now(UTC)
    link = LoginLink(person=person.id, purpose=purpose, made_at=now, expires_at=now + good_for, made_by=by)
    resources.credentials.add_link(link, hash_of(code))
    return code


def _person_of(resources: Resources, link: LoginLink | None, purposes: tuple[Purpose, ...]) -> Person:
    person = resources.directory.load().people.get(link.person) if link is not None else None
    if link is None or person is None or link.purpose not in purposes or not person.acts_at(datetime.now(UTC)):
        raise _not_good()
    return person


def _not_good() -> NotLoggedIn:
    return NotLoggedIn(
        "This link was used already, has expired, or was never made.",
        mend="Ask an operator for a new one; at the machine: kiban user link LOGIN.",
    )
