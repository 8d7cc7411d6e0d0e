"""Setting a password: one's own, or with a link that an operator gave."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiban.access.asker_of import anonymous
from kiban.errors import NotLoggedIn, Refused
from kiban.operations.audited import note
from kiban.operations.login_limits import count_as_right, count_attempt
from kiban.operations.login_links import look_at_link, use_link
from kiban.operations.password_hash import check_password, hashed, is_right
from kiban.operations.resources import Resources
from kiban.operations.who_is import Visitor
from kiban.records.parties.credentials import Password, Purpose
from kiban.records.parties.people import Person


def set_password_by_link(resources: Resources, code: str, new: str, *, address: str = "") -> Person:
    """Set a password with a link, once. All sessions end: whoever had the old one is out.

    Raises
    ------
    NotLoggedIn
        If the link is not good.
    InvalidValue
        If others would find the password; the link stays good.
    """
    now = datetime.now(UTC)
    person = look_at_link(resources, code, Purpose.SET_PASSWORD, at=now)
    check_password(new, login=person.login, name=person.name)
    password = Password(person=person.id, hash=hashed(new), set_at=now)
    asker = anonymous(resources.directory.load(), now, address=address)
    with resources.together():
        use_link(resources, code, Purpose.SET_PASSWORD, at=now)
        resources.credentials.keep_password(password)
        resources.credentials.void_links(person.id)
        resources.credentials.end_sessions(person.id, now)
        note(asker, resources, "set password", subject=person.login, way="link")
    return person


def change_password(visitor: Visitor, resources: Resources, old: str, new: str) -> None:
    """Change one's own password, or set the first. Other sessions and open links end.

    Raises
    ------
    NotLoggedIn
        If nobody is logged in.
    Refused
        If the old password is not right.
    InvalidValue
        If others would find the new one.
    """
    person = confirm_it_is_you(visitor, resources, old)
    check_password(new, login=person.login, name=person.name)
    now = visitor.asker.at
    password = Password(person=person.id, hash=hashed(new), set_at=now)
    with resources.together():
        resources.credentials.keep_password(password)
        resources.credentials.void_links(person.id)
        resources.credentials.end_sessions(person.id, now, but=visitor.session.id if visitor.session else None)
        note(visitor.asker, resources, "set password", subject=person.login, way="own")


def confirm_it_is_you(visitor: Visitor, resources: Resources, password: str) -> Person:
    """Ask for the password once more, before something that would lock its owner out. Gives the person.

    Raises
    ------
    Refused
        If the password is not right, or a token is used: this is for people.
    NotLoggedIn
        If nobody is logged in.
    TooManyAttempts
    """
    person = visitor.person
    if person is None:
        raise NotLoggedIn("This is for people who are logged in.", mend="Log in, then do it again.")
    if visitor.session is None:
        raise Refused("This cannot be done with a token.", mend="Log in, and do it on the page of your account.")
    kept = resources.credentials.password(person.id)
    if kept is None:
        return person  # there is none to be asked for
    count_attempt(resources, person.login, visitor.asker.address, visitor.asker.at)
    if not is_right(password, kept.hash):
        note(visitor.asker, resources, "refused password", subject=person.login)
        raise Refused("The password is not right.", mend="Give the one that you log in with now.")
    count_as_right(resources, person.login, visitor.asker.address)
    return person


def has_password(resources: Resources, person: UUID) -> bool:
    """Say whether somebody has one."""
    return resources.credentials.password(person) is not None
