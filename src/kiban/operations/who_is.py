"""Who asks: from what a request shows to an asker, as its rights are at this moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kiban.access.asker_of import anonymous, asker_of
from kiban.access.narrowed import within_project
from kiban.errors import NotLoggedIn
from kiban.operations.resources import Resources
from kiban.operations.secret_text import hash_of
from kiban.records.parties.credentials import Session, Token
from kiban.records.parties.people import Person
from kiban.records.party import Asker

IDLE = timedelta(hours=12)
"""A session that is not used for so long is over: what was open in the evening is closed in the morning."""
_NOTE_USE_AFTER = timedelta(minutes=1)
"""The time of use is written down no more often, so that reading a page does not write."""
_LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever sent a request."""

    asker: Asker
    person: Person | None = None
    """`None` for the anonymous."""
    session: Session | None = None
    token: Token | None = None


def who_is(
    resources: Resources,
    *,
    cookie: str | None = None,
    bearer: str | None = None,
    address: str = "",
    at: datetime | None = None,
) -> Visitor:
    """Say who shows a session's cookie or a token.

    An account that was deactivated or has ended lets nobody in, whatever they show.

    Parameters
    ----------
    cookie : str, optional
        Of a session. One that is over leaves its bearer anonymous: browsers keep sending it.
    bearer : str, optional
        A token. It counts more than a cookie.
    address : str
        Where the request comes from.

    Raises
    ------
    NotLoggedIn
        If a token is shown that does not let in (any more).
    """
    now = at or datetime.now(UTC)
    if bearer is not None:
        return _of_token(resources, bearer, address, now)
    session = resources.credentials.session(hash_of(cookie)) if cookie and len(cookie) <= _LONGEST_SECRET else None
    directory = resources.directory.load()
    person = directory.people.get(session.person) if session is not None else None
    if session is None or person is None or not person.acts_at(now) or not is_going_on(session, now):
        return Visitor(asker=anonymous(directory, now, address=address))
    if now - session.used_at > _NOTE_USE_AFTER:
        resources.credentials.touch_session(session.id, now, address)
    asker = asker_of(directory, person, now, address=address)
    if session.project in asker.roles:
        asker = asker_of(directory, person, now, project=session.project, address=address)
    return Visitor(asker=asker, person=person, session=session)


def is_going_on(session: Session, at: datetime) -> bool:
    """Say whether a session still lets in."""
    return session.ended_at is None and at < min(session.ends_at, session.used_at + IDLE)


def _of_token(resources: Resources, bearer: str, address: str, now: datetime) -> Visitor:
    token = resources.credentials.token(hash_of(bearer)) if len(bearer) <= _LONGEST_SECRET else None
    directory = resources.directory.load()
    person = directory.people.get(token.person) if token is not None else None
    if token is None or person is None or not token.holds_at(now) or not person.acts_at(now):
        # The same words for all: whoever has found an old token learns nothing from it.
        raise NotLoggedIn(
            "The token is not known, has expired or was revoked.",
            mend="Make a new one on the page of your account, or with kiban token add.",
        )
    if token.used_at is None or now - token.used_at > _NOTE_USE_AFTER:
        resources.credentials.touch_token(token.id, now)
    asker = asker_of(directory, person, now, acts=token.acts, project=token.project, address=address)
    if token.project is not None:
        asker = within_project(asker, token.project)
    asker = replace(asker, token_project=token.project, token_ends=token.expires_at)
    return Visitor(asker=asker, person=person, token=token)
